#include "support/guard.h"

#include <criterion/criterion.h>

#include "ws/close.h"
#include "ws/utf8.h"

Test(ws_close, takes_payloads_apart)
{
    struct ws_close close = ws_close_decode(BYTES_LIT(""));

    cr_assert(!close.has_code && close.reason.len == 0);
    close = ws_close_decode(BYTES_LIT("\x03"));
    cr_assert(!close.has_code && close.reason.len == 1);
    close = ws_close_decode(BYTES_LIT("\x03\xe8"));
    cr_assert(close.has_code && close.code == 1000 && close.reason.len == 0);
    close = ws_close_decode(BYTES_LIT("\x0f\xa1why"));
    cr_assert(close.has_code && close.code == 4001 && bytes_eq_str(close.reason, "why"));
}

static const struct {
    struct bytes payload;
    enum ws_rule rule;
    uint64_t at;
} payloads[] = {
    { BYTES_LIT(""), WS_RULE_NONE, 0 },
    { BYTES_LIT("\x03"), WS_RULE_CLOSE_LEN_1, 0 },
    { BYTES_LIT("\x03\xe8"), WS_RULE_NONE, 0 },
    { BYTES_LIT("\x03\xe8gr\xc3\xbc\xc3\x9f"), WS_RULE_NONE, 0 },
    { BYTES_LIT("\x00\x00"), WS_RULE_CLOSE_CODE_RANGE, 0 },
    { BYTES_LIT("\x03\xee\xff"), WS_RULE_CLOSE_CODE_NEVER, 0 },
    { BYTES_LIT("\x03\xe8"
                "ab\xff"),
      WS_RULE_CLOSE_REASON_UTF8, 4 },
    { BYTES_LIT("\x03\xe8"
                "ab\xc3"),
      WS_RULE_CLOSE_REASON_UTF8, 5 },
};

Test(ws_close, finds_the_first_rule_that_a_payload_breaks)
{
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        struct guard g = guard_copy(payloads[i].payload);
        const struct violation v = ws_close_check(guard_bytes(&g));
        cr_assert_eq(v.rule, payloads[i].rule, "row %zu: %s", i, ws_rule_row(v.rule)->name);
        cr_assert_eq(v.at, payloads[i].at, "row %zu", i);
        guard_free(&g);
    }
}

/* Ranges of codes, each up to the last one named. */
static const struct {
    unsigned last;
    enum ws_rule rule;
} codes[] = {
    { 999, WS_RULE_CLOSE_CODE_RANGE },
    { 1003, WS_RULE_NONE },
    { 1004, WS_RULE_CLOSE_CODE_RESERVED },
    { 1006, WS_RULE_CLOSE_CODE_NEVER },
    { 1014, WS_RULE_NONE },
    { 1015, WS_RULE_CLOSE_CODE_NEVER },
    { 2999, WS_RULE_CLOSE_CODE_RESERVED },
    { 4999, WS_RULE_NONE },
    { 65535, WS_RULE_CLOSE_CODE_RESERVED },
};

Test(ws_close, knows_the_rule_of_every_code)
{
    size_t row = 0;

    for (unsigned code = 0; code <= 65535; code++) {
        if (code > codes[row].last)
            row++;
        cr_assert_eq(ws_close_code_rule((uint16_t)code), codes[row].rule, "%u", code);
    }
}

Test(ws_close, writes_code_and_reason)
{
    uint8_t out[125];

    cr_assert_eq(ws_close_encode(1000, BYTES_LIT(""), out), 2);
    cr_assert(bytes_eq(bytes_of(out, 2), BYTES_LIT("\x03\xe8")));
    cr_assert_eq(ws_close_encode(4999, BYTES_LIT("why"), out), 5);
    cr_assert(bytes_eq(bytes_of(out, 5), BYTES_LIT("\x13\x87why")));
}

/* A reason of `lead` ASCII bytes and then characters of `unit`; how much of it stays. */
static size_t kept(size_t lead, const char *unit)
{
    uint8_t reason[200], out[125];
    size_t len = lead;

    memset(reason, 'a', lead);
    while (len + strlen(unit) <= sizeof reason) {
        memcpy(reason + len, unit, strlen(unit));
        len += strlen(unit);
    }
    const size_t n = ws_close_encode(1000, bytes_of(reason, len), out);
    cr_assert_eq(memcmp(out + 2, reason, n - 2), 0);
    return n - 2;
}

Test(ws_close, cuts_a_long_reason_between_characters)
{
    cr_assert_eq(kept(0, "a"), 123);
    cr_assert_eq(kept(0, "\xc3\xbc"), 122);
    cr_assert_eq(kept(1, "\xc3\xbc"), 123);
    cr_assert_eq(kept(1, "\xe2\x82\xac"), 121);
    cr_assert_eq(kept(2, "\xe2\x82\xac"), 122);
    cr_assert_eq(kept(3, "\xe2\x82\xac"), 123);
    cr_assert_eq(kept(0, "\xf0\x9f\x98\x80"), 120);
    cr_assert_eq(kept(0, "\x80"), 123, "what is no text is cut anywhere");
}

Test(ws_close, names_codes)
{
    static const char *const names[] = {
        "normal closure",
        "going away",
        "protocol error",
        "unsupported data",
        "",
        "no code received",
        "abnormal closure",
        "invalid payload data",
        "policy violation",
        "message too big",
        "mandatory extension",
        "internal error",
        "service restart",
        "try again later",
        "bad gateway",
        "TLS handshake failed",
        "",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_assert_str_eq(ws_close_code_name((uint16_t)(1000 + i)), names[i]);
}
