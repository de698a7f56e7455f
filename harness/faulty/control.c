#include "faulty/control.h"

#include <string.h>

#include "faulty/close.h"
#include "faulty/fault.h"
#include "faulty/peer.h"
#include "faulty/say.h"

static bool is_left_unanswered(const struct talk *t, struct bytes body)
{
    return fault_is(FAULT_NEVER_PONGS) || (fault_is(FAULT_PONGS_ONCE) && t->pings_seen > 1) ||
           (fault_is(FAULT_PONGS_FIRST_IN_READ) && t->pings_in_read > 1) ||
           (fault_is(FAULT_PONGS_NOT_TO_EMPTY) && body.len == 0);
}

/* What it answers instead of the ping's data, in `changed`. */
static struct bytes spoil(const struct talk *t, struct bytes body,
                          uint8_t changed[WS_CONTROL_MAX + 1])
{
    if (body.len > WS_CONTROL_MAX)
        body = bytes_take(body, WS_CONTROL_MAX);
    if (fault_is(FAULT_PONGS_EMPTY) || (fault_is(FAULT_FORGETS_HALF_PING) && t->cut))
        return bytes_take(body, 0);
    if (fault_is(FAULT_PONGS_UP_TO_NUL))
        return bytes_take(body, bytes_index(body, 0, 0));
    if (fault_is(FAULT_PONGS_ALL_BUT_LAST_BYTE) && body.len == WS_CONTROL_MAX)
        return bytes_take(body, WS_CONTROL_MAX - 1);
    if (fault_is(FAULT_PONGS_LAST_DATA))
        return buf_bytes(&t->last_ping);
    memset(changed, 'x', WS_CONTROL_MAX + 1);
    if (body.len > 0)
        memcpy(changed, body.ptr, body.len);
    if (fault_is(FAULT_PONGS_OTHER_BYTES) && body.len > 0)
        changed[0] ^= 1;
    if (fault_is(FAULT_PONGS_ONE_BYTE_MORE) && body.len < WS_CONTROL_MAX)
        body.len++;
    if (fault_is(FAULT_SENDS_LONG_PONG))
        body.len = WS_CONTROL_MAX + 1;
    return bytes_of(changed, body.len);
}

static void say_pong(struct peer *p, struct bytes body)
{
    if (fault_is(FAULT_PONGS_WITH_PING))
        say_control(p, WS_PING, body);
    else if (fault_is(FAULT_PONGS_WITH_TEXT))
        say_message(p, WS_TEXT, body);
    else
        say_control(p, WS_PONG, body);
}

static void keep(struct peer *p, struct bytes body)
{
    buf_clear(&p->talk.last_ping);
    if (!buf_append(&p->talk.last_ping, body))
        p->no_memory = true;
}

static void take_ping(struct peer *p, struct bytes body)
{
    struct talk *t = &p->talk;
    uint8_t changed[WS_CONTROL_MAX + 1];

    t->pings_seen++;
    t->pings_in_read++;
    t->owes_pong = fault_is(FAULT_PONGS_BEHIND_MESSAGE) && t->in_message;
    if (!t->owes_pong && !is_left_unanswered(t, body))
        say_pong(p, spoil(t, body, changed));
    keep(p, body);
}

void control_catch_up(struct peer *p)
{
    if (p->talk.owes_pong)
        say_pong(p, buf_bytes(&p->talk.last_ping));
    p->talk.owes_pong = false;
}

/* What it does to the message that it comes between. */
static void disturb(struct peer *p, uint8_t opcode, struct bytes body)
{
    struct talk *t = &p->talk;
    bool mixes = (fault_is(FAULT_MIXES_PING_INTO_MESSAGE) && opcode == WS_PING) ||
                 (fault_is(FAULT_MIXES_PONG_INTO_MESSAGE) && opcode == WS_PONG);

    if (mixes && !buf_append(&t->message, body))
        p->no_memory = true;
    if (fault_is(FAULT_PING_RESTARTS_MESSAGE) && opcode == WS_PING)
        buf_clear(&t->message);
    if (fault_is(FAULT_PING_BREAKS_PACKED) && opcode == WS_PING && t->packed)
        squeeze_forget(&t->squeeze);
    if (fault_is(FAULT_PING_RESTARTS_TEXT_CHECK) && opcode == WS_PING)
        t->text = (struct utf8){ 0 };
}

void control_take(struct peer *p, uint8_t opcode, struct bytes body)
{
    if (p->talk.in_message)
        disturb(p, opcode, body);
    if (opcode == WS_PING && fault_is(FAULT_PONGS_AS_UTF8) && !utf8_is_valid(body))
        close_fail(p, TROUBLE_TEXT);
    else if (opcode == WS_PING)
        take_ping(p, body);
    else if (opcode == WS_CLOSE &&
             !(fault_is(FAULT_IGNORES_CLOSE_IN_MESSAGE) && p->talk.in_message))
        close_take(p, body);
}
