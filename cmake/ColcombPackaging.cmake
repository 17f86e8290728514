# Debian packages by CPack, one for each component (`./dev packages`): colcomb (the command), colcomb-training
# (what needs LibTorch), libcolcomb-dev (static libraries, headers, CMake and pkg-config files), python3-colcomb.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME colcomb)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR "the colcomb authors")
set(CPACK_PACKAGE_CONTACT "the colcomb authors <colcomb@localhost>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL command development)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "packs sparse convolutional networks for systolic arrays")
set(about "colcomb prunes convolutional networks so that their sparse filter
matrices pack into dense columns (column combining), retrains them,
turns them into integers, and says what they cost on a systolic
array, layer by layer.")

set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME colcomb)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION science)
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "${about}

This is the command, which needs no LibTorch.")
set(CPACK_DEBIAN_COMMAND_PACKAGE_RECOMMENDS "colcomb-training, dataset-fashion-mnist")
set(CPACK_DEBIAN_COMMAND_PACKAGE_SUGGESTS "librsvg2-bin, iverilog, verilator, yosys")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libcolcomb-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "${about}

These are its static libraries and headers.")
set(development libfmt-dev nlohmann-json3-dev libflatbuffers-dev zlib1g-dev libtomlplusplus-dev)
if(COLCOMB_WITH_ONNX)
  list(APPEND development libonnx-dev libprotobuf-dev)
endif()
if(COLCOMB_WITH_PICTURES)
  list(APPEND development libpng-dev libjpeg62-turbo-dev)
endif()
if(COLCOMB_WITH_EXPLORATION)
  list(APPEND development libsqlite3-dev)
endif()

if(COLCOMB_WITH_TORCH)
  list(APPEND CPACK_COMPONENTS_ALL training)
  list(APPEND development libtorch-dev)
  set(CPACK_DEBIAN_TRAINING_PACKAGE_NAME colcomb-training)
  set(CPACK_DEBIAN_TRAINING_PACKAGE_SECTION science)
  set(CPACK_DEBIAN_TRAINING_PACKAGE_DEPENDS "colcomb (= ${PROJECT_VERSION})")
  set(CPACK_DEBIAN_TRAINING_PACKAGE_RECOMMENDS libopenblas0-pthread)
  set(CPACK_DEBIAN_TRAINING_DESCRIPTION "${about}

This is what needs LibTorch: colcomb run, train and experiment.")
endif()
list(JOIN development ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS)

if(COLCOMB_PYTHON)
  list(APPEND CPACK_COMPONENTS_ALL python)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-colcomb)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "python3 (>= 3.9), python3-numpy")
  # Bytecode is made at installation and goes with it.
  set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/packaging/python/postinst;${PROJECT_SOURCE_DIR}/packaging/python/prerm")
  set(CPACK_DEBIAN_PYTHON_PACKAGE_SUGGESTS "python3-torch, colcomb")
  set(CPACK_DEBIAN_PYTHON_DESCRIPTION "${about}

This is its Python package.")
endif()

# What Debian's policy wants of each package: copyright and changelog. The former lists the programs
# whose code ours holds a copy of: those in the page, and header-only libraries.
set(documents ${PROJECT_BINARY_DIR}/packaging)
add_custom_command(OUTPUT ${documents}/changelog.gz
  COMMAND ${CMAKE_COMMAND} -E make_directory ${documents}
  COMMAND sh ${PROJECT_SOURCE_DIR}/packaging/changelog.sh ${PROJECT_VERSION} ${documents}/changelog.gz
  DEPENDS ${PROJECT_SOURCE_DIR}/packaging/changelog.sh VERBATIM)
add_custom_command(OUTPUT ${documents}/sbom.spdx.json
  COMMAND ${CMAKE_COMMAND} -E make_directory ${documents}
  COMMAND bash ${PROJECT_SOURCE_DIR}/packaging/sbom.sh ${PROJECT_VERSION}
          ${PROJECT_SOURCE_DIR}/web/package-lock.json ${documents}/sbom.spdx.json
  DEPENDS ${PROJECT_SOURCE_DIR}/packaging/sbom.sh ${PROJECT_SOURCE_DIR}/web/package-lock.json VERBATIM)
add_custom_target(colcomb_documents ALL DEPENDS ${documents}/changelog.gz ${documents}/sbom.spdx.json)
if(TARGET colcomb_python)  # whose component a wheel installs
  add_dependencies(colcomb_python colcomb_documents)
endif()
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  set(folder ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/copyright ${documents}/changelog.gz DESTINATION ${folder}
          COMPONENT ${component})
endforeach()
install(FILES README.md ${documents}/sbom.spdx.json DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/colcomb COMPONENT command)
include(CPack)
