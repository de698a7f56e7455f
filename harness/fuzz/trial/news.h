#ifndef FUZZ_NEWS_H
#define FUZZ_NEWS_H

#include "base/buf.h"

/* What an engine tells its supervisor, a line of its standard output each. Any other line, of
 * libFuzzer or a sanitizer, is its log. */
enum fuzz_news_kind {
    FUZZ_NEWS_READY,   /* once: the target is reached; `edges` it has (0: replies guide) */
    FUZZ_NEWS_PULSE,   /* each second or so: `sessions` .. `corpus`, all since it began;
                          `text`: whose trial is under way */
    FUZZ_NEWS_FINDING, /* a new file `path`; `text` the sentence */
    FUZZ_NEWS_AGAIN,   /* `path` is there already */
    FUZZ_NEWS_DOUBT,   /* died or hung once, not again: `path`, `text` */
    FUZZ_NEWS_NOTE,    /* for -v: `text` */
    FUZZ_NEWS_TROUBLE, /* it cannot go on: `code` is the exit code, `text` why */
    FUZZ_NEWS_DONE,    /* it has done its runs or its time */
    FUZZ_NEWS_KINDS
};

#define FUZZ_NEWS_TEXT 400

struct fuzz_news {
    enum fuzz_news_kind kind;
    uint64_t sessions; /* said, minimisation included */
    uint64_t seen;     /* edges, or features of replies */
    uint64_t edges;    /* that the target has; 0: no coverage, or unknown number with `coverage` */
    uint64_t corpus;   /* sessions that are kept */
    uint64_t suspects; /* suspicions so far, those that came to nothing too */
    uint64_t code;     /* TROUBLE */
    bool coverage, echoes, deflate; /* READY */
    char path[FUZZ_NEWS_TEXT], text[FUZZ_NEWS_TEXT];
};

/* One line with its newline; what is no plain text in path and text is replaced. */
NODISCARD bool fuzz_news_write(const struct fuzz_news *news, struct buf *out);

/* False: the line is no news. Without its newline. */
NODISCARD bool fuzz_news_read(struct bytes line, struct fuzz_news *out);

#endif
