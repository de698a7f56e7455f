#ifndef DRIVE_CRASH_SIGN_H
#define DRIVE_CRASH_SIGN_H

#include "base/bytes.h"

/* What a program prints when it breaks: a sanitizer's report, a panic, a C library's last words.
 * Also what nobody sees in a wait status: a crash of a server's child, or of one of its threads.
 * The gravest come first. */
enum crash_kind {
    CRASH_NONE,
    CRASH_ADDRESS,       /* AddressSanitizer; any sanitizer that caught a signal */
    CRASH_UNINITIALISED, /* MemorySanitizer */
    CRASH_ABORT,         /* a failed assertion, std::terminate, glibc's checks of the heap */
    CRASH_PANIC,         /* Go, Rust, Node, the JVM, Python itself: the run-time system gave up */
    CRASH_SIGNAL,        /* a shell tells how its child ended */
    CRASH_UNDEFINED,     /* UndefinedBehaviorSanitizer; the program may go on */
    CRASH_RACE,          /* ThreadSanitizer; the program may go on */
    CRASH_LEAK,          /* LeakSanitizer, at the end of a program */
    CRASH_EXCEPTION,     /* nobody caught it in a thread or handler, or somebody has logged it */
    CRASH_KINDS
};

#define CRASH_SUMMARY_MAX 200
#define CRASH_SITE_MAX 120

struct crash_sign {
    enum crash_kind kind;
    char summary[CRASH_SUMMARY_MAX]; /* for people; no addresses of memory, no process ids */
    char site[CRASH_SITE_MAX];       /* "parse_frame frame.c:123": equal for equal faults */
};

/* The gravest sign in the text, of those the first. False: there is none, and `out` says so.
 *
 *   stderr_text   any bytes; the start or the end may be cut off
 *
 * `site` is the first frame of the stack in the target's own code, "" when nothing tells it. A pure
 * function. */
bool crash_sign_find(struct bytes stderr_text, struct crash_sign *out);

/* Is that no mere log line of a program that is fine? Not so of CRASH_EXCEPTION: whoever catches
 * and logs an exception prints the same. */
bool crash_kind_certain(enum crash_kind kind);

/* Has the process ended that wrote it, whatever its parent does? */
bool crash_kind_ends(enum crash_kind kind);
const char *crash_kind_name(enum crash_kind kind); /* "address", for a name; "none" */

#endif
