#include "drive/stage.h"

#include <signal.h>

static struct stage stage;

Test(probe, learns_what_a_good_server_is_like)
{
    struct probe p;
    struct err err = { 0 };

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_target(&stage.target, &stage.options.run, &p, &err), "%s", err.text);
    cr_expect(p.open);
    cr_expect(p.echoes);
    cr_expect(p.answers_ping);
    cr_expect_not(p.deflate);
    cr_expect_str_empty(p.name);
    cr_expect_gt(p.memory, 500 * 1024);
    stage_free(&stage);

    stage_url(&stage, "echo");
    cr_assert(probe_target(&stage.target, &stage.options.run, &p, &err), "%s", err.text);
    cr_expect(p.open);
    cr_expect_eq(p.memory, 0, "it is not ours to look into");
    stage_free(&stage);
}

static void expect_refusal(const char *habit, const char *why)
{
    struct probe p;
    struct err err = { 0 };

    stage_url(&stage, habit);
    stage.options.run.expect_us = 100000;
    cr_assert_not(probe_target(&stage.target, &stage.options.run, &p, &err), "%s", habit);
    cr_expect_eq(err.code, ERR_TARGET);
    cr_expect(strstr(err.text, why), "%s: \"%s\" is not in \"%s\"", habit, why, err.text);
    cr_expect(strstr(err.text, stage.url), "%s: %s", habit, err.text);
    stage_free(&stage);
}

Test(probe, says_why_a_server_is_none)
{
    expect_refusal("http", "answers a WebSocket handshake with HTTP 404");
    expect_refusal("noise", "does not speak HTTP");
    expect_refusal("head", "does not speak HTTP: ");
    expect_refusal("silent", "did not answer a WebSocket handshake in time");
    expect_refusal("reset", "ended the connection instead of answering");
    expect_refusal("deaf", "answers neither a message nor a ping nor a Close");
    expect_refusal("babble", "it opens a connection and then sends without end");
}

/* A signal that comes while it connects is not lost. */
Test(probe, is_interrupted_by_a_signal)
{
    struct probe p;
    struct err err = { 0 };
    char url[64];

    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)io_free_port());
    stage_set(&stage, url, NULL);
    cr_assert(io_loop_watch_signals(stage.loop, &err), "%s", err.text);
    raise(SIGINT);
    cr_assert_not(probe_target(&stage.target, &stage.options.run, &p, &err));
    cr_expect_eq(err.code, ERR_TARGET);
    cr_expect_str_eq(err.text, "interrupted");
    stage_free(&stage);
}
