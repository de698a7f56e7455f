#define _GNU_SOURCE /* alarm beside C11 */
#include "fuzz/trial/stand.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/trial/remark.h"

#define SERVER(habit) "'" ODD_SERVER "' " habit " {port}"
#define PATIENCE_S 60

static struct fuzz_options usual(void)
{
    alarm(PATIENCE_S);
    return (struct fuzz_options){
        .role = ROLE_SERVER, .command = SERVER("echo"), .timeout_ms = 1000, .seed = 7
    };
}

static void expect_refused(const struct fuzz_options *o, const char *words)
{
    static struct stand s;
    struct err err = { 0 };

    cr_expect_not(stand_open(&s, o, &err));
    cr_expect_eq(err.code, ERR_USAGE);
    cr_expect(strstr(err.text, words), "%s", err.text);
    stand_close(&s);
}

Test(fuzz_stand, a_header_needs_a_name_and_a_colon)
{
    static const char *many[STAND_HEADERS_MAX + 1];
    const char *bad[] = { "no colon" }, *blank[] = { "a b: c" };
    struct fuzz_options o = usual();

    o.n_headers = 1;
    o.headers = bad;
    expect_refused(&o, "found \"no colon\"");
    o.headers = blank;
    expect_refused(&o, "found \"a b: c\"");
    for (size_t i = 0; i < STAND_HEADERS_MAX + 1; i++)
        many[i] = "A: b";
    o.headers = many;
    o.n_headers = STAND_HEADERS_MAX + 1;
    expect_refused(&o, "more than 256 times");
}

/* What fails here has to fail for who runs it again: nothing is waited for shorter. */
Test(fuzz_stand, a_case_is_run_as_everybody_runs_it)
{
    static struct stand s;
    const char *headers[] = { "X-Token: abc" };
    struct fuzz_options o = usual();
    struct err err = { 0 };

    o.n_headers = 1;
    o.headers = headers;
    cr_assert(stand_open(&s, &o, &err) && stand_probe(&s, &err), "%s", err.text);
    const struct run_options *run = &s.schedule.run;
    cr_expect_eq(run->expect_us, SCHEDULE_EXPECT_MS * 1000u);
    cr_expect_eq(run->seed, 7);
    cr_expect(run->barriers && run->echoes && run->quiet_us > 0);
    cr_expect_str_eq(run->port, s.target.port_text);
    cr_assert_eq(run->n_headers, 1);
    cr_expect(bytes_eq_str(run->headers[0].name, "X-Token"));
    cr_expect(bytes_eq_str(run->headers[0].value, "abc"));
    cr_expect_eq(s.schedule.verdict.requirements, &s.requirements);
    cr_expect_eq(s.schedule.jobs, 1);
    cr_expect_eq(s.schedule.case_us, SCHEDULE_CASE_MS * 1000u);
    cr_expect(s.probe.echoes);
    o.timeout_ms = 20000;
    cr_assert(stand_ready(&s, &err), "%s", err.text);
    cr_expect_eq(run->expect_us, 20000000);
    stand_close(&s);
}

Test(fuzz_stand, its_command_says_all_that_it_was_run_with)
{
    const char *headers[] = { "X: it's" }, *protocols[] = { "chat" };
    struct fuzz_options o = usual();
    struct buf out;

    o.url = "wss://h:1/";
    o.command = NULL;
    o.headers = headers;
    o.protocols = protocols;
    o.n_headers = o.n_protocols = 1;
    o.cacert = "ca.pem";
    o.insecure = true;
    o.timeout_ms = SCHEDULE_EXPECT_MS + 1;
    buf_init(&out, 4096);
    cr_assert(remark_command(&o, "f/x.case", &out) && buf_push(&out, 0));
    cr_expect_str_eq((const char *)out.ptr,
                     "wsproof replay f/x.case wss://h:1/ --cacert ca.pem --header 'X: it'\\''s' "
                     "--subprotocol chat --timeout 5001ms --insecure");
    buf_free(&out);
}
