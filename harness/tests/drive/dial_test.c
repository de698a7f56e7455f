#include "drive/dial.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/one_case.h"

static struct arena arena;

static struct profile read_profile(const char *text)
{
    struct profile p;
    struct err err;

    cr_assert(profile_parse(&arena, "p", bytes_str(text), &p, &err), "%s", err.text);
    return p;
}

static const char *lacks(const char *steps, const char *profile, const struct target_options *t)
{
    struct one_case one;
    struct profile p = read_profile(profile);

    one_case_init(&one, steps);
    const char *why = dial_lacks(&p, t, one.c, &arena);
    one_case_free(&one);
    return why;
}

Test(dial, a_port_is_one_of_those_that_the_profile_lists)
{
    struct target_options t = { .role = ROLE_CLIENT };

    cr_expect_null(lacks("listen 80", "port 80", &t));
    cr_expect_null(lacks("listen 443", "port 80 443", &t));
    cr_expect_str_eq(lacks("listen 44", "port 80 443", &t), "needs set-up: port 44");
    cr_expect_str_eq(lacks("listen 80", "", &t), "needs set-up: port 80");
    cr_expect_null(lacks("send ping", "", &t));
    arena_free(&arena);
}

/* With a certificate of the user's, none can be made in the name of his authority. */
Test(dial, a_flawed_certificate_is_shown_where_one_was_made)
{
    struct err err;
    struct io_tls *tls = io_tls_new(&(struct io_tls_options){ .server = true }, &err);
    struct target_options t = { .role = ROLE_CLIENT, .tls = tls, .flawed[IO_TLS_EXPIRED] = tls };

    cr_expect_null(lacks("tls { cert good }", "", &t));
    cr_expect_null(lacks("tls { cert expired }", "", &t));
    cr_expect_not_null(lacks("tls { cert wrong-host }", "", &t));
    cr_expect_not_null(lacks("tls { cert self-signed }", "", &t));
    io_tls_free(tls);
    arena_free(&arena);
}

/* What the client of a case is told: `echo` says it again. */
static void check_words(const char *steps, const char *want)
{
    struct err err = { 0 };
    struct io_loop *loop = io_loop_new(&err);
    struct profile p = read_profile("proxy --via {proxy}\npair -2\nreconnect -r\n"
                                    "header -H '{header}'");
    struct target_options options = { .role = ROLE_CLIENT, .command = "echo {url}", .profile = &p };
    struct target target;
    struct io_event event;
    struct one_case one;

    cr_assert(loop && target_init(&target, loop, &options, &err), "%s", err.text);
    one_case_init(&one, steps);
    cr_assert(dial_start(&target, one.c, 9, &arena, &err), "%s", err.text);
    do
        cr_assert(io_loop_next(loop, UINT64_MAX, &event, &err), "%s", err.text);
    while (event.kind != IO_OUTPUT);
    cr_expect(bytes_eq_str(bytes_of(event.data, event.len), want), "%.*s", (int)event.len,
              (const char *)event.data);
    one_case_free(&one);
    target_free(&target);
    io_loop_free(loop);
    arena_free(&arena);
}

Test(dial, a_client_is_told_what_its_case_wants)
{
    check_words("send ping", "ws://127.0.0.1:9/\n");
    check_words("url \"${base}/a?${port}\"", "ws://127.0.0.1:9/a?9\n");
    check_words("needs proxy\nurl \"ws://a.example/\"",
                "ws://a.example/ --via http://127.0.0.1:9\n");
    check_words("needs pair reconnect", "ws://127.0.0.1:9/ -2 -r\n");
    check_words("header \"A\" \"b c\" header \"D\" \"e\"", "ws://127.0.0.1:9/ -H A: b c -H D: e\n");
}
