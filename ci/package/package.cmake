# What `cmake --install` adds to the programs and the library: manual page, completions, schema, pages,
# licence. `cpack -G DEB` in the build folder makes a Debian package of all that.
include(GNUInstallDirs)
set(here ${CMAKE_CURRENT_LIST_DIR})

# The page is made of the help texts, by the program itself.
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
  set(page ${PROJECT_BINARY_DIR}/wsproof.1)
  add_custom_command(OUTPUT ${page}.gz ${PROJECT_BINARY_DIR}/wstest.1.gz
    COMMAND ${here}/man $<TARGET_FILE:wsproof> > ${page}
    COMMAND gzip -9nf ${page}
    COMMAND ${CMAKE_COMMAND} -E create_symlink wsproof.1.gz ${PROJECT_BINARY_DIR}/wstest.1.gz
    DEPENDS wsproof ${here}/man VERBATIM)
  add_custom_target(man ALL DEPENDS ${page}.gz)
  install(FILES ${page}.gz ${PROJECT_BINARY_DIR}/wstest.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

install(FILES ${here}/completion.bash RENAME wsproof
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${here}/completion.zsh RENAME _wsproof
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${here}/completion.fish RENAME wsproof.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${PROJECT_SOURCE_DIR}/reports/schema/results.schema.json
  DESTINATION ${CMAKE_INSTALL_DATADIR}/wsproof)
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/wsproof)
install(FILES ${PROJECT_SOURCE_DIR}/cases/README.md RENAME cases.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/wsproof)
install(FILES ${PROJECT_SOURCE_DIR}/harness/fuzz/README.md RENAME fuzz.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/wsproof)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/wsproof)

set(PACKAGE_MAINTAINER "wsproof <wsproof@packages.invalid>" CACHE STRING "Who answers for a package")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME wsproof)
set(CPACK_PACKAGE_CONTACT ${PACKAGE_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "conformance tester and fuzzer for WebSocket servers and clients")
set(CPACK_PACKAGE_DESCRIPTION
  "Runs test cases against a WebSocket server or client, judges every byte that\ncomes back by RFC 6455 and RFC 7692, and leaves a report that people can read\nand CI can gate on. Stands in for wstest of Autobahn|Testsuite.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# Debian wants a copyright and a changelog, under these names.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/package/copyright CONTENT
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: wsproof

Files: *
Copyright: 2026 the authors of wsproof
License: Apache-2.0
 On Debian systems, the full text of the Apache License, Version 2.0, is in the
 file /usr/share/common-licenses/Apache-2.0.
" @ONLY)
string(TIMESTAMP today "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${PROJECT_BINARY_DIR}/package/changelog.Debian
"wsproof (${PROJECT_VERSION}-1) unstable; urgency=low

  * A package made by CPack. The history is in the repository.

 -- ${PACKAGE_MAINTAINER}  ${today}
")
execute_process(COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/package/changelog.Debian)
install(FILES ${PROJECT_BINARY_DIR}/package/copyright ${PROJECT_BINARY_DIR}/package/changelog.Debian.gz
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/wsproof)
include(CPack)
