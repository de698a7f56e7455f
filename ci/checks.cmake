# What ctest runs beside the unit tests. Labels: `lint` needs no build; `once` says nothing new when
# it is run in a second configuration. Exit status 77 means skipped, with a line `skip: REASON`.

function(check name)
  cmake_parse_arguments(CHECK "" "LABEL;TIMEOUT" "COMMAND" ${ARGN})
  if(NOT CHECK_TIMEOUT)
    set(CHECK_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${CHECK_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  # These measure time limits of real conversations, and so have the machine to themselves.
  set_tests_properties(${name} PROPERTIES
    LABELS "${CHECK_LABEL}" TIMEOUT "${CHECK_TIMEOUT}" RUN_SERIAL ON SKIP_RETURN_CODE 77)
endfunction()

set(ci ${PROJECT_SOURCE_DIR}/ci)

check(lint LABEL lint COMMAND ${ci}/lint)

file(GLOB case_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cases/*/*.case)
check(cases_lint LABEL once COMMAND wsproof cases lint)
check(requirements_covered LABEL once COMMAND wsproof requirements --missing)
check(cases_format LABEL once COMMAND wsproof cases format --check ${case_files})

# One byte a write proves that cuts change nothing; large messages prove it no better, only later,
# nor do the numbers of Autobahn|Testsuite, whose bytes stand in rfc6455/ too.
set(bytewise --cut 1 --jobs 4 --exclude rfc6455/10-limits/ --exclude autobahn/
  --exclude rfc7692/7.2.1-compression/ --exclude rfc7692/6.2-receiving/words* --exclude rfc7692/6.2-receiving/buffer*)
foreach(peer server client server-tls client-tls)
  set(often suite)
  if(peer MATCHES "tls")
    set(often once) # a sanitizer beside a TLS record for every byte takes its time
  endif()
  check(suite_${peer} LABEL suite COMMAND ${ci}/suite $<TARGET_FILE:wsproof> ${peer})
  check(suite_${peer}_bytewise LABEL ${often}
    COMMAND ${ci}/suite $<TARGET_FILE:wsproof> ${peer} ${bytewise})
endforeach()

# Every answer is the same however the stream is cut.
check(suite_cuts LABEL once COMMAND ${ci}/suite $<TARGET_FILE:wsproof> server --cut whole,1,3
  --cases rfc6455/5.4* --cases rfc6455/5.5* --cases rfc6455/6* --cases rfc6455/7.1* --cases rfc6455/7.4-close-codes --cases rfc6455/8*)

# Of the cases that take minutes a few that take seconds: whole, in fragments, and for the client.
foreach(peer server client)
  check(suite_${peer}_long LABEL once COMMAND ${ci}/suite $<TARGET_FILE:wsproof> ${peer}
    --cases autobahn:12.*.6 --cases autobahn:13.*.11 --cases autobahn:13.*.1)
endforeach()

check(commands LABEL suite COMMAND ${ci}/commands $<TARGET_FILE:wsproof>)
# Every command of these pages, and so each that is written into them.
check(readme LABEL once COMMAND ${ci}/readme $<TARGET_FILE:wsproof> README.md cases/WRITING.md reports/READING.md)
if(TARGET PkgConfig::EDIT)
  check(terminal LABEL once COMMAND ${ci}/terminal $<TARGET_FILE:wsproof>)
endif()
check(completions LABEL once COMMAND ${ci}/completions $<TARGET_FILE:wsproof>)
check(ci_files LABEL once COMMAND ${ci}/ci-files $<TARGET_FILE:wsproof>)
check(installed LABEL once COMMAND ${ci}/installed ${PROJECT_BINARY_DIR})

# What Wireshark makes of --pcap; skipped without tshark.
check(pcap LABEL once COMMAND ${ci}/pcap $<TARGET_FILE:wsproof>)

# Every fault of the faulty peer is found by a case of its rule. --full, which asks every case of
# every fault, takes long and is for people.
check(kill_matrix LABEL once TIMEOUT 900
  COMMAND ${ci}/kill-matrix $<TARGET_FILE:wsproof> $<TARGET_FILE:wsproof-faulty> --jobs 8)
check(kill_matrix_tests_itself LABEL once
  COMMAND ${ci}/kill-matrix-self $<TARGET_FILE:wsproof> $<TARGET_FILE:wsproof-faulty>)

# Every bug that the fuzzer is measured with can be found, and none is there when none is asked for.
check(planted_bugs_show LABEL once
  COMMAND ${ci}/planted $<TARGET_FILE:wsproof> $<TARGET_FILE_DIR:planted-server>)

# What the fuzzer finds fails again alone, and it finds nothing in who is innocent.
check(fuzz_live LABEL once
  COMMAND ${ci}/fuzz-live $<TARGET_FILE:wsproof> $<TARGET_FILE:wsproof-faulty> $<TARGET_FILE_DIR:planted-server>)

# Of the targets of other makers these; ci/scoreboard runs all, and takes its time.
foreach(target py-websockets node-ws py-websockets-client)
  check(target_${target} LABEL once COMMAND ${ci}/target $<TARGET_FILE:wsproof> ${target} --quick)
endforeach()
check(scoreboard_tests_itself LABEL once COMMAND ${ci}/scoreboard-self $<TARGET_FILE:wsproof>)

check(report_in_browser LABEL once COMMAND ${ci}/browser/run ${PROJECT_BINARY_DIR})
check(browser_tests_itself LABEL once COMMAND ${ci}/browser/self $<TARGET_FILE:wsproof>)

# Implementations in our process: what is installed works outside, and the adapters find what is known.
check(fuzz_package LABEL once COMMAND ${ci}/fuzz-package/run ${PROJECT_BINARY_DIR})
check(fuzz_adapters LABEL once COMMAND ${ci}/fuzz-adapters ${PROJECT_BINARY_DIR})

# The fuzz targets, each a fixed number of runs. Builds them, in a folder of their own.
check(fuzz_smoke LABEL once TIMEOUT 1800 COMMAND ${ci}/fuzz-smoke)
