#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fuzz/oracle/oracle.h"
#include "ws/frame.h"

/* Words for frames, on the wire and in an account:
 *
 *     text:Hi  text-:Hi (no FIN)  cont:Hi  ping:a  pong:a  close  close:1000  close:1000,bye
 *     rsv1/text:Hi  bare/text:Hi (no mask)  long/text:Hi (16 bits of length)  op3:Hi
 *     claims/text:Hi (200 bytes are told)  raw:8182 (these bytes)
 *     end  and in payloads %ff
 */
struct word {
    struct ws_head head;
    bool is_raw, is_end;
    uint64_t claims;
    uint8_t payload[256];
    size_t len;
};

static const struct {
    const char *word;
    uint8_t opcode;
} opcodes[] = { { "text", 1 },  { "binary", 2 }, { "cont", 0 }, { "ping", 9 },
                { "pong", 10 }, { "close", 8 },  { "op3", 3 },  { "op11", 11 } };

static void put_payload(struct word *w, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c == '%') {
            c = (uint8_t)(text_hex_digit(text.ptr[i + 1]) << 4 | text_hex_digit(text.ptr[i + 2]));
            i += 2;
        }
        w->payload[w->len++] = c;
    }
}

static void put_hex(struct word *w, struct bytes text)
{
    for (size_t i = 0; i + 1 < text.len; i += 2)
        w->payload[w->len++] =
            (uint8_t)(text_hex_digit(text.ptr[i]) << 4 | text_hex_digit(text.ptr[i + 1]));
}

static void put_close(struct word *w, struct bytes text)
{
    size_t comma = bytes_index(text, 0, ',');
    uint64_t code;

    cr_assert(text_number(bytes_take(text, comma), 65535, &code));
    w->payload[w->len++] = (uint8_t)(code >> 8);
    w->payload[w->len++] = (uint8_t)code;
    put_payload(w, bytes_skip(text, comma + 1));
}

static bool take_prefix(struct bytes *text, const char *prefix)
{
    bool is = bytes_starts(*text, bytes_str(prefix));

    if (is)
        *text = bytes_skip(*text, strlen(prefix));
    return is;
}

static void read_prefixes(struct word *w, struct bytes *text)
{
    for (size_t before = text->len + 1; text->len < before;) {
        before = text->len;
        if (take_prefix(text, "rsv1/"))
            w->head.rsv |= WS_RSV1;
        if (take_prefix(text, "rsv2/"))
            w->head.rsv |= WS_RSV2;
        if (take_prefix(text, "bare/"))
            w->head.masked = !w->head.masked;
        if (take_prefix(text, "long/"))
            w->head.len_form = WS_LEN_16;
        if (take_prefix(text, "claims/"))
            w->claims = 200;
        if (take_prefix(text, "hugely/"))
            w->claims = UINT64_MAX;
        if (take_prefix(text, "large/"))
            w->claims = 1 << 20;
    }
}

static struct word read_word(struct bytes text, bool masked)
{
    struct word w = { .head = { .fin = true, .masked = masked } };
    bool known = false;

    if (bytes_eq_str(text, "end"))
        return (struct word){ .is_end = true };
    read_prefixes(&w, &text);
    size_t colon = bytes_index(text, 0, ':');
    struct bytes name = bytes_take(text, colon), rest = bytes_skip(text, colon + 1);
    if (name.ptr[name.len - 1] == '-') {
        w.head.fin = false;
        name.len--;
    }
    if (bytes_eq_str(name, "raw")) {
        w.is_raw = true;
        put_hex(&w, rest);
        return w;
    }
    for (size_t i = 0; i < sizeof opcodes / sizeof opcodes[0]; i++)
        if (bytes_eq_str(name, opcodes[i].word)) {
            w.head.opcode = opcodes[i].opcode;
            known = true;
        }
    cr_assert(known, "%.*s", BYTES_ARG(text));
    if (w.head.opcode == WS_CLOSE && rest.len > 0 && rest.ptr[0] >= '0' && rest.ptr[0] <= '9')
        put_close(&w, rest);
    else
        put_payload(&w, rest);
    return w;
}

/* The next word of a line; false: there is none. */
static bool next_word(const char **line, bool masked, struct word *out)
{
    size_t n;

    *line += strspn(*line, " ");
    n = strcspn(*line, " ");
    if (n == 0)
        return false;
    *out = read_word(bytes_of(*line, n), masked);
    *line += n;
    return true;
}

static void put_wire(struct buf *wire, const char *line, bool masked)
{
    uint8_t front[WS_HEAD_MAX];
    struct word w;

    while (next_word(&line, masked, &w)) {
        w.head.payload_len = w.claims ? w.claims : w.len;
        if (!w.head.len_form)
            w.head.len_form = ws_frame_shortest(w.head.payload_len);
        if (!w.is_raw)
            cr_assert(buf_append(wire, bytes_of(front, ws_frame_encode(&w.head, front))));
        cr_assert(buf_append(wire, bytes_of(w.payload, w.len)));
    }
}

/* Control frames and messages as they come from a listener. */
static void read_account(struct fuzz_account *a, const char *line)
{
    struct word w;

    a->open = true;
    while (next_word(&line, false, &w)) {
        struct bytes payload = bytes_of(w.payload, w.len);
        if (w.is_end)
            cr_assert(fuzz_account_end(a));
        else if (w.head.opcode == WS_TEXT || w.head.opcode == WS_BINARY)
            cr_assert(fuzz_account_message(a, w.head.opcode, payload));
        else
            cr_assert(fuzz_account_control(a,
                                           w.head.opcode == WS_CLOSE  ? FUZZ_HEARD_CLOSE
                                           : w.head.opcode == WS_PING ? FUZZ_HEARD_PING
                                                                      : FUZZ_HEARD_PONG,
                                           payload));
    }
}

enum {
    LINKED = 1,  /* else over a socket */
    CLOSED = 2,  /* we said Close 1000 behind it */
    CUT_OFF = 4, /* over a socket: we shut down, or reset */
    STRICT = 8,
    SILENT = 16, /* it does not echo */
    CLIENT = 32,
    DEFLATE = 64,
    LATE = 128 /* its Close came on the last write, else on the first */
};

struct row {
    const char *wire, *account;
    unsigned flags;
    const char *signature; /* "": nothing */
};

static void try_row(const struct row *row, const char *where)
{
    static const struct ws_permessage plain = { 0 };
    struct fuzz_terms terms = {
        .role = row->flags & CLIENT ? ROLE_CLIENT : ROLE_SERVER,
        .agreed = row->flags & DEFLATE ? &plain : NULL,
        .messages = !(row->flags & SILENT),
        .linked = row->flags & LINKED,
        .closed = row->flags & CLOSED,
        .patient = !(row->flags & CUT_OFF),
        .strict = row->flags & STRICT,
    };
    struct fuzz_account account = { 0 };
    struct fuzz_finding finding;
    struct buf wire;

    buf_init(&wire, 1 << 16);
    put_wire(&wire, row->wire, terms.role == ROLE_SERVER);
    read_account(&account, row->account);
    account.close_from = row->flags & LATE ? wire.len - 1 : 0;
    cr_assert(fuzz_oracle(buf_bytes(&wire), &terms, &account, &finding));
    cr_expect_str_eq(finding.signature, row->signature, "%s: %s -> %s: %s (%s), not %s", where,
                     row->wire, row->account, finding.signature, finding.what, row->signature);
    cr_expect_eq(finding.difference == FUZZ_SAME, row->signature[0] == '\0');
    fuzz_account_free(&account);
    buf_free(&wire);
}

#define TRY(rows)                                                                                  \
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)                                      \
    try_row(&rows[i], #rows)

Test(fuzz_oracle, what_is_right_is_not_accused)
{
    static const struct row right[] = {
        { "", "", LINKED, "" },
        { "", "close:1000 end", CLOSED, "" },
        { "text:Hi binary:%00", "text:Hi binary:%00 close:1000 end", CLOSED, "" },
        { "text-:H ping:a cont:i", "pong:a text:Hi", LINKED, "" },
        { "text:Hi ping:a", "pong:a text:Hi close end", CLOSED, "" }, /* a pong overtakes */
        { "ping:a ping:b ping:c", "pong:c close:1001 end", CLOSED, "" },
        { "ping:a", "pong:a pong:a pong: close end", CLOSED, "" }, /* unasked for */
        { "text:Hi", "ping:x text:Hi close end", CLOSED, "" },
        { "close:1000", "close:1000 end", 0, "" },
        { "close:3000,bye", "close end", LINKED, "" },
        { "close", "close:1001 end", LINKED, "" },
        { "text:Hi close:1000", "close:1000 end", 0, "" }, /* echoes need not be out */
        { "text:Hi", "close:1000 end", SILENT | CLOSED, "" },
        { "text:Hi", "text:Hi close:1000 end", CLIENT | CLOSED, "" },
        { "rsv1/text:%f2%48%cd%c9%c9%07%00", "text:Hello close:1000 end", DEFLATE | CLOSED, "" },
    };
    TRY(right);
}

Test(fuzz_oracle, who_gives_up_with_a_word_is_let_go)
{
    static const struct row given_up[] = {
        { "text:Hi text:Ho", "text:Hi close:1001 end", CLOSED, "" },
        { "text:Hi", "close:1008 end", LINKED, "" },
        { "text:Hi", "close:1009 end", LINKED, "" },
        { "text:Hi", "close:1011,oh end", CLOSED, "" },
        { "text:Hi", "close:1013 end", CLOSED, "" },
        { "text:Hi", "close:4000 end", CLOSED, "" },
        { "binary:%00", "close:1003 end", LINKED, "" },
        { "text:Hi", "close:1007 end", SILENT | CLOSED, "" }, /* not the JSON it wants */
        { "text:Hi", "close:1000 end", LINKED, "" },          /* a server may: RFC 6455 7.3 */
        { "large/text:Hi", "end", LINKED, "" },               /* too large for it */
        { "text:Hi", "end", CUT_OFF, "" },
        { "claims/text:Hi", "close:1002 end", CUT_OFF, "" }, /* TCP ended inside a frame */
    };
    TRY(given_up);
}

Test(fuzz_oracle, a_breach_may_be_noticed_as_people_do)
{
    static const struct row noticed[] = {
        { "rsv2/text:Hi", "close:1002 end", CLOSED, "" },
        { "rsv2/text:Hi", "end", CLOSED, "" }, /* reset, or no Close */
        { "rsv2/text:Hi", "close:1002", LINKED, "" },
        { "rsv2/text:Hi", "end", LINKED, "" },
        { "rsv2/text:Hi", "close:1003 end", CLOSED, "" },         /* a SHOULD */
        { "text:Hi rsv2/text:Ho", "close:1002 end", CLOSED, "" }, /* the echo is lost */
        { "text:Hi rsv2/text:Ho", "text:Hi close:1002 end", LINKED, "" },
        { "rsv2/text:Hi text:Ho close:1000", "close:1002 end", 0, "" },
        { "text-:%ff ping:a", "pong:a", LINKED, "" }, /* the text is not complete */
        { "text-:%ff ping:a", "pong:a close:1000 end", CLOSED, "" },
        { "text-:%ff close:1000", "close:1000 end", 0, "" },
        { "text-:%ff cont-:x", "", LINKED, "" },
        { "text-:%ff rsv1/cont:x", "close:1002 end", CLOSED | STRICT, "" }, /* that came first */
        { "rsv1/text:%ff", "close:1007 end", CLOSED | STRICT, "" },         /* both are broken */
        { "claims/rsv2/text:Hi", "", LINKED, "" }, /* the frame is not complete */
        { "hugely/text:Hi", "", LINKED, "" },      /* waits for what cannot come */
        { "bare/text:Hi", "", LINKED, "" },        /* waits for the mask */
        { "ping:12345678901234567890123456789012345678901234567890123456789012345678901234567890"
          "1234567890123456789012345678901234567890123456",
          "close:1009 end", CLOSED | STRICT, "" },
        { "close:1000,%ff", "close:1000 end", 0, "" }, /* who does not look at the reason */
        { "close:1000,%ff", "close:1007 end", STRICT, "" },
        { "close:1000,%ff", "close:1002 end", STRICT, "" },
        { "close:1005", "close:1000 end", 0, "" },
        { "close:1005", "close:1002 end", STRICT, "" },
        { "close:a", "close end", LINKED, "" },
        { "rsv1/close:1000", "close:1000 end", 0, "" }, /* a warning of the suite's */
        { "long/text:Hi", "text:Hi close:1000 end", CLOSED, "" },
        { "long/text:Hi", "close:1002 end", CLOSED, "" },
        { "close:1012", "close:1002 end", 0, "" },
        { "close:1007", "close:1007 end", 0, "" }, /* its own code */
        { "rsv2/text:Hi close:1002", "close:1002 end", 0, "" },
        { "bare/close:1002", "close:1002 end", STRICT, "" },
        { "rsv2/text:Hi close", "close end", 0, "" },           /* an empty Close is how it fails */
        { "rsv2/text:Hi close:1000", "close:1000 end", 0, "" }, /* so may this */
        { "rsv2/text:Hi close", "close end", LINKED, "" },      /* it came before ours */
        { "close:1011", "close:1002 end", 0, "" },
        { "close:1000 text:Hi", "end", 0, "" }, /* behind a Close */
        { "close:1000 rsv2/text:Hi", "close:1002 end", LINKED, "" },
        { "close:1000 text:Hi", "text:Hi close:1000 end", LINKED, "" },
    };
    TRY(noticed);
}

Test(fuzz_oracle, where_ours_cannot_see_yet_nobody_is_wrong)
{
    static const struct row vague[] = {
        { "raw:f1", "close:1002", LINKED, "" },             /* reserved bits, half a header */
        { "raw:888500000000ff", "close:1002", LINKED, "" }, /* a Close with a bad code, in part */
        { "claims/rsv1/text:%07", "close:1007", LINKED | DEFLATE, "" },
        /* Padding that is not zero: who sends it breaks a rule, who takes it does not. */
        { "rsv1/text:%f3%07%20%00", "text:O close:1000 end", CLOSED | DEFLATE, "" },
        { "rsv1/text:%f3%07%20%00", "close:1007 end", CLOSED | DEFLATE, "" },
        /* No code of code lengths at all: zlib reads on, and finds the message short. */
        { "rsv1/text:%2d%00%00%00", "text: close:1000 end", CLOSED | DEFLATE, "" },
    };
    TRY(vague);
}

Test(fuzz_oracle, wrong_acceptance)
{
    static const struct row accepted[] = {
        { "rsv2/text:Hi", "text:Hi", LINKED, "wrong-acceptance.RFC6455-5.2-2" },
        { "rsv2/text:Hi", "close:1000 end", CLOSED, "wrong-acceptance.RFC6455-5.2-2" },
        { "rsv2/text:Hi", "", LINKED, "wrong-acceptance.RFC6455-5.2-2" },
        { "rsv1/text:Hi", "text:Hi close:1002 end", CLOSED, "wrong-acceptance.RFC6455-5.2-2" },
        { "rsv2/text:Hi close:3000", "close:3000 end", 0, "wrong-acceptance.RFC6455-5.2-2" },
        { "rsv2/text:Hi close:3000", "close:3000 end", LINKED | LATE,
          "wrong-acceptance.RFC6455-5.2-2" },
        { "rsv2/text:Hi close:3000", "close end", LINKED | LATE, "wrong-acceptance.RFC6455-5.2-2" },
        { "op3:Hi ping:a", "pong:a close end", CLOSED, "wrong-acceptance.RFC6455-5.2-4" },
        { "op11:", "", LINKED, "wrong-acceptance.RFC6455-5.2-4" },
        { "bare/text:Hi", "close:1000 end", CLOSED, "wrong-acceptance.RFC6455-5.1-2" },
        { "bare/text:Hi", "text:Hi end", CLOSED, "wrong-acceptance.RFC6455-5.1-2" },
        { "bare/text:Hi", "text:Hi end", CLOSED | CLIENT, "wrong-acceptance.RFC6455-5.1-5" },
        { "cont:Hi", "close:1000 end", CLOSED, "wrong-acceptance.RFC6455-5.4-1" },
        { "text-:H text:i", "text:i", LINKED, "wrong-acceptance.RFC6455-5.4-8" },
        { "ping-:a", "pong:a", LINKED, "wrong-acceptance.RFC6455-5.4-6" },
        { "text:%ff", "text:%ff close:1000 end", CLOSED, "wrong-acceptance.RFC6455-5.6-1" },
        { "text-:%ff cont:", "", LINKED, "wrong-acceptance.RFC6455-5.6-1" },
        { "text-:%c3 ping:a cont:x", "pong:a text:%c3x", LINKED, "wrong-acceptance.RFC6455-5.6-1" },
        { "text-:%ff rsv1/ping:a", "pong:a", LINKED, "wrong-acceptance.RFC6455-5.2-2" },
        { "text-:%ff text:Hi", "text:Hi", LINKED, "wrong-acceptance.RFC6455-5.4-8" },
        { "rsv1/text:%07", "text:", LINKED | DEFLATE, "wrong-acceptance.RFC7692-6.1-8" },
        { "close:3000,%ff", "close:3000 end", STRICT, "wrong-acceptance.RFC6455-5.5.1-4" },
        { "close:1000,%ff", "close:1000 end", STRICT | LINKED | LATE,
          "wrong-acceptance.RFC6455-5.5.1-4" },
        { "long/text:Hi", "text:Hi", LINKED | STRICT, "wrong-acceptance.RFC6455-5.2-8" },
    };
    TRY(accepted);
}

Test(fuzz_oracle, wrong_refusal)
{
    static const struct row refused[] = {
        { "text:Hi", "close:1002 end", CLOSED, "wrong-refusal.1002-at-text" },
        { "text:Hi ping:a", "text:Hi close:1002 end", LINKED, "wrong-refusal.1002-at-ping" },
        { "text:%ef%bf%bf", "close:1007 end", LINKED, "wrong-refusal.1007-at-text" },
        { "ping:a", "close:1003 end", LINKED, "wrong-refusal.1003-at-ping" },
        { "text-:Hi cont-:x", "close:1002", LINKED, "wrong-refusal.1002-at-end" },
        { "claims/text:Hi", "close:1002", LINKED, "wrong-refusal.1002-at-end" },
        { "close:3000", "close:1002 end", 0, "wrong-refusal.1002-at-close" },
        { "text:Hi", "end", LINKED, "wrong-refusal.no-close-at-text" },
        { "text:Hi", "text:Hi end", LINKED, "wrong-refusal.no-close-at-end" },
    };
    TRY(refused);
}

Test(fuzz_oracle, wrong_answer)
{
    static const struct row answered[] = {
        { "text:Hi", "text:Ho close:1000 end", CLOSED, "wrong-answer.message" },
        { "text:Hi", "binary:Hi close:1000 end", CLOSED, "wrong-answer.message-type" },
        { "text:Hi text:Ho", "text:Hi close:1000 end", CLOSED, "wrong-answer.message-missing" },
        { "text:Hi text:Ho", "text:Ho text:Hi", LINKED, "wrong-answer.message" },
        { "text:Hi", "text:Hi text:Hi", LINKED, "wrong-answer.message-surplus" },
        { "text-:Hi", "text:Hi", LINKED, "wrong-answer.message-surplus" },
        { "text:Hi", "", LINKED, "wrong-answer.message-missing" },
        { "text:Hi close:1000", "close:1000 end", LINKED, "wrong-answer.message-missing" },
        { "ping:a", "close:1000 end", CLOSED, "wrong-answer.pong-missing" },
        { "ping:a ping:b", "pong:a", LINKED, "wrong-answer.pong-missing" },
        { "ping:a", "pong:b", LINKED, "wrong-answer.pong" },
        { "text:Hi", "text:Hi end", CLOSED, "wrong-answer.close-missing" },
        { "close:1000", "end", 0, "wrong-answer.close-missing" },
        { "close:1000", "", LINKED, "wrong-answer.close-missing" },
    };
    TRY(answered);
}

Test(fuzz_oracle, wrong_codes_are_for_the_strict)
{
    static const struct row codes[] = {
        { "rsv2/text:Hi", "close:1000 end", LINKED, "" },
        { "rsv2/text:Hi", "close:1000 end", LINKED | STRICT, "wrong-code.RFC6455-5.2-2" },
        { "rsv2/text:Hi", "close:1007 end", LINKED | STRICT, "wrong-code.RFC6455-5.2-2" },
        { "text:%ff", "close:1002 end", LINKED | STRICT, "wrong-code.RFC6455-5.6-1" },
        { "text:%ff", "close:1002 end", LINKED, "" },
        { "close:3000", "close:3001 end", STRICT, "wrong-code.answer" },
        { "close:3000", "close:3001 end", 0, "" },
    };
    TRY(codes);
}

Test(fuzz_oracle, what_breaks_the_law_by_itself)
{
    struct fuzz_account account = { .open = true, .broken = { WS_RULE_MASK_PRESENT, 3 } };
    struct fuzz_terms terms = { .role = ROLE_SERVER, .linked = true };
    struct fuzz_finding finding;

    cr_assert(fuzz_oracle((struct bytes){ 0 }, &terms, &account, &finding));
    cr_assert_eq(finding.difference, FUZZ_LAW_BROKEN);
    cr_assert_str_eq(finding.signature, "law-broken.RFC6455-5.1-4");
    cr_assert_eq(finding.rule, WS_RULE_MASK_PRESENT);
    account.broken.rule = WS_RULE_CLOSE_CODE_RESERVED; /* a SHOULD */
    cr_assert(fuzz_oracle((struct bytes){ 0 }, &terms, &account, &finding));
    cr_assert_eq(finding.difference, FUZZ_SAME);
    terms.strict = true;
    cr_assert(fuzz_oracle((struct bytes){ 0 }, &terms, &account, &finding));
    cr_assert_str_eq(finding.signature, "law-broken.RFC6455-7.4.2-2");
}

Test(fuzz_oracle, of_a_refused_handshake_it_says_nothing)
{
    struct fuzz_account account = { .status = 400 };
    struct fuzz_terms terms = { .role = ROLE_SERVER, .messages = true, .linked = true };
    struct fuzz_finding finding;

    cr_assert(fuzz_oracle(BYTES_LIT("\x81\x80\0\0\0\0"), &terms, &account, &finding));
    cr_assert_eq(finding.difference, FUZZ_SAME);
}

Test(fuzz_oracle, two_cuts_of_the_same_bytes)
{
    static const struct {
        const char *whole, *cut, *signature;
    } pairs[] = {
        { "text:Hi pong:a close:1000 end", "pong:a text:Hi close:1000 end", "" },
        { "text:a text:b close:1002 end", "close:1002 end", "" }, /* lost */
        { "text:a end", "end", "" },
        { "pong:c", "pong:a pong:b pong:c", "" },
        { "close:1007 end", "", "" }, /* late */
        { "pong:a close:1000 end", "close:1000 end", "" },
        { "text:a", "text:b", "cut-dependent.message" },
        { "text:a", "binary:a", "cut-dependent.message" },
        { "text:a text:b", "text:a", "cut-dependent.message-missing" },
        { "text:a close:1002", "text:a text:b", "" },
        { "text:a", "text:a text:b close:1002", "cut-dependent.message-missing" },
        { "close:1007 end", "close:1000 end", "cut-dependent.close-1007" },
        { "close end", "close:1000 end", "cut-dependent.close" },
        { "close:1002 end", "close:1007 end", "cut-dependent.close-1007-1002" },
        { "close:1002 end", "close:1000 end", "cut-dependent.close-1002" },
        { "close:1009 end", "close:1000 end", "cut-dependent.close-1009" },
        { "close:1002 end", "close:1009 end", "cut-dependent.close-1009-1002" },
        { "text:a text:b", "text:a close:1000 end", "cut-dependent.message-missing" },
        { "text:a text:b", "text:a close end", "" }, /* so some fail a connection */
        { "pong:a end", "pong:b", "" },
        { "pong:a", "pong:b", "cut-dependent.pong" },
        { "pong:a", "", "cut-dependent.pong" },
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct fuzz_account whole = { 0 }, cut = { 0 };
        struct fuzz_finding finding;
        read_account(&whole, pairs[i].whole);
        read_account(&cut, pairs[i].cut);
        fuzz_oracle_cuts(&whole, &cut, &finding);
        cr_expect_str_eq(finding.signature, pairs[i].signature, "%s | %s: %s (%s)", pairs[i].whole,
                         pairs[i].cut, finding.signature, finding.what);
        fuzz_account_free(&whole);
        fuzz_account_free(&cut);
    }
}
