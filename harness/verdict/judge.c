#include "verdict/judge.h"

#include <string.h>

enum verdict_kind judge_worse(enum verdict_kind a, enum verdict_kind b)
{
    return a > b ? a : b;
}

enum verdict_kind judge_breach(enum ws_level level)
{
    return level == WS_MUST ? VERDICT_FAIL : level == WS_SHOULD ? VERDICT_WARN : VERDICT_INFO;
}

const char *judge_keep(struct judge *j, const char *text)
{
    const char *copy = text ? arena_str(j->a, bytes_str(text)) : NULL;

    j->no_memory |= text && !copy;
    return copy;
}

void judge_remark(struct judge *j, const char *text)
{
    struct verdict *v = j->v;

    for (size_t i = 0; i < v->n_remarks; i++)
        if (strcmp(v->remarks[i], text) == 0)
            return;
    if (v->n_remarks < VERDICT_REMARKS_MAX && (text = judge_keep(j, text)))
        v->remarks[v->n_remarks++] = text;
}

void judge_give_up(struct judge *j, const char *why)
{
    *j->v = verdict_error(why);
    j->failed = true;
}
