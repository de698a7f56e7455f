#include "drive/stage.h"

static struct arena arena;

static bool parse(const char *text, struct profile *out, struct err *err)
{
    *err = (struct err){ 0 };
    return profile_parse(&arena, "my.profile", bytes_str(text), out, err);
}

Test(profile, a_line_is_a_need_and_its_value)
{
    struct profile p;
    struct err err;

    cr_assert(parse("# what the server is set up for\n"
                    "\n"
                    "subprotocol chat\n"
                    "origin   https://good.example \n"
                    "  path /a b\t\n"
                    "closer",
                    &p, &err),
              "%s", err.text);
    cr_assert_eq(p.count, 4);
    cr_expect_str_eq(profile_value(&p, "subprotocol"), "chat");
    cr_expect_str_eq(profile_value(&p, "origin"), "https://good.example");
    cr_expect_str_eq(profile_value(&p, "path"), "/a b");
    cr_expect_str_eq(profile_value(&p, "closer"), "");
    cr_expect_null(profile_value(&p, "proxy"));
    cr_expect_null(profile_value(NULL, "origin"));
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

Test(profile, an_unknown_need_is_an_error_with_its_line)
{
    struct profile p;
    struct err err;

    cr_assert_not(parse("# one\nsubprotocol chat\n\noriginal x\nport 1\n", &p, &err));
    cr_expect_eq(err.code, ERR_SYNTAX);
    cr_expect_str_eq(err.file, "my.profile");
    cr_expect_eq(err.line, 4);
    cr_expect(strstr(err.text, "expected subprotocol, origin"), "%s", err.text);
    cr_expect(strstr(err.text, "found \"original\""), "%s", err.text);
    cr_expect_not(parse("echo yes", &p, &err), "the probe learns that");
    cr_expect_not(parse("Origin https://a.example", &p, &err), "needs are in lower case");
    arena_free(&arena);
}

Test(profile, has_room_for_so_many_lines_and_says_when_it_is_full)
{
    static char text[PROFILE_ROWS_MAX * 16 + 64];
    struct profile p;
    struct err err;

    for (size_t i = 0; i < PROFILE_ROWS_MAX; i++)
        strcat(text, "path /a\n");
    cr_assert(parse(text, &p, &err), "%s", err.text);
    cr_assert_eq(p.count, PROFILE_ROWS_MAX);
    strcat(text, "path /one/too/many\n");
    cr_assert_not(parse(text, &p, &err));
    cr_expect_eq(err.code, ERR_SYNTAX);
    cr_expect_eq(err.line, PROFILE_ROWS_MAX + 1);
    cr_expect(strstr(err.text, "more than 64 lines"), "%s", err.text);
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
