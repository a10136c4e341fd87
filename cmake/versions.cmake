# The one list of pinned versions. CMake includes it; tools/lib/common.sh reads the same lines, so keep
# every entry in the form set(NAME "value") on a line of its own.

# Compiler of the page. emsdk, Debian 13 and Homebrew all carry this version or a newer one.
set(ASSAY_EMSCRIPTEN_VERSION "3.1.69")

# Libraries. Debian's source packages are used where there is an apt, the commits everywhere else.
set(ASSAY_IMGUI_VERSION "1.92.2b")
set(ASSAY_IMGUI_COMMIT "45acd5e0e82f4c954432533ae9985ff0e1aad6d5")
set(ASSAY_JSON_VERSION "3.11.3")
set(ASSAY_JSON_COMMIT "9cca280a4d0ccf0c08f47a99aa71d1b0e52f8d03")
set(ASSAY_CATCH2_VERSION "3.7.1")
set(ASSAY_CATCH2_COMMIT "fa43b77429ba76c462b1898d6cd2f2d7a9416b14")
# Debian leaves a few files out of both (none that is compiled here) and says so in its version.
set(ASSAY_ZLIB_VERSION "1:1.3.dfsg+really1.3.1")
set(ASSAY_ZLIB_COMMIT "51b7f2abdade71cd9bb0e7a373ef2610ec6f9daf")
set(ASSAY_ZSTD_VERSION "1.5.7+dfsg")
set(ASSAY_ZSTD_COMMIT "f8745da6ff1ad1e7bab384bd1f9d742439278e99")
set(ASSAY_LZ4_VERSION "1.10.0")
set(ASSAY_LZ4_COMMIT "ebb370ca83af193212df4dcbadcc5d87bc0de2f0")
# Without apt, Emscripten fetches the SDL2 that its own port pins.
set(ASSAY_SDL2_VERSION "2.32")

# From the npm registry: fonts, icons, the browser driver, and the parser that Emscripten's optimiser needs.
set(ASSAY_INTER_VERSION "4.1.1")
set(ASSAY_JETBRAINS_MONO_VERSION "1.0.6")
set(ASSAY_LUCIDE_VERSION "1.62.0")
set(ASSAY_PLAYWRIGHT_VERSION "1.56.1")
set(ASSAY_ACORN_VERSION "8.19.0")
# Puts the scripts of the page into few and small files.
set(ASSAY_ESBUILD_VERSION "0.28.2")
# Parquet in the page, loaded with the first Parquet file.
set(ASSAY_HYPARQUET_VERSION "1.31.5")
# Markdown, loaded with the first text that is read as a page.
set(ASSAY_MARKED_VERSION "18.2.1")
# Looks for faults of accessibility in the tests.
set(ASSAY_AXE_VERSION "4.14.1")
