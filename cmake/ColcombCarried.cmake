# The targets of the header-only packages, from the folder that `./dev carry` makes: for a machine
# that has a compiler and LibTorch but none of these packages.
get_filename_component(COLCOMB_CARRIED_DIR "${COLCOMB_CARRIED_DIR}" ABSOLUTE
                       BASE_DIR "${CMAKE_SOURCE_DIR}")
foreach(header IN ITEMS fmt/format.h nlohmann/json.hpp flatbuffers/flatbuffers.h CLI/CLI.hpp
                        toml++/toml.h zlib.h)
  if(NOT EXISTS "${COLCOMB_CARRIED_DIR}/include/${header}")
    message(FATAL_ERROR "COLCOMB_CARRIED_DIR=${COLCOMB_CARRIED_DIR} has no include/${header}: "
                        "it must be a folder made by `./dev carry`")
  endif()
endforeach()

function(colcomb_carried_package target)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} INTERFACE "${COLCOMB_CARRIED_DIR}/include")
  target_compile_definitions(${target} INTERFACE ${ARGN})
endfunction()

colcomb_carried_package(fmt::fmt FMT_HEADER_ONLY=1)
colcomb_carried_package(nlohmann_json::nlohmann_json)
colcomb_carried_package(flatbuffers::flatbuffers)
colcomb_carried_package(CLI11::CLI11)
colcomb_carried_package(tomlplusplus::tomlplusplus TOML_HEADER_ONLY=1)

# zlib is no header alone, but every Linux system has the library, if without the name that
# compilers look for. Its interface has been the same since 1.2.9, which crc32_z needs.
find_library(COLCOMB_ZLIB NAMES z libz.so.1 REQUIRED)
colcomb_carried_package(ZLIB::ZLIB)
target_link_libraries(ZLIB::ZLIB INTERFACE "${COLCOMB_ZLIB}")

# The headers generated from these schemas, relative to the current folder, must be of their present
# text: other ones would read and write other files.
function(colcomb_require_carried_schemas)
  foreach(schema IN LISTS ARGN)
    get_filename_component(name ${schema} NAME)
    get_filename_component(stem ${schema} NAME_WE)
    set(carried "${COLCOMB_CARRIED_DIR}/generated/${name}")
    if(NOT EXISTS "${carried}" OR NOT EXISTS "${COLCOMB_CARRIED_DIR}/generated/${stem}_generated.h")
      message(FATAL_ERROR "${COLCOMB_CARRIED_DIR}/generated lacks ${name} or its header: make the "
                          "folder anew with `./dev carry`")
    endif()
    file(READ "${carried}" then)
    file(READ "${CMAKE_CURRENT_SOURCE_DIR}/${schema}" now)
    if(NOT then STREQUAL now)
      message(FATAL_ERROR "${carried} is not this source's ${schema}: make the folder anew with "
                          "`./dev carry`")
    endif()
  endforeach()
endfunction()
