#include "ws/policy.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const char *const origins[] = { "https://a.example", "https://b.example" };
static const char *const paths[] = { "/", "/chat" };
static const char *const guarded[] = { "/private" };

static const struct ws_policy everybody;
static const struct ws_policy by_origin = { .origins = origins, .n_origins = 2 };
static const struct ws_policy by_path = { .paths = paths, .n_paths = 2 };
static const struct ws_policy by_token = { .token = "s3cret" };
static const struct ws_policy all = { .origins = origins,
                                      .n_origins = 2,
                                      .paths = paths,
                                      .n_paths = 2,
                                      .token = "s3cret",
                                      .guarded = guarded,
                                      .n_guarded = 1 };

struct row {
    const struct ws_policy *policy;
    const char *target, *fields;
    unsigned status; /* 0: welcome */
};

static void check(const struct row *row)
{
    static struct http1_head head; /* large */
    char text[1000];
    struct violation why;
    size_t used;

    int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: h\r\n%s\r\n", row->target,
                     row->fields);
    cr_assert_eq(http1_decode(bytes_of(text, (size_t)n), HTTP1_REQUEST, (struct http1_limits){ 0 },
                              &head, &used, &why),
                 WS_OK);
    const struct ws_refusal *no = ws_policy_judge(row->policy, &head);
    cr_expect_eq(no ? no->status : 0, row->status, "%s %s: %u", row->target, row->fields,
                 no ? no->status : 0);
}

Test(ws_policy, lets_in_whom_it_says)
{
    static const struct row rows[] = {
        { &everybody, "/any", "Origin: null\r\n", 0 },
        { &by_origin, "/", "", 0 },
        { &by_origin, "/", "Origin: https://b.example\r\n", 0 },
        { &by_origin, "/", "Origin: https://c.example\r\n", 403 },
        { &by_origin, "/", "Origin: https://a.example.c.example\r\n", 403 },
        { &by_origin, "/", "Origin: https://c.example/https://a.example\r\n", 403 },
        { &by_origin, "/", "Origin: https://a.exampl\r\n", 403 },
        { &by_origin, "/", "Origin: null\r\n", 403 },
        { &by_origin, "/", "Origin:\r\n", 403 },
        { &by_origin, "/", "Origin: https://a.example\r\nOrigin: https://c.example\r\n", 403 },
        { &by_path, "/chat", "", 0 },
        { &by_path, "/chat?x=/other", "", 0 },
        { &by_path, "/?", "", 0 },
        { &by_path, "/chats", "", 404 },
        { &by_path, "/cha", "", 404 },
        { &by_path, "/other?/chat", "", 404 },
        { &by_path, "http://h/chat", "", 0 },
        { &by_path, "http://h/chat?x", "", 0 },
        { &by_path, "http://h", "", 0 },
        { &by_path, "http://h/other", "", 404 },
        { &by_token, "/", "", 401 },
        { &by_token, "/", "Authorization: Bearer s3cret\r\n", 0 },
        { &by_token, "/", "Authorization: bEARER s3cret\r\n", 0 },
        { &by_token, "/", "Authorization: Bearer S3cret\r\n", 401 },
        { &by_token, "/", "Authorization: Bearer s3cretx\r\n", 401 },
        { &by_token, "/", "Authorization: Bearer s3cre\r\n", 401 },
        { &by_token, "/", "Authorization: Bearer\r\n", 401 },
        { &by_token, "/", "Authorization: s3cret\r\n", 401 },
        { &by_token, "/", "Authorization: Basic s3cret\r\n", 401 },
        { &by_token, "/", "Authorization: Bearer s3cret\r\nAuthorization: x\r\n", 401 },
        { &all, "/chat", "", 0 },
        { &all, "/private", "", 401 },
        { &all, "/private?x", "", 401 },
        { &all, "/private", "Authorization: Bearer s3cret\r\n", 0 },
        { &all, "/other", "Authorization: Bearer s3cret\r\nOrigin: null\r\n", 404 },
        { &all, "/private", "Origin: null\r\n", 403 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

Test(ws_policy, a_401_says_what_is_wanted)
{
    static struct http1_head head = { .target = BYTES_LIT("/") };
    const struct ws_refusal *no = ws_policy_judge(&by_token, &head);

    cr_assert_not_null(no);
    cr_assert_eq(no->n_headers, 1);
    cr_expect(bytes_eq_str(no->headers[0].name, "WWW-Authenticate"));
    cr_expect(bytes_starts(no->headers[0].value, BYTES_LIT("Bearer ")));
}

/* A plain request is one that names no upgrade and brings no key. */
Test(ws_policy, only_a_plain_request_gets_the_page)
{
    static const struct ws_policy with_page = { .plain = "page" };
    static const struct {
        const struct ws_policy *policy;
        const char *fields;
        enum ws_rule first;
        bool page;
    } rows[] = {
        { &with_page, "", WS_RULE_REQ_UPGRADE, true },
        { &everybody, "", WS_RULE_REQ_UPGRADE, false },
        { &with_page, "", WS_RULE_REQ_METHOD, false },
        { &with_page, "Upgrade: h2c\r\n", WS_RULE_REQ_UPGRADE, false },
        { &with_page, "Sec-WebSocket-Key: x\r\n", WS_RULE_REQ_UPGRADE, false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct http1_head head;
        struct ws_refusal room;
        struct violation why;
        char text[200];
        size_t used;
        int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: h\r\n%s\r\n", rows[i].fields);
        cr_assert_eq(http1_decode(bytes_of(text, (size_t)n), HTTP1_REQUEST,
                                  (struct http1_limits){ 0 }, &head, &used, &why),
                     WS_OK);
        const struct ws_refusal *got = ws_policy_plain(rows[i].policy, &head, rows[i].first, &room);
        cr_expect_eq(got != NULL, rows[i].page, "row %zu", i);
        cr_expect(!got || got->status == 200);
    }
}
