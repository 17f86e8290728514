# TORCH_LIBRARIES and TORCH_INCLUDE_DIRS: by LibTorch's own package, or of COLCOMB_LIBTORCH_DIR.
# The latter asks for no CUDA toolkit, which the package of a LibTorch with CUDA does, though
# colcomb has no CUDA sources: the folder of Python's torch is one.
if(NOT COLCOMB_LIBTORCH_DIR)
  find_package(Torch REQUIRED)
  return()
endif()

set(TORCH_INCLUDE_DIRS "${COLCOMB_LIBTORCH_DIR}/include"
                       "${COLCOMB_LIBTORCH_DIR}/include/torch/csrc/api/include")
if(NOT EXISTS "${COLCOMB_LIBTORCH_DIR}/include/torch/csrc/api/include/torch/torch.h")
  message(FATAL_ERROR "COLCOMB_LIBTORCH_DIR=${COLCOMB_LIBTORCH_DIR} has no "
                      "include/torch/csrc/api/include/torch/torch.h")
endif()
# Nothing of ours names a symbol of the CUDA libraries, which register themselves when loaded. What
# the libraries need themselves they find by their own run paths.
set(TORCH_LIBRARIES -Wl,--no-as-needed -Wl,--allow-shlib-undefined)
foreach(name IN ITEMS torch torch_cpu c10)
  find_library(COLCOMB_LIBTORCH_${name} ${name} PATHS "${COLCOMB_LIBTORCH_DIR}/lib"
               NO_DEFAULT_PATH REQUIRED)
  list(APPEND TORCH_LIBRARIES "${COLCOMB_LIBTORCH_${name}}")
endforeach()
foreach(name IN ITEMS torch_cuda c10_cuda)
  find_library(COLCOMB_LIBTORCH_${name} ${name} PATHS "${COLCOMB_LIBTORCH_DIR}/lib" NO_DEFAULT_PATH)
  if(COLCOMB_LIBTORCH_${name})
    list(APPEND TORCH_LIBRARIES "${COLCOMB_LIBTORCH_${name}}")
  endif()
endforeach()
message(STATUS "LibTorch of ${COLCOMB_LIBTORCH_DIR}, CUDA libraries: "
               "${COLCOMB_LIBTORCH_torch_cuda}")
