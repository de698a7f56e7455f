# libFuzzer without its main, as clang brings it: wsproof::libfuzzer when it is there. Any C compiler
# links it, but it is C++ and wants its library.
execute_process(COMMAND clang -print-resource-dir
  OUTPUT_VARIABLE resources OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(GLOB resource_dirs /usr/lib/llvm-*/lib/clang/*)
list(SORT resource_dirs COMPARE NATURAL ORDER DESCENDING)
set(places "")
foreach(dir ${resources} ${resource_dirs})
  file(GLOB below ${dir}/lib/linux ${dir}/lib/${CMAKE_SYSTEM_PROCESSOR}-*)
  list(APPEND places ${below})
endforeach()
find_file(LIBFUZZER_NO_MAIN
  NAMES libclang_rt.fuzzer_no_main-${CMAKE_SYSTEM_PROCESSOR}.a libclang_rt.fuzzer_no_main.a
  PATHS ${places} NO_DEFAULT_PATH DOC "libFuzzer, for wsproof fuzz")

# Without the package for developers there is only the file with its version.
foreach(name libstdc++.so libstdc++.so.6)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=${name}
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT LIBFUZZER_STDCXX AND IS_ABSOLUTE "${found}")
    set(LIBFUZZER_STDCXX ${found} CACHE FILEPATH "what libFuzzer needs of C++")
  endif()
endforeach()

if(LIBFUZZER_NO_MAIN AND LIBFUZZER_STDCXX)
  find_package(Threads REQUIRED)
  add_library(wsproof_libfuzzer INTERFACE)
  target_link_libraries(wsproof_libfuzzer INTERFACE
    ${LIBFUZZER_NO_MAIN} ${LIBFUZZER_STDCXX} Threads::Threads m)
  add_library(wsproof::libfuzzer ALIAS wsproof_libfuzzer)
else()
  message(STATUS "No libFuzzer (clang's runtime libraries, libstdc++): wsproof fuzz will not work")
endif()
