# colcomb_kernel_files(FOLDER): FOLDER's portable.cpp, avx2.cpp and avx512.cpp hold the same kernels,
# each compiled for its instruction set; which one runs is chosen at run time. Sets
# colcomb_kernel_options for further ones.
function(colcomb_kernel_files folder)
  # Clang's "fast" rounds the same expression in two ways where it is inlined twice; g++ 12 has no "on".
  set(contract fast)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    set(contract on)
  endif()
  set(options -O3 -ffp-contract=${contract} -Wno-psabi)
  set(colcomb_kernel_options ${options} PARENT_SCOPE)
  set_source_files_properties(${folder}/portable.cpp PROPERTIES COMPILE_OPTIONS "${options}")
  # Without options these files say that no such processor is there; apart from the others they stay.
  set(avx2 ${options})
  set(avx512 ${options})
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND avx2 -mavx2 -mfma)
    list(APPEND avx512 -mavx512f -mfma -mprefer-vector-width=512)
  endif()
  set_source_files_properties(${folder}/avx2.cpp PROPERTIES COMPILE_OPTIONS "${avx2}")
  set_source_files_properties(${folder}/avx512.cpp PROPERTIES COMPILE_OPTIONS "${avx512}")
endfunction()
