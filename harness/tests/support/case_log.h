#ifndef SUPPORT_CASE_LOG_H
#define SUPPORT_CASE_LOG_H

#include <criterion/criterion.h>
#include <stdio.h>

#include "script/parse.h"
#include "script/print.h"

/* A case's steps as text: one a line, indented by block, implied ones in brackets. Goldens are
 * compared in this form. */
static inline void case_log_steps(const struct step *steps, size_t from, size_t to, int depth,
                                  struct buf *out)
{
    for (size_t i = from; i < to;) {
        const struct step *s = &steps[i];
        bool ok = buf_print(out, "%*s%s", depth * 2, "", s->implied ? "[" : "") &&
                  script_print_step(s, out) && buf_print(out, s->implied ? "]\n" : "\n");
        cr_assert(ok);
        if (script_op_is_block(s->op)) {
            cr_assert(s->end > i && s->end <= to, "a block ends inside what holds it");
            case_log_steps(steps, i + 1, s->end, depth + 1, out);
        }
        i = script_op_is_block(s->op) ? s->end : i + 1;
    }
}

static inline void case_log(const struct script_case *c, struct buf *out)
{
    case_log_steps(c->steps, 0, c->n_steps, 0, out);
}

/* All that a case says, its steps included. */
static inline void case_log_all(const struct script_case *c, struct buf *out)
{
    bool ok = buf_print(out, "%s \"%s\" role=%d level=%d severity=%d timeout=%u manual=%d cut=%d\n",
                        c->id, c->title, (int)c->role, (int)c->level, (int)c->severity,
                        (unsigned)c->timeout_ms, c->manual, c->cut_off) &&
              buf_print(out, "note=%s contested=%s\n", c->note ? c->note : "-",
                        c->contested ? c->contested : "-");
    for (size_t i = 0; ok && i < c->n_proves; i++)
        ok = buf_print(out, "proves %s\n", c->proves[i]);
    for (size_t i = 0; ok && i < c->n_needs; i++)
        ok = buf_print(out, "needs %s\n", c->needs[i]);
    for (size_t i = 0; ok && i < c->n_tags; i++)
        ok = buf_print(out, "tag %s\n", c->tags[i]);
    for (size_t i = 0; ok && i < c->n_also; i++) {
        ok = buf_print(out, "also %s %s\n", c->also[i].suite, c->also[i].id);
        case_log_steps(c->also[i].steps, 0, c->also[i].n_steps, 1, out);
    }
    cr_assert(ok);
    case_log(c, out);
}

/* Shows the mistakes of a text that was expected to parse. */
static inline void case_log_mistakes(const char *path, struct bytes text,
                                     const struct diagnostics *diags)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < diags->count && i < SCRIPT_ERRORS_MAX; i++)
        cr_assert(script_diag_print(path, text, &diags->list[i], &out));
    fprintf(stderr, "%.*s", BYTES_ARG(buf_bytes(&out)));
    buf_free(&out);
}

#endif
