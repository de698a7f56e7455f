#include "cli/session/own_peer.h"

#include <criterion/criterion.h>
#include <string.h>

#include "drive/profile.h"

/* What the profile promises stands in the command too, as far as it is a word there. */
static void check(enum case_role role)
{
    const struct own_peer *own = own_peer(role);
    struct arena a = { 0 };
    struct profile p;
    struct err err = { 0 };

    cr_assert(profile_parse(&a, "own", bytes_str(own->profile), &p, &err), "%u:%u: %s", err.line,
              err.col, err.text);
    const char *promised[] = { p.setup.origin, p.setup.served, p.setup.guarded, p.setup.closer };
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
        cr_expect(!promised[i] || strstr(own->command, promised[i]), "%s", promised[i]);
    cr_expect(p.setup.limit > 0);
    arena_free(&a);
}

Test(own_peer, commands_do_what_their_profiles_say)
{
    check(ROLE_SERVER);
    check(ROLE_CLIENT);
}
