#include "drive/stage.h"

#include "drive/crash_sign.h"

static struct stage stage;

/* Takes what its process tells until it is gone. */
static void until_gone(struct target *t)
{
    struct io_event event;
    struct err err = { 0 };

    while (!t->exited) {
        cr_assert(io_loop_next(t->loop, io_now_ms() + 20000, &event, &err), "%s", err.text);
        cr_assert_neq(event.kind, IO_TIME, "it does not end");
        cr_assert(target_take(t, &event));
    }
}

static bool stderr_has(const char *text)
{
    struct bytes all = buf_bytes(&stage.target.err_output);

    return bytes_find(all, bytes_str(text)) < all.len;
}

static enum err_code init_error(const char *url, const char *command, enum case_role role,
                                struct err *err)
{
    struct target t;
    struct target_options options = { .role = role, .url = url, .command = command };

    *err = (struct err){ 0 };
    if (target_init(&t, NULL, &options, err))
        cr_expect_eq(err->code, ERR_NONE);
    target_free(&t);
    return err->code;
}

Test(target, a_command_has_to_be_told_where)
{
    struct err err;

    cr_expect_eq(init_error(NULL, "server", ROLE_SERVER, &err), ERR_NONE, "it may tell");
    cr_expect_eq(init_error(NULL, "server {socket}", ROLE_SERVER, &err), ERR_NONE);
    cr_expect_eq(init_error(NULL, "server {socket} {url}", ROLE_SERVER, &err), ERR_NONE);
    cr_expect_eq(init_error(NULL, "server {socket} {port}", ROLE_SERVER, &err), ERR_USAGE);
    cr_expect(strstr(err.text, "leave out {port}"), "%s", err.text);
    cr_expect_eq(init_error("ws://a/", "server {socket}", ROLE_SERVER, &err), ERR_USAGE);
    cr_expect(strstr(err.text, "leave out the URL"), "%s", err.text);
    cr_expect_eq(init_error(NULL, "client {socket}", ROLE_CLIENT, &err), ERR_USAGE);
    cr_expect_eq(init_error(NULL, "client", ROLE_CLIENT, &err), ERR_USAGE);
    cr_expect(strstr(err.text, "{url}") && strstr(err.text, "connect"), "%s", err.text);
    cr_expect_eq(init_error("ws://127.0.0.1:9001/", "server", ROLE_SERVER, &err), ERR_NONE);
    cr_expect_eq(init_error(NULL, "server {port}", ROLE_SERVER, &err), ERR_NONE);
    cr_expect_eq(init_error(NULL, "client {url}", ROLE_CLIENT, &err), ERR_NONE);
    cr_expect_neq(init_error("http://127.0.0.1/", NULL, ROLE_SERVER, &err), ERR_NONE);
}

Test(target, a_url_is_taken_apart)
{
    struct target t;
    struct err err = { 0 };
    struct target_options options = { .role = ROLE_SERVER, .url = "ws://localhost:9001/a?b=c" };

    cr_assert(target_init(&t, NULL, &options, &err), "%s", err.text);
    cr_expect_str_eq(t.url.host, "localhost");
    cr_expect_str_eq(t.url.target, "/a?b=c");
    cr_expect_str_eq(t.port_text, "9001");
    cr_expect_str_eq(t.base, "ws://localhost:9001");
    target_free(&t);
}

Test(target, places_in_the_command_are_filled_in_and_no_shell_sees_them)
{
    struct err err = { 0 };
    char line[256];
    struct target_options options = {
        .role = ROLE_SERVER,
        .command = "sh -c 'echo \"$*\" >&2' - {port} [{url}] {port}x {cacert} {other} $HOME",
        .cacert = "ca.pem"
    };

    stage.loop = io_loop_new(&err);
    cr_assert(stage.loop && target_init(&stage.target, stage.loop, &options, &err), "%s", err.text);
    cr_assert(target_start(&stage.target, &err), "%s", err.text);
    until_gone(&stage.target);
    unsigned port = stage.target.url.port;
    snprintf(line, sizeof line, "%u [ws://127.0.0.1:%u/] %ux ca.pem {other} $HOME\n", port, port,
             port);
    cr_expect(bytes_eq_str(buf_bytes(&stage.target.err_output), line), "%.*s",
              BYTES_ARG(buf_bytes(&stage.target.err_output)));
    cr_expect_str_eq(stage.target.how, "exited with 0");
    stage_free(&stage);
}

Test(target, a_program_that_is_not_there_is_told)
{
    struct err err = { 0 };

    stage_set(&stage, NULL, "/nonexistent/server {port}");
    cr_assert_not(target_start(&stage.target, &err));
    cr_expect_eq(err.code, ERR_SYSTEM);
    cr_expect(strstr(err.text, "/nonexistent/server"), "%s", err.text);
    stage_free(&stage);
}

static void expect_no_start(const char *command, const char *how, const char *stderr_text)
{
    struct err err = { 0 };

    stage_exec(&stage, command);
    cr_assert_not(probe_reach(&stage.target, &err));
    cr_expect_eq(err.code, ERR_TARGET);
    cr_expect(strstr(err.text, how) && strstr(err.text, stderr_text), "%s", err.text);
    stage_free(&stage);
}

Test(target, a_server_that_ends_at_its_start_says_how_and_why)
{
    expect_no_start("sh -c 'echo no such module >&2; exit 3' {port}",
                    "the target exited with 3 before it accepted a connection", "no such module");
    expect_no_start("sh -c 'echo out of order >&2; kill -9 $$' {port}",
                    "the target was killed by signal 9 (", "out of order");
    expect_no_start("true {port}", "the target exited with 0 before", "");
}

Test(target, where_nobody_listens_waiting_ends)
{
    struct err err = { 0 };
    char url[64];

    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)io_free_port());
    stage_set(&stage, url, NULL);
    cr_assert_not(probe_reach(&stage.target, &err));
    cr_expect_eq(err.code, ERR_TARGET);
    cr_expect(strstr(err.text, url) && strstr(err.text, "refused"), "%s", err.text);
    stage_free(&stage);
}

Test(target, starts_again_after_its_death)
{
    struct err err = { 0 };

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    io_process_signal(stage.target.process, 15);
    until_gone(&stage.target);
    cr_expect(strstr(stage.target.how, "was killed by signal 15"), "%s", stage.target.how);
    cr_assert(target_start(&stage.target, &err), "%s", err.text);
    cr_expect_not(stage.target.exited);
    cr_expect_str_empty(stage.target.how);
    cr_expect_eq(stage.target.starts, 2);
    cr_expect(probe_reach(&stage.target, &err), "%s", err.text);
    stage_free(&stage);
}

Test(target, memory_is_known_while_it_runs_and_is_ours)
{
    struct err err = { 0 };
    uint64_t bytes = 0;

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    cr_assert(target_memory(&stage.target, &bytes));
    cr_expect_gt(bytes, 500 * 1024);
    io_process_signal(stage.target.process, 9);
    until_gone(&stage.target);
    cr_expect_not(target_memory(&stage.target, &bytes));
    stage_free(&stage);

    stage_url(&stage, "echo");
    cr_expect_not(target_memory(&stage.target, &bytes));
    stage_free(&stage);
}

Test(target, of_a_long_stderr_the_end_is_kept)
{
    stage_exec(&stage, "sh -c 'i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo line $i >&2; done' "
                       "{port}");
    until_gone(&stage.target);
    cr_expect_leq(stage.target.err_output.len, TARGET_STDERR_MAX);
    cr_expect(stderr_has("line 4999\nline 5000\n"));
    cr_expect_not(stderr_has("line 1\n"));
    stage_free(&stage);
}

/* However the bytes were cut into reads: one of many, or one that alone is too much. */
Test(target, of_stderr_the_same_end_is_kept_under_every_cut)
{
    static uint8_t all[3 * TARGET_STDERR_MAX];
    static const size_t cuts[] = { 1, 1000, TARGET_STDERR_MAX, TARGET_STDERR_MAX + 1, sizeof all };
    struct bytes end = bytes_of(all + sizeof all - TARGET_STDERR_MAX, TARGET_STDERR_MAX);

    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)(i * 31 >> 4);
    stage_exec(&stage, "sleep 30 {port}");
    for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++) {
        buf_clear(&stage.target.err_output);
        for (size_t at = 0; at < sizeof all; at += cuts[k]) {
            struct io_event event = {
                .kind = IO_OUTPUT,
                .process = stage.target.process,
                .is_stderr = true,
                .data = all + at,
                .len = at + cuts[k] < sizeof all ? cuts[k] : sizeof all - at,
            };
            cr_assert(target_take(&stage.target, &event));
        }
        cr_expect(bytes_eq(buf_bytes(&stage.target.err_output), end), "cut %zu", cuts[k]);
    }
    stage_free(&stage);
}

Test(target, events_of_others_are_left_alone)
{
    struct io_event event = { .kind = IO_TIME };

    stage_set(&stage, "ws://127.0.0.1:9/", NULL);
    cr_expect_not(target_take(&stage.target, &event));
    stage_free(&stage);
}

/* ---- UNIX sockets, and servers that choose their address ---- */

static void expect_echo(struct stage *s)
{
    stage_cases(s, "case a \"A\" { note \"n\" send text \"hi\" expect text \"hi\" }");
    struct seen seen = stage_run(s);
    stage_expect(&seen, s->n_cases - 1, "pass", "");
}

Test(target, a_socket_of_ours_is_another_one_for_each_start_and_goes_with_the_target)
{
    struct err err = { 0 };
    char first[IO_LOCAL_MAX + 1], dir[IO_DIR_PRIVATE_MAX], url[200];

    stage_exec(&stage, "'" ODD_SERVER "' echo {socket}");
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    snprintf(first, sizeof first, "%s", stage.target.socket);
    snprintf(dir, sizeof dir, "%s", stage.target.dir);
    snprintf(url, sizeof url, "ws+unix:%s", first);
    cr_expect_str_eq(stage.target.url_text, url);
    cr_expect_str_eq(stage.target.url.authority, "localhost");
    cr_expect_eq(io_file_kind(first), IO_FILE_OTHER);
    expect_echo(&stage);
    io_process_signal(stage.target.process, 9); /* it cannot clean up */
    until_gone(&stage.target);
    cr_expect(io_file_exists(first));
    cr_assert(target_start(&stage.target, &err) && probe_reach(&stage.target, &err), "%s",
              err.text);
    cr_expect_str_neq(stage.target.socket, first);
    stage_free(&stage);
    cr_expect_eq(io_file_kind(dir), IO_FILE_NONE);
}

Test(target, url_tells_of_the_socket_too)
{
    char line[400];

    stage_exec(&stage, "sh -c 'echo \"$*\" >&2' - {url} {socket}");
    until_gone(&stage.target);
    snprintf(line, sizeof line, "ws+unix:%s %s\n", stage.target.socket, stage.target.socket);
    cr_expect(stderr_has(line), "%.*s", BYTES_ARG(buf_bytes(&stage.target.err_output)));
    stage_free(&stage);
}

Test(target, what_it_prints_tells_where_it_is_after_each_start_anew)
{
    struct err err = { 0 };

    stage_exec(&stage, "'" ODD_SERVER "' tells 0");
    cr_expect_not(target_is_known(&stage.target));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    cr_assert(target_is_known(&stage.target));
    cr_expect_gt(stage.target.url.port, 1);
    cr_expect(strncmp(stage.target.told.line, "listening on 127.0.0.1:", 23) == 0, "%s",
              stage.target.told.line);
    expect_echo(&stage);
    unsigned before = stage.target.url.port;
    for (int i = 0; i < 3 && stage.target.url.port == before; i++) {
        io_process_signal(stage.target.process, 9);
        until_gone(&stage.target);
        cr_assert(target_start(&stage.target, &err), "%s", err.text);
        cr_expect_not(target_is_known(&stage.target));
        cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    }
    cr_expect_neq(stage.target.url.port, before, "the kernel gives another port as a rule");
    stage_free(&stage);
}

/* Those under way and those to come find the server where it is now. */
Test(target, cases_go_on_at_the_new_address_after_a_death)
{
    struct err err = { 0 };

    stage_exec(&stage, "'" ODD_SERVER "' tells 0");
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_tell_address(&stage);
    stage_cases(&stage, "case a \"A\" { note \"n\" send text \"kill\" expect text \"kill\" }"
                        "case b \"B\" { note \"n\" send text \"hi\" expect text \"hi\" }"
                        "case c \"C\" { note \"n\" send text \"hi\" expect text \"hi\" }");
    struct seen seen = stage_run(&stage);
    stage_expect(&seen, 0, "fail", "signal 9");
    stage_expect(&seen, 1, "pass", "");
    stage_expect(&seen, 2, "pass", "");
    cr_expect_gt(stage.target.starts, 1);
    stage_free(&stage);
}

static void expect_silence(const char *command, const char *said)
{
    struct err err = { 0 };

    stage_exec(&stage, command);
    cr_assert_not(probe_reach(&stage.target, &err));
    cr_expect_eq(err.code, ERR_TARGET);
    cr_expect(strstr(err.text, "before it told where it listens") && strstr(err.text, "expected") &&
                  strstr(err.text, said),
              "%s", err.text);
    stage_free(&stage);
}

Test(target, one_that_does_not_tell_is_told_what_was_expected)
{
    expect_silence("sh -c 'exit 3'", "it printed nothing");
    expect_silence("sh -c 'echo hello; exit 3'", "its last line: hello");
    expect_silence("sh -c 'echo oh no >&2; exit 3'", "its last line: oh no");
}

Test(target, a_death_behind_a_script_is_seen)
{
    static const char *const commands[] = {
        "sh -c 'exec \"$1\" echo \"$2\"' - '" ODD_SERVER "' {port}",
        "sh -c '\"$1\" echo \"$2\"; exit $?' - '" ODD_SERVER "' {port}",
    };
    static const char *const how[] = { "signal 9", "exited with 137" };

    for (size_t i = 0; i < 2; i++) {
        struct err err = { 0 };
        stage_exec(&stage, commands[i]);
        cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
        stage_cases(&stage, "case a \"A\" { note \"n\" send text \"kill\" expect text \"kill\" }"
                            "case b \"B\" { note \"n\" send text \"hi\" expect text \"hi\" }");
        struct seen seen = stage_run(&stage);
        stage_expect(&seen, 0, "fail", how[i]);
        stage_expect(&seen, 1, "pass", "");
        stage_free(&stage);
    }
}

/* Its wait status cannot tell: the server lives. */
Test(target, a_child_that_crashes_is_seen_in_stderr)
{
    struct crash_sign sign;
    struct err err = { 0 };

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_cases(&stage, "case a \"A\" { note \"n\" send text \"child\" expect text \"child\" }");
    struct seen seen = stage_run(&stage);
    stage_expect(&seen, 0, "pass", "");
    cr_expect_not(stage.target.exited);
    cr_assert(crash_sign_find(buf_bytes(&stage.target.err_output), &sign));
    cr_expect_eq(sign.kind, CRASH_ABORT);
    cr_expect_str_eq(sign.summary, "free(): invalid pointer");
    stage_free(&stage);
}

Test(target, a_sanitizer_report_tells_why_it_is_gone)
{
    stage_exec(&stage, "sh -c 'echo ==7==ERROR: AddressSanitizer: heap-use-after-free on address "
                       "0x602000000011 at pc 0x5628c461f3ed >&2; exit 1' {port}");
    until_gone(&stage.target);
    cr_expect_str_eq(stage.target.how,
                     "exited with 1 (stderr: AddressSanitizer: heap-use-after-free)");
    stage_free(&stage);
    stage_exec(&stage, "sh -c 'echo all is well >&2; exit 1' {port}");
    until_gone(&stage.target);
    cr_expect_str_eq(stage.target.how, "exited with 1");
    stage_free(&stage);
}
