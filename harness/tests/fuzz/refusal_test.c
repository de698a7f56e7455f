#include "fuzz/session/refusal.h"

#include <criterion/criterion.h>

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
