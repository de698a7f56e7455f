#include "fuzz/planted/talk.h"

#include <string.h>

#include "fuzz/planted/bug.h"
#include "fuzz/planted/check.h"
#include "fuzz/planted/plant.h"

/* ---- what goes out ---- */

static void new_key(struct talk *t, uint8_t key[4])
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    for (unsigned i = 0; i < 4; i++)
        key[i] = (uint8_t)(t->random >> (24 + 8 * i));
}

/* `first`: FIN, reserved bits and opcode. */
static void send_frame(struct talk *t, uint8_t first, const uint8_t *payload, size_t len)
{
    uint8_t head[14] = { first }, key[4];
    size_t n = 2, lens = len < 126 ? 0 : len < 65536 ? 2 : 8;

    head[1] = (uint8_t)(lens == 0 ? len : lens == 2 ? 126 : 127);
    for (size_t i = lens; i-- > 0;)
        head[n++] = (uint8_t)((uint64_t)len >> 8 * i);
    if (!t->is_server) {
        new_key(t, key);
        head[1] |= 0x80;
        memcpy(head + n, key, 4);
        n += 4;
    }
    store_add(&t->out, head, n);
    store_add(&t->out, payload, len);
    for (size_t i = 0; i < len && !t->is_server; i++)
        t->out.ptr[t->out.len - len + i] ^= key[i & 3];
}

static void send_close(struct talk *t, unsigned code)
{
    uint8_t body[2] = { (uint8_t)(code >> 8), (uint8_t)code };

    send_frame(t, 0x80 | CLOSE, body, code == 0 ? 0 : 2);
    t->over = true;
}

void talk_fail(struct talk *t, unsigned code)
{
    if (!t->over)
        send_close(t, code);
}

/* A decision that is a refusal: false, so that callers can hand it on. */
static bool fail(struct talk *t, unsigned code)
{
    talk_fail(t, code);
    return false;
}

/* ---- heads ---- */

static void begin_data(struct talk *t)
{
    struct message *m = &t->message;

    if (!m->open) {
        struct store bytes = m->bytes;
        bytes.len = 0;
        *m = (struct message){ .open = true,
                               .compressed = t->frame.rsv == 4,
                               .opcode = t->frame.opcode == TEXT ? TEXT : BINARY,
                               .bytes = bytes };
    }
    m->utf8.at_fragment = m->fragments > 0;
    m->fragments++;
    m->filled += t->frame.len > 0;
}

/* Gives the size of a head that was taken. */
static size_t take_head(struct talk *t, const uint8_t *p, size_t n)
{
    size_t size = frame_read(p, n, &t->frame);

    if (size == 0)
        return 0;
    plant_by_head(t);
    t->frame.from_read = t->reads;
    unsigned code = check_head(t);
    if (code != 0) {
        talk_fail(t, code);
        return size;
    }
    t->in_frame = true;
    if (t->frame.opcode < CLOSE)
        begin_data(t);
    else
        t->control.len = 0;
    return size;
}

/* ---- payloads ---- */

static void unmask(const struct talk *t, uint8_t *p, size_t n)
{
    uint64_t at = bug_is(BUG_UNMASKS_BY_READ) ? 0 : t->frame.at;

    for (size_t i = 0; i < n && t->frame.masked; i++)
        p[i] ^= t->frame.key[(at + i) & 3];
}

static bool check_unpacked(struct talk *t, enum squeeze_result result)
{
    return result == SQUEEZE_OK || fail(t, result == SQUEEZE_BROKEN ? 1007 : 1009);
}

/* What was added to the message behind `from`. */
static bool check_text(struct talk *t, size_t from)
{
    struct message *m = &t->message;

    if (m->opcode != TEXT || m->bytes.len == from ||
        utf8_feed(&m->utf8, m->bytes.ptr + from, m->bytes.len - from))
        return true;
    return fail(t, 1007);
}

static bool add_data(struct talk *t, const uint8_t *p, size_t n)
{
    struct message *m = &t->message;
    size_t from = m->bytes.len;

    if (!m->compressed)
        store_add(&m->bytes, p, n);
    else if (!check_unpacked(t, squeeze_unpack(t->squeeze, p, n, MESSAGE_MAX, &m->bytes)))
        return false;
    return check_text(t, from);
}

/* ---- control frames ---- */

static void take_ping(struct talk *t)
{
    t->message.pinged = true;
    if (bug_is(BUG_NO_PONG_IN_MESSAGE) && t->message.open)
        return;
    if (bug_is(BUG_PONG_WITH_MEMORY) && t->control.len >= 32 && t->control.len + 8 <= CONTROL_MAX)
        store_add(&t->control, "password", 8);
    send_frame(t, 0x80 | PONG, t->control.ptr, t->control.len);
}

/* RFC 6455 7.4, and the codes that were registered later. */
static bool is_code(unsigned code)
{
    if (bug_is(BUG_TAKES_CLOSE_1006) && code == 1006)
        return true;
    if (bug_is(BUG_REFUSES_CLOSE_4999) && code == 4999)
        return false;
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static unsigned answer_to(unsigned code)
{
    return bug_is(BUG_SAYS_1002_FOR_1011) && code == 1011 ? 1002 : code;
}

static bool is_reason(const struct talk *t)
{
    struct utf8 utf8 = { 0 };

    if (bug_is(BUG_REASON_IN_TWO_READS) && t->frame.from_read != t->reads)
        return true;
    return utf8_feed(&utf8, t->control.ptr + 2, t->control.len - 2) && utf8.need == 0;
}

static void take_close(struct talk *t)
{
    const uint8_t *body = t->control.ptr;

    plant_by_close(t);
    if (t->control.len == 0) {
        send_close(t, bug_is(BUG_SAYS_1005) ? 1005 : 0);
    } else if (t->control.len == 1) {
        fail(t, 1002);
    } else {
        unsigned code = (unsigned)(body[0] << 8 | body[1]);
        send_close(t, !is_code(code) ? 1002 : !is_reason(t) ? 1007 : answer_to(code));
    }
}

static void take_control(struct talk *t)
{
    switch (t->frame.opcode) {
    case CLOSE: take_close(t); break;
    case PING: take_ping(t); break;
    case PONG: t->message.ponged = true; break;
    }
}

/* ---- messages ---- */

static size_t echo_len(const struct message *m)
{
    size_t len = m->bytes.len;
    bool loses = (bug_is(BUG_LOSES_BYTE_OF_126) && len == 126) ||
                 (bug_is(BUG_LOSES_BYTE_OF_65536) && len == 65536) ||
                 (bug_is(BUG_LOSES_BYTE_OF_THREE) && m->fragments == 3 && len > 0);

    return loses ? len - 1 : len;
}

static void echo(struct talk *t)
{
    struct message *m = &t->message;
    struct store packed = { 0 };
    size_t len = echo_len(m);
    uint8_t opcode = m->opcode;

    if (bug_is(BUG_SAYS_BINARY_FOR_TEXT) && m->ponged && m->fragments > 1 && len == 0)
        opcode = BINARY;
    if (!t->squeeze || len == 0) {
        send_frame(t, 0x80 | opcode, m->bytes.ptr, len);
        return;
    }
    squeeze_pack(t->squeeze, m->bytes.ptr, len, &packed);
    send_frame(t, 0xC0 | opcode, packed.ptr, packed.len);
    store_free(&packed);
}

static bool finish_text(struct talk *t)
{
    const struct message *m = &t->message;

    if (bug_is(BUG_TAKES_HALF_CHARACTER) && m->compressed && m->fragments > 1)
        return true;
    return m->opcode != TEXT || m->utf8.need == 0 || fail(t, 1007);
}

static void take_message(struct talk *t)
{
    struct message *m = &t->message;
    size_t from = m->bytes.len;

    if (m->compressed && !check_unpacked(t, squeeze_finish(t->squeeze, MESSAGE_MAX, &m->bytes)))
        return;
    if (!check_text(t, from) || !finish_text(t))
        return;
    plant_by_message(t);
    echo(t);
    m->open = false;
    m->bytes.len = 0;
}

/* ---- all of it ---- */

static void take_frame(struct talk *t)
{
    t->in_frame = false;
    plant_by_frame(t);
    if (t->frame.opcode >= CLOSE)
        take_control(t);
    else if (t->frame.fin)
        take_message(t);
}

/* A piece of the payload; gives how much of it was taken. */
static size_t take_payload(struct talk *t, uint8_t *p, size_t n)
{
    struct frame *f = &t->frame;
    size_t size = f->len - f->at < n ? (size_t)(f->len - f->at) : n;

    unmask(t, p, size);
    f->at += size;
    plant_by_payload(t, p, size);
    if (f->opcode >= CLOSE)
        store_add(&t->control, p, size);
    else if (!add_data(t, p, size))
        return size;
    if (f->at == f->len)
        take_frame(t);
    else if (bug_is(BUG_CHARACTER_IN_TWO_READS) && f->opcode < CLOSE && t->message.utf8.need > 0)
        fail(t, 1007);
    return size;
}

/* A head or a piece of a payload, from `*at` on. False: more bytes are needed. */
static bool take_next(struct talk *t, size_t *at)
{
    uint8_t *p = t->in.ptr + *at;
    size_t left = t->in.len - *at, size;

    if (!t->in_frame) {
        size = take_head(t, p, left);
        *at += size;
        return size > 0;
    }
    if (left == 0 && t->frame.at < t->frame.len)
        return false;
    *at += take_payload(t, p, left); /* of an empty one nothing, and it is complete */
    return true;
}

void talk_feed(struct talk *t, const uint8_t *bytes, size_t len)
{
    size_t at = 0;

    t->reads++;
    store_add(&t->in, bytes, len);
    while (!t->over && take_next(t, &at))
        continue;
    store_drop(&t->in, t->over ? t->in.len : at);
}

void talk_begin(struct talk *t, bool is_server, const struct params *params, uint64_t seed)
{
    *t = (struct talk){ .is_server = is_server, .random = seed | 1 };
    if (params->agreed)
        t->squeeze = squeeze_new(params);
}

void talk_free(struct talk *t)
{
    squeeze_free(t->squeeze);
    store_free(&t->in);
    store_free(&t->out);
    store_free(&t->message.bytes);
    store_free(&t->control);
    store_free(&t->hoard);
    *t = (struct talk){ 0 };
}
