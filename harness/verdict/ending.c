#include "verdict/ending.h"

#include "ws/close.h"

/* The entries that decide, as places in the transcript; `count` for what there is not. */
struct landmarks {
    size_t ours, theirs;    /* Closes */
    size_t end_in, end_out; /* of TCP */
    size_t closing;         /* where the runner had nothing more to ask */
    enum case_role role;
};

static void note_first(size_t *place, size_t none, size_t i)
{
    if (*place == none)
        *place = i;
}

/* A Close with reserved bits is a broken frame: who sends it has not closed. */
static bool closes(const struct entry *e)
{
    return e->head.opcode == WS_CLOSE && e->head.rsv == 0;
}

static void note(struct landmarks *l, const struct transcript *t, size_t i)
{
    const struct entry *e = &t->entries[i];

    if (e->kind == ENTRY_FRAME_OUT && closes(e))
        note_first(&l->ours, t->count, i);
    else if (e->kind == ENTRY_FRAME_IN && e->head.opcode == WS_CLOSE)
        note_first(&l->theirs, t->count, i);
    else if (e->kind == ENTRY_END_IN)
        note_first(&l->end_in, t->count, i);
    else if (e->kind == ENTRY_END_OUT)
        note_first(&l->end_out, t->count, i);
    else if (e->kind == ENTRY_CLOSING)
        note_first(&l->closing, t->count, i);
}

static struct landmarks find(const struct transcript *t, enum case_role role)
{
    size_t none = t->count;
    struct landmarks l = { none, none, none, none, none, role };

    for (size_t i = 0; i < t->count; i++)
        if (t->entries[i].connection == t->entries[none - 1].connection)
            note(&l, t, i);
    return l;
}

/* Both heads have passed, and the server's, be it theirs or ours, says 101. */
static bool is_opened(const struct transcript *t, enum case_role role)
{
    enum entry_kind answer = role == ROLE_SERVER ? ENTRY_HEAD_IN : ENTRY_HEAD_OUT;

    for (size_t i = 0; i < t->count; i++)
        if (t->entries[i].kind == answer &&
            bytes_starts(t->entries[i].data, BYTES_LIT("HTTP/1.1 101")))
            return true;
    return false;
}

static bool fails(const struct entry *close)
{
    struct ws_close c = ws_close_decode(close->data);
    return c.has_code && c.code != 1000;
}

/* Our Close asked a target that had gone on what it thinks; if it answers with an error, the error
 * was under way and ours is no more than a waiting that was cut short. */
static bool only_asked(const struct landmarks *l, const struct transcript *t)
{
    return t->entries[l->ours].by == BY_RUNNER && l->closing > l->ours && l->theirs < t->count &&
           fails(&t->entries[l->theirs]);
}

static bool closed_by_me(const struct landmarks *l, const struct transcript *t)
{
    if (l->ours < l->theirs)
        return !only_asked(l, t);
    return l->theirs == t->count && l->end_in == t->count;
}

/* A server that does not end TCP in time after the Closes is left by us. */
static bool left_waiting(const struct landmarks *l, const struct transcript *t)
{
    uint64_t since = t->entries[l->theirs].us;

    if (l->ours < t->count && t->entries[l->ours].us > since)
        since = t->entries[l->ours].us;
    return l->end_in == t->count || t->entries[l->end_in].us > since + ENDING_DROP_US;
}

static void take_close(const struct entry *e, int *code, struct bytes *reason)
{
    struct ws_close close = ws_close_decode(e->data);

    if (close.has_code)
        *code = close.code;
    if (close.has_code && close.reason.len > 0)
        *reason = close.reason;
}

/* Its Close came. As a server we end TCP then; as a client it is the server's turn. */
static void read_answered(const struct landmarks *l, const struct transcript *t, struct ending *out)
{
    const struct entry *theirs = &t->entries[l->theirs];

    take_close(theirs, &out->remote_code, &out->remote_reason);
    out->was_clean = true;
    out->dropped_by_me = l->role == ROLE_CLIENT;
    if (l->role == ROLE_SERVER && left_waiting(l, t)) {
        out->dropped_by_me = true;
        out->was_clean = !out->closed_by_me;
    }
    if (ws_close_check(theirs->data).rule != WS_RULE_NONE) {
        out->failed_by_me = true;
        out->was_clean &= !out->closed_by_me;
        out->dropped_by_me |= out->closed_by_me;
        out->closed_by_me = true;
    }
}

void ending_read(const struct transcript *t, enum case_role role, struct ending *out)
{
    *out = (struct ending){ .local_code = -1, .remote_code = -1, .opened = is_opened(t, role) };
    if (t->count == 0)
        return;
    struct landmarks l = find(t, role);
    out->closed_by_me = closed_by_me(&l, t);
    if (l.ours < t->count)
        take_close(&t->entries[l.ours], &out->local_code, &out->local_reason);
    if (l.theirs < t->count) {
        read_answered(&l, t, out);
        return;
    }
    out->dropped_by_me = l.end_in == t->count || l.end_out < l.end_in;
    out->failed_by_me = l.end_in == t->count;
}
