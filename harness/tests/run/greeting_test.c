#include "run/greeting.h"

#include <criterion/criterion.h>

#include "tests/support/heap.h"
#include "tests/support/one_case.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define OF_OTHER                                                                                   \
    "Oy4NRAQ13jhfONC7bP8dTKb4PTU=" /* accept of x3JJHMbDL1EzLkh9GBhXDw== is HSmrc0…              \
                                    */

static const struct payload_env env = { .seed = 1,
                                        .path = "/chat",
                                        .host = "h:1",
                                        .port = "1",
                                        .base = "ws://h:1",
                                        .key = KEY,
                                        .accept = ACCEPT };

#define MAX_STEPS 16

struct greeted {
    struct one_case one;
    const struct step *steps[MAX_STEPS];
    struct greeting g;
};

static void greeted_init(struct greeted *p, enum case_role role, const char *text)
{
    one_case_init(&p->one, text);
    p->g = (struct greeting){ .role = role, .env = &env, .steps = p->steps };
    for (size_t i = 0; i < p->one.c->n_steps && p->one.c->steps[i].op != OP_CONNECT; i++)
        p->steps[p->g.n_steps++] = &p->one.c->steps[i];
}

static bool greet(const struct greeting *g, struct buf *out)
{
    struct arena scratch = { 0 };
    bool ok = greeting_write(g, &scratch, out);

    arena_free(&scratch);
    return ok;
}

struct row {
    enum case_role role;
    const char *steps, *head;
};

static void check_table(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct greeted p;
        struct buf out;
        buf_init(&out, 1 << 20);
        greeted_init(&p, rows[i].role, rows[i].steps);
        cr_assert(greet(&p.g, &out));
        cr_assert(bytes_eq_str(buf_bytes(&out), rows[i].head), "%s\ngave\n%.*s\nnot\n%s",
                  rows[i].steps, BYTES_ARG(buf_bytes(&out)), rows[i].head);
        buf_free(&out);
        one_case_free(&p.one);
    }
}

#define LINE "GET /chat HTTP/1.1\r\n"
#define HOST "Host: h:1\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define KEY_LINE "Sec-WebSocket-Key: " KEY "\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"

Test(run_greeting, a_request_with_every_kind_of_edit)
{
    static const struct row rows[] = {
        { ROLE_SERVER, "connect", LINE HOST UPGRADE CONNECTION KEY_LINE VERSION "\r\n" },
        { ROLE_SERVER, "request {\nline \"PUT ${path}?a=$b HTTP/1.0\"\n}",
          "PUT /chat?a=$b HTTP/1.0\r\n" HOST UPGRADE CONNECTION KEY_LINE VERSION "\r\n" },
        { ROLE_SERVER, "request {\nheader \"Sec-WebSocket-Version\" \"12\"\n}",
          LINE HOST UPGRADE CONNECTION KEY_LINE "Sec-WebSocket-Version: 12\r\n\r\n" },
        { ROLE_SERVER, "request {\nheader \"upgrade\" \"h2c\"\n}",
          LINE HOST "upgrade: h2c\r\n" CONNECTION KEY_LINE VERSION "\r\n" },
        { ROLE_SERVER, "request {\nheader \"X-New\" \"\"\n}",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION "X-New: \r\n\r\n" },
        { ROLE_SERVER, "request {\nadd \"Sec-WebSocket-Key\" \"second\"\n}",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION "Sec-WebSocket-Key: second\r\n\r\n" },
        { ROLE_SERVER,
          "request {\nadd \"Host\" \"b\"\nadd \"Host\" \"c\"\nheader \"Host\" \"d\"\n}",
          LINE "Host: d\r\n" UPGRADE CONNECTION KEY_LINE VERSION "\r\n" },
        { ROLE_SERVER, "request {\nomit \"Upgrade\"\n}",
          LINE HOST CONNECTION KEY_LINE VERSION "\r\n" },
        { ROLE_SERVER, "request {\nadd \"Host\" \"b\"\nomit \"HOST\"\n}",
          LINE UPGRADE CONNECTION KEY_LINE VERSION "\r\n" },
        { ROLE_SERVER, "request {\nrawline \"X-Folded: a\\r\\n b\"\n}",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION "X-Folded: a\r\n b\r\n\r\n" },
        { ROLE_SERVER, "request {\nrawline \"\"\n}",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION "\r\n\r\n" },
        { ROLE_SERVER, "request {\nbody \"data\"\n}",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION "\r\ndata" },
        { ROLE_SERVER, "request {\nheader \"Origin\" \"http://${host}\"\n}",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION "Origin: http://h:1\r\n\r\n" },
        { ROLE_SERVER, "subprotocol \"chat\"",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION "Sec-WebSocket-Protocol: chat\r\n\r\n" },
        { ROLE_SERVER, "subprotocol \"chat\"\nsubprotocol \"news\"",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION
          "Sec-WebSocket-Protocol: chat, news\r\n\r\n" },
        { ROLE_SERVER, "extension \"permessage-deflate\"",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION
          "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n" },
        { ROLE_SERVER,
          "extension \"permessage-deflate\" {\nours_max_window_bits "
          "9\ntheirs_no_context_takeover\n}\nextension \"permessage-deflate\"",
          LINE HOST UPGRADE CONNECTION KEY_LINE VERSION
          "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9; "
          "server_no_context_takeover, permessage-deflate\r\n\r\n" },
    };

    check_table(rows, sizeof rows / sizeof *rows);
}

#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\n" UPGRADE CONNECTION

Test(run_greeting, a_response_with_every_kind_of_edit)
{
    static const struct row rows[] = {
        { ROLE_CLIENT, "connect", SWITCHING "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n" },
        { ROLE_CLIENT, "response {\nline \"HTTP/1.1 200 OK\"\n}",
          "HTTP/1.1 200 OK\r\n" UPGRADE CONNECTION "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n" },
        { ROLE_CLIENT, "response {\nheader \"Sec-WebSocket-Accept\" accept(lower ${key})\n}",
          SWITCHING "Sec-WebSocket-Accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n\r\n" },
        { ROLE_CLIENT, "response {\nheader \"Sec-WebSocket-Accept\" accept(flip ${key})\n}",
          SWITCHING "Sec-WebSocket-Accept: A3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" },
        { ROLE_CLIENT, "response {\nheader \"Sec-WebSocket-Accept\" accept(of \"" KEY "\")\n}",
          SWITCHING "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n" },
        { ROLE_CLIENT, "response {\nheader \"Sec-WebSocket-Accept\" \" ${accept} \"\n}",
          SWITCHING "Sec-WebSocket-Accept:  " ACCEPT " \r\n\r\n" },
        { ROLE_CLIENT, "response {\nomit \"Sec-WebSocket-Accept\"\n}", SWITCHING "\r\n" },
        { ROLE_CLIENT, "subprotocol \"chat\"",
          SWITCHING "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: chat\r\n\r\n" },
        { ROLE_CLIENT,
          "extension \"permessage-deflate\" {\nours_max_window_bits "
          "9\ntheirs_no_context_takeover\n}",
          SWITCHING "Sec-WebSocket-Accept: " ACCEPT
                    "\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9; "
                    "client_no_context_takeover\r\n\r\n" },
    };

    check_table(rows, sizeof rows / sizeof *rows);
}

Test(run_greeting, what_the_user_adds_stands_in_every_request)
{
    static const char *const protocols[] = { "a", "b" };
    const struct ws_header headers[] = { { BYTES_LIT("Cookie"), BYTES_LIT("c=1") } };
    struct greeted p;
    struct buf out;

    buf_init(&out, 1 << 16);
    greeted_init(&p, ROLE_SERVER, "subprotocol \"c\"");
    p.g.protocols = protocols;
    p.g.n_protocols = 2;
    p.g.headers = headers;
    p.g.n_headers = 1;
    cr_assert(greet(&p.g, &out));
    cr_assert(bytes_eq_str(buf_bytes(&out), LINE HOST UPGRADE CONNECTION KEY_LINE VERSION
                           "Sec-WebSocket-Protocol: a, b, c\r\nCookie: c=1\r\n\r\n"));
    buf_free(&out);
    one_case_free(&p.one);
}

static bool greet_again(void *ctx)
{
    const struct greeted *p = ctx;
    struct buf out;

    buf_init(&out, 1 << 20);
    bool ok = greet(&p->g, &out);
    buf_free(&out);
    return ok;
}

Test(run_greeting, says_when_the_heap_says_no)
{
    struct greeted p;

    greeted_init(
        &p, ROLE_SERVER,
        "request {\nline \"GET ${path} HTTP/1.1\"\nheader \"Host\" \"x\"\nadd \"Y\" \"${host}\"\n"
        "rawline \"z: 1\"\nbody \"b\"\n}\nsubprotocol \"c\"\nsubprotocol \"d\"\n"
        "extension \"permessage-deflate\" {\nours_max_window_bits 9\n}");
    cr_assert_gt(heap_fail_each(greet_again, &p), 0);
    one_case_free(&p.one);
    greeted_init(&p, ROLE_CLIENT,
                 "response {\nadd \"A\" accept(lower ${key})\nadd \"B\" accept(of \"x\")\n}");
    cr_assert_gt(heap_fail_each(greet_again, &p), 0);
    one_case_free(&p.one);
}
