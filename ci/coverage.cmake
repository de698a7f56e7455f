# cmake -C ci/coverage.cmake -B build/coverage
include(${CMAKE_CURRENT_LIST_DIR}/clang.cmake)
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(COVERAGE ON CACHE BOOL "")
