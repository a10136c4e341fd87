# Third-party libraries as targets: imgui, nlohmann_json, lz4, zlib_inflate and zstd_decompress (of these two what
# unpacks, nothing that packs), Catch2::Catch2WithMain (native, with ASSAY_TESTS), and for the page sdl2 and imgui_backends (SDL2 and OpenGL 3 back ends of Dear ImGui).
#
# Each comes from the source folder named by ASSAY_IMGUI_DIR, ASSAY_JSON_DIR, ASSAY_ZLIB_DIR,
# ASSAY_ZSTD_DIR, ASSAY_LZ4_DIR or ASSAY_CATCH2_DIR (cache variable, or environment: tools/lib/toolchain.sh writes
# env.sh). Where that is unset, the pinned commit is
# fetched from the library's own repository. Nothing third-party is committed.
include_guard(GLOBAL)
include(FetchContent)
include("${CMAKE_CURRENT_LIST_DIR}/versions.cmake")

foreach(name IMGUI JSON ZLIB ZSTD LZ4 CATCH2)
  # A folder from the environment wins over a cached one, so that a build folder survives a new library version.
  if(DEFINED ENV{ASSAY_${name}_DIR})
    set(ASSAY_${name}_DIR "$ENV{ASSAY_${name}_DIR}" CACHE PATH "Sources of ${name}" FORCE)
  else()
    set(ASSAY_${name}_DIR "" CACHE PATH "Sources of ${name}; empty: fetch the pinned commit")
  endif()
endforeach()
if(DEFINED ENV{ASSAY_CATCH2_PREFIX})
  set(ASSAY_CATCH2_PREFIX "$ENV{ASSAY_CATCH2_PREFIX}" CACHE PATH "Catch2 as built once by tools/" FORCE)
else()
  set(ASSAY_CATCH2_PREFIX "" CACHE PATH "Catch2 as built once by tools/; empty: build it here")
endif()

# Sets OUT to the folder with the sources of LIBRARY: the given one, or a fetched one.
function(assay_sources out library dir repository commit)
  if(dir)
    if(NOT EXISTS "${dir}")
      message(FATAL_ERROR "No folder ${dir} (for ${library}). Run tools/lib/toolchain.sh, or unset the variable.")
    endif()
    set(${out} "${dir}" PARENT_SCOPE)
    return()
  endif()
  message(STATUS "Fetching ${library} at ${commit}")
  # SOURCE_SUBDIR names a folder that does not exist: the library's own CMake project is not wanted.
  FetchContent_Declare(${library} URL "${repository}/archive/${commit}.tar.gz" DOWNLOAD_EXTRACT_TIMESTAMP TRUE
    SOURCE_SUBDIR no-project)
  FetchContent_MakeAvailable(${library})
  FetchContent_GetProperties(${library} SOURCE_DIR source_dir)
  set(${out} "${source_dir}" PARENT_SCOPE)
endfunction()

# nlohmann/json, headers only.
assay_sources(assay_json_source assay_json "${ASSAY_JSON_DIR}"
  https://github.com/nlohmann/json "${ASSAY_JSON_COMMIT}")
add_library(nlohmann_json INTERFACE)
target_include_directories(nlohmann_json SYSTEM INTERFACE "${assay_json_source}/include")

# What unpacks of zlib and Zstandard, compiled here so that the native build and the page have the same code.
function(assay_c_library name include_dir)
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
  target_include_directories(${name} SYSTEM PUBLIC "${include_dir}")
  target_compile_options(${name} PRIVATE -w)
  if(EMSCRIPTEN)
    # As fast as -O2 here, and a sixth smaller; -Oz costs more than half of Zstandard's speed.
    target_compile_options(${name} PRIVATE -Os)
  elseif(ASSAY_SANITIZE)
    # Reads and writes out of bounds count, wherever they happen; undefined behaviour is the libraries' own affair.
    target_compile_options(${name} PRIVATE -O1 -fsanitize=address -fno-omit-frame-pointer)
  endif()
  if(ASSAY_FUZZ AND CMAKE_C_COMPILER_ID MATCHES "Clang")
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

assay_sources(assay_zlib_source assay_zlib "${ASSAY_ZLIB_DIR}" https://github.com/madler/zlib "${ASSAY_ZLIB_COMMIT}")
set(assay_zlib_files inflate.c inftrees.c inffast.c adler32.c crc32.c zutil.c)
list(TRANSFORM assay_zlib_files PREPEND "${assay_zlib_source}/")
assay_c_library(zlib_inflate "${assay_zlib_source}" ${assay_zlib_files})

assay_sources(assay_zstd_source assay_zstd "${ASSAY_ZSTD_DIR}" https://github.com/facebook/zstd "${ASSAY_ZSTD_COMMIT}")
set(assay_zstd_files common/entropy_common.c common/error_private.c common/fse_decompress.c common/xxhash.c
  common/zstd_common.c decompress/huf_decompress.c decompress/zstd_ddict.c decompress/zstd_decompress.c
  decompress/zstd_decompress_block.c)
list(TRANSFORM assay_zstd_files PREPEND "${assay_zstd_source}/lib/")
assay_c_library(zstd_decompress "${assay_zstd_source}/lib" ${assay_zstd_files})
target_compile_definitions(zstd_decompress PRIVATE ZSTD_DISABLE_ASM=1 ZSTD_LEGACY_SUPPORT=0 ZSTD_TRACE=0
  ZSTD_STRIP_ERROR_STRINGS=1)
if(EMSCRIPTEN)
  # A third smaller, and still 500 MB/s.
  target_compile_definitions(zstd_decompress PRIVATE HUF_FORCE_DECOMPRESS_X1=1
    ZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT=1 ZSTD_NO_INLINE=1)
endif()

# Blocks only; the frame format, its checksum and the slow packer (lz4hc) stay out.
assay_sources(assay_lz4_source assay_lz4 "${ASSAY_LZ4_DIR}" https://github.com/lz4/lz4 "${ASSAY_LZ4_COMMIT}")
assay_c_library(lz4 "${assay_lz4_source}/lib" "${assay_lz4_source}/lib/lz4.c")
target_compile_definitions(lz4 PRIVATE LZ4_DISABLE_DEPRECATE_WARNINGS=1)
if(EMSCRIPTEN)
  # Every byte of a large file goes through it. LZ4 compares as many bytes at once as a pointer has, 4 here, unless it
  # is told of x86's 32-bit pointers with 64-bit registers, which WebAssembly has as well: a seventh less time.
  target_compile_options(lz4 PRIVATE -O2)
  target_compile_definitions(lz4 PRIVATE __x86_64__=1 LZ4_FAST_DEC_LOOP=0)
endif()

# SDL2 exists only in the page, as Emscripten's port; tools/lib/toolchain.sh has built it into Emscripten's cache.
if(EMSCRIPTEN)
  add_library(sdl2 INTERFACE)
  target_compile_options(sdl2 INTERFACE "SHELL:-sUSE_SDL=2")
  target_link_options(sdl2 INTERFACE "SHELL:-sUSE_SDL=2")
endif()

# Dear ImGui. The definitions are part of its ABI, hence public; every program that links imgui and has
# IMGUI_ENABLE_TEST_ENGINE must define the four ImGuiTestEngine hooks.
set(ASSAY_IMGUI_DEFINITIONS "IMGUI_USE_WCHAR32;IMGUI_ENABLE_TEST_ENGINE;IMGUI_DISABLE_OBSOLETE_FUNCTIONS"
  CACHE STRING "Preprocessor definitions for Dear ImGui and all that include it")
assay_sources(assay_imgui_source assay_imgui "${ASSAY_IMGUI_DIR}"
  https://github.com/ocornut/imgui "${ASSAY_IMGUI_COMMIT}")
# imgui_demo.cpp stays out: 200 kB that nobody sees.
add_library(imgui STATIC EXCLUDE_FROM_ALL
  "${assay_imgui_source}/imgui.cpp" "${assay_imgui_source}/imgui_draw.cpp" "${assay_imgui_source}/imgui_tables.cpp"
  "${assay_imgui_source}/imgui_widgets.cpp")
target_include_directories(imgui SYSTEM PUBLIC "${assay_imgui_source}")
target_compile_definitions(imgui PUBLIC ${ASSAY_IMGUI_DEFINITIONS})
target_compile_options(imgui PRIVATE -w)
if(EMSCRIPTEN)
  # The back ends live in a target of their own, so that ui/ cannot include them by accident.
  add_library(imgui_backends STATIC
    "${assay_imgui_source}/backends/imgui_impl_sdl2.cpp" "${assay_imgui_source}/backends/imgui_impl_opengl3.cpp")
  target_include_directories(imgui_backends SYSTEM PUBLIC "${assay_imgui_source}/backends")
  target_compile_options(imgui_backends PRIVATE -w)
  target_link_libraries(imgui_backends PUBLIC imgui sdl2)
endif()

# Catch2: the copy that tools/ has built once, else the given sources, else fetched.
if(ASSAY_TESTS AND NOT EMSCRIPTEN)
  if(ASSAY_CATCH2_PREFIX)
    find_package(Catch2 ${ASSAY_CATCH2_VERSION} CONFIG REQUIRED NO_DEFAULT_PATH PATHS "${ASSAY_CATCH2_PREFIX}")
  else()
    if(ASSAY_CATCH2_DIR)
      set(FETCHCONTENT_SOURCE_DIR_CATCH2 "${ASSAY_CATCH2_DIR}")
    endif()
    FetchContent_Declare(Catch2 URL "https://github.com/catchorg/Catch2/archive/${ASSAY_CATCH2_COMMIT}.tar.gz"
      DOWNLOAD_EXTRACT_TIMESTAMP TRUE)
    FetchContent_MakeAvailable(Catch2)
    target_compile_options(Catch2 PRIVATE -w)
  endif()
endif()
