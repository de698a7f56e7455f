#include "script/parser.h"

#include "base/text.h"
#include "ws/frame.h"

#include <string.h>

/* expect KIND …, with `within 2s` behind any. */

static const char *const kind_words[] = {
    "open",    "text",     "binary",  "echo",    "ping",  "pong",    "frame",
    "close",   "eof",      "fail",    "nothing", "alive", "memory",  "cpu",
    "refused", "response", "request", "report",  "no",    "another",
};
#define N_KINDS (sizeof kind_words / sizeof kind_words[0])

const char *script_expect_word(enum expect_kind kind)
{
    return kind_words[kind];
}

static bool add_code(struct parser *p, struct expect *out, size_t *cap)
{
    if (!parse_grow(p, (void **)&out->codes, cap, out->n_codes + 1, sizeof *out->codes) ||
        !parse_code(p, "a close code", &out->codes[out->n_codes]))
        return false;
    out->n_codes++;
    return true;
}

static bool number_here(const struct parser *p)
{
    return parse_here(p, TOKEN_WORD) && parse_is_number(p->tok.text);
}

/* CODE or CODE …, any, none, provoked; the "or" may be left out. */
static bool parse_codes(struct parser *p, struct expect *out, bool words)
{
    size_t cap = 0;
    bool more = false;

    for (;;) {
        if (words && parse_take_word(p, "any"))
            out->any = true;
        else if (words && parse_take_word(p, "none"))
            out->no_code = true;
        else if (words && parse_take_word(p, "provoked"))
            out->provoked = true;
        else if (number_here(p) || more) {
            if (!add_code(p, out, &cap))
                return false;
        } else
            return true;
        more = parse_take_word(p, "or");
    }
}

static bool parse_close(struct parser *p, struct expect *out)
{
    if (!parse_codes(p, out, true))
        return false;
    if (out->n_codes == 0 && !out->no_code && !out->provoked)
        out->any = true;
    return !parse_payload_follows(p) || parse_expected_payload(p, &out->payload);
}

/* 426 or 4xx. */
static bool parse_status(struct parser *p, struct status_range *out)
{
    struct bytes text = p->tok.text;
    uint64_t status;

    if (!parse_here(p, TOKEN_WORD))
        return parse_expected(p, "a status as 426 or 4xx");
    if (text.len == 3 && text.ptr[0] >= '1' && text.ptr[0] <= '9' &&
        bytes_eq_str(bytes_skip(text, 1), "xx")) {
        out->from = (uint16_t)((text.ptr[0] - '0') * 100);
        out->to = (uint16_t)(out->from + 99);
    } else if (text_number(text, 999, &status) && status >= 100) {
        out->from = out->to = (uint16_t)status;
    } else {
        return parse_expected(p, "a status as 426 or 4xx");
    }
    parse_next(p);
    return true;
}

static bool parse_statuses(struct parser *p, struct expect *out)
{
    size_t cap = 0;
    bool more = false;

    while (more || number_here(p)) {
        if (!parse_grow(p, (void **)&out->statuses, &cap, out->n_statuses + 1,
                        sizeof *out->statuses) ||
            !parse_status(p, &out->statuses[out->n_statuses]))
            return false;
        out->n_statuses++;
        more = parse_take_word(p, "or");
    }
    return parse_conditions(p, &out->conds, &out->n_conds);
}

static bool parse_frame_type(struct parser *p, struct expect *out)
{
    static const char *const types[] = {
        "continuation", "text", "binary", "close", "ping", "pong"
    };
    static const uint8_t opcodes[] = { WS_CONTINUATION, WS_TEXT, WS_BINARY,
                                       WS_CLOSE,        WS_PING, WS_PONG };
    uint8_t opcode;

    if (parse_take_word(p, "opcode")) {
        if (!parse_opcode(p, &opcode))
            return false;
        out->opcode = opcode;
    }
    for (size_t i = 0; out->opcode < 0 && i < 6; i++)
        if (parse_take_word(p, types[i]))
            out->opcode = opcodes[i];
    return true;
}

static bool parse_on_off(struct parser *p, int *out)
{
    static const char *const values[] = { "off", "on" };
    size_t value;

    if (!parse_choice(p, "on or off", values, 2, &value))
        return false;
    *out = (int)value;
    return true;
}

static bool parse_field(struct parser *p, size_t field, struct expect *out)
{
    unsigned form;
    bool fin;
    uint64_t rsv;

    parse_next(p);
    if (!parse_mark(p, TOKEN_EQUALS, "\"=\""))
        return false;
    switch (field) {
    case 0:
        if (!parse_bool(p, &fin))
            return false;
        out->fin = fin;
        return true;
    case 1:
        if (!parse_number(p, "the three bits as a number from 0 to 7", 7, &rsv))
            return false;
        out->rsv = (int)rsv;
        return true;
    case 2: return parse_on_off(p, &out->masked);
    default:
        if (!parse_len_form(p, &form))
            return false;
        out->len_form = (int)form;
        return true;
    }
}

static bool parse_frame(struct parser *p, struct expect *out)
{
    static const char *const fields[] = { "fin", "rsv", "masked", "length" };

    if (!parse_frame_type(p, out))
        return false;
    if (parse_payload_follows(p) && !parse_expected_payload(p, &out->payload))
        return false;
    for (size_t i = 0; i < 4; i++) {
        if (!parse_here_word(p, fields[i]))
            continue;
        if (!parse_field(p, i, out))
            return false;
        i = (size_t)-1; /* they may stand in any order */
    }
    return true;
}

/* memory grows below 64M */
static bool parse_memory_limit(struct parser *p, struct expect *out)
{
    if (!parse_take_word(p, "grows") || !parse_take_word(p, "below"))
        return parse_expected(p, "\"grows below\" and a size");
    return parse_number(p, "a size", UINT64_MAX, &out->limit);
}

/* cpu below 2s */
static bool parse_cpu_limit(struct parser *p, struct expect *out)
{
    if (!parse_take_word(p, "below"))
        return parse_expected(p, "\"below\" and a time");
    return parse_duration(p, &out->limit);
}

/* The rest of the line as the client prints it: closed 1006 "reason". */
static bool parse_report(struct parser *p, struct expect *out)
{
    const char *line = NULL, *part;
    struct token at = p->tok;

    while ((parse_here(p, TOKEN_WORD) && !parse_here_word(p, "within")) ||
           parse_here(p, TOKEN_STRING)) {
        at = p->tok;
        bool quoted = p->tok.kind == TOKEN_STRING;
        bool ok = quoted ? parse_string(p, "a text", &part) : parse_word(p, "a word", &part);
        if (!ok)
            return false;
        if (strpbrk(part, "\"\\$\r\n"))
            return parse_fail(p, &at, "a client's line is compared as it is: no escapes here");
        const char *quote = quoted ? "\"" : "";
        line = line ? arena_print(p->arena, "%s %s%s%s", line, quote, part, quote)
                    : arena_print(p->arena, "%s%s%s", quote, part, quote);
        if (!line)
            return parse_memory(p);
    }
    out->text = line;
    return line || parse_expected(p, "what the client reports, as closed 1006");
}

static bool parse_no_request(struct parser *p)
{
    return parse_take_word(p, "request") || parse_expected(p, "request");
}

static bool parse_kind(struct parser *p, struct expect *out)
{
    switch (out->kind) {
    case EXPECT_TEXT:
    case EXPECT_BINARY:
    case EXPECT_PING:
    case EXPECT_PONG: return !parse_payload_follows(p) || parse_expected_payload(p, &out->payload);
    case EXPECT_FRAME: return parse_frame(p, out);
    case EXPECT_CLOSE: return parse_close(p, out);
    case EXPECT_EOF: out->clean = parse_take_word(p, "clean"); return true;
    case EXPECT_FAIL: return parse_codes(p, out, false);
    case EXPECT_MEMORY: return parse_memory_limit(p, out);
    case EXPECT_CPU: return parse_cpu_limit(p, out);
    case EXPECT_REFUSED:
    case EXPECT_RESPONSE: return parse_statuses(p, out);
    case EXPECT_REQUEST: return parse_conditions(p, &out->conds, &out->n_conds);
    case EXPECT_REPORT: return parse_report(p, out);
    case EXPECT_NO_REQUEST: return parse_no_request(p);
    case EXPECT_ANOTHER: out->later = parse_take_word(p, "later"); return true;
    case EXPECT_OPEN:
    case EXPECT_ECHO:
    case EXPECT_NOTHING:
    case EXPECT_ALIVE: return true;
    }
    return false;
}

bool parse_expect(struct parser *p, struct step *out)
{
    struct expect *expect = &out->as.expect;
    size_t kind;

    if (!parse_choice(p, "what is expected: text, echo, close, eof, fail, …", kind_words, N_KINDS,
                      &kind))
        return false;
    *expect = (struct expect){ .kind = (enum expect_kind)kind,
                               .opcode = -1,
                               .fin = -1,
                               .rsv = -1,
                               .masked = -1,
                               .len_form = -1 };
    if (!parse_kind(p, expect))
        return false;
    if (!parse_take_word(p, "within"))
        return true;
    return parse_duration(p, &expect->within_ms);
}
