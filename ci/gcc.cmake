# cmake -C ci/gcc.cmake -B build/gcc
set(CMAKE_GENERATOR Ninja CACHE INTERNAL "")
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(WARNINGS_AS_ERRORS ON CACHE BOOL "")
