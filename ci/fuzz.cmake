# cmake -C ci/fuzz.cmake -B build/fuzz: the fuzz targets with libFuzzer and the sanitizers
include(${CMAKE_CURRENT_LIST_DIR}/asan.cmake)
set(FUZZ ON CACHE BOOL "")
set(BUILD_TESTING OFF CACHE BOOL "")
