#include <criterion/criterion.h>

#include "conn_log.h"

/* The reference in all sequences of three frames, each of any type and with FIN or without: what it
 * says cannot depend on how the bytes were cut. */

static const uint8_t first_bytes[] = {
    WS_CONTINUATION, FIN | WS_CONTINUATION, WS_TEXT, FIN | WS_TEXT, WS_BINARY, FIN | WS_BINARY,
    WS_CLOSE,        FIN | WS_CLOSE,        WS_PING, FIN | WS_PING, WS_PONG,   FIN | WS_PONG
};
#define KINDS (sizeof first_bytes)

/* `number` to the base 13: a digit a frame, 0 is none. */
static void put_sequence(struct buf *wire, enum wire_side side, size_t number)
{
    const struct bytes payloads[] = { BYTES_LIT("\rAone"), BYTES_LIT("\rAtwo"),
                                      BYTES_LIT("\rAthree") };

    for (size_t i = 0; number > 0; number /= KINDS + 1, i++)
        wire_frame(wire, side, first_bytes[number % (KINDS + 1) - 1], payloads[i]);
}

static bool is_sequence(size_t number)
{
    for (; number > 0; number /= KINDS + 1)
        if (number % (KINDS + 1) == 0)
            return false;
    return true;
}

static void check(struct conn_log *run, size_t number)
{
    const struct cut whole = { run->in.len, CUT_WHOLE }, bytes = { run->in.len, CUT_SINGLE_BYTES };
    struct buf a = wire_new(), b = wire_new();

    cr_assert(log_run(run, &whole, &a));
    cr_assert(log_run(run, &bytes, &b));
    cr_expect(bytes_eq(buf_bytes(&a), buf_bytes(&b)), "sequence %zu: whole\n%.*sin bytes\n%.*s",
              number, BYTES_ARG(buf_bytes(&a)), BYTES_ARG(buf_bytes(&b)));
    buf_free(&a);
    buf_free(&b);
}

/* What a client of this seed wants to hear. */
static void put_response(struct buf *wire, const struct ws_conn_options *options)
{
    char accept[WS_ACCEPT_TEXT + 1];
    struct ws_conn c;

    cr_assert(ws_conn_init(&c, options, 0));
    cr_assert(ws_handshake_accept(bytes_str(c.key), accept));
    ws_conn_free(&c);
    wire_text(wire, "HTTP/1.1 101 Switching Protocols\r\n" WIRE_UPGRADE);
    cr_assert(buf_print(wire, "Sec-WebSocket-Accept: %s\r\n\r\n", accept));
}

static void expect_all(struct buf *opening, enum wire_side side,
                       const struct ws_conn_options *options)
{
    size_t sequences = 0, opening_len = opening->len;

    for (size_t number = 1; number < 13 * 13 * 13; number++) {
        if (!is_sequence(number))
            continue;
        put_sequence(opening, side, number);
        struct conn_log run = { .options = *options, .in = buf_bytes(opening), .echo = true };
        check(&run, number);
        opening->len = opening_len;
        sequences++;
    }
    cr_assert_eq(sequences, 12 + 144 + 1728, "%zu", sequences);
}

Test(ws_conn_sequences, a_server_says_the_same_however_they_are_cut)
{
    const struct ws_conn_options options = { .server = true };
    struct buf wire = wire_new();

    wire_text(&wire, WIRE_REQUEST);
    expect_all(&wire, FROM_CLIENT, &options);
    buf_free(&wire);
}

Test(ws_conn_sequences, a_client_says_the_same_however_they_are_cut)
{
    const struct ws_conn_options options = { .target = BYTES_LIT("/"),
                                             .host = BYTES_LIT("example.com"),
                                             .seed = 7 };
    struct buf wire = wire_new();

    put_response(&wire, &options);
    expect_all(&wire, FROM_SERVER, &options);
    buf_free(&wire);
}
