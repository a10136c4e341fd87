# assay_site(APP): after every build, gathers the static site in ASSAY_SITE_DIR: the page of shell/, public/ as it is,
# the fonts, and the .js/.mjs/.wasm files that the executable target APP makes.
include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/assets.cmake")

set(ASSAY_SITE_DIR "${CMAKE_SOURCE_DIR}/build/web" CACHE PATH "Where the finished static site is put")

function(assay_site app)
  assay_fonts(${app}_fonts "${PROJECT_BINARY_DIR}/fonts")
  add_custom_target(${app}_site ALL
    COMMAND "${CMAKE_COMMAND}"
      "-DSOURCE=${CMAKE_SOURCE_DIR}" "-DSITE=${ASSAY_SITE_DIR}" "-DFONTS=${PROJECT_BINARY_DIR}/fonts"
      "-DAPP=$<TARGET_FILE:${app}>"
      -P "${CMAKE_SOURCE_DIR}/cmake/gather_site.cmake"
    COMMENT "Gathering the site" VERBATIM)
  add_dependencies(${app}_site ${app} ${app}_fonts)
endfunction()
