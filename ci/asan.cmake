# cmake -C ci/asan.cmake -B build/asan: clang, AddressSanitizer with leaks, UndefinedBehaviorSanitizer
include(${CMAKE_CURRENT_LIST_DIR}/clang.cmake)
set(SANITIZE "address;undefined" CACHE STRING "")
