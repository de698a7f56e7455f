#include <string.h>

#include "base/hash.h"
#include "fuzz/targets/target.h"
#include "ws/conn.h"

/* Our client against our server over a pipe: all that one says the other is told, in order, however
 * the pipe cuts it, and both close cleanly. Input: the settings, then what they do. */
#define SAID_MAX 256
#define MESSAGE_MAX 8192
#define NOW 1000

struct side {
    struct ws_conn conn;
    struct {
        uint8_t opcode;
        uint64_t len, hash;
    } said[SAID_MAX];
    size_t n_said, n_heard; /* n_heard: by the other one */
    size_t pings, pongs;
    uint16_t code; /* of its Close, if it began */
    bool over, no_memory;
};

static struct side sides[2]; /* client, server */

static void on_message(struct side *from, const struct ws_event *e)
{
    MUST(from->n_heard < from->n_said, "a message that nobody sent");
    MUST(from->said[from->n_heard].opcode == e->opcode &&
             from->said[from->n_heard].len == e->data.len &&
             from->said[from->n_heard].hash == hash_bytes(e->data),
         "message %zu came otherwise, %zu bytes", from->n_heard, e->data.len);
    from->n_heard++;
}

static void on_event(struct side *to, struct side *from, const struct ws_event *e)
{
    switch (e->kind) {
    case WS_EVENT_OPEN: break;
    case WS_EVENT_MESSAGE: on_message(from, e); break;
    case WS_EVENT_PING: break;
    case WS_EVENT_PONG: MUST(++to->pongs <= to->pings, "a pong too many"); break;
    case WS_EVENT_CLOSE:
        MUST(e->close.code == (from->code ? from->code : to->code), "code %u", e->close.code);
        break;
    case WS_EVENT_END:
        MUST(e->clean, "no clean end");
        to->over = true;
        break;
    case WS_EVENT_REFUSED:
    case WS_EVENT_FAILED:
    case WS_EVENT_TIMEOUT: MUST(false, "%s", ws_rule_row(e->broken.rule)->name);
    }
}

static void pull(struct side *to, struct side *from)
{
    struct ws_event e;

    while (ws_conn_next(&to->conn, &e, NOW))
        on_event(to, from, &e);
    to->no_memory = to->no_memory || ws_conn_failed(&to->conn);
}

/* At most `most` bytes of what is on the way. Gives how many they were. */
static size_t move(struct side *from, struct side *to, size_t most)
{
    static uint8_t piece[1u << 16];
    const struct bytes out = ws_conn_out(&from->conn);
    size_t n = most < out.len ? most : out.len;

    n = n < sizeof piece ? n : sizeof piece;
    if (n == 0)
        return 0;
    memcpy(piece, out.ptr, n);
    ws_conn_sent(&from->conn, n);
    ws_conn_feed(&to->conn, piece, n, NOW);
    pull(to, from);
    return n;
}

static void say(struct side *s, uint8_t opcode, struct bytes data)
{
    if (s->conn.state != WS_CONN_OPEN || s->n_said == SAID_MAX)
        return;
    if (!ws_conn_send(&s->conn, opcode, data)) {
        s->no_memory = true;
        return;
    }
    if (opcode == WS_PING) {
        s->pings++;
        return;
    }
    s->said[s->n_said].opcode = opcode;
    s->said[s->n_said].len = data.len;
    s->said[s->n_said++].hash = hash_bytes(data);
}

/* A few bytes of the input, repeated; as a text ASCII. */
static void say_message(struct side *s, bool text, struct bytes *in)
{
    static uint8_t message[MESSAGE_MAX];
    const size_t len = steer(in) * (size_t)(1 + steer(in) % 32);
    const struct bytes part = bytes_take(*in, 1 + steer(in) % 64u);

    for (size_t i = 0; i < len; i++)
        message[i] = part.len > 0 ? part.ptr[i % part.len] & (text ? 0x7F : 0xFF) : 'x';
    *in = bytes_skip(*in, part.len);
    say(s, text ? WS_TEXT : WS_BINARY, bytes_of(message, len));
}

static void end(struct side *s, uint16_t code)
{
    if (s->conn.state != WS_CONN_OPEN)
        return;
    s->code = code;
    s->no_memory = !ws_conn_close(&s->conn, code, BYTES_LIT("done"), NOW) || s->no_memory;
}

static void act(struct bytes *in)
{
    const unsigned what = steer(in);
    struct side *s = &sides[what & 1], *other = &sides[!(what & 1)];

    switch (what >> 1 & 7) {
    case 0: say_message(s, true, in); break;
    case 1: say_message(s, false, in); break;
    case 2:
        say(s, WS_PING, bytes_take(*in, what >> 4));
        *in = bytes_skip(*in, what >> 4);
        break;
    case 3: move(s, other, 1 + (what >> 4)); break;
    case 4: move(s, other, 16 + steer(in)); break;
    case 5: move(s, other, SIZE_MAX); break;
    case 6:
        if (what >> 4 == 15)
            end(s, 3000);
        break;
    case 7: move(s, other, (size_t)(what >> 4) * 1000); break;
    }
}

static void flush(void)
{
    while (move(&sides[0], &sides[1], SIZE_MAX) + move(&sides[1], &sides[0], SIZE_MAX) > 0)
        ;
}

/* The server ends TCP as soon as it wants to, and then the client. RFC 6455 7.1.1. */
static void check_end(void)
{
    struct side *client = &sides[0], *server = &sides[1];

    flush();
    end(client, 1000);
    flush();
    if (client->no_memory || server->no_memory)
        return;
    MUST(ws_conn_wants_close(&server->conn), "the server waits");
    ws_conn_feed_end(&client->conn, NOW);
    pull(client, server);
    MUST(ws_conn_wants_close(&client->conn), "the client waits");
    ws_conn_feed_end(&server->conn, NOW);
    pull(server, client);
    MUST(client->over && server->over, "no end");
    for (int i = 0; i < 2; i++) {
        MUST(sides[i].n_heard == sides[i].n_said, "%zu of %zu messages came", sides[i].n_heard,
             sides[i].n_said);
        MUST(sides[i].pongs == sides[i].pings || client->code == 3000 || server->code == 3000,
             "%zu pongs for %zu pings", sides[i].pongs, sides[i].pings);
    }
}

static bool begin(struct bytes *in)
{
    const unsigned wishes = steer(in), windows = steer(in), offered = steer(in);
    const struct ws_permessage offer = {
        .server_no_takeover = offered & 1,
        .client_no_takeover = offered & 2,
        .client_bits_hint = !(offered & 4),
        .client_bits = offered & 4 ? (uint8_t)(8 + (offered >> 5)) : 0,
        .server_bits = offered & 8 ? (uint8_t)(8 + (offered >> 5)) : 0,
    };
    static struct ws_permessage offers[1];
    static struct ws_conn_deflate deflate;
    struct ws_conn_options options = { .target = BYTES_LIT("/"),
                                       .host = BYTES_LIT("h"),
                                       .seed = 1 };

    offers[0] = offer;
    deflate = (struct ws_conn_deflate){
        .wanted = { .server_no_takeover = wishes & 1,
                    .client_no_takeover = wishes & 2,
                    .server_bits = wishes & 4 ? (uint8_t)(8 + windows % 8) : 0,
                    .client_bits = wishes & 8 ? (uint8_t)(8 + (windows >> 3) % 8) : 0 },
        .offers = offers,
        .n_offers = wishes & 16 ? 1 : 0,
        .level = (int)(windows >> 6),
        .min_size = wishes & 32 ? 64 : 0,
    };
    memset(sides, 0, sizeof sides);
    options.deflate = wishes & 64 ? NULL : &deflate;
    const bool ok = ws_conn_init(&sides[0].conn, &options, NOW);
    options.server = true;
    options.deflate = wishes & 128 ? NULL : &deflate;
    return ws_conn_init(&sides[1].conn, &options, NOW) && ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);

    if (begin(&in)) {
        while (in.len > 0)
            act(&in);
        check_end();
    }
    ws_conn_free(&sides[0].conn);
    ws_conn_free(&sides[1].conn);
    return 0;
}
