# cmake -C ci/clang.cmake -B build/clang
set(CMAKE_GENERATOR Ninja CACHE INTERNAL "")
find_program(CMAKE_C_COMPILER NAMES clang-14 clang REQUIRED)
set(WARNINGS_AS_ERRORS ON CACHE BOOL "")
