#include "faulty/echo.h"

#include <string.h>

#include "faulty/control.h"
#include "faulty/fault.h"
#include "faulty/peer.h"
#include "faulty/say.h"

static bool is_fragmented(const struct talk *t)
{
    return t->head.opcode == WS_CONTINUATION;
}

void echo_fragment(struct peer *p)
{
    struct talk *t = &p->talk;

    if (fault_is(FAULT_ECHOES_EACH_FRAGMENT)) {
        say_message(p, t->opcode, buf_bytes(&t->message));
        buf_clear(&t->message);
    }
    if (fault_is(FAULT_LOSES_FIRST_FRAGMENT) && !is_fragmented(t))
        buf_clear(&t->message);
    if (fault_is(FAULT_LOSES_MIDDLE_FRAGMENTS) && is_fragmented(t))
        t->message.len = t->fragment_at;
}

static uint8_t opcode_of(const struct talk *t)
{
    if (fault_is(FAULT_TEXT_FOR_BINARY) || (fault_is(FAULT_TEXT_FOR_PACKED_BINARY) && t->packed))
        return WS_TEXT;
    if ((fault_is(FAULT_BINARY_FOR_TEXT) && !say_is_spared(buf_bytes(&t->message))) ||
        (fault_is(FAULT_BINARY_FOR_FRAGMENTED) && is_fragmented(t)))
        return WS_BINARY;
    return fault_is(FAULT_TYPE_STAYS) ? t->first_opcode : t->opcode;
}

/* ---- what becomes of the payload ---- */

static struct bytes lose_byte(struct bytes m)
{
    static const size_t lengths[] = { 125, 126, 127, 65535, 65536 };

    if (m.len == lengths[fault_nth(FAULT_LOSES_BYTE_OF_125)])
        m.len--;
    return m;
}

static struct bytes cut(struct bytes m)
{
    if (fault_among(FAULT_LOSES_BYTE_OF_125, FAULT_LOSES_BYTE_OF_65536))
        return lose_byte(m);
    if (fault_is(FAULT_ECHOES_UP_TO_NUL))
        return bytes_take(m, bytes_index(m, 0, 0));
    if (fault_is(FAULT_STRIPS_BOM) && bytes_starts(m, BYTES_LIT("\xEF\xBB\xBF")))
        return bytes_skip(m, 3);
    return m;
}

/* The bytes of `m` from `at` on in front of those before it. */
static void swap(struct peer *p, struct buf *m, size_t at)
{
    struct buf swapped;

    buf_init(&swapped, TALK_MESSAGE_MAX);
    if (buf_append(&swapped, bytes_skip(buf_bytes(m), at)) &&
        buf_append(&swapped, bytes_take(buf_bytes(m), at)) && m->len > 0)
        memcpy(m->ptr, swapped.ptr, m->len);
    else
        p->no_memory = p->no_memory || m->len > 0;
    buf_free(&swapped);
}

static void put_in_front(struct peer *p, struct buf *m, struct bytes more)
{
    size_t len = m->len;

    if (buf_append(m, more))
        swap(p, m, len);
}

/* ASCII only. */
static void replace(struct buf *m)
{
    for (size_t i = 0; i < m->len; i++)
        if (m->ptr[i] >= 0x80)
            m->ptr[i] = '?';
}

static void spoil(struct peer *p)
{
    struct talk *t = &p->talk;

    if (fault_is(FAULT_SWAPS_FRAGMENTS) && is_fragmented(t))
        swap(p, &t->message, t->fragment_at);
    if (fault_is(FAULT_REPLACES_BAD_TEXT) && t->text_is_bad)
        replace(&t->message);
    if (fault_is(FAULT_MERGES_MESSAGES) && t->messages_in_read > 0)
        put_in_front(p, &t->message, buf_bytes(&t->last_message));
    if (fault_is(FAULT_KEEPS_OLD_BYTES) && t->message.len < t->last_message.len &&
        !buf_append(&t->message, bytes_skip(buf_bytes(&t->last_message), t->message.len)))
        p->no_memory = true;
}

static void say(struct peer *p, uint8_t opcode, struct bytes message)
{
    struct talk *t = &p->talk;

    if (fault_is(FAULT_LOSES_EMPTY_MESSAGE) && message.len == 0)
        return;
    if (fault_is(FAULT_ECHOES_ONE_BEHIND) && !say_is_spared(message)) {
        if (t->messages_seen > 1)
            say_message(p, opcode, buf_bytes(&t->last_message));
        return;
    }
    say_message(p, opcode, message);
    if (fault_is(FAULT_ECHOES_TWICE) && !say_is_spared(message))
        say_message(p, opcode, message);
}

/* Its memory serves for the next one, unless it was large. */
static void keep(struct talk *t)
{
    struct buf last = t->last_message;

    t->last_message = t->message;
    t->message = last;
    buf_clear(&t->message);
    if (t->message.cap > TALK_KEPT) {
        buf_free(&t->message);
        buf_init(&t->message, TALK_MESSAGE_MAX);
    }
}

void echo_message(struct peer *p)
{
    struct talk *t = &p->talk;

    if (t->messages_seen++ == 0)
        t->first_opcode = t->opcode;
    spoil(p);
    peer_tell(p, "message %s %zu", ws_opcode_name(t->opcode), t->message.len);
    say(p, opcode_of(t), cut(buf_bytes(&t->message)));
    keep(t);
    t->messages_in_read++;
    control_catch_up(p);
}
