include(CMakeFindDependencyMacro)
find_dependency(ZLIB)
find_dependency(OpenSSL 3)
include(${CMAKE_CURRENT_LIST_DIR}/wsproof-fuzz-targets.cmake)
