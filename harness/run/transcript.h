#ifndef RUN_TRANSCRIPT_H
#define RUN_TRANSCRIPT_H

#include "base/arena.h"
#include "ws/frame.h"

/* What happened in a case, in order, with times: all that a verdict may know. Written by run and
 * drive, read by verdict and report, saved in results.json and read back from there. */
enum entry_kind {
    ENTRY_CONNECTED,   /* TCP (and TLS: `text`, and the name asked for: `data`) is up */
    ENTRY_HEAD_OUT,    /* our request or response: `data` */
    ENTRY_HEAD_IN,     /* theirs: `data`, whole */
    ENTRY_HEAD_BAD,    /* what came is no HTTP head: `data`, `text` says why */
    ENTRY_FRAME_OUT,   /* `head`, payload `data`/`len`/`hash`, `step` */
    ENTRY_RAW_OUT,     /* bytes that a case wrote as they are */
    ENTRY_MESSAGE_OUT, /* a whole data message of ours is out: `opcode` in head, `len`, `hash` */
    ENTRY_FRAME_IN,    /* `head`, `at`, payload unmasked */
    ENTRY_MESSAGE_IN,  /* a whole message of theirs; `flag`: its text is broken at `diff_at` */
    ENTRY_MESSAGE_BAD, /* a message of theirs cannot be inflated: `text` is the rule's name */
    ENTRY_PARTIAL_IN,  /* bytes of a frame that never came whole */
    ENTRY_END_IN,      /* their end: `end` */
    ENTRY_END_OUT,     /* ours: `end` */
    ENTRY_EXPECT,      /* from here on what `step` expects is awaited */
    ENTRY_PASSED,      /* the pong of our barrier came: what was sent before it went past them */
    ENTRY_SILENT,      /* the time for what is awaited is up */
    ENTRY_CLOSING,     /* the case is over, we close as usual: what follows is the closing axis */
    ENTRY_ALIVE,       /* a fresh connection opened and answered: `flag`; `text` if not */
    ENTRY_OUTPUT,      /* a line of the target's stdout, or stderr (`flag`) */
    ENTRY_PROCESS,     /* the target's process ended: `text` says how; `flag`: it should not have */
    ENTRY_MEMORY,      /* its memory has grown by `len` bytes since the case began */
    ENTRY_CPU,         /* it has used `len` microseconds of CPU since then; `flag`: still busy */
    ENTRY_METRIC,      /* measure: `text` names it, `len` microseconds */
    ENTRY_TURNS,       /* of `repeat`: `len` more turns like those before; last key in `head` */
    ENTRY_PROVOKED,    /* the closer is out: a Close with code `len` if `flag`, and reason `text`,
                          must come */
    ENTRY_NOTE,        /* `text`, for people */
    ENTRY_ANOTHER,     /* a further connection of the client's: its first bytes have come */
    ENTRY_KINDS
};

enum entry_end {
    END_FIN,     /* orderly */
    END_TLS_CUT, /* FIN without close_notify */
    END_RESET,
    END_NOT_REACHED,
    END_TLS_FAILED,
    END_ERROR
};

/* Who speaks: the case's own steps, or the runner in the background. */
enum entry_by { BY_CASE, BY_RUNNER };

#define ENTRY_DATA_MAX 256 /* payload bytes kept; heads are kept whole */
#define ENTRY_NO_STEP SIZE_MAX
#define ENTRY_NO_DIFF UINT64_MAX

struct entry {
    enum entry_kind kind;
    enum entry_by by;
    enum entry_end end;
    bool flag;
    uint64_t us;         /* since the case began */
    uint32_t connection; /* from 0 */
    uint32_t round;      /* of `each`, from 1; 0: outside */
    size_t step;         /* index in the case's steps, ENTRY_NO_STEP for none */
    uint64_t at;         /* offset in the stream of its sender, of the first byte */
    struct ws_head head;
    struct bytes data;  /* the first bytes, at most ENTRY_DATA_MAX of a payload */
    uint64_t len, hash; /* of the whole payload */
    uint64_t diff_at;   /* first byte that differs from the echo awaited, or that breaks UTF-8 */
    const char *text;   /* NULL: none */
};

#define TRANSCRIPT_ENTRIES_MAX 20000 /* a flood from a target ends the case, not the memory */
#define TRANSCRIPT_SHORT 1000        /* entries kept of a log that was full */
#define TRANSCRIPT_FRAGMENTS 100     /* noted one by one of a message; of more, also the last */

/* A zeroed transcript is empty. */
struct transcript {
    struct arena arena;
    uint64_t seed; /* of the case: what its random payloads are made from */
    struct entry *entries;
    size_t count, cap;
    bool full;        /* entries or bytes were left out */
    bool pushes;      /* the target does not echo: its messages are its own business */
    const char *told; /* "127.0.0.1:9001", where a client was told to come; NULL: nobody knows */
};

/* A new entry at the end: a copy of `e`, its data and text copied. False: no memory; nothing was
 * added. When it is full, true: nothing is added and `full` says so. */
NODISCARD bool transcript_add(struct transcript *t, const struct entry *e);

/* A turn of `repeat` that may be folded is marked where it begins. When nothing about it is worth
 * keeping, all since then gives way to `turns`, which counts such turns, or to a larger count in
 * the entry of that kind that stands there already. False: no memory. */
struct transcript_mark {
    size_t count;
    struct arena_mark arena;
};

struct transcript_mark transcript_mark(const struct transcript *t);
NODISCARD bool transcript_fold(struct transcript *t, const struct transcript_mark *from,
                               const struct entry *turns);

/* Keeps only the beginning of a log that was full: nobody reads or judges a flood's end. */
void transcript_shorten(struct transcript *t);
void transcript_free(struct transcript *t);

/* "frame-in" and back, as results.json has it. -1: unknown. */
const char *transcript_kind_name(enum entry_kind kind);
int transcript_kind_named(const char *name);
const char *transcript_end_name(enum entry_end end);
int transcript_end_named(const char *name);

#endif
