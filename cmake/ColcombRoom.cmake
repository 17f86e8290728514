# colcomb_room(NAME SOURCES ... PUBLIC_HEADERS ... [PRIVATE_HEADERS ...] [DEPENDS ...]
#              [PRIVATE_DEPENDS ...] [TESTS ...] [OWN_TEST_HEADERS] [TEST_SHARDS count]
#              [SOURCES_APART] [TESTS_TOGETHER] [NO_INNER_LOOPS])
#
# One room of the house: the static library colcomb_NAME with the alias colcomb::NAME, its public
# headers as a FILE_SET rooted at the repository, which is installed, and one test program
# colcomb_NAME_test holding the room's *_test.cpp files. DEPENDS and PRIVATE_DEPENDS take targets of
# any kind. OWN_TEST_HEADERS: the test precompiles other headers than all tests do. TEST_SHARDS:
# SHARDS of colcomb_test. With COLCOMB_UNITY_BUILD up to 16 sources are compiled as one, which takes
# two thirds off a whole build: those of a library unless SOURCES_APART, those of a test if
# TESTS_TOGETHER; and a room with NO_INNER_LOOPS of its own, whose time goes elsewhere, is optimized
# as tests are. What files hide in unnamed namespaces must then have different names, and no header
# of such a room may give a name to another thing than `base` or `artifacts` do: a header read after
# it would mean that one.

set(colcomb_warnings -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
                     -Wnull-dereference)
set(colcomb_gnu_warnings -Wduplicated-cond -Wlogical-op)

add_library(colcomb_options INTERFACE)
target_compile_features(colcomb_options INTERFACE cxx_std_20)
target_compile_options(colcomb_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:${colcomb_warnings}>
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:${colcomb_gnu_warnings}>
  $<$<BOOL:${COLCOMB_WARNINGS_AS_ERRORS}>:-Werror>)
if(COLCOMB_SANITIZE)
  target_compile_options(colcomb_options INTERFACE -fsanitize=${COLCOMB_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(colcomb_options INTERFACE -fsanitize=${COLCOMB_SANITIZE})
endif()

function(colcomb_room name)
  cmake_parse_arguments(room "NO_INNER_LOOPS;OWN_TEST_HEADERS;SOURCES_APART;TESTS_TOGETHER" "TEST_SHARDS" "SOURCES;PUBLIC_HEADERS;PRIVATE_HEADERS;DEPENDS;PRIVATE_DEPENDS;TESTS" ${ARGN})
  set(target colcomb_${name})
  add_library(${target} STATIC ${room_SOURCES})
  add_library(colcomb::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name}
                        VERIFY_INTERFACE_HEADER_SETS ON)
  target_sources(${target}
    PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${room_PUBLIC_HEADERS}
    PRIVATE FILE_SET internal TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
            FILES ${room_PRIVATE_HEADERS})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${room_DEPENDS}
                        PRIVATE ${room_PRIVATE_DEPENDS} $<BUILD_INTERFACE:colcomb_options>)
  if(COLCOMB_UNITY_BUILD AND NOT room_SOURCES_APART)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
  endif()
  if(COLCOMB_UNITY_BUILD AND room_NO_INNER_LOOPS)
    target_compile_options(${target} PRIVATE ${colcomb_test_optimization})
  endif()
  install(TARGETS ${target} EXPORT colcomb-targets FILE_SET HEADERS)
  set_property(GLOBAL APPEND PROPERTY COLCOMB_ROOMS ${name})
  list(TRANSFORM room_PUBLIC_HEADERS PREPEND colcomb/${name}/ OUTPUT_VARIABLE public_headers)
  list(FILTER public_headers INCLUDE REGEX "[.]hpp$")
  set_property(GLOBAL APPEND PROPERTY COLCOMB_PUBLIC_HEADERS ${public_headers})
  if(COLCOMB_BUILD_TESTS AND room_TESTS)
    set(test_arguments)
    if(room_OWN_TEST_HEADERS)
      list(APPEND test_arguments OWN_HEADERS)
    endif()
    if(room_TESTS_TOGETHER)
      list(APPEND test_arguments TOGETHER)
    endif()
    if(room_TEST_SHARDS)
      list(APPEND test_arguments SHARDS ${room_TEST_SHARDS})
    endif()
    colcomb_test(${target}_test SOURCES ${room_TESTS} DEPENDS colcomb::${name} ${test_arguments})
  endif()
endfunction()

# What tests are made of is run once and compiled often: -O3 would cost a third of their build, and
# under the sanitizers -O1 as much.
# g++ 12 takes std::string for an array that is exceeded where it inlines part of it alone.
set(colcomb_test_optimization $<$<CONFIG:Release>:-O1> $<$<CONFIG:RelWithDebInfo>:-O0>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overflow -Wno-restrict>)

# What every test reads, precompiled: without it they cost a third of the tests' build. A program, since
# its flags must be those of the tests.
function(colcomb_test_headers)
  if(TARGET colcomb_test_headers)
    return()
  endif()
  add_executable(colcomb_test_headers ${PROJECT_SOURCE_DIR}/tests/support/test_headers.cpp)
  target_compile_options(colcomb_test_headers PRIVATE ${colcomb_test_optimization})
  target_link_libraries(colcomb_test_headers PRIVATE GTest::gtest GTest::gmock rapidcheck colcomb_options)
  target_precompile_headers(colcomb_test_headers PRIVATE
    <algorithm> <cmath> <cstdint> <filesystem> <functional> <map> <string> <vector>
    <gmock/gmock.h> <gtest/gtest.h> <rapidcheck/gtest.h>)
endfunction()

# colcomb_test(NAME SOURCES ... DEPENDS ... [TIMEOUT seconds] [SHARDS count] [PROPERTIES name value ...]
# [OWN_HEADERS] [TOGETHER]): one GoogleTest program. Each of its cases is a ctest entry "NAME/Suite.Case". With
# SHARDS its cases are dealt to that many entries "NAME/shard0", ... instead: for programs whose start
# costs as much as many a case (LibTorch) or whose cases share what is dear to make. TIMEOUT is that of
# one entry. OWN_HEADERS: it precompiles none of the common headers. TOGETHER: see colcomb_room.
function(colcomb_test name)
  cmake_parse_arguments(test "OWN_HEADERS;TOGETHER" "TIMEOUT;SHARDS" "SOURCES;DEPENDS;PROPERTIES" ${ARGN})
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 300)
  endif()
  add_executable(${name} ${test_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${colcomb_test_optimization})
  target_link_libraries(${name} PRIVATE ${test_DEPENDS} GTest::gtest GTest::gmock GTest::gtest_main
                        rapidcheck colcomb_options)
  if(COLCOMB_UNITY_BUILD AND test_TOGETHER)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
  endif()
  if(NOT test_OWN_HEADERS)
    colcomb_test_headers()
    target_precompile_headers(${name} REUSE_FROM colcomb_test_headers)
  endif()
  set(properties TIMEOUT ${test_TIMEOUT} ${test_PROPERTIES})
  set(environment)
  if(COLCOMB_SANITIZE)  # a fifth of the cases that RapidCheck tries elsewhere
    set(environment RC_PARAMS=max_success=20)
    list(APPEND properties ENVIRONMENT ${environment})
  endif()
  if(test_SHARDS)
    math(EXPR last "${test_SHARDS} - 1")
    foreach(shard RANGE ${last})
      add_test(NAME ${name}/shard${shard} COMMAND ${name})
      set_tests_properties(${name}/shard${shard} PROPERTIES ${properties}
        ENVIRONMENT "${environment};GTEST_TOTAL_SHARDS=${test_SHARDS};GTEST_SHARD_INDEX=${shard}")
    endforeach()
  else()
    gtest_discover_tests(${name} TEST_PREFIX ${name}/ DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
                         PROPERTIES ${properties})
  endif()
endfunction()

# colcomb_flatbuffers(TARGET SCHEMA ...): generates NAME_generated.h for each schema into the build
# tree, where TARGET alone can include it as "NAME_generated.h"; TARGET_generated makes these files
# alone. Schemas may include each other: a change to any of them regenerates all. With
# COLCOMB_CARRIED_DIR the headers are those in it, made from equal schemas.
function(colcomb_flatbuffers target)
  if(COLCOMB_CARRIED_DIR)
    colcomb_require_carried_schemas(${ARGN})
    target_include_directories(${target} SYSTEM PRIVATE ${COLCOMB_CARRIED_DIR}/generated)
    return()
  endif()
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(outputs)
  foreach(schema IN LISTS ARGN)
    get_filename_component(stem ${schema} NAME_WE)
    set(output ${directory}/${stem}_generated.h)
    add_custom_command(OUTPUT ${output}
      COMMAND flatc --cpp --cpp-std c++17 --scoped-enums -o ${directory}
              ${CMAKE_CURRENT_SOURCE_DIR}/${schema}
      DEPENDS ${ARGN} VERBATIM)
    list(APPEND outputs ${output})
  endforeach()
  add_custom_target(${target}_generated DEPENDS ${outputs})
  add_dependencies(${target} ${target}_generated)
  target_include_directories(${target} SYSTEM PRIVATE ${directory})
endfunction()
