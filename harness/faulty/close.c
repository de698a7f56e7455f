#include "faulty/close.h"

#include <string.h>

#include "faulty/fault.h"
#include "faulty/peer.h"
#include "faulty/say.h"

#define NO_CODE 1005
#define NO_CLOSE 1006

/* ---- a Close that comes ---- */

static uint16_t code_of(struct bytes body)
{
    return (uint16_t)(body.ptr[0] << 8 | body.ptr[1]);
}

/* The codes of the faults from TAKES_CODE_0 on. */
static bool takes_code(uint16_t code)
{
    static const uint16_t codes[] = { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999 };

    return fault_among(FAULT_TAKES_CODE_0, FAULT_TAKES_CODE_2999) &&
           codes[fault_nth(FAULT_TAKES_CODE_0)] == code;
}

/* The faults that forget one end of the ranges. */
static bool takes_range_of(uint16_t code)
{
    return (fault_is(FAULT_TAKES_CODES_BELOW_1000) && code < 1000) ||
           (fault_is(FAULT_TAKES_CODES_UP_TO_2999) && code > 1015 && code < 3000) ||
           (fault_is(FAULT_TAKES_CODES_FROM_5000) && code >= 5000);
}

/* The codes of the faults from REFUSES_CODE_1000 on. */
static bool refuses_code(uint16_t code)
{
    static const uint16_t fine_codes[] = { 1000, 1001, 1003, 1009, 3000, 4999 };

    return fault_among(FAULT_REFUSES_CODE_1000, FAULT_REFUSES_CODE_4999) &&
           fine_codes[fault_nth(FAULT_REFUSES_CODE_1000)] == code;
}

static bool is_code(uint16_t code)
{
    bool is_fine = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                   (code >= 3000 && code <= 4999);

    return is_fine ? !refuses_code(code) : takes_code(code) || takes_range_of(code);
}

static bool is_ascii(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 0x80)
            return false;
    return true;
}

static enum trouble judge_reason(struct bytes reason)
{
    if ((fault_is(FAULT_REFUSES_REASON) && reason.len > 0) ||
        (fault_is(FAULT_REFUSES_REASON_OF_123) && reason.len == 123) ||
        (fault_is(FAULT_CHECKS_REASON_BY_ASCII) && !is_ascii(reason)))
        return TROUBLE_PROTOCOL;
    return utf8_is_valid(reason) || fault_is(FAULT_TAKES_BAD_REASON) ? TROUBLE_NONE : TROUBLE_TEXT;
}

static enum trouble judge(const struct talk *t, struct bytes body)
{
    if (fault_is(FAULT_FORGETS_HALF_CLOSE) && t->cut)
        return TROUBLE_PROTOCOL;
    if (body.len == 0)
        return fault_is(FAULT_REFUSES_EMPTY_CLOSE) ? TROUBLE_PROTOCOL : TROUBLE_NONE;
    if (body.len == 1)
        return fault_is(FAULT_TAKES_CLOSE_OF_1_BYTE) ? TROUBLE_NONE : TROUBLE_PROTOCOL;
    return is_code(code_of(body)) ? judge_reason(bytes_skip(body, 2)) : TROUBLE_PROTOCOL;
}

/* ---- ends ---- */

/* A server ends TCP, a client lets it. */
static void end(struct peer *p)
{
    if (fault_is(FAULT_NEVER_ENDS_TCP))
        peer_stay(p);
    else if (fault_is(FAULT_RESETS_TCP))
        peer_reset(p);
    else if (p->is_server && !fault_is(FAULT_ENDS_TCP_LATE))
        peer_leave(p);
    else
        peer_await_end(p);
}

static void say_close(struct peer *p, struct bytes body)
{
    if (!p->talk.sent_close || fault_is(FAULT_ANSWERS_EVERY_CLOSE))
        say_control(p, WS_CLOSE, body);
    p->talk.sent_close = true;
}

static void say_code(struct peer *p, uint16_t code)
{
    const uint8_t body[2] = { (uint8_t)(code >> 8), (uint8_t)code };

    say_close(p, bytes_of(body, sizeof body));
}

/* ---- failing ---- */

static uint16_t spoilt_code(uint16_t code)
{
    if (fault_is(FAULT_FAILS_WITH_1000))
        return 1000;
    if (fault_is(FAULT_FAILS_WITH_1006))
        return 1006;
    if (fault_is(FAULT_FAILS_WITH_1011) && code == 1002)
        return 1011;
    return fault_is(FAULT_FAILS_TEXT_WITH_1002) ? 1002 : code;
}

static uint16_t code_for(enum trouble trouble)
{
    switch (trouble) {
    case TROUBLE_NONE: return 1000;
    case TROUBLE_PROTOCOL: return 1002;
    case TROUBLE_TEXT:
    case TROUBLE_PACKED: return 1007;
    case TROUBLE_SIZE: return 1009;
    }
    return 1000;
}

static void end_failed(struct peer *p)
{
    if (fault_is(FAULT_FAILS_WITHOUT_END) || fault_is(FAULT_FAILS_SILENTLY))
        peer_stay(p);
    else if (fault_is(FAULT_GOES_ON_BEHIND_FAILURE))
        peer_go_on(p);
    else
        end(p);
}

void close_fail(struct peer *p, enum trouble trouble)
{
    if (!fault_is(FAULT_FAILS_WITHOUT_CLOSE) && !fault_is(FAULT_FAILS_SILENTLY))
        say_code(p, spoilt_code(code_for(trouble)));
    if (fault_is(FAULT_FAILS_TWICE)) {
        p->talk.sent_close = false;
        say_code(p, code_for(trouble));
    }
    if (fault_is(FAULT_FAILS_WITHOUT_CLOSE))
        peer_leave(p);
    else
        end_failed(p);
}

/* ---- answering ---- */

/* The body of the answer, in `out`. */
static struct bytes answer_to(struct bytes body, uint8_t out[WS_CONTROL_MAX + 1])
{
    static const struct {
        enum fault fault;
        uint16_t code;
    } other[] = { { FAULT_ANSWERS_WITH_0, 0 },
                  { FAULT_ANSWERS_WITH_1006, 1006 },
                  { FAULT_ANSWERS_WITH_1010, 1010 },
                  { FAULT_ANSWERS_WITH_1015, 1015 } };
    uint16_t code = body.len >= 2 ? code_of(body) : NO_CODE;
    size_t len = body.len >= 2 || fault_is(FAULT_ANSWERS_WITH_1005) ? 2 : 0;

    memset(out, 'x', WS_CONTROL_MAX + 1);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (fault_is(other[i].fault))
            code = other[i].code, len = 2;
    out[0] = (uint8_t)(code >> 8);
    out[1] = (uint8_t)code;
    if (fault_is(FAULT_ANSWERS_BACKWARDS) && len == 2)
        out[0] = (uint8_t)code, out[1] = (uint8_t)(code >> 8);
    if (fault_is(FAULT_ANSWERS_WITH_1_BYTE))
        len = 1;
    if (fault_is(FAULT_ANSWERS_BAD_REASON) && len == 2)
        out[2] = 0xff, len = 3;
    return bytes_of(out, fault_is(FAULT_SENDS_LONG_CLOSE) ? WS_CONTROL_MAX + 1 : len);
}

static void note(struct peer *p, struct bytes body)
{
    struct talk *t = &p->talk;

    t->got_close = true;
    t->close_code = body.len >= 2 ? code_of(body) : 0;
    buf_clear(&t->reason);
    if (!buf_append(&t->reason, bytes_skip(body, 2)))
        p->no_memory = true;
}

static void answer(struct peer *p, struct bytes body)
{
    uint8_t out[WS_CONTROL_MAX + 1];

    if (fault_is(FAULT_NEVER_ANSWERS_CLOSE) || fault_is(FAULT_ENDS_WITHOUT_CLOSE))
        return;
    say_close(p, answer_to(body, out));
    if (fault_is(FAULT_ANSWERS_CLOSE_TWICE))
        say_control(p, WS_CLOSE, bytes_take(body, 2));
    if (fault_is(FAULT_SENDS_TEXT_BEHIND_CLOSE))
        say_message(p, WS_TEXT, BYTES_LIT("one more thing"));
}

void close_take(struct peer *p, struct bytes body)
{
    enum trouble trouble = judge(&p->talk, body);

    if (trouble != TROUBLE_NONE) {
        close_fail(p, trouble);
        return;
    }
    note(p, body);
    answer(p, body);
    if (fault_is(FAULT_NEVER_ANSWERS_CLOSE))
        return;
    if (fault_is(FAULT_ENDS_WITHOUT_CLOSE))
        peer_leave(p);
    else if (fault_is(FAULT_ECHOES_BEHIND_CLOSE) || fault_is(FAULT_ANSWERS_EVERY_CLOSE) ||
             fault_is(FAULT_REPORTS_LAST_CLOSE))
        peer_go_on(p);
    else
        end(p);
}

/* ---- the report ---- */

static uint16_t code_to_tell(const struct talk *t)
{
    if (fault_is(FAULT_REPORTS_1000))
        return 1000;
    if (!t->got_close)
        return fault_is(FAULT_REPORTS_LOSS_AS_1000) ? 1000 : NO_CLOSE;
    if (t->close_code == 0)
        return fault_is(FAULT_REPORTS_EMPTY_AS_1000) ? 1000 : NO_CODE;
    return t->close_code;
}

/* As JSON has strings. */
static bool put_quoted(struct bytes text, struct buf *out)
{
    bool ok = buf_push(out, '"');

    for (size_t i = 0; ok && i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c < ' ')
            ok = buf_print(out, "\\u%04x", c);
        else
            ok = ((c != '"' && c != '\\') || buf_push(out, '\\')) && buf_push(out, c);
    }
    return ok && buf_push(out, '"');
}

void close_tell(const struct peer *p)
{
    struct bytes reason = buf_bytes(&p->talk.reason);
    struct buf shown;

    if (fault_is(FAULT_REPORTS_NO_REASON))
        reason.len = 0;
    buf_init(&shown, 8 * WS_CONTROL_MAX);
    if (put_quoted(reason, &shown))
        peer_tell(p, "closed %u %.*s", code_to_tell(&p->talk), BYTES_ARG(buf_bytes(&shown)));
    buf_free(&shown);
}
