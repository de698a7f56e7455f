#include "verdict/closing.h"

#include <string.h>

#include "ws/close.h"

/* Where the runner began to close; `count` when it did not. */
static size_t closing_start(const struct transcript *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->entries[i].kind == ENTRY_CLOSING)
            return i;
    return t->count;
}

/* First entry of that kind on the connection under way, from `from`; `count`: none. */
static size_t first_of(const struct transcript *t, enum entry_kind kind, int opcode, size_t from,
                       uint32_t connection)
{
    for (size_t i = from; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (e->kind == kind && e->connection == connection &&
            (opcode < 0 || e->head.opcode == (uint8_t)opcode))
            return i;
    }
    return t->count;
}

bool closing_lost_to_reset(const struct transcript *t, size_t end)
{
    if (end >= t->count || t->entries[end].kind != ENTRY_END_IN || t->entries[end].end != END_RESET)
        return false;
    size_t close = first_of(t, ENTRY_FRAME_OUT, WS_CLOSE, 0, t->entries[end].connection);
    for (size_t i = close + 1; i < end; i++) {
        enum entry_kind kind = t->entries[i].kind;
        if ((kind == ENTRY_FRAME_OUT || kind == ENTRY_RAW_OUT) &&
            t->entries[i].connection == t->entries[end].connection)
            return true;
    }
    return false;
}

static void no_close(struct closing_finding *out, const struct transcript *t, size_t end)
{
    bool ended = end < t->count;

    out->grade = VERDICT_FAIL;
    out->closing = ended ? CLOSING_UNCLEAN : CLOSING_LATE;
    out->reason = ended ? "it ended the connection without answering our Close"
                        : "it did not answer our Close in time";
    out->expected = "a Close, then the end of TCP";
    out->requirement = "RFC6455-5.5.1-8";
    out->entry = ended ? end : ENTRY_NO_STEP;
    out->unsure = ended && t->entries[end].end == END_RESET;
}

static void no_end(struct closing_finding *out, enum case_role role)
{
    out->grade = VERDICT_FAIL;
    out->closing = CLOSING_WRONG_END;
    out->reason = role == ROLE_SERVER
                      ? "it answered our Close but did not end TCP, which is the server's part"
                      : "it answered our Close but did not end TCP after we did";
    out->expected = "the end of TCP";
    out->requirement = role == ROLE_SERVER ? "RFC6455-5.5.1-14" : "RFC6455-5.5.1-13";
}

/* RFC 6455 5.5.1: an answer typically has the code that it answers. None at all is as good. */
static bool answered_with_another(const struct transcript *t, size_t start, size_t close)
{
    size_t ours = first_of(t, ENTRY_FRAME_OUT, WS_CLOSE, start, t->entries[close].connection);
    struct ws_close sent, came = ws_close_decode(t->entries[close].data);

    if (ours > close)
        return false;
    sent = ws_close_decode(t->entries[ours].data);
    return sent.has_code && came.has_code && sent.code != came.code;
}

/* When both Closes had passed, so that ending TCP was the server's turn. */
static uint64_t both_closed_us(const struct transcript *t, size_t close, uint32_t connection)
{
    size_t ours = first_of(t, ENTRY_FRAME_OUT, WS_CLOSE, 0, connection);
    uint64_t us = t->entries[close].us;

    return ours < t->count && t->entries[ours].us > us ? t->entries[ours].us : us;
}

static void complete(struct closing_finding *out, const struct transcript *t, enum case_role role,
                     size_t start, size_t close, size_t end)
{
    const struct entry *e = &t->entries[end];

    out->closing = CLOSING_CLEAN;
    if (answered_with_another(t, start, close)) {
        out->closing = CLOSING_WRONG_CODE;
        out->grade = VERDICT_INFO;
        out->reason = "it answered our Close with another code";
        out->requirement = "RFC6455-5.5.1-8";
        out->entry = close;
    }
    if (e->end != END_FIN)
        out->remark = e->end == END_RESET ? "TCP was reset at the end instead of ended in order"
                                          : "TLS was not ended with close_notify";
    if (role == ROLE_SERVER && e->us > both_closed_us(t, close, e->connection) + CLOSING_LATE_US) {
        out->closing = CLOSING_LATE;
        out->grade = VERDICT_WARN;
        out->reason = "it ended TCP more than a second after both Closes had passed";
        out->requirement = "RFC6455-5.5.1-14";
        out->entry = end;
        out->unsure = true; /* a busy machine is slow, too: alone it has to be late again */
    }
}

void closing_judge(const struct transcript *t, enum case_role role, struct closing_finding *out)
{
    size_t start = closing_start(t);

    *out = (struct closing_finding){ .closing = CLOSING_NONE,
                                     .grade = VERDICT_PASS,
                                     .entry = ENTRY_NO_STEP };
    if (start == t->count)
        return;
    uint32_t connection = t->entries[start].connection;
    size_t close = first_of(t, ENTRY_FRAME_IN, WS_CLOSE, 0, connection);
    size_t end = first_of(t, ENTRY_END_IN, -1, 0, connection);
    if (end == t->count && first_of(t, ENTRY_SILENT, -1, start, connection) == t->count)
        out->cut_short = true;
    else if (close == t->count)
        no_close(out, t, end);
    else if (end == t->count)
        no_end(out, role);
    else
        complete(out, t, role, start, close, end);
}
