#include "drive/doubt.h"

#include <assert.h>
#include <string.h>

#include "run/talk.h"

bool doubt_verdict(const struct verdict *v)
{
    bool proven = v->rule != WS_RULE_NONE;

    return (v->result == VERDICT_FAIL && !proven) || v->result == VERDICT_ERROR || v->retry;
}

static bool is_close_in(const struct entry *e)
{
    return e->kind == ENTRY_FRAME_IN && e->head.opcode == WS_CLOSE;
}

/* Their end of the connection at entry `at`: not an orderly one, or without a Close before it. */
static bool ends_badly(const struct transcript *t, size_t at)
{
    const struct entry *end = &t->entries[at];

    if (end->end != END_FIN && end->end != END_TLS_CUT)
        return true;
    for (size_t i = at; i-- > 0;)
        if (is_close_in(&t->entries[i]) && t->entries[i].connection == end->connection)
            return false;
    return true;
}

static bool refuses(const struct entry *e)
{
    return talk_status(e) >= 300;
}

bool doubt_warn(const struct verdict *v, const struct transcript *t)
{
    if (v->result != VERDICT_WARN || v->rule != WS_RULE_NONE)
        return false;
    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (e->kind == ENTRY_SILENT || (e->kind == ENTRY_END_IN && ends_badly(t, i)) ||
            (e->kind == ENTRY_HEAD_IN && refuses(e)))
            return true;
    }
    return v->closing == CLOSING_LATE || v->closing == CLOSING_UNCLEAN;
}

static bool same_reason(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool doubt_wants_look(const struct doubt_looks *looks, const char *reason)
{
    unsigned held = 0;

    for (size_t i = 0; i < looks->count; i++)
        held += looks->of[i].held && same_reason(looks->of[i].reason, reason);
    return held < DOUBT_HELD && looks->count < DOUBT_LOOKS_MAX;
}

void doubt_note_look(struct doubt_looks *looks, const char *reason, const struct verdict *alone)
{
    assert(looks->count < DOUBT_LOOKS_MAX);
    bool held = alone->result == VERDICT_WARN && same_reason(alone->reason, reason);
    looks->of[looks->count++] = (struct doubt_look){ reason, held };
}
