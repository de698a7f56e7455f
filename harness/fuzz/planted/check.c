#include "fuzz/planted/check.h"

#include "fuzz/planted/bug.h"

static bool is_shortest(const struct frame *f)
{
    if (f->len_size == 2)
        return f->len > 125;
    if (f->len_size == 8 && bug_is(BUG_TAKES_LONG_LENGTH))
        return f->len > 125;
    return f->len_size == 0 || f->len > 65535;
}

static bool is_mask_right(const struct talk *t, const struct frame *f)
{
    if (bug_is(BUG_TAKES_UNMASKED_PING) && f->opcode == PING)
        return true;
    if (bug_is(BUG_TAKES_MASKED_TEXT) && f->opcode == TEXT)
        return true;
    return f->masked == t->is_server;
}

static bool are_bits_right(const struct talk *t, const struct frame *f)
{
    bool compressed = t->squeeze && (f->opcode == TEXT || f->opcode == BINARY);

    if (bug_is(BUG_TAKES_RSV2_LATER) && f->opcode == CONTINUATION)
        return (f->rsv & ~2) == 0;
    return f->rsv == 0 || (f->rsv == 4 && compressed);
}

static unsigned check_control(const struct talk *t, const struct frame *f)
{
    bool fin = f->fin || (bug_is(BUG_TAKES_FRAGMENTED_PING) && f->opcode == PING);

    if (bug_is(BUG_TAKES_OPCODE_11) && f->opcode == 11)
        return 0;
    if (bug_is(BUG_REFUSES_PING_IN_DEFLATE) && f->opcode == PING && t->message.open &&
        t->message.compressed)
        return 1002;
    if (f->opcode > PONG || !fin || f->len > CONTROL_MAX)
        return 1002;
    return 0;
}

static unsigned check_data(const struct talk *t, const struct frame *f)
{
    const struct message *m = &t->message;

    if (f->opcode > BINARY)
        return 1002;
    if (f->opcode == CONTINUATION && !m->open && !bug_is(BUG_TAKES_LONELY_CONTINUATION))
        return 1002;
    if (f->opcode != CONTINUATION && m->open)
        return 1002;
    if (bug_is(BUG_DECLARED_LENGTH) || bug_is(BUG_LENGTH_IN_32_BITS))
        return 0;
    return f->len <= MESSAGE_MAX - m->bytes.len ? 0 : 1009;
}

unsigned check_head(const struct talk *t)
{
    const struct frame *f = &t->frame;

    if (!are_bits_right(t, f) || !is_mask_right(t, f) || !is_shortest(f) || f->len >> 63)
        return 1002;
    return f->opcode >= CLOSE ? check_control(t, f) : check_data(t, f);
}
