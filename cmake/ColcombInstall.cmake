# Installed copy: libraries, headers, command, and packages that find_package(colcomb) and pkg-config
# find. What names no component is of "development".
include(CMakePackageConfigHelpers)
install(EXPORT colcomb-targets NAMESPACE colcomb:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colcomb)
configure_package_config_file(cmake/colcomb-config.cmake.in colcomb-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colcomb)
write_basic_package_version_file(colcomb-config-version.cmake COMPATIBILITY SameMinorVersion)
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/colcomb COMPONENT command)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/colcomb-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/colcomb-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colcomb)

# pkg-config: all rooms but those that need LibTorch, which has no file of its own.
get_property(rooms GLOBAL PROPERTY COLCOMB_ROOMS)
list(REMOVE_ITEM rooms network training pipeline)
list(TRANSFORM rooms PREPEND -lcolcomb_ OUTPUT_VARIABLE colcomb_pc_libraries)
list(JOIN colcomb_pc_libraries " " colcomb_pc_libraries)
set(colcomb_pc_requires "fmt, zlib")
set(colcomb_pc_others "-lflatbuffers -ltomlplusplus")
if(COLCOMB_WITH_EXPLORATION)
  string(APPEND colcomb_pc_requires ", sqlite3")
endif()
if(COLCOMB_WITH_PICTURES)
  string(APPEND colcomb_pc_requires ", libpng, libjpeg")
endif()
if(COLCOMB_WITH_ONNX)
  string(APPEND colcomb_pc_requires ", protobuf")
  string(APPEND colcomb_pc_others " -lonnx -lonnx_proto")
endif()
configure_file(cmake/colcomb.pc.in colcomb.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/colcomb.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
include(ColcombPackaging)
