# Installed copy: libraries, headers, command and a package that find_package(colcomb) finds.
include(CMakePackageConfigHelpers)
install(EXPORT colcomb-targets NAMESPACE colcomb:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colcomb)
configure_package_config_file(cmake/colcomb-config.cmake.in colcomb-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colcomb)
write_basic_package_version_file(colcomb-config-version.cmake COMPATIBILITY SameMinorVersion)
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/colcomb)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/colcomb-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/colcomb-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colcomb)
