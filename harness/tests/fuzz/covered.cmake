# Small programs with coverage, one for each way to get it, for runtime_test.c: those that the
# compilers at hand can build.
find_program(COVERED_CLANG NAMES clang-14 clang)
find_program(COVERED_GCC NAMES gcc)
set(covered_dir ${CMAKE_CURRENT_BINARY_DIR}/covered)
file(MAKE_DIRECTORY ${covered_dir})
set(covered_programs)

# Whether `compiler` makes programs with these flags: a sanitizer's runtime may be missing.
function(covered_can result compiler)
  set(${result} OFF PARENT_SCOPE)
  if(compiler)
    file(WRITE ${covered_dir}/try.c "int main(void) { return 0; }\n")
    execute_process(COMMAND ${compiler} ${ARGN} ${covered_dir}/try.c -o ${covered_dir}/try
      RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
    if(NOT failed)
      set(${result} ON PARENT_SCOPE)
    endif()
  endif()
endfunction()

# covered(guard ${CLANG} FLAGS): the program covered/guard, with a library that it links and a
# plugin that it loads, all built with the flags.
function(covered name compiler)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/covered.c)
  set(program ${covered_dir}/${name})
  foreach(part library plugin)
    add_custom_command(OUTPUT ${program}-${part}.so
      COMMAND ${compiler} -g -O1 ${ARGN} -DCOVERED_PART_${part} -shared -fPIC ${source} -o ${program}-${part}.so
      DEPENDS ${source} VERBATIM)
  endforeach()
  add_custom_command(OUTPUT ${program}
    COMMAND ${compiler} -g -O1 ${ARGN} ${source} ${WSPROOF_COV} ${program}-library.so
            -rdynamic -pthread -ldl -Wl,-rpath,${covered_dir} -o ${program}
    DEPENDS ${source} ${WSPROOF_COV} wsproof_cov_object ${program}-library.so ${program}-plugin.so VERBATIM)
  set(covered_programs ${covered_programs} ${program} PARENT_SCOPE)
endfunction()

covered_can(can_clang "${COVERED_CLANG}")
covered_can(can_clang_asan "${COVERED_CLANG}" -fsanitize=address,undefined)
covered_can(can_gcc "${COVERED_GCC}")
covered_can(can_gcc_asan "${COVERED_GCC}" -fsanitize=address,undefined)
if(can_clang)
  covered(guard ${COVERED_CLANG} -fsanitize-coverage=trace-pc-guard,trace-cmp)
  covered(inline ${COVERED_CLANG} -fsanitize-coverage=inline-8bit-counters,trace-cmp)
  covered(bare ${COVERED_CLANG})
endif()
if(can_clang_asan)
  covered(guard-asan ${COVERED_CLANG} -fsanitize=address,undefined -fsanitize-coverage=trace-pc-guard,trace-cmp)
  covered(inline-asan ${COVERED_CLANG} -fsanitize=address,undefined,fuzzer-no-link)
endif()
if(can_gcc)
  covered(pc ${COVERED_GCC} -fsanitize-coverage=trace-pc,trace-cmp)
endif()
if(can_gcc_asan)
  covered(pc-asan ${COVERED_GCC} -fsanitize=address,undefined -fsanitize-coverage=trace-pc,trace-cmp)
endif()

add_custom_target(covered_programs DEPENDS ${covered_programs})
add_dependencies(test_fuzz covered_programs)
target_compile_definitions(test_fuzz PRIVATE COVERED_DIR="${covered_dir}")
