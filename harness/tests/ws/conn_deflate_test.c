#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "deflated.h"
#include "support/heap.h"
#include "wire.h"
#include "ws/conn.h"

/* permessage-deflate of a whole connection. Negotiation by itself: permessage_test.c; the
 * transform: deflate_test.c. */

/* -- the two of ours against each other -- */

struct pair {
    struct ws_conn_options options[2]; /* of the server, of the client */
    struct ws_conn ends[2];
    struct buf got[2]; /* the last message */
    size_t count[2];   /* of messages */
    size_t sent[2];    /* bytes */
    size_t piece;      /* how much passes at a time; 0: all there is */
};

enum { SERVER, CLIENT };

static bool take_events(struct pair *p, int who)
{
    struct ws_conn *c = &p->ends[who];
    struct ws_event e;

    while (ws_conn_next(c, &e, 0)) {
        cr_assert(e.kind == WS_EVENT_OPEN || e.kind == WS_EVENT_MESSAGE, "%s",
                  ws_rule_row(e.broken.rule)->sentence);
        if (e.kind != WS_EVENT_MESSAGE)
            continue;
        p->count[who]++;
        buf_clear(&p->got[who]);
        if (!buf_append(&p->got[who], e.data))
            return false;
    }
    return !ws_conn_failed(c);
}

/* Lets bytes pass until nobody has more to say. */
static bool talk(struct pair *p)
{
    for (int from = SERVER, quiet = 0; quiet < 2; from = !from) {
        struct bytes out = ws_conn_out(&p->ends[from]);
        out = p->piece > 0 ? bytes_take(out, p->piece) : out;
        quiet = out.len > 0 ? 0 : quiet + 1;
        if (out.len == 0)
            continue;
        uint8_t *copy = malloc(out.len);
        const size_t len = out.len;
        cr_assert(copy);
        memcpy(copy, out.ptr, len);
        ws_conn_sent(&p->ends[from], len);
        ws_conn_feed(&p->ends[!from], copy, len, 0);
        const bool ok = take_events(p, !from);
        p->sent[from] += len;
        free(copy);
        if (!ok)
            return false;
    }
    return true;
}

static bool pair_init(struct pair *p, const struct ws_conn_deflate *server,
                      const struct ws_conn_deflate *client, size_t piece)
{
    *p = (struct pair){ .piece = piece };
    p->options[SERVER] = (struct ws_conn_options){ .server = true, .deflate = server };
    p->options[CLIENT] = (struct ws_conn_options){ .target = BYTES_LIT("/"),
                                                   .host = BYTES_LIT("localhost"),
                                                   .deflate = client };
    bool ok = true;
    for (int who = SERVER; who <= CLIENT; who++) {
        buf_init(&p->got[who], DEFLATED_MAX);
        ok = ws_conn_init(&p->ends[who], &p->options[who], 0) && ok;
    }
    return ok && talk(p);
}

static void pair_free(struct pair *p)
{
    for (int who = SERVER; who <= CLIENT; who++) {
        ws_conn_free(&p->ends[who]);
        buf_free(&p->got[who]);
    }
}

/* Gives how many bytes it took on the wire. */
static size_t pass(struct pair *p, int from, struct bytes message)
{
    const size_t count = p->count[!from], before = p->sent[from];

    cr_assert(ws_conn_send(&p->ends[from], WS_BINARY, message));
    cr_assert(talk(p));
    cr_assert_eq(p->count[!from], count + 1);
    cr_assert(bytes_eq(buf_bytes(&p->got[!from]), message), "%zu bytes came of %zu",
              p->got[!from].len, message.len);
    return p->sent[from] - before;
}

static void pass_many(struct pair *p)
{
    static const size_t sizes[] = { 0, 1, 2, 100, 20000, 70000 };
    struct buf plain = wire_new();

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (enum deflated_kind kind = 0; kind < DEFLATED_KINDS; kind++) {
            deflated_fill(kind, sizes[i], &plain);
            pass(p, CLIENT, buf_bytes(&plain));
            pass(p, SERVER, buf_bytes(&plain));
            pass(p, CLIENT, buf_bytes(&plain));
            pass(p, SERVER, buf_bytes(&plain));
        }
    }
    buf_free(&plain);
}

/* What the server wants, what the client offers, and what they speak. */
static const struct {
    struct ws_permessage wanted, offer, agreed;
} sets[] = {
    { { 0 }, { 0 }, { 0 } },
    { { 0 }, { .client_bits_hint = true }, { 0 } },
    { { 0 }, { .server_no_takeover = true }, { .server_no_takeover = true } },
    { { 0 }, { .client_no_takeover = true }, { .client_no_takeover = true } },
    { { .server_no_takeover = true }, { 0 }, { .server_no_takeover = true } },
    { { .client_no_takeover = true }, { 0 }, { .client_no_takeover = true } },
    { { 0 }, { .server_bits = 8 }, { .server_bits = 8 } },
    { { 0 }, { .client_bits = 8 }, { .client_bits = 8 } },
    { { .server_bits = 8, .client_bits = 8 },
      { .client_bits_hint = true },
      { .server_bits = 8, .client_bits = 8 } },
    { { .server_bits = 9, .client_bits = 12 },
      { .server_bits = 11, .client_bits = 10 },
      { .server_bits = 9, .client_bits = 10 } },
    { { .server_no_takeover = true, .client_no_takeover = true },
      { .server_bits = 15, .client_bits = 15 },
      { true, true, 15, 15, false } },
    { { .client_bits = 10 }, { 0 }, { 0 } }, /* cannot be asked for */
};

Test(ws_conn_deflate, both_ends_understand_each_other_with_every_set_of_parameters)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const struct ws_conn_deflate server = { .wanted = sets[i].wanted, .ratio_max = 2000 };
        const struct ws_conn_deflate client = { .offers = &sets[i].offer,
                                                .n_offers = 1,
                                                .level = 1 };
        struct pair p;
        cr_assert(pair_init(&p, &server, &client, i % 2 ? 1000 : 0));
        for (int who = SERVER; who <= CLIENT; who++) {
            const struct ws_permessage *got = &p.ends[who].agreed, *want = &sets[i].agreed;
            cr_assert(p.ends[who].compresses, "set %zu", i);
            cr_assert(got->server_no_takeover == want->server_no_takeover &&
                          got->client_no_takeover == want->client_no_takeover &&
                          got->server_bits == want->server_bits &&
                          got->client_bits == want->client_bits,
                      "set %zu", i);
        }
        pass_many(&p);
        pair_free(&p);
    }
}

Test(ws_conn_deflate, takeover_shows_in_the_size_of_the_second_message)
{
    static const struct {
        struct ws_permessage wanted;
        bool second_is_short[2];
    } rows[] = {
        { { 0 }, { true, true } },
        { { .server_no_takeover = true }, { false, true } },
        { { .client_no_takeover = true }, { true, false } },
    };
    static const struct ws_conn_deflate client = { 0 };
    struct buf random = wire_new();

    deflated_fill(RANDOM, 2000, &random);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ws_conn_deflate server = { .wanted = rows[i].wanted };
        struct pair p;
        cr_assert(pair_init(&p, &server, &client, 0));
        for (int who = SERVER; who <= CLIENT; who++) {
            cr_assert_gt(pass(&p, who, buf_bytes(&random)), 2000);
            const size_t second = pass(&p, who, buf_bytes(&random));
            cr_assert_eq(second < 100, rows[i].second_is_short[who], "row %zu: %zu bytes", i,
                         second);
        }
        pair_free(&p);
    }
    buf_free(&random);
}

Test(ws_conn_deflate, without_agreement_all_is_plain)
{
    static const struct ws_conn_deflate some = { 0 };
    const struct ws_conn_deflate *sides[][2] = { { NULL, &some }, { &some, NULL }, { NULL, NULL } };

    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        struct pair p;
        cr_assert(pair_init(&p, sides[i][SERVER], sides[i][CLIENT], 0));
        cr_assert_not(p.ends[SERVER].compresses || p.ends[CLIENT].compresses);
        cr_assert_eq(pass(&p, SERVER, BYTES_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")), 34);
        cr_assert_eq(pass(&p, CLIENT, BYTES_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")), 38);
        pair_free(&p);
    }
}

Test(ws_conn_deflate, short_messages_stay_as_they_are)
{
    static const struct ws_conn_deflate server = { .min_size = 32 }, client = { .min_size = 0 };
    static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    struct pair p;

    cr_assert(pair_init(&p, &server, &client, 0));
    cr_assert_eq(pass(&p, SERVER, bytes_take(bytes_str(text), 31)), 2 + 31);
    cr_assert_lt(pass(&p, SERVER, bytes_str(text)), 10);
    cr_assert_eq(pass(&p, SERVER, BYTES_LIT("")), 2);
    cr_assert_eq(pass(&p, CLIENT, BYTES_LIT("")), 7, "a byte 00");
    cr_assert_lt(pass(&p, SERVER, bytes_str(text)), 10, "plain ones are not in the window");
    pair_free(&p);
}

Test(ws_conn_deflate, control_frames_are_never_compressed)
{
    static const struct ws_conn_deflate some = { 0 };
    struct pair p;

    cr_assert(pair_init(&p, &some, &some, 0));
    cr_assert(ws_conn_send(&p.ends[SERVER], WS_PING, BYTES_LIT("aaaaaaaa")));
    cr_assert(bytes_eq(ws_conn_out(&p.ends[SERVER]), BYTES_LIT("\x89\x08"
                                                               "aaaaaaaa")));
    pair_free(&p);
}

Test(ws_conn_deflate, a_client_offers_what_it_is_told_to)
{
    static const struct ws_permessage two[] = { { .server_bits = 10 },
                                                { .server_no_takeover = true } };
    static const struct ws_conn_deflate plain = { 0 }, both = { .offers = two, .n_offers = 2 };
    static const struct {
        const struct ws_conn_deflate *deflate;
        const char *line;
    } rows[] = {
        { &plain, "\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" },
        { &both, "\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10, "
                 "permessage-deflate; server_no_context_takeover\r\n" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ws_conn_options options = { .target = BYTES_LIT("/"),
                                                 .host = BYTES_LIT("localhost"),
                                                 .deflate = rows[i].deflate };
        struct ws_conn c;
        cr_assert(ws_conn_init(&c, &options, 0));
        cr_assert_lt(bytes_find(ws_conn_out(&c), bytes_str(rows[i].line)), ws_conn_out(&c).len,
                     "%.*s", BYTES_ARG(ws_conn_out(&c)));
        ws_conn_free(&c);
    }
}

/* What did not fit into `out` was not sent: the next message may not refer to it. */
Test(ws_conn_deflate, a_message_that_could_not_be_sent_is_not_referred_to)
{
    static const struct ws_conn_deflate some = { 0 };
    struct buf first = wire_new(), second = wire_new(), large = wire_new();
    struct pair p;

    deflated_fill(RANDOM, 900, &first);
    deflated_fill(RANDOM, 901, &second);
    deflated_fill(RANDOM, 1600, &large);
    cr_assert(pair_init(&p, &some, &some, 0));
    for (int who = SERVER; who <= CLIENT; who++) {
        struct ws_conn *c = &p.ends[who];
        c->out.max = c->packing.max = 1500;
        cr_assert(ws_conn_send(c, WS_BINARY, buf_bytes(&first)));
        cr_assert_not(ws_conn_send(c, WS_BINARY, buf_bytes(&second)), "does not fit beside it");
        cr_assert(talk(&p));
        cr_assert_gt(pass(&p, who, buf_bytes(&second)), 900);
        cr_assert_lt(pass(&p, who, buf_bytes(&second)), 50);
        cr_assert_not(ws_conn_send(c, WS_BINARY, buf_bytes(&large)), "is too large packed");
        cr_assert_gt(pass(&p, who, bytes_take(buf_bytes(&large), 700)), 700);
        cr_assert_not(ws_conn_failed(c));
    }
    pair_free(&p);
    buf_free(&first);
    buf_free(&second);
    buf_free(&large);
}

/* -- the opening -- */

static void expect_answer(const char *offers, const char *line)
{
    static const struct ws_conn_deflate deflate = { 0 };
    const struct ws_conn_options options = { .server = true, .deflate = &deflate };
    struct buf wire = wire_new();
    struct ws_conn c;
    struct ws_event e;

    wire_text(&wire, WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
              "Sec-WebSocket-Extensions: ");
    wire_text(&wire, offers);
    wire_text(&wire, "\r\n\r\n");
    cr_assert(ws_conn_init(&c, &options, 0));
    ws_conn_feed(&c, wire.ptr, wire.len, 0);
    cr_assert(ws_conn_next(&c, &e, 0));
    cr_assert_eq(e.kind, WS_EVENT_OPEN, "%s", offers);
    const struct bytes out = ws_conn_out(&c);
    const bool any = bytes_find(out, BYTES_LIT("Sec-WebSocket-Extensions")) < out.len;
    cr_assert_eq(any, line != NULL, "%.*s", BYTES_ARG(out));
    cr_assert_eq(c.compresses, line != NULL);
    if (line)
        cr_assert_lt(bytes_find(out, bytes_str(line)), out.len, "%.*s", BYTES_ARG(out));
    ws_conn_free(&c);
    buf_free(&wire);
}

/* A bad offer is declined, not refused: RFC 7692 7. */
Test(ws_conn_deflate, a_server_answers_good_offers_and_declines_bad_ones)
{
    expect_answer("permessage-deflate; client_max_window_bits",
                  "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    expect_answer("permessage-deflate; foo, permessage-deflate; server_max_window_bits=9",
                  "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n");
    expect_answer("permessage-deflate; foo", NULL);
    expect_answer("permessage-deflate; server_max_window_bits", NULL);
    expect_answer("permessage-deflate; client_max_window_bits=16", NULL);
    expect_answer("permessage-deflate; server_no_context_takeover=1", NULL);
    expect_answer("permessage-deflate; client_no_context_takeover=1", NULL);
    expect_answer("permessage-deflate; client_no_context_takeover; client_no_context_takeover",
                  NULL);
    expect_answer("x-webkit-deflate-frame", NULL);
}

/* What a client that offered `offer` says to a 101 with that line: the nonce is given. */
static enum ws_rule client_finds(const struct ws_permessage *offer, const char *line)
{
    const struct ws_conn_deflate given = { .offers = offer, .n_offers = 1 };
    const struct ws_conn_options options = { .target = BYTES_LIT("/"),
                                             .host = BYTES_LIT("localhost"),
                                             .deflate = &given };
    char accept[WS_ACCEPT_TEXT + 1];
    struct buf wire = wire_new();
    struct ws_conn c;
    struct ws_event e;

    cr_assert(ws_conn_init(&c, &options, 0));
    cr_assert(ws_handshake_accept(bytes_str(c.key), accept));
    cr_assert(buf_print(&wire,
                        "HTTP/1.1 101 Switching Protocols\r\n" WIRE_UPGRADE
                        "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Extensions: %s\r\n\r\n",
                        accept, line));
    ws_conn_feed(&c, wire.ptr, wire.len, 0);
    cr_assert(ws_conn_next(&c, &e, 0));
    cr_assert(e.kind == WS_EVENT_REFUSED || (e.kind == WS_EVENT_OPEN && c.compresses), "%s", line);
    cr_assert_eq(ws_conn_wants_close(&c), e.kind == WS_EVENT_REFUSED);
    ws_conn_free(&c);
    buf_free(&wire);
    return e.broken.rule;
}

Test(ws_conn_deflate, a_client_fails_a_server_that_answers_wrongly)
{
    static const struct {
        struct ws_permessage offer;
        const char *answer;
        enum ws_rule rule;
    } rows[] = {
        { { 0 }, "permessage-deflate", WS_RULE_NONE },
        { { 0 },
          "permessage-deflate; client_no_context_takeover; server_max_window_bits=8",
          WS_RULE_NONE },
        { { 0 }, "permessage-deflate; foo", WS_RULE_PMD_UNKNOWN_ANSWERED },
        { { 0 }, "permessage-deflate; server_max_window_bits=16", WS_RULE_PMD_SERVER_BITS },
        { { 0 }, "permessage-deflate; client_max_window_bits=10", WS_RULE_PMD_CLIENT_BITS_UNASKED },
        { { 0 }, "permessage-deflate, permessage-deflate", WS_RULE_PMD_ANSWERED_TWICE },
        { { .server_no_takeover = true }, "permessage-deflate", WS_RULE_PMD_TAKEOVER_IGNORED },
        { { .server_bits = 9 }, "permessage-deflate", WS_RULE_PMD_BITS_IGNORED },
        { { .client_bits = 9 }, "permessage-deflate; client_max_window_bits=11", WS_RULE_NONE },
        { { 0 }, "permessage-bzip2", WS_RULE_RES_EXTENSION_UNASKED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const enum ws_rule rule = client_finds(&rows[i].offer, rows[i].answer);
        cr_assert_eq(rule, rows[i].rule, "%s for %s", ws_rule_row(rule)->name, rows[i].answer);
    }
}

/* -- memory -- */

static bool pair_survives(void *ctx)
{
    const struct ws_conn_deflate *deflate_both = ctx;
    struct pair p;
    const bool ok = pair_init(&p, deflate_both, deflate_both, 0) &&
                    ws_conn_send(&p.ends[CLIENT], WS_TEXT, BYTES_LIT("Hello, Hello")) && talk(&p) &&
                    ws_conn_send(&p.ends[SERVER], WS_TEXT, BYTES_LIT("Hello, Hello")) && talk(&p);

    pair_free(&p);
    return ok;
}

Test(ws_conn_deflate, both_ends_give_in_when_memory_runs_out)
{
    struct ws_conn_deflate both = { 0 };

    cr_assert_geq(heap_fail_each(pair_survives, &both), 20);
}
