#ifndef DRIVE_CRASH_FRAME_H
#define DRIVE_CRASH_FRAME_H

#include "drive/crash_sign.h"

/* A place in the target's own code, out of the stack that a report prints: the first frame that is
 * not of a run-time system. Each looks into the lines from `stack` on and stops where the stack
 * ends. False: there is no such frame, and `site` is "". */

/* "    #1 0x55f1 in copy /src/a.c:5:51" of a sanitizer; lines before the first # are passed by. */
bool crash_frame_native(struct bytes stack, char site[CRASH_SITE_MAX]);

/* "main.parse(...)", and below it "\t/src/main.go:3 +0x1d"; of the first goroutine alone. */
bool crash_frame_go(struct bytes stack, char site[CRASH_SITE_MAX]);

/* "\tat pkg.Class.method(File.java:12)" */
bool crash_frame_java(struct bytes stack, char site[CRASH_SITE_MAX]);

/* "    at parse (/src/server.js:2:32)" */
bool crash_frame_node(struct bytes stack, char site[CRASH_SITE_MAX]);

/* "  File "/src/server.py", line 2, in parse": the last one, where it happened */
bool crash_frame_python(struct bytes stack, char site[CRASH_SITE_MAX]);

/* Takes the next line, without its end (LF or CR LF). False: there is none left. */
bool crash_line(struct bytes *rest, struct bytes *line);

/* Puts text into a field of `size`, what is no printable ASCII as '?', cut where it is full. */
void crash_text(struct bytes text, char *out, size_t size);

/* The last part of a path. */
struct bytes crash_base_name(struct bytes path);

#endif
