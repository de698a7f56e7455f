# embed_files(TARGET OUT NAME FILES…): C source with the files' bytes, sorted by path, as the table
# `NAME` of `struct embedded` (base/embedded.h). Made again when a file changes. Also runs as the
# script that writes it (cmake -P).

if(CMAKE_SCRIPT_MODE_FILE)
  file(STRINGS ${LIST} files)
  set(arrays "")
  set(rows "")
  set(n 0)
  foreach(path IN LISTS files)
    file(READ ${ROOT}/${path} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND arrays "static const uint8_t file_${n}[] = { ${bytes}0 };\n")
    string(APPEND rows "    { \"${path}\", file_${n}, sizeof file_${n} - 1 },\n")
    math(EXPR n "${n} + 1")
  endforeach()
  file(WRITE ${OUT} "#include \"base/embedded.h\"\n\n${arrays}\nconst struct embedded ${NAME}[] = {\n${rows}    { 0 },\n};\n")
  return()
endif()

set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(embed_files out name root)
  set(paths ${ARGN})
  list(SORT paths)
  list(TRANSFORM paths PREPEND ${root}/ OUTPUT_VARIABLE full)
  string(REPLACE ";" "\n" lines "${paths}")
  file(GENERATE OUTPUT ${out}.list CONTENT "${lines}\n")
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DLIST=${out}.list -DROOT=${root} -DOUT=${out} -DNAME=${name} -P ${EMBED_SCRIPT}
    DEPENDS ${full} ${EMBED_SCRIPT} ${out}.list VERBATIM)
endfunction()

# join_scripts(OUT FILES…): one script of several, at configure time; each sees the names of all, and
# nobody else sees any of them.
function(join_scripts out)
  set(text "\"use strict\";\n{\n")
  foreach(path IN LISTS ARGN)
    file(READ ${path} part)
    string(APPEND text "${part}\n")
  endforeach()
  file(WRITE ${out}.new "${text}}\n")
  configure_file(${out}.new ${out} COPYONLY) # an unchanged one keeps its time
endfunction()
