#ifndef TESTS_RUN_MATCHING_H
#define TESTS_RUN_MATCHING_H

#include "run/pattern.h"
#include "tests/support/one_case.h"
#include "tests/support/talk.h"

/* What a pattern says to a conversation, in one line:
 *
 *     "pass @4"                       matched; the cursor stands before entry 4
 *     "warn @6: why"                  matched with that grade and remark; `unsure` if it is
 *     "more" "more barrier doubt"     waits, and what would bring it on
 *     "no @5 step +2: why"            entry 5 is not what the pattern's third step expects;
 * `silent` */
struct matching {
    enum case_role role;
    const char *steps, *talk, *says;
    bool prefer; /* the barrier's pong ends the first branch */
};

static inline size_t matching_since(const struct transcript *t)
{
    for (size_t i = t->count; i-- > 0;)
        if (t->entries[i].kind == ENTRY_EXPECT)
            return i;
    return 0;
}

static inline void matching_say(const struct match *m, size_t from, char out[400])
{
    static const char *const grades[] = { "pass", "info", "warn", "fail" };
    static const char *const wants[] = {
        " barrier", " doubt", " alive", " memory", " end", " cpu"
    };
    const char *colon = m->remark ? ": " : "", *remark = m->remark ? m->remark : "";
    const char *unsure = m->unsure ? " unsure" : "", *silent = m->silent ? " silent" : "";
    char step[32] = "", entry[32] = "";

    if (m->step > from)
        snprintf(step, sizeof step, " step +%zu", m->step - from);
    if (m->entry != ENTRY_NO_STEP)
        snprintf(entry, sizeof entry, " @%zu", m->entry);

    if (m->status == PATTERN_MATCHED) {
        snprintf(out, 400, "%s @%zu%s%s%s", grades[m->grade], m->cursor.entry, unsure, colon,
                 remark);
    } else if (m->status == PATTERN_MORE) {
        snprintf(out, 400, "more");
        for (unsigned bit = 0; bit < 6; bit++)
            if (m->wants & 1u << bit)
                strcat(out, wants[bit]);
    } else {
        snprintf(out, 400, "no%s%s%s%s%s%s", entry, step, silent, unsure, colon, remark);
    }
}

/* Matches the case's first written pattern, and those behind it one by one; the last one's words.
 */
static inline void matching_run(const struct matching *row, char out[400])
{
    struct one_case one;
    struct transcript t = { .seed = 1 };
    struct cursor cursor = { 0 };
    struct match m;

    one_case_init(&one, row->steps);
    talk_read(&t, row->talk);
    size_t at = one_case_pattern(one.c);
    const size_t from = at;
    do {
        struct pattern_options options = { row->role, matching_since(&t), row->prefer };
        size_t end = pattern_end(one.c->steps, one.c->n_steps, at);
        m = row->prefer ? pattern_match(one.c->steps, at + 2, one.c->steps[at + 1].end, &t, cursor,
                                        &options)
                        : pattern_match(one.c->steps, at, end, &t, cursor, &options);
        cursor = m.cursor;
        for (at = end; at < one.c->n_steps && !script_op_expects(one.c->steps[at].op);)
            at++;
    } while (m.status == PATTERN_MATCHED && !row->prefer && at < one.c->n_steps);
    matching_say(&m, from, out);
    transcript_free(&t);
    one_case_free(&one);
}

static inline void matching_table(const struct matching *rows, size_t count)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < count; i++) {
        char said[400];
        struct matching row = rows[i];
        row.role = row.role ? row.role : ROLE_SERVER;
        matching_run(&row, said);
        if (strcmp(said, row.says) == 0)
            continue;
        wrong++;
        fprintf(stderr, "row %zu\n  steps: %s\n  talk:  %s\n  said:  %s\n  not:   %s\n", i,
                row.steps, row.talk, said, row.says);
    }
    cr_assert_eq(wrong, 0, "%u rows of %zu are wrong", wrong, count);
}

#define MATCHING_TABLE(rows) matching_table(rows, sizeof rows / sizeof *rows)

#endif
