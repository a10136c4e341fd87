# Run by the target of site.cmake: cmake -DSOURCE= -DSITE= -DFONTS= -DAPP= -P gather_site.cmake
# Copies what changed, and removes what no longer belongs to the site.
cmake_minimum_required(VERSION 3.24)

set(kept "")

function(put file name)
  file(MAKE_DIRECTORY "${SITE}")
  get_filename_component(folder "${SITE}/${name}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  file(COPY_FILE "${file}" "${SITE}/${name}" ONLY_IF_DIFFERENT)
  list(APPEND kept "${name}")
  set(kept "${kept}" PARENT_SCOPE)
endfunction()

# shell/ without its native command line and its documents.
file(GLOB_RECURSE page RELATIVE "${SOURCE}/shell"
  "${SOURCE}/shell/*.html" "${SOURCE}/shell/*.css" "${SOURCE}/shell/*.js" "${SOURCE}/shell/*.mjs")
list(FILTER page EXCLUDE REGEX "^cli/")
foreach(name IN LISTS page)
  put("${SOURCE}/shell/${name}" "${name}")
endforeach()

file(GLOB_RECURSE assets RELATIVE "${SOURCE}/public" "${SOURCE}/public/*")
list(FILTER assets EXCLUDE REGEX "(^|/)(README\\.md|\\..*)$")
foreach(name IN LISTS assets)
  put("${SOURCE}/public/${name}" "${name}")
endforeach()

file(GLOB fonts RELATIVE "${FONTS}" "${FONTS}/*.ttf")
foreach(name IN LISTS fonts)
  put("${FONTS}/${name}" "fonts/${name}")
endforeach()

get_filename_component(folder "${APP}" DIRECTORY)
get_filename_component(stem "${APP}" NAME_WE)
file(GLOB outputs RELATIVE "${folder}"
  "${folder}/${stem}.js" "${folder}/${stem}.mjs" "${folder}/${stem}.wasm" "${folder}/${stem}.data")
foreach(name IN LISTS outputs)
  put("${folder}/${name}" "${name}")
endforeach()

# Pages would otherwise run the site through Jekyll.
if(NOT EXISTS "${SITE}/.nojekyll")
  file(WRITE "${SITE}/.nojekyll" "")
endif()
list(APPEND kept ".nojekyll")

file(GLOB_RECURSE present RELATIVE "${SITE}" "${SITE}/*")
foreach(name IN LISTS present)
  if(NOT name IN_LIST kept)
    file(REMOVE "${SITE}/${name}")
  endif()
endforeach()
