#include "fuzz/session/refusal.h"

#include <criterion/criterion.h>
#include <string.h>

#include "script/embedded_cases.h"
#include "verdict/requirements.h"

static enum ws_rule due(enum case_role role, enum edit_kind kind, const char *name,
                        const char *value)
{
    struct fuzz_session s = { .n_edits = 1 };
    enum ws_rule rule;

    s.edits[0] = (struct fuzz_edit){ kind, bytes_str(name), bytes_str(value) };
    cr_assert(refusal_due(&s, role, &rule));
    return rule;
}

Test(fuzz_refusal, what_everybody_has_to_notice)
{
    cr_expect_eq(due(ROLE_SERVER, EDIT_HEADER, "Sec-WebSocket-Version", "14"),
                 WS_RULE_REQ_WS_VERSION);
    cr_expect_eq(due(ROLE_SERVER, EDIT_OMIT, "Upgrade", ""), WS_RULE_REQ_UPGRADE);
    cr_expect_eq(due(ROLE_CLIENT, EDIT_OMIT, "Upgrade", ""), WS_RULE_RES_UPGRADE);
    /* Right for the key that everybody knows, and for no other. */
    cr_expect_eq(
        due(ROLE_CLIENT, EDIT_HEADER, "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        WS_RULE_RES_ACCEPT_WRONG);
}

/* A server that splits at commas finds the word, and one that reads tokens does not. */
Test(fuzz_refusal, a_word_that_some_readers_find_accuses_nobody)
{
    cr_expect_eq(due(ROLE_SERVER, EDIT_HEADER, "Connection", "\"ep-alive, Upgrade"), WS_RULE_NONE);
    cr_expect_eq(due(ROLE_SERVER, EDIT_HEADER, "Upgrade", "websocket/13"), WS_RULE_NONE);
    cr_expect_eq(due(ROLE_CLIENT, EDIT_HEADER, "Connection", "x upgrade"), WS_RULE_NONE);
    cr_expect_eq(due(ROLE_SERVER, EDIT_HEADER, "Connection", "keep-alive"), WS_RULE_REQ_CONNECTION);
}

static const char *role_of(const char *requirement)
{
    static struct requirements all;
    struct arena arena = { 0 };
    struct err err = { 0 };
    const struct embedded *file = embedded_cases;

    while (strcmp(file->path, "requirements.tsv") != 0)
        file++;
    cr_assert(requirements_parse(&arena, bytes_of(file->ptr, file->len), &all, &err), "%s",
              err.text);
    const struct requirement *row = requirements_find(&all, requirement);
    cr_assert(row, "%s", requirement);
    cr_expect_eq(row->level, WS_MUST, "%s", requirement);
    cr_expect_not(row->pedantic, "%s", requirement);
    const char *role = strcmp(row->role, "server") == 0 ? "server" : "client";
    cr_expect_str_eq(row->role, role);
    arena_free(&arena);
    return role;
}

/* A report on a server names what servers have to do, and not what our request broke. */
Test(fuzz_refusal, who_takes_it_breaks_a_row_of_his_own)
{
    static const struct {
        enum case_role role;
        const char *name, *value; /* value NULL: without that line */
    } lines[] = {
        { ROLE_SERVER, "Upgrade", NULL },
        { ROLE_SERVER, "Connection", "close" },
        { ROLE_SERVER, "Sec-WebSocket-Key", NULL },
        { ROLE_SERVER, "Sec-WebSocket-Version", "14" },
        { ROLE_CLIENT, "Upgrade", "h2c" },
        { ROLE_CLIENT, "Connection", NULL },
        { ROLE_CLIENT, "Sec-WebSocket-Accept", NULL },
        { ROLE_CLIENT, "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        enum ws_rule rule = due(lines[i].role, lines[i].value ? EDIT_HEADER : EDIT_OMIT,
                                lines[i].name, lines[i].value ? lines[i].value : "");
        cr_assert_neq(rule, WS_RULE_NONE, "%s", lines[i].name);
        cr_expect_str_eq(role_of(ws_rule_taken(rule)),
                         lines[i].role == ROLE_SERVER ? "server" : "client", "%s", lines[i].name);
    }
    cr_expect_str_eq(role_of(ws_rule_taken(WS_RULE_REQ_METHOD)), "server");
    cr_expect_str_eq(role_of(ws_rule_taken(WS_RULE_MASK_MISSING)), "server");
    cr_expect_str_eq(role_of(ws_rule_taken(WS_RULE_MASK_PRESENT)), "client");
}

Test(fuzz_refusal, what_is_harmless_or_nobody_can_say)
{
    struct fuzz_session plain = { 0 };
    enum ws_rule rule;

    cr_assert(refusal_due(&plain, ROLE_SERVER, &rule));
    cr_expect_eq(rule, WS_RULE_NONE);
    cr_expect_eq(due(ROLE_SERVER, EDIT_ADD, "Cookie", "a=b"), WS_RULE_NONE);
    cr_expect_eq(due(ROLE_CLIENT, EDIT_HEADER, "Sec-WebSocket-Accept", "${accept}"), WS_RULE_NONE);
    cr_expect_eq(due(ROLE_SERVER, EDIT_BODY, "", "]"), WS_RULE_NONE);
    cr_expect_eq(due(ROLE_SERVER, EDIT_ADD, "Content-Length", "5"), WS_RULE_NONE);
    /* Some speak a draft as well, and some read numbers. */
    cr_expect_eq(due(ROLE_SERVER, EDIT_HEADER, "Sec-WebSocket-Version", "8"), WS_RULE_NONE);
    cr_expect_eq(due(ROLE_SERVER, EDIT_HEADER, "Sec-WebSocket-Version", "013"), WS_RULE_NONE);
}
