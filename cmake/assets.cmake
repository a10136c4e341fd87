# Fonts and icons, cut at build time out of the npm packages that tools/lib/toolchain.sh fetched.
#
#   assay_icons_header(TARGET)  adds generated header "icons.gen.h" (kIconSearch, kAllIcons …) as interface of TARGET
#   assay_fonts(TARGET DIR)     target TARGET that puts inter-regular.ttf, inter-semibold.ttf, jetbrains-mono.ttf and
#                               lucide.ttf into DIR
include_guard(GLOBAL)

set(assay_assets_tools "${CMAKE_CURRENT_LIST_DIR}/../tools/lib")
foreach(name NPM_DIR FONTS_DIR PYTHON)
  if(DEFINED ENV{ASSAY_${name}})
    set(ASSAY_${name} "$ENV{ASSAY_${name}}" CACHE PATH "Set by tools/lib/toolchain.sh" FORCE)
  endif()
endforeach()
if(NOT ASSAY_PYTHON)
  find_program(ASSAY_PYTHON python3 REQUIRED)
endif()

function(assay_icons_header target)
  if(NOT ASSAY_NPM_DIR)
    message(FATAL_ERROR "ASSAY_NPM_DIR is not set: source env.sh of the cache folder, or use tools/run and tools/test.")
  endif()
  set(header "${PROJECT_BINARY_DIR}/generated/icons.gen.h")
  add_custom_command(OUTPUT "${header}"
    COMMAND "${ASSAY_PYTHON}" "${assay_assets_tools}/fonts.py" icons --npm "${ASSAY_NPM_DIR}"
      --list "${assay_assets_tools}/icons.txt" --header "${header}"
    DEPENDS "${assay_assets_tools}/fonts.py" "${assay_assets_tools}/icons.txt"
    COMMENT "Icon names" VERBATIM)
  add_custom_target(${target}_files DEPENDS "${header}")
  add_library(${target} INTERFACE)
  target_include_directories(${target} INTERFACE "${PROJECT_BINARY_DIR}/generated")
  add_dependencies(${target} ${target}_files)
endfunction()

function(assay_fonts target dir)
  if(NOT ASSAY_NPM_DIR OR NOT ASSAY_FONTS_DIR)
    message(FATAL_ERROR "ASSAY_NPM_DIR or ASSAY_FONTS_DIR is not set: source env.sh of the cache folder, or use tools/run.")
  endif()
  set(outputs "")
  foreach(font inter-regular.ttf inter-semibold.ttf jetbrains-mono.ttf)
    add_custom_command(OUTPUT "${dir}/${font}"
      COMMAND "${CMAKE_COMMAND}" -E copy "${ASSAY_FONTS_DIR}/${font}" "${dir}/${font}"
      DEPENDS "${ASSAY_FONTS_DIR}/${font}" VERBATIM)
    list(APPEND outputs "${dir}/${font}")
  endforeach()
  add_custom_command(OUTPUT "${dir}/lucide.ttf"
    COMMAND "${ASSAY_PYTHON}" "${assay_assets_tools}/fonts.py" icons --npm "${ASSAY_NPM_DIR}"
      --list "${assay_assets_tools}/icons.txt" --font "${dir}/lucide.ttf"
    DEPENDS "${assay_assets_tools}/fonts.py" "${assay_assets_tools}/icons.txt"
    COMMENT "Icon font" VERBATIM)
  add_custom_target(${target} ALL DEPENDS ${outputs} "${dir}/lucide.ttf")
endfunction()
