# harness_layer(ws SOURCES frame.c … USES base NEEDS OpenSSL::Crypto)
#
# One static library for each folder of harness/. USES names the folders that its files may include
# from: ci/layers reads the same lines and fails on any other include.

add_library(harness_flags INTERFACE)
target_compile_options(harness_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes
  -Wvla -fno-omit-frame-pointer)
# assert states what only a bug of ours could break: it stays on in every build.
target_compile_options(harness_flags INTERFACE -UNDEBUG)
if(WARNINGS_AS_ERRORS)
  target_compile_options(harness_flags INTERFACE -Werror)
endif()
if(SANITIZE)
  string(REPLACE ";" "," sanitizers "${SANITIZE}")
  target_compile_options(harness_flags INTERFACE -fsanitize=${sanitizers} -fno-sanitize-recover=all)
  target_link_options(harness_flags INTERFACE -fsanitize=${sanitizers})
endif()
if(COVERAGE)
  target_compile_options(harness_flags INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(harness_flags INTERFACE -fprofile-instr-generate)
endif()
target_include_directories(harness_flags INTERFACE ${PROJECT_SOURCE_DIR}/harness)

function(harness_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;USES;NEEDS" ${ARGN})
  add_library(${name} STATIC ${LAYER_SOURCES})
  target_link_libraries(${name} PUBLIC harness_flags ${LAYER_USES} PRIVATE ${LAYER_NEEDS})
  # What makes the inputs of a fuzzer is not what it shall learn of, and has to be fast; and what
  # `base` compares is mostly sizes of its own.
  if(FUZZ AND NOT name STREQUAL "fuzz" AND FUZZ_ENGINE STREQUAL "-fsanitize=fuzzer")
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link
      -fno-sanitize-coverage=trace-cmp)
  endif()
endfunction()
