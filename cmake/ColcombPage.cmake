# COLCOMB_PAGE_TEMPLATE: the HTML file that web/ is bundled into (target colcomb_page_bundle); empty
# where the page is left out. The modules, which web/package-lock.json names, are installed when the
# build is configured; the bundle is made when it is built, the same bytes from the same sources.
set(COLCOMB_PAGE_TEMPLATE "")
set(page_dir ${PROJECT_BINARY_DIR}/web)
if(COLCOMB_WITH_PAGE)
  find_program(COLCOMB_NODE node)
  find_program(COLCOMB_BASH bash)
  set(page_status 77)
  if(COLCOMB_NODE AND COLCOMB_BASH)
    execute_process(
      COMMAND ${COLCOMB_BASH} ${PROJECT_SOURCE_DIR}/cmake/install_node_modules.sh
              ${PROJECT_SOURCE_DIR}/web ${page_dir} --omit=dev --loglevel=error
              --fetch-retries=1 --fetch-retry-mintimeout=2000
      RESULT_VARIABLE page_status OUTPUT_VARIABLE page_output ERROR_VARIABLE page_output)
  endif()
  if(page_status EQUAL 0)
    set(COLCOMB_PAGE_TEMPLATE ${page_dir}/page.html)
  elseif(NOT COLCOMB_WITH_PAGE STREQUAL "AUTO")
    message(FATAL_ERROR "COLCOMB_WITH_PAGE=${COLCOMB_WITH_PAGE} needs node, npm and a package "
                        "registry: ${page_output}")
  else()
    message(STATUS "The report's page is left out: its node modules cannot be installed")
  endif()
endif()

if(COLCOMB_PAGE_TEMPLATE)
  set(page_names clip comparison curves data dom format heatmap layers machine main matrices palette
                 panel points provenance runs sortable stacks tables tiles training)
  set(page_sources "")
  foreach(name IN LISTS page_names)
    list(APPEND page_sources ${PROJECT_SOURCE_DIR}/web/src/${name}.ts)
  endforeach()
  set(page_files "")
  foreach(name IN ITEMS build.mjs style.css template.html)
    list(APPEND page_files ${PROJECT_SOURCE_DIR}/web/${name})
  endforeach()
  # Beside their modules, where node looks for these.
  add_custom_command(OUTPUT ${COLCOMB_PAGE_TEMPLATE} ${COLCOMB_PAGE_TEMPLATE}.json
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${page_dir}/src
    COMMAND ${CMAKE_COMMAND} -E make_directory ${page_dir}/src
    COMMAND ${CMAKE_COMMAND} -E copy ${page_sources} ${page_dir}/src
    COMMAND ${CMAKE_COMMAND} -E copy ${page_files} ${page_dir}
    COMMAND ${COLCOMB_NODE} ${page_dir}/build.mjs ${page_dir} ${COLCOMB_PAGE_TEMPLATE}
    DEPENDS ${page_sources} ${page_files} ${PROJECT_SOURCE_DIR}/web/package-lock.json
    COMMENT "Bundling the report's page" VERBATIM)
  add_custom_target(colcomb_page_bundle DEPENDS ${COLCOMB_PAGE_TEMPLATE})
  colcomb_part(ON "page (HTML reports)")
else()
  colcomb_part(OFF "page (HTML reports)")
endif()
