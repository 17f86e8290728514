# colcomb_rtl_blocks(NAME blocks.txt kind icarus_clocks verilated_clocks): tests of the modules that
# a list names, beside the models of colcomb_block_models: in Icarus as NAME_icarus/LINE, in Verilator
# as the program NAME, where a line says so. kind: the sources, as sources.sh has them.
function(colcomb_rtl_blocks name blocks kind icarus_clocks verilated_clocks)
  execute_process(COMMAND ${BASH} ${sv}/sources.sh ${sv} ${kind} OUTPUT_VARIABLE sources
                  COMMAND_ERROR_IS_FATAL ANY OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REPLACE "\n" ";" sources "${sources}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${blocks})

  set(includes "#pragma once\n")
  set(list "#define COLCOMB_RTL_BLOCK_LIST")
  set(archives)
  file(STRINGS ${blocks} lines REGEX "^[a-z]")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE " +" ";" fields "${line}")
    list(GET fields 0 block)
    list(GET fields 2 verilated)
    # A program takes a while to come round.
    set(clocks ${icarus_clocks})
    if(line MATCHES "program=")
      set(clocks 5000)
    endif()
    add_test(NAME ${name}_icarus/${block}
             COMMAND ${BASH} ${PROJECT_SOURCE_DIR}/tests/rtl/blocks/run_block.sh ${sv}
                     $<TARGET_FILE:block_files> ${blocks} ${CMAKE_CURRENT_BINARY_DIR}/icarus
                     ${clocks} ${block})
    set_tests_properties(${name}_icarus/${block} PROPERTIES TIMEOUT 60
                         FIXTURES_SETUP ${name}_vectors)
    if(NOT verilated STREQUAL "yes")
      continue()
    endif()
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/verilated/${block})
    set(archive ${folder}/V${block}__ALL.a)
    # The wires change less often than the program that prints them.
    add_custom_command(
      OUTPUT ${folder}/block_wires.sv
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
      COMMAND block_files ${blocks} ${block} wires > ${folder}/wires.new
      COMMAND ${CMAKE_COMMAND} -E copy_if_different ${folder}/wires.new ${folder}/block_wires.sv
      DEPENDS block_files ${blocks} VERBATIM)
    add_custom_command(
      OUTPUT ${archive} ${folder}/V${block}.h
      COMMAND ${COLCOMB_VERILATOR} --cc --build -j 1 -Wall --no-timing --x-assign unique
              --x-initial unique -O3 -CFLAGS "-O0 -fPIC" --prefix V${block} --Mdir ${folder}
              --top-module block_wires ${sources} ${folder}/block_wires.sv > ${folder}.log
      DEPENDS ${sources} ${folder}/block_wires.sv
      COMMENT "Verilating ${block}" VERBATIM)
    string(APPEND includes "#include \"${block}/V${block}.h\"\n")
    string(APPEND list " \\\n  COLCOMB_RTL_BLOCK(${block})")
    list(APPEND archives ${archive})
  endforeach()
  if(NOT archives)
    return()
  endif()
  file(CONFIGURE OUTPUT verilated/verilated_blocks.inc CONTENT "${includes}${list}\n" @ONLY)

  add_custom_target(${name}_verilated DEPENDS ${archives})
  colcomb_test(${name} SOURCES ${PROJECT_SOURCE_DIR}/tests/rtl/blocks/verilated_block_test.cpp
               DEPENDS colcomb_block_models ${archives} colcomb_verilated OWN_HEADERS)
  add_dependencies(${name} ${name}_verilated)
  target_include_directories(${name} SYSTEM PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/verilated)
  target_compile_definitions(${name} PRIVATE COLCOMB_RTL_BLOCKS="${blocks}"
                                             COLCOMB_RTL_CLOCKS=${verilated_clocks})
endfunction()
