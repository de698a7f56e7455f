#include "fuzz/session/head.h"

#include <criterion/criterion.h>

static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";

static struct buf make(const struct fuzz_session *s, enum case_role role,
                       const struct http1_head *request, bool *offered)
{
    const struct fuzz_head_facts facts = {
        .role = role, .path = "/chat", .host = "localhost:9001", .key = key, .request = request
    };
    struct ws_permessage agreed;
    struct buf out;

    buf_init(&out, 1 << 20);
    cr_assert(fuzz_head_make(s, &facts, &out, offered, &agreed));
    return out;
}

static bool has(const struct buf *head, const char *text)
{
    return bytes_find(buf_bytes(head), bytes_str(text)) < head->len;
}

Test(fuzz_head, a_request_has_the_edits_and_their_places)
{
    static struct fuzz_session s = { .extension = FUZZ_DEFLATE_SMALL_WINDOW, .n_edits = 4 };
    bool offered;

    s.edits[0] = (struct fuzz_edit){ EDIT_LINE, { 0 }, BYTES_LIT("GET ${path} HTTP/1.0") };
    s.edits[1] = (struct fuzz_edit){ EDIT_HEADER, BYTES_LIT("upgrade"), BYTES_LIT("h2c") };
    s.edits[2] = (struct fuzz_edit){ EDIT_OMIT, BYTES_LIT("Connection"), { 0 } };
    s.edits[3] = (struct fuzz_edit){ EDIT_RAWLINE, { 0 }, BYTES_LIT("no colon") };
    struct buf head = make(&s, ROLE_SERVER, NULL, &offered);
    cr_expect(offered);
    cr_expect(has(&head, "GET /chat HTTP/1.0\r\n"));
    cr_expect(has(&head, "upgrade: h2c\r\n") && !has(&head, "Upgrade: websocket"));
    cr_expect(!has(&head, "Connection"));
    cr_expect(has(&head, "\r\nno colon\r\n"));
    cr_expect(has(&head, "permessage-deflate; client_max_window_bits=9\r\n"));
    buf_free(&head);
}

Test(fuzz_head, a_response_answers_the_key_and_only_what_was_offered)
{
    const char *offers[] = { "", "Sec-WebSocket-Extensions: permessage-deflate\r\n" };
    static struct fuzz_session s = { .extension = FUZZ_DEFLATE };

    for (size_t i = 0; i < 2; i++) {
        static struct http1_head request;
        struct violation why;
        bool offered;
        size_t used;
        struct buf text;
        buf_init(&text, 4096);
        cr_assert(
            buf_print(&text, "GET / HTTP/1.1\r\nSec-WebSocket-Key: %s\r\n%s\r\n", key, offers[i]));
        cr_assert_eq(http1_decode(buf_bytes(&text), HTTP1_REQUEST, (struct http1_limits){ 0 },
                                  &request, &used, &why),
                     WS_OK);
        struct buf head = make(&s, ROLE_CLIENT, &request, &offered);
        cr_expect(has(&head, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        cr_expect_eq(offered, i == 1);
        cr_expect_eq(has(&head, "Sec-WebSocket-Extensions: permessage-deflate"), i == 1);
        buf_free(&head);
        buf_free(&text);
    }
}
