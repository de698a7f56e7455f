#ifndef SUPPORT_VERDICT_LOG_H
#define SUPPORT_VERDICT_LOG_H

#include <criterion/criterion.h>

#include "verdict/verdict.h"

/* A verdict in one line: "fail critical line 4 @7 RULE closing late: reason (got … ) [remark]
 * [remark]". */
static inline void verdict_log(const struct verdict *v, struct buf *out)
{
    bool ok = buf_print(out, "%s", verdict_name(v->result));

    if (ok && v->behaviour != v->result)
        ok = buf_print(out, " behaviour %s", verdict_name(v->behaviour));
    if (ok && v->closing != CLOSING_NONE && v->closing != CLOSING_CLEAN)
        ok = buf_print(out, " closing %s", verdict_closing_name(v->closing));
    if (ok && v->severity == SEVERITY_CRITICAL)
        ok = buf_print(out, " critical");
    if (ok && v->contested)
        ok = buf_print(out, " contested");
    if (ok && v->rule != WS_RULE_NONE)
        ok = buf_print(out, " %s", ws_rule_row(v->rule)->name);
    if (ok && v->entry != ENTRY_NO_STEP)
        ok = buf_print(out, " @%zu", v->entry);
    if (ok && v->line > 0)
        ok = buf_print(out, " line %u", v->line);
    if (ok && v->barrier)
        ok = buf_print(out, " barrier");
    if (ok && v->retry)
        ok = buf_print(out, " retry");
    if (ok && v->reason)
        ok = buf_print(out, ": %s", v->reason);
    for (size_t i = 0; ok && i < v->n_remarks; i++)
        if (!v->reason || strcmp(v->remarks[i], v->reason) != 0)
            ok = buf_print(out, " [%s]", v->remarks[i]);
    cr_assert(ok);
}

#endif
