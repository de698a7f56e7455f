#include "script/parser.h"

#include "ws/frame.h"

#include <string.h>

/* send TYPE PAYLOAD OPTION…, send more N|rest. */

enum option {
    OPTION_FIN,
    OPTION_RSV1,
    OPTION_RSV2,
    OPTION_RSV3,
    OPTION_MASK,
    OPTION_LENGTH,
    OPTION_DECLARE,
    OPTION_FRAGMENT,
    OPTION_DEFLATE,
    OPTION_CUT,
    OPTION_PACE,
    OPTION_HOLD,
    N_OPTIONS
};

static const char *const option_words[N_OPTIONS] = {
    "fin",     "rsv1",     "rsv2",    "rsv3", "mask", "length",
    "declare", "fragment", "deflate", "cut",  "pace", "hold",
};

static bool parse_equals(struct parser *p)
{
    return parse_mark(p, TOKEN_EQUALS, "\"=\"");
}

static bool parse_mask(struct parser *p, struct send *out)
{
    struct bytes key;

    if (parse_take_word(p, "on")) {
        out->mask = MASK_ON;
        return true;
    }
    if (parse_take_word(p, "off")) {
        out->mask = MASK_OFF;
        return true;
    }
    struct token at = p->tok;
    if (!parse_here(p, TOKEN_HEX))
        return parse_expected(p, "on, off or a key as x\"01020304\"");
    if (!parse_hex(p, &key))
        return false;
    if (key.len != 4)
        return parse_fail(p, &at, "expected a masking key of 4 bytes, found %zu", key.len);
    out->mask = MASK_KEY;
    memcpy(out->key, key.ptr, 4);
    return true;
}

bool parse_len_form(struct parser *p, unsigned *out)
{
    static const char *const forms[] = { "7", "16", "64" };
    static const unsigned bits[] = { WS_LEN_7, WS_LEN_16, WS_LEN_64 };
    size_t form;

    if (!parse_choice(p, "7, 16 or 64", forms, 3, &form))
        return false;
    *out = bits[form];
    return true;
}

bool parse_bool(struct parser *p, bool *out)
{
    static const char *const values[] = { "0", "1" };
    size_t value;

    if (!parse_choice(p, "0 or 1", values, 2, &value))
        return false;
    *out = value == 1;
    return true;
}

static bool parse_at_least_1(struct parser *p, uint64_t *out)
{
    struct token at = p->tok;

    if (!parse_number(p, "a number of bytes", SCRIPT_PAYLOAD_MAX, out))
        return false;
    return *out > 0 || parse_fail(p, &at, "expected a number of bytes above 0");
}

static bool parse_option_value(struct parser *p, enum option option, struct send *out)
{
    switch (option) {
    case OPTION_RSV1: out->rsv |= WS_RSV1; return true;
    case OPTION_RSV2: out->rsv |= WS_RSV2; return true;
    case OPTION_RSV3: out->rsv |= WS_RSV3; return true;
    case OPTION_DEFLATE: out->deflate = true; return true;
    case OPTION_FIN: return parse_equals(p) && parse_bool(p, &out->fin);
    case OPTION_MASK: return parse_equals(p) && parse_mask(p, out);
    case OPTION_LENGTH: return parse_equals(p) && parse_len_form(p, &out->len_form);
    case OPTION_DECLARE:
        out->declares = true;
        return parse_equals(p) && parse_number(p, "a length", UINT64_MAX, &out->declare);
    case OPTION_FRAGMENT: return parse_equals(p) && parse_at_least_1(p, &out->fragment);
    case OPTION_CUT: return parse_equals(p) && parse_at_least_1(p, &out->cut);
    case OPTION_PACE: return parse_equals(p) && parse_duration(p, &out->pace_ms);
    case OPTION_HOLD:
        out->holds = true;
        return parse_equals(p) &&
               parse_number(p, "a number of bytes", SCRIPT_PAYLOAD_MAX, &out->hold);
    case N_OPTIONS: break;
    }
    return false;
}

static enum option find_option(const struct parser *p)
{
    size_t i = 0;

    while (i < N_OPTIONS && !parse_here_word(p, option_words[i]))
        i++;
    return (enum option)i;
}

static bool parse_options(struct parser *p, struct send *out)
{
    unsigned seen = 0;

    for (enum option option; (option = find_option(p)) != N_OPTIONS;) {
        if (seen & 1u << option)
            return parse_fail(p, &p->tok, "\"%s\" stands here twice", option_words[option]);
        if (out->opcode == SEND_RAW && option < OPTION_CUT)
            return parse_fail(p, &p->tok, "raw bytes have no \"%s\", only cut, pace and hold",
                              option_words[option]);
        seen |= 1u << option;
        parse_next(p);
        if (!parse_option_value(p, option, out))
            return false;
    }
    if ((seen & 1u << OPTION_PACE) && !(seen & 1u << OPTION_CUT))
        return parse_fail(p, &p->last, "pace is the time between cuts: it needs cut=N beside it");
    return true;
}

/* send close [CODE [REASON]], or a body of its own: send close x"03". */
static bool parse_close_body(struct parser *p, struct send *out)
{
    if (parse_here(p, TOKEN_WORD) && parse_is_number(p->tok.text)) {
        out->has_code = true;
        if (!parse_code(p, "a close code", &out->code))
            return false;
    }
    return !parse_payload_follows(p) || parse_payload(p, &out->payload);
}

bool parse_opcode(struct parser *p, uint8_t *out)
{
    uint64_t opcode;

    if (!parse_number(p, "an opcode from 0 to 15", 15, &opcode))
        return false;
    *out = (uint8_t)opcode;
    return true;
}

static bool parse_more(struct parser *p, struct step *out)
{
    out->op = OP_SEND_MORE;
    out->as.more.rest = parse_take_word(p, "rest");
    return out->as.more.rest ||
           parse_number(p, "a number of bytes or rest", SCRIPT_PAYLOAD_MAX, &out->as.more.count);
}

bool parse_send(struct parser *p, struct step *out)
{
    static const char *const types[] = { "continuation", "text", "binary", "close", "ping",
                                         "pong",         "more", "opcode", "raw" };
    static const uint8_t opcodes[] = { WS_CONTINUATION, WS_TEXT, WS_BINARY,
                                       WS_CLOSE,        WS_PING, WS_PONG };
    struct send *send = &out->as.send;
    size_t type;

    if (!parse_choice(p, "text, binary, continuation, ping, pong, close, opcode, raw or more",
                      types, 9, &type))
        return false;
    if (type == 6)
        return parse_more(p, out);
    send->fin = true;
    send->opcode = type < 6 ? opcodes[type] : SEND_RAW;
    if (type == 7 && !parse_opcode(p, &send->opcode))
        return false;
    if (type == 3) {
        if (!parse_close_body(p, send))
            return false;
    } else if (type == 8 || parse_payload_follows(p)) {
        if (!parse_payload(p, &send->payload))
            return false;
    }
    return parse_options(p, send);
}
