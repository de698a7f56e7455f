# The library with which others fuzz their implementations (wsproof/fuzz.h): one object, in which all
# names but the public ones are hidden, so that it goes well with any program.
add_library(inside STATIC inside.c inside_main.c)
target_link_libraries(inside PUBLIC fuzz)

set(inside_object ${CMAKE_CURRENT_BINARY_DIR}/wsproof-fuzz.o)
add_custom_command(OUTPUT ${inside_object}
  COMMAND ${CMAKE_LINKER} -r -o ${inside_object} $<TARGET_OBJECTS:inside>
    $<TARGET_FILE:fuzz> $<TARGET_FILE:run> $<TARGET_FILE:script> $<TARGET_FILE:ws> $<TARGET_FILE:base>
  COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=wsp_* --keep-global-symbol=LLVMFuzzer* ${inside_object}
  DEPENDS inside fuzz run script ws base
  COMMENT "Linking wsproof-fuzz into one object" COMMAND_EXPAND_LISTS VERBATIM)

add_library(wsproof-fuzz STATIC ${inside_object})
set_target_properties(wsproof-fuzz PROPERTIES LINKER_LANGUAGE C EXPORT_NAME fuzz)
target_include_directories(wsproof-fuzz INTERFACE
  $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
target_link_libraries(wsproof-fuzz INTERFACE ZLIB::ZLIB OpenSSL::Crypto)

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/wsproof-fuzz)
install(TARGETS wsproof-fuzz EXPORT wsproof-fuzz ARCHIVE)
install(FILES wsproof/fuzz.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wsproof)
install(EXPORT wsproof-fuzz NAMESPACE wsproof:: FILE wsproof-fuzz-targets.cmake DESTINATION ${package})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/wsproof-fuzz-config-version.cmake
  COMPATIBILITY SameMinorVersion)
file(RELATIVE_PATH up_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(wsproof/wsproof-fuzz.pc.in ${CMAKE_CURRENT_BINARY_DIR}/wsproof-fuzz.pc @ONLY)
install(FILES wsproof/wsproof-fuzz-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/wsproof-fuzz-config-version.cmake
  DESTINATION ${package})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/wsproof-fuzz.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Libraries of the distribution, where they are and where the compiler has libFuzzer.
function(fuzz_adapter name)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang" OR NOT ARGN)
    return()
  endif()
  add_executable(fuzz_${name} adapters/${name}.c)
  target_link_libraries(fuzz_${name} PRIVATE wsproof-fuzz harness_flags ${ARGN})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer-no-link)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()

find_library(WSLAY wslay)
if(WSLAY)
  fuzz_adapter(wslay ${WSLAY})
endif()
pkg_check_modules(SOUP IMPORTED_TARGET libsoup-3.0)
if(SOUP_FOUND)
  fuzz_adapter(soup PkgConfig::SOUP)
endif()
