#include "drive/stage.h"

static struct arena arena;

static bool parse(const char *text, struct profile *out, struct err *err)
{
    *err = (struct err){ 0 };
    return profile_parse(&arena, "my.profile", bytes_str(text), out, err);
}

Test(profile, a_line_is_a_word_and_its_value)
{
    struct profile p;
    struct err err;

    cr_assert(parse("# what the server is set up for\r\n"
                    "\n"
                    "subprotocol chat\n"
                    "origin   https://good.example \n"
                    "  path /a?b\t\n"
                    "auth\t/private  Bearer a b\n"
                    "limit 64K\r\n"
                    "closer \"say \\\"bye\\\", \\\\ #1\"  4000 \"why not\"\n"
                    "report\n"
                    "proxy --proxy {proxy}\n"
                    "reconnect\n"
                    "port 80 443",
                    &p, &err),
              "%s", err.text);
    cr_assert_eq(p.count, 10);
    cr_expect_str_eq(profile_value(&p, "subprotocol"), "chat");
    cr_expect_str_eq(profile_value(&p, "proxy"), "--proxy {proxy}");
    cr_expect_str_eq(profile_value(&p, "reconnect"), "");
    cr_expect_str_eq(profile_value(&p, "port"), "80 443");
    cr_expect_str_eq(profile_value(&p, "report"), "");
    cr_expect_null(profile_value(&p, "pair"));
    cr_expect_null(profile_value(NULL, "origin"));
    cr_expect_str_eq(p.setup.origin, "https://good.example");
    cr_expect_str_eq(p.setup.served, "/a?b");
    cr_expect_str_eq(p.setup.guarded, "/private");
    cr_expect_str_eq(p.setup.credentials, "Bearer a b");
    cr_expect_eq(p.setup.limit, 65536);
    cr_expect_str_eq(p.setup.closer, "say \"bye\", \\ #1");
    cr_expect(p.setup.close_has_code);
    cr_expect_eq(p.setup.close_code, 4000);
    cr_expect_str_eq(p.setup.close_reason, "why not");
    arena_free(&arena);
}

Test(profile, a_closer_may_leave_out_what_is_not_known)
{
    struct profile p;
    struct err err;

    cr_assert(parse("closer \"bye\"", &p, &err), "%s", err.text);
    cr_expect_str_eq(p.setup.closer, "bye");
    cr_expect_not(p.setup.close_has_code);
    cr_assert(parse("closer \"bye\" 1001", &p, &err), "%s", err.text);
    cr_expect_eq(p.setup.close_code, 1001);
    cr_expect_null(p.setup.close_reason);
    cr_assert(parse("closer \"\" 1000 \"\"", &p, &err), "%s", err.text);
    cr_expect_str_eq(p.setup.closer, "");
    cr_expect_str_eq(p.setup.close_reason, "");
    arena_free(&arena);
}

Test(profile, may_be_empty)
{
    static const char *const texts[] = { "", "\n", "#", "# only a remark", "\n\n  \n" };
    struct profile p;
    struct err err;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cr_expect(parse(texts[i], &p, &err), "row %zu: %s", i, err.text);
        cr_expect_eq(p.count, 0);
    }
    arena_free(&arena);
}

/* A profile that is wrong, where, and a part of what is said about it. */
struct wrong {
    const char *text;
    unsigned line, col;
    const char *what;
};

Test(profile, a_mistake_has_its_place_and_says_what_was_expected)
{
    static const struct wrong rows[] = {
        { "# one\nsubprotocol chat\n\noriginal x\nport 1\n", 4, 1,
          "expected subprotocol, origin, path, auth, limit, closer, report, proxy, header, pair, "
          "reconnect, redirects or port, found \"original\"" },
        { "echo yes", 1, 1, "found \"echo\"" }, /* the probe learns that */
        { "  Origin https://a.example", 1, 3, "found \"Origin\"" },
        { "path /a\nlimit 1\n path /a", 3, 2, "expected path once, found it again" },
        { "subprotocol other", 1, 13, "expected chat, the subprotocol that the cases offer" },
        { "origin", 1, 7, "found the end of the line" },
        { "origin a b", 1, 10, "found \"b\"" },
        { "path chat", 1, 6, "expected a path that is served, as /chat, found \"chat\"" },
        { "path /a b", 1, 9, "found \"b\"" },
        { "auth private x", 1, 6, "found \"private x\"" },
        { "auth /private ", 1, 14, "found the end of the line" },
        { "limit", 1, 6, "expected a size from 1 to 256M, as 64K, found the end of the line" },
        { "limit 0", 1, 7, "found \"0\"" },
        { "limit 257M", 1, 7, "found \"257M\"" },
        { "limit 64 K", 1, 10, "found \"K\"" },
        { "closer bye", 1, 8, "expected a message in quotes" },
        { "closer \"bye", 1, 8, "found \"\"bye\"" },
        { "closer \"bye\\\"", 1, 8, "found" },
        { "closer \"bye\" 1006", 1, 14, "a close code that may be sent" },
        { "closer \"bye\" soon", 1, 14, "found \"soon\"" },
        { "closer \"bye\" 1000 why", 1, 19, "found \"why\"" },
        { "closer \"bye\" 1000 \"a\" b", 1, 23, "found \"b\"" },
        { "proxy", 1, 6, "what is added to the client's command" },
        { "port", 1, 5, "expected ports that we may listen on" },
        { "port 80 0", 1, 9, "found \"0\"" },
        { "port 80, 443", 1, 6, "found \"80, 443\"" },
    };
    struct profile p;
    struct err err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_not(parse(rows[i].text, &p, &err), "row %zu", i);
        cr_expect_eq(err.code, ERR_SYNTAX, "row %zu", i);
        cr_expect_str_eq(err.file, "my.profile");
        cr_expect_eq(err.line, rows[i].line, "row %zu: line %u", i, err.line);
        cr_expect_eq(err.col, rows[i].col, "row %zu: column %u", i, err.col);
        cr_expect(strstr(err.text, rows[i].what), "row %zu: %s", i, err.text);
    }
    arena_free(&arena);
}

/* What a case with that need lacks; NULL: nothing. */
static const char *lacks(const struct profile *p, const struct probe *probe,
                         const struct target_options *target, const char *needs)
{
    struct script_case c = { .id = "c" };
    const char *list[4] = { needs };

    c.needs = list;
    c.n_needs = 1;
    return profile_lacks(p, probe, target, &c, &arena);
}

Test(profile, what_a_case_lacks_is_told)
{
    struct profile p = { .rows = { { "origin", "https://good.example" } }, .count = 1 };
    struct probe nothing = { 0 }, echoes = { .echoes = true };
    struct target_options plain = { .role = ROLE_SERVER, .url = "ws://a/" };
    struct target_options ours = { .role = ROLE_SERVER, .command = "server {port}" };

    cr_expect_null(lacks(&p, &echoes, &plain, "echo"));
    cr_expect_str_eq(lacks(&p, &nothing, &plain, "echo"), "the target does not echo");
    cr_expect_null(lacks(&p, &nothing, &ours, "exec"));
    cr_expect_str_eq(lacks(&p, &nothing, &plain, "exec"), "needs --exec");
    cr_expect_str_eq(lacks(&p, &nothing, &plain, "tls"), "needs TLS: give a wss:// URL");
    cr_expect_null(lacks(&p, &nothing, &plain, "origin"));
    cr_expect_str_eq(lacks(&p, &nothing, &plain, "proxy"), "needs set-up: proxy");
    cr_expect_str_eq(lacks(NULL, &nothing, &plain, "origin"), "needs set-up: origin");
    arena_free(&arena);
}

Test(profile, the_first_of_several_needs_that_is_not_met_is_told)
{
    static const char *const needs[] = { "echo", "closer", "limit" };
    struct script_case c = { .id = "c" };
    struct profile p = { .rows = { { "closer", "bye" } }, .count = 1 };
    struct probe echoes = { .echoes = true };
    struct target_options plain = { .role = ROLE_SERVER, .url = "ws://a/" };

    c.needs = (void *)(uintptr_t)needs;
    cr_expect_null(profile_lacks(&p, &echoes, &plain, &c, &arena), "no needs at all");
    c.n_needs = 2;
    cr_expect_null(profile_lacks(&p, &echoes, &plain, &c, &arena));
    c.n_needs = 3;
    cr_expect_str_eq(profile_lacks(&p, &echoes, &plain, &c, &arena), "needs set-up: limit");
    arena_free(&arena);
}
