#ifndef VERDICT_BASELINE_H
#define VERDICT_BASELINE_H

#include "script/suite.h"
#include "verdict/verdict.h"

/* What is known of a target before it is run, a file with a line for each thing:
 *
 *     # a comment, alone on its line
 *     cases 2091 skipped 37
 *     rfc6455/5.2-reserved-bits/rsv2  fail   RSV2 is not looked at  https://example.org/issues/7
 *     rfc6455/9.*                     flaky  the machine is slow
 *
 * An id or a glob over ids, a verdict, the reason, and perhaps a link: a last word that begins with
 * http:// or https://. The line of a case's own id goes before globs, of those the first. Known
 * cases are run as all others; nothing here leaves one out. */
#define BASELINE_FILE_MAX (1u << 20)
#define BASELINE_LINES_MAX 20000 /* the suite has a tenth of that */

enum baseline_kind { BASELINE_COMMENT, BASELINE_COUNT, BASELINE_KNOWN, BASELINE_FLAKY };

struct baseline_line {
    enum baseline_kind kind;
    unsigned number;  /* from 1; 0: it is not in the file yet */
    const char *text; /* the whole line */
    /* Of KNOWN and FLAKY. */
    const char *pattern, *reason, *link; /* link: NULL when there is none */
    bool glob;
    size_t word_at, word_len;  /* the verdict in `text` */
    enum verdict_kind verdict; /* of KNOWN: all but error */
    bool severe;               /* "fail:critical" */
    enum severity severity;    /* of that: no worse than this */
    /* Of COUNT. */
    const char *selection; /* the options that chose the cases; "": none did */
    size_t cases, skipped;
    bool counts_skipped;
};

struct baseline {
    const char *file;
    struct baseline_line *lines;
    size_t count, cap;
};

/* Everything lives in `a`. False with ERR_SYNTAX and the place: not a line of those above, no
 * reason, a second line about one id or one selection, too long. */
NODISCARD bool baseline_parse(struct arena *a, const char *file, struct bytes text,
                              struct baseline *out, struct err *err);

/* Each pattern must fit a case of that role; the first that does not is the error. */
NODISCARD bool baseline_check(const struct baseline *b, const struct suite *suite,
                              enum case_role role, struct err *err);

/* The line that is about a case, or NULL. */
const struct baseline_line *baseline_find(const struct baseline *b, const char *id);

/* What a result is in the light of what was known. */
enum known_as {
    KNOWN_NOT,      /* no line is about it, or an error keeps it from being judged */
    KNOWN_EXPECTED, /* as recorded */
    KNOWN_FLAKY,    /* may be anything but an error */
    KNOWN_STALE,    /* better than recorded: the line has to go */
    KNOWN_WORSE,    /* worse than recorded */
    KNOWN_KINDS
};

struct known {
    enum known_as as;
    enum verdict_kind verdict; /* recorded; no statement for KNOWN_NOT and KNOWN_FLAKY */
    const char *reason, *link;
    unsigned line;
};

/* Better to worse: pass and info, skip, warn, fail, error. A fail that costs more than the case
 * does by itself (a crash) is worse than a plain "fail". `usual` is the case's severity. */
int baseline_rank(enum verdict_kind kind);
struct known baseline_judge(const struct baseline *b, const char *id, const struct verdict *v,
                            enum severity usual);

const char *known_name(enum known_as as); /* "expected" */
int known_named(const char *name);        /* -1: unknown */

/* How many cases there were. */
struct baseline_tally {
    const char *selection; /* as in baseline_line */
    size_t cases;          /* chosen, before they were split into shards */
    size_t skipped;
    bool part; /* a shard: how many are skipped is not known */
};

/* The line about this selection, or NULL: its number of cases is not recorded. */
const struct baseline_line *baseline_count_of(const struct baseline *b, const char *selection);

/* NULL: as recorded, or not recorded. Else a sentence in `a`: another number of cases, or more of
 * them skipped. */
const char *baseline_drift(const struct baseline *b, const struct baseline_tally *now,
                           struct arena *a);

/* The lines whose reason is still to be written, and the first of them. */
#define BASELINE_NO_REASON "TODO: why"
size_t baseline_todo(const struct baseline *b, unsigned *first_line);

#endif
