#ifndef SUPPORT_ONE_CASE_H
#define SUPPORT_ONE_CASE_H

#include "script/parse.h"
#include "tests/support/case_log.h"

/* One case out of its steps (and what stands before them), parsed as users' files are. */
struct one_case {
    struct arena arena;
    struct script_file file;
    const struct script_case *c;
    char text[8000];
};

static inline void one_case_init(struct one_case *o, const char *steps)
{
    struct diagnostics diags = { 0 };

    memset(o, 0, sizeof *o);
    int n = snprintf(o->text, sizeof o->text,
                     "group \"G\"\ncase c \"A case\" {\nnote \"n\"\n%s\n}\n", steps);
    cr_assert(n > 0 && (size_t)n < sizeof o->text);
    if (!script_parse(&o->arena, "t.case", bytes_str(o->text), NULL, &o->file, &diags))
        case_log_mistakes("t.case", bytes_str(o->text), &diags);
    cr_assert(o->file.n_cases == 1, "one case: %s", steps);
    o->c = &o->file.cases[0];
}

static inline void one_case_free(struct one_case *o)
{
    arena_free(&o->arena);
}

/* The first pattern that somebody wrote. */
static inline size_t one_case_pattern(const struct script_case *c)
{
    for (size_t i = 0; i < c->n_steps; i++) {
        const struct step *s = &c->steps[i];
        if (!s->implied && (script_op_expects(s->op) || s->op == OP_CLOSE || s->op == OP_PREFER))
            return i;
    }
    cr_assert_fail("nothing is expected");
    return 0;
}

#endif
