#ifndef SUPPORT_JUDGED_H
#define SUPPORT_JUDGED_H

#include "tests/support/one_case.h"
#include "tests/support/talk.h"
#include "tests/support/verdict_log.h"

/* A case (steps, and what stands before them), what happened, and the verdict in one line. The
 * case's text begins in line 4. */
struct judged {
    const char *steps, *talk, *says;
};

/* Steps 0 and 1 are the implied connect and its `expect open`: entries 0 to 3. */
#define JUDGED_OPEN "connected;out head GET;expect @1;in head 101;"
#define JUDGED_CLOSE "closing;out close ours 1000;in close 1000;in end fin"

static inline void judged_verdict(const struct script_case *c, const struct transcript *t,
                                  const struct verdict_options *options, struct arena *a,
                                  struct verdict *v, struct buf *out)
{
    cr_assert(verdict_judge(c, t, options, a, v));
    buf_init(out, 1 << 16);
    verdict_log(v, out);
}

static inline bool judged_row_holds(const struct judged *row, const struct verdict_options *options)
{
    struct transcript t = { .seed = 1 };
    struct arena a = { 0 };
    struct one_case one;
    struct verdict v;
    struct buf said;

    one_case_init(&one, row->steps);
    talk_read(&t, row->talk);
    judged_verdict(one.c, &t, options, &a, &v, &said);
    bool holds = bytes_eq_str(buf_bytes(&said), row->says);
    if (!holds)
        fprintf(stderr, "  steps: %s\n  talk:  %s\n  said:  %.*s\n  not:   %s\n", row->steps,
                row->talk, BYTES_ARG(buf_bytes(&said)), row->says);
    buf_free(&said);
    arena_free(&a);
    transcript_free(&t);
    one_case_free(&one);
    return holds;
}

static inline void judged_table(const struct judged *rows, size_t count,
                                struct verdict_options options)
{
    unsigned wrong = 0;

    options.role = options.role ? options.role : ROLE_SERVER;
    for (size_t i = 0; i < count; i++)
        wrong += !judged_row_holds(&rows[i], &options);
    cr_assert_eq(wrong, 0, "%u rows of %zu are wrong", wrong, count);
}

/* What stands behind `rows` are fields of struct verdict_options; a server is under test if they do
 * not say otherwise. */
#define JUDGED_TABLE(rows, ...)                                                                    \
    judged_table(rows, sizeof rows / sizeof *rows, (struct verdict_options){ __VA_ARGS__ })

#endif
