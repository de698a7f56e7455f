#include "run/talk.h"

#include <criterion/criterion.h>

#include "tests/support/talk.h"

#define REQUEST "in head whole \"GET / HTTP/1.1\\r\\nHost: other.example:80\\r\\n\\r\\n\""

static void expect_place(const char *told, const char *host, const char *port)
{
    struct transcript t = { .seed = 1, .told = told };
    struct talk_env env;

    talk_read(&t, REQUEST);
    talk_env(&t, 0, ROLE_CLIENT, &env);
    cr_expect_str_eq(env.env.host, host);
    cr_expect_str_eq(env.env.port, port);
    transcript_free(&t);
}

Test(run_talk, a_client_is_held_to_the_address_that_it_was_told)
{
    expect_place("127.0.0.1:9001", "127.0.0.1:9001", "9001");
    expect_place("[::1]:9001", "[::1]:9001", "9001");
    expect_place(NULL, "other.example:80", "80");
}
