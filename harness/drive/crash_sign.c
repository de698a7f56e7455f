#include "drive/crash_sign.h"

#include <stdio.h>
#include <string.h>

#include "drive/crash_frame.h"

static bool starts(struct bytes in, const char *prefix)
{
    return bytes_starts(in, bytes_str(prefix));
}

static bool holds(struct bytes in, const char *part)
{
    return bytes_find(in, bytes_str(part)) < in.len;
}

static bool ends(struct bytes in, const char *suffix)
{
    size_t len = strlen(suffix);

    return in.len >= len && bytes_eq_str(bytes_skip(in, in.len - len), suffix);
}

static size_t digits(struct bytes in)
{
    size_t n = 0;

    while (n < in.len && in.ptr[n] >= '0' && in.ptr[n] <= '9')
        n++;
    return n;
}

static struct bytes before(struct bytes in, const char *part)
{
    return bytes_take(in, bytes_find(in, bytes_str(part)));
}

static bool starts_any(struct bytes in, const char *const *prefixes)
{
    while (*prefixes && !starts(in, *prefixes))
        prefixes++;
    return *prefixes != NULL;
}

static bool sign(struct crash_sign *out, enum crash_kind kind, struct bytes summary)
{
    out->kind = kind;
    out->site[0] = '\0';
    crash_text(summary, out->summary, sizeof out->summary);
    return true;
}

/* Each of the following looks at one line, with what stands behind it, and knows one family of
 * reports by words that stand where no log line has them. */

/* ---- sanitizers ---- */

static enum crash_kind kind_of_report(struct bytes text)
{
    static const struct {
        const char *name;
        enum crash_kind kind;
    } rows[] = {
        { "AddressSanitizer: ", CRASH_ADDRESS },
        { "HWAddressSanitizer: ", CRASH_ADDRESS },
        { "MemorySanitizer: ", CRASH_UNINITIALISED },
        { "ThreadSanitizer: ", CRASH_RACE },
        { "LeakSanitizer: ", CRASH_LEAK },
        { "UndefinedBehaviorSanitizer: ", CRASH_UNDEFINED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!starts(text, rows[i].name))
            continue;
        bool caught_signal = holds(text, "Sanitizer: SEGV") || holds(text, "Sanitizer: BUS") ||
                             holds(text, "Sanitizer: FPE") || holds(text, "Sanitizer: ILL") ||
                             holds(text, "Sanitizer: stack-overflow");
        return caught_signal                ? CRASH_ADDRESS
               : holds(text, " leaked in ") ? CRASH_LEAK
                                            : rows[i].kind;
    }
    return CRASH_NONE;
}

/* "==123==ERROR: …", "WARNING: ThreadSanitizer: …" or "SUMMARY: …" without what is in front of the
 * sanitizer's name; empty: it is no such line. */
static struct bytes report_of(struct bytes line)
{
    size_t n = starts(line, "==") ? digits(bytes_skip(line, 2)) : 0;

    if (n > 0 && starts(bytes_skip(line, 2 + n), "=="))
        line = bytes_trim(bytes_skip(line, 4 + n));
    else if (!starts(line, "SUMMARY: ") && !starts(line, "WARNING: ThreadSanitizer: "))
        return (struct bytes){ 0 };
    if (!starts(line, "ERROR: ") && !starts(line, "WARNING: ") && !starts(line, "SUMMARY: "))
        return (struct bytes){ 0 };
    return bytes_skip(line, bytes_index(line, 0, ' ') + 1);
}

/* What differs from run to run is left out. */
static struct bytes without_numbers(struct bytes text)
{
    text = before(text, " (BuildId:");
    text = before(text, " on address 0x");
    text = before(text, " on unknown address");
    return before(text, " (pid=");
}

/* The line of a report that sums it up, where the text still has it. */
static struct bytes summary_of(struct bytes report, struct bytes rest)
{
    struct bytes line;

    while (crash_line(&rest, &line)) {
        if (starts(line, "SUMMARY: ") && kind_of_report(report_of(line)) != CRASH_NONE)
            return report_of(line);
        if (starts(line, "==") && report_of(line).len > 0)
            break; /* the next report */
    }
    return report;
}

/* Of a report whose beginning is lost: "SUMMARY: AddressSanitizer: … /src/a.c:4:42 in deep". */
static void site_of_summary(struct bytes summary, char site[CRASH_SITE_MAX])
{
    char line[512];
    size_t in = bytes_find(summary, BYTES_LIT(" in ")), at = in;

    while (at > 0 && at < summary.len && summary.ptr[at - 1] != ' ')
        at--;
    if (in >= summary.len)
        return;
    struct bytes place = bytes_take(bytes_skip(summary, at), in - at);
    struct bytes function = bytes_skip(summary, in + 4);
    snprintf(line, sizeof line, "#0 0x0 in %.*s %.*s", BYTES_ARG(bytes_take(function, 200)),
             BYTES_ARG(bytes_take(place, 200)));
    (void)crash_frame_native(bytes_str(line), site);
}

static bool look_sanitizer(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    struct bytes report = report_of(line);
    enum crash_kind kind = kind_of_report(report);

    if (kind == CRASH_NONE)
        return false;
    struct bytes summary = summary_of(report, rest);
    sign(out, kind, without_numbers(summary));
    if (!crash_frame_native(starts(line, "SUMMARY: ") ? (struct bytes){ 0 } : rest, out->site))
        site_of_summary(summary, out->site);
    return true;
}

/* "a.c:15:39: runtime error: …"; Go's "panic: runtime error:" has no place in front. */
static bool look_undefined(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    struct bytes place = before(line, ": runtime error: ");
    size_t colon = bytes_index(place, 0, ':');
    size_t row = digits(bytes_skip(place, colon + 1));
    size_t col = digits(bytes_skip(place, colon + 1 + row + 1));

    (void)rest;
    if (place.len == line.len || row == 0 || col == 0 || colon + 1 + row + 1 + col != place.len)
        return false;
    sign(out, CRASH_UNDEFINED, line);
    crash_text(crash_base_name(bytes_take(place, colon + 1 + row)), out->site, CRASH_SITE_MAX);
    return true;
}

/* ---- C and C++ ---- */

static bool look_abort(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    static const char *const heap[] = { "free(): invalid",
                                        "free(): double free",
                                        "free(): corrupted",
                                        "free(): unaligned chunk",
                                        "free(): too many chunks",
                                        "malloc(): corrupted",
                                        "malloc(): invalid",
                                        "malloc(): unaligned",
                                        "malloc(): unsorted",
                                        "malloc(): smallbin",
                                        "malloc(): largebin",
                                        "malloc(): mismatching",
                                        "malloc(): memory corruption",
                                        "malloc_consolidate(): ",
                                        "realloc(): invalid",
                                        "munmap_chunk(): invalid",
                                        "double free or corruption (",
                                        "corrupted size vs. prev_size",
                                        "corrupted double-linked list",
                                        "*** stack smashing detected ***",
                                        "*** buffer overflow detected ***",
                                        "Fatal glibc error: ",
                                        "pure virtual method called",
                                        "terminate called without an active exception",
                                        "libc++abi: terminating ",
                                        NULL };

    (void)rest;
    return starts_any(line, heap) && sign(out, CRASH_ABORT, line);
}

/* "tp: t.cpp:12: int main(): Assertion `…' failed." */
static bool look_assertion(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    struct bytes place = before(line, ": Assertion `");

    (void)rest;
    if (place.len == line.len || !ends(line, "' failed."))
        return false;
    struct bytes program = before(place, ": ");
    place = bytes_skip(place, program.len + 2);
    place = before(place, ": ");
    size_t colon = bytes_index(place, 0, ':');
    if (digits(bytes_skip(place, colon + 1)) == 0)
        return false;
    sign(out, CRASH_ABORT, bytes_skip(line, program.len + 2));
    crash_text(crash_base_name(place), out->site, CRASH_SITE_MAX);
    return true;
}

/* The exception's type, and its text on the next line. */
static bool look_terminate(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    char text[CRASH_SUMMARY_MAX];
    struct bytes next = { 0 };

    if (!starts(line, "terminate called after throwing an instance of '"))
        return false;
    if (!crash_line(&rest, &next) || !starts(next, "  what():  "))
        next = (struct bytes){ 0 };
    next = bytes_take(bytes_skip(next, 11), 64);
    snprintf(text, sizeof text, "%.*s%s%.*s", BYTES_ARG(bytes_take(line, 128)),
             next.len > 0 ? ": " : "", BYTES_ARG(next));
    return sign(out, CRASH_ABORT, bytes_str(text));
}

/* What shells print of a child: the words alone, or "sh: line 1: 123 Aborted      ./server". */
static bool look_shell(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    static const char *const words[] = { "Segmentation fault", "Aborted", "Bus error",
                                         "Illegal instruction", "Floating point exception" };

    (void)rest;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t at = bytes_find(line, bytes_str(words[i])), from = at;
        struct bytes behind = bytes_skip(line, at + strlen(words[i]));
        if (at == line.len ||
            (behind.len > 0 && !starts(behind, " (core dumped)") && !starts(behind, "  ")))
            continue;
        if (from > 0 && line.ptr[from - 1] == ' ')
            from--;
        while (from > 0 && digits(bytes_skip(bytes_take(line, from), from - 1)) > 0)
            from--;
        bool from_bash =
            from >= 2 && from + 1 < at && line.ptr[from - 1] == ' ' && line.ptr[from - 2] == ':';
        if (at == 0 || from_bash)
            return sign(out, CRASH_SIGNAL, bytes_str(words[i]));
    }
    return false;
}

/* ---- languages with a run-time system ---- */

static bool look_go(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    bool panic = starts(line, "panic: ") || starts(line, "fatal error: ");
    struct bytes caught = bytes_skip(line, bytes_find(line, BYTES_LIT(": panic serving ")));
    struct bytes upto = bytes_take(rest, bytes_find(rest, BYTES_LIT("\ngoroutine ")) + 1);

    if ((!panic && caught.len == 0) || (upto.len >= rest.len && !starts(rest, "goroutine ")) ||
        upto.len > 2000)
        return false;
    if (panic)
        sign(out, CRASH_PANIC, line);
    else /* "http: panic serving 127.0.0.1:58244: runtime error: …" */
        sign(out, CRASH_EXCEPTION,
             bytes_skip(caught, bytes_find(bytes_skip(caught, 16), BYTES_LIT(": ")) + 18));
    (void)crash_frame_go(rest, out->site);
    return true;
}

/* "thread 'main' panicked at src/main.rs:1:28:" and the reason on the next line; before Rust 1.73
 * "thread 'main' panicked at 'reason', src/main.rs:1:28". */
static bool look_rust(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    char text[CRASH_SUMMARY_MAX];
    struct bytes place, reason = { 0 };
    size_t at = bytes_find(line, BYTES_LIT(" panicked at "));

    if (!starts(line, "thread '") || at == line.len) {
        bool full = starts(line, "thread '") && ends(line, "' has overflowed its stack");
        return full && sign(out, CRASH_PANIC, line);
    }
    place = bytes_skip(line, at + 13);
    size_t quote = bytes_find(place, BYTES_LIT("', "));
    if (starts(place, "'") && quote < place.len) {
        reason = bytes_take(bytes_skip(place, 1), quote - 1);
        place = bytes_skip(place, quote + 3);
    } else if (!crash_line(&rest, &reason)) {
        reason = place;
    }
    size_t colon = bytes_index(place, 0, ':'), row = digits(bytes_skip(place, colon + 1));
    if (row == 0)
        return false;
    snprintf(text, sizeof text, "panicked: %.*s", BYTES_ARG(bytes_take(reason, 160)));
    sign(out, CRASH_PANIC, bytes_str(text));
    crash_text(crash_base_name(bytes_take(place, colon + 1 + row)), out->site, CRASH_SITE_MAX);
    return true;
}

static bool look_java(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    struct bytes what = bytes_skip(line, bytes_find(line, BYTES_LIT("\" ")) + 2);

    if (starts(line, "# A fatal error has been detected by the Java Runtime Environment"))
        return sign(out, CRASH_PANIC, bytes_skip(line, 2));
    if (!starts(line, "Exception in thread \"") || what.len == 0 || !starts(rest, "\tat "))
        return false;
    sign(out, CRASH_EXCEPTION, what);
    (void)crash_frame_java(rest, out->site);
    return true;
}

/* The exception stands behind the frames, at the beginning of a line. */
static bool look_python(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    struct bytes stack = rest, next;

    if (starts(line, "Fatal Python error: ")) {
        sign(out, CRASH_PANIC, line);
        bool frames = crash_line(&rest, &next) && crash_line(&rest, &next);
        if (frames) /* the innermost comes first there */
            (void)crash_frame_python(before(rest, "\n"), out->site);
        return true;
    }
    if (!bytes_eq_str(line, "Traceback (most recent call last):"))
        return false;
    do {
        if (!crash_line(&rest, &next))
            return false;
    } while (starts(next, " "));
    char site[CRASH_SITE_MAX];
    if (next.len == 0 || !crash_frame_python(stack, site))
        return false;
    sign(out, CRASH_EXCEPTION, next);
    memcpy(out->site, site, sizeof site);
    return true;
}

/* An uncaught exception: the place, the line of code with a caret, the stack, and at the very end
 * of the process "Node.js v20.20.2". An error that is only printed has neither. */
static bool look_node(struct bytes line, struct bytes rest, struct crash_sign *out)
{
    struct bytes what, next;
    bool ended = false;

    if (starts(line, "FATAL ERROR: ") && holds(line, "JavaScript heap out of memory"))
        return sign(out, CRASH_PANIC, line);
    if (!bytes_eq_str(bytes_trim(line), "^"))
        return false;
    do {
        if (!crash_line(&rest, &what))
            return false;
    } while (what.len == 0);
    struct bytes stack = rest;
    while (!ended && crash_line(&rest, &next))
        ended = starts(next, "Node.js v") && digits(bytes_skip(next, 9)) > 0;
    if (!ended)
        return false;
    sign(out, CRASH_PANIC, what);
    (void)crash_frame_node(stack, out->site);
    return true;
}

/* ---- the whole ---- */

bool crash_sign_find(struct bytes text, struct crash_sign *out)
{
    static bool (*const looks[])(struct bytes, struct bytes, struct crash_sign *) = {
        look_sanitizer, look_undefined, look_abort, look_assertion, look_terminate, look_shell,
        look_go,        look_rust,      look_java,  look_python,    look_node,
    };
    struct crash_sign found;
    struct bytes line;

    *out = (struct crash_sign){ .kind = CRASH_NONE };
    while (crash_line(&text, &line)) {
        for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
            if (!looks[i](line, text, &found))
                continue;
            if (out->kind == CRASH_NONE || found.kind < out->kind)
                *out = found;
            break;
        }
    }
    return out->kind != CRASH_NONE;
}

bool crash_kind_certain(enum crash_kind kind)
{
    return kind != CRASH_NONE && kind != CRASH_EXCEPTION;
}

bool crash_kind_ends(enum crash_kind kind)
{
    return kind == CRASH_ADDRESS || kind == CRASH_UNINITIALISED || kind == CRASH_ABORT;
}

const char *crash_kind_name(enum crash_kind kind)
{
    static const char *const names[CRASH_KINDS] = { "none",  "address",  "uninitialised", "abort",
                                                    "panic", "signal",   "undefined",     "race",
                                                    "leak",  "exception" };

    return names[kind];
}
