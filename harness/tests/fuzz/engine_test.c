#define _GNU_SOURCE /* alarm beside C11 */
#include "fuzz/live/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/live/engine_parts.h"
#include "io/file.h"

#define SERVER(habit) "'" ODD_SERVER "' " habit " {port}"
#define CLIENT(habit) "'" ODD_CLIENT "' " habit " {url}"
#define PATIENCE_S 100

struct shop {
    struct fuzz_options o;
    struct engine engine;
    char findings[IO_DIR_PRIVATE_MAX];
    uint8_t counters[ENGINE_COUNTERS];
};

static void set_up_for(struct shop *s, enum case_role role, const char *command)
{
    struct err err = { 0 };

    alarm(PATIENCE_S);
    memset(s, 0, sizeof *s);
    cr_assert(io_dir_private(s->findings, &err), "%s", err.text);
    s->o = (struct fuzz_options){ .role = role,
                                  .command = command,
                                  .findings = s->findings,
                                  .timeout_ms = 1000,
                                  .memory_bytes = 256u << 20,
                                  .cpu_ms = 2000,
                                  .seed = 1 };
    cr_assert(engine_open(&s->engine, &s->o, &err), "%s", err.text);
}

static void set_up(struct shop *s, const char *command)
{
    set_up_for(s, ROLE_SERVER, command);
}

/* The findings, names with a blank behind each. */
static const char *found(const struct shop *s)
{
    static char out[1024];
    struct buf names;
    struct err err = { 0 };

    out[0] = '\0';
    buf_init(&names, 1 << 16);
    cr_assert(io_dir_names(s->findings, &names, &err), "%s", err.text);
    for (size_t i = 0; i < names.len; i += strlen((char *)names.ptr + i) + 1) {
        strncat(out, (char *)names.ptr + i, 200);
        strcat(out, " ");
    }
    buf_free(&names);
    return out;
}

static void clean_up(struct shop *s)
{
    char command[IO_DIR_PRIVATE_MAX + 16];

    engine_close(&s->engine);
    snprintf(command, sizeof command, "rm -r '%s'", s->findings);
    cr_assert_eq(system(command), 0);
}

static void take(struct shop *s, const struct fuzz_session *session)
{
    uint8_t bytes[4096];
    size_t len = fuzz_session_encode(session, bytes, sizeof bytes);
    struct err err = { 0 };

    cr_assert_gt(len, 0);
    memset(s->counters, 0, sizeof s->counters);
    cr_assert(engine_take(&s->engine, bytes_of(bytes, len), s->counters, &err), "%s", err.text);
}

static void take_text(struct shop *s, const char *words)
{
    struct fuzz_session session = { .n_steps = 1 };

    session.steps[0] =
        (struct fuzz_step){ .fin = true, .opcode = WS_TEXT, .payload = bytes_str(words) };
    take(s, &session);
}

static size_t set_counters(const struct shop *s)
{
    size_t n = 0;

    for (size_t i = 0; i < sizeof s->counters; i++)
        n += s->counters[i] > 0;
    return n;
}

Test(fuzz_engine, a_good_server_is_not_suspected_and_its_replies_guide)
{
    static struct shop s;

    set_up(&s, SERVER("echo"));
    take_text(&s, "hello");
    cr_expect_gt(set_counters(&s), 3);
    cr_expect_eq(s.engine.suspects, 0);
    cr_expect_str_eq(found(&s), "");
    clean_up(&s);
}

Test(fuzz_engine, a_death_becomes_a_case_that_kills_and_is_tried_once)
{
    static struct shop s;

    set_up(&s, SERVER("echo"));
    take_text(&s, "hello");
    take_text(&s, "kill");
    cr_expect(strstr(found(&s), ".case "), "%s", found(&s));
    take_text(&s, "hello");
    uint64_t starts = s.engine.lane.starts;
    take_text(&s, "kill");
    take_text(&s, "hello");
    cr_expect_eq(s.engine.lane.starts, starts + 1, "known, and so not tried again");
    cr_expect_eq(s.engine.suspects, 2);
    clean_up(&s);
}

static struct fuzz_session odd_text(enum edit_kind kind, const char *name, const char *value)
{
    struct fuzz_session s = { .n_steps = 1, .n_edits = 1 };

    s.edits[0] = (struct fuzz_edit){ kind, bytes_str(name), bytes_str(value) };
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT, .payload = BYTES_LIT("hi") };
    return s;
}

/* "picky" says Close 1002 to everybody. */
Test(fuzz_engine, a_client_may_refuse_what_is_odd_and_nothing_else)
{
    static struct shop s;
    const struct fuzz_session odd = odd_text(EDIT_ADD, "X-Odd", "1");

    set_up_for(&s, ROLE_CLIENT, CLIENT("picky"));
    take(&s, &odd);
    cr_expect_eq(s.engine.suspects, 0);
    take_text(&s, "hello");
    cr_expect_eq(s.engine.suspects, 1);
    cr_expect_str_eq(found(&s), "", "it does so when nothing is said: cleared");
    clean_up(&s);
}

Test(fuzz_engine, a_client_that_refuses_what_it_must_is_good)
{
    static struct shop s;
    const struct fuzz_session bare = odd_text(EDIT_OMIT, "Upgrade", "");

    set_up_for(&s, ROLE_CLIENT, CLIENT("once"));
    take(&s, &bare);
    take_text(&s, "hello");
    cr_expect_eq(s.engine.suspects, 0);
    cr_expect_gt(set_counters(&s), 3, "it has answered the good one");
    clean_up(&s);
}

/* "child" kills a process that is not the one we started, which goes on. */
Test(fuzz_engine, a_childs_death_is_found_by_what_it_says)
{
    static struct shop s;

    set_up(&s, SERVER("echo"));
    take_text(&s, "hello");
    take_text(&s, "child");
    cr_expect_eq(s.engine.suspects, 1);
    cr_expect(strstr(found(&s), ".case "), "%s", found(&s));
    take_text(&s, "hello");
    cr_expect_eq(s.engine.suspects, 1, "what it has said is not said by the next");
    clean_up(&s);
}

/* "late" kills when its connection has ended: another session may meet that. */
Test(fuzz_engine, a_late_death_is_blamed_on_who_brought_it)
{
    static struct shop s;
    struct buf text;
    struct err err = { 0 };
    char path[600];

    set_up(&s, SERVER("echo"));
    take_text(&s, "late");
    for (int i = 0; i < 100 && s.engine.suspects == 0; i++) {
        take_text(&s, "good");
        usleep(2000);
    }
    cr_assert_gt(s.engine.suspects, 0);
    const char *name = found(&s);
    cr_assert(strstr(name, ".case "), "%s", name);
    snprintf(path, sizeof path, "%s/%.*s", s.findings, (int)strcspn(name, " "), name);
    buf_init(&text, 1 << 20);
    cr_assert(io_file_read(path, 1 << 20, &text, &err), "%s", err.text);
    cr_expect(bytes_find(buf_bytes(&text), bytes_str("\"late\"")) < text.len, "%.*s", (int)text.len,
              (char *)text.ptr);
    buf_free(&text);
    clean_up(&s);
}

Test(fuzz_engine, it_is_over_when_its_runs_are)
{
    static struct shop s;

    set_up(&s, SERVER("echo"));
    s.o.runs = 3;
    take_text(&s, "one");
    take_text(&s, "kill"); /* its trial says more sessions, which do not count */
    cr_expect(!s.engine.over);
    take_text(&s, "three");
    cr_expect(s.engine.over);
    clean_up(&s);
}

/* Twice what is allowed, or never. */
Test(fuzz_engine, a_leak_is_told_by_so_many_turns)
{
    struct fuzz_options o = { .memory_bytes = 256u << 20 };
    static struct engine e;

    e.o = &o;
    cr_expect_eq(engine_turns(&e, 512 << 10), 1025);
    cr_expect_eq(engine_turns(&e, 16 << 20), 33);
    cr_expect_eq(engine_turns(&e, 1024), 0, "it would take too long");
    cr_expect_eq(engine_turns(&e, 0), 0);
}

/* What costs much is looked for among all that was said since the last look. */
Test(fuzz_engine, who_takes_much_memory_is_suspected)
{
    static struct shop s;
    set_up(&s, SERVER("echo"));
    s.o.memory_bytes = 32u << 20;
    for (int i = 0; i < 1000 && s.engine.suspects == 0; i++) {
        take_text(&s, i % 100 == 50 ? "grow" : "hello");
        usleep(2000);
    }
    cr_expect_gt(s.engine.suspects, 0);
    clean_up(&s);
}

Test(fuzz_engine, who_takes_much_time_of_the_processor_is_suspected)
{
    static struct shop s;
    set_up(&s, SERVER("echo"));
    s.o.cpu_ms = 100;
    take_text(&s, "hello");
    take_text(&s, "spin");
    cr_expect_eq(s.engine.suspects, 1);
    clean_up(&s);
}

Test(fuzz_engine, who_leaves_an_odd_head_unanswered_and_serves_others_is_not_suspected)
{
    static struct shop s;
    struct fuzz_session odd = { .n_edits = 1 };

    odd.edits[0] = (struct fuzz_edit){ .kind = EDIT_OMIT, .name = bytes_str("Upgrade") };
    set_up(&s, SERVER("proud"));
    take(&s, &odd);
    cr_expect_eq(s.engine.suspects, 0);
    cr_expect_str_eq(found(&s), "");
    clean_up(&s);
}

/* "spin" takes 200 ms of the processor. */
Test(fuzz_engine, what_is_slow_each_time_is_not_kept)
{
    static struct shop s;

    set_up(&s, SERVER("echo"));
    s.o.cpu_ms = s.engine.lane.o.timeout_ms = 30000; /* a busy machine is no hang */
    s.engine.lane.usual_us = 1;
    take_text(&s, "spin");
    cr_expect_eq(set_counters(&s), 1, "%zu", set_counters(&s));
    cr_expect_eq(s.engine.suspects, 0);
    clean_up(&s);
}

static uint64_t sessions_of_trial(struct shop *s, const char *signature)
{
    const struct fuzz_session nothing = { 0 };
    struct suspicion suspicion = { .kind = SUSPICION_DIFFERENCE };
    uint64_t before = s->engine.lane.sessions;
    struct err err = { 0 };

    snprintf(suspicion.signature, sizeof suspicion.signature, "%s", signature);
    cr_assert(engine_trial(&s->engine, &nothing, &suspicion, &err), "%s", err.text);
    return s->engine.lane.sessions - before;
}

static void clear_of(struct shop *s, const char *signature)
{
    struct convict c = { .result = CONVICT_CLEARED };
    enum findings_stored stored;
    char path[FINDINGS_PATH];
    struct err err = { 0 };

    snprintf(c.suspicion.signature, sizeof c.suspicion.signature, "%s", signature);
    cr_assert(findings_store(&s->engine.findings, &c, &stored, path, &err), "%s", err.text);
}

Test(fuzz_engine, what_was_cleared_is_tried_again_when_there_is_time)
{
    static struct shop s;

    set_up(&s, SERVER("echo"));
    clear_of(&s, "odd");
    cr_expect_eq(sessions_of_trial(&s, "odd"), 1);
    s.engine.vain_us = UINT64_MAX / 2;
    cr_expect_eq(sessions_of_trial(&s, "odd"), 0);
    cr_expect_eq(sessions_of_trial(&s, "new"), 1, "what is new is tried at once");
    cr_expect_eq(s.engine.suspects, 3);
    clean_up(&s);
}

static enum convict_result judged(struct shop *s, enum suspicion_kind kind, enum ws_rule rule)
{
    static struct convict c; /* large */
    struct fuzz_session session = { .n_steps = 1 };
    struct suspicion suspicion = {
        .kind = kind, .difference = FUZZ_LAW_BROKEN, .rule = rule, .signature = "odd"
    };
    struct err err = { 0 };

    session.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT, .len_form = WS_LEN_16 };
    lane_forget(&s->engine.lane);
    cr_assert(convict_begin(&c, &suspicion, &session));
    cr_assert(convict_judge(&c, &s->engine.stand, &err), "%s", err.text);
    enum convict_result result = c.result;
    convict_free(&c);
    return result;
}

/* A length that is longer than need be binds who sends it (RFC 6455 5.2). */
Test(fuzz_engine, who_takes_what_binds_its_sender_alone_is_accused_of_nothing_else)
{
    static struct shop s;

    set_up(&s, SERVER("lax"));
    cr_expect_eq(judged(&s, SUSPICION_DIFFERENCE, WS_RULE_TEXT_NOT_UTF8), CONVICT_CLEARED);
    cr_expect_eq(judged(&s, SUSPICION_DIFFERENCE, WS_RULE_LEN_NOT_SHORT), CONVICT_GUILTY);
    cr_expect_eq(judged(&s, SUSPICION_CUT, WS_RULE_NONE), CONVICT_CLEARED);
    clean_up(&s);
}

/* "grow" takes 64 MiB for a moment. */
static enum suspicion_kind suspected_of_growing(const char *command, uint64_t memory_bytes)
{
    static struct shop s;
    struct fuzz_session session = { .n_steps = 1 };
    struct suspicion shown;
    struct err err = { 0 };

    session.steps[0] =
        (struct fuzz_step){ .fin = true, .opcode = WS_TEXT, .payload = bytes_str("grow") };
    set_up(&s, command);
    s.o.memory_bytes = memory_bytes;
    cr_assert(engine_look_at_cost(&s.engine, &session, &shown, &err), "%s", err.text);
    clean_up(&s);
    return shown.kind;
}

/* Built with a sanitizer, each of our servers has its shadow. */
#if defined(__SANITIZE_ADDRESS__)
#define SHADOWED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHADOWED true
#endif
#endif
#ifndef SHADOWED
#define SHADOWED false
#endif

/* An eighth of what it reserves lies in the shadow: half of what is allowed is not the target's. */
Test(fuzz_engine, behind_a_sanitizers_shadow_twice_as_much_memory_is_allowed)
{
    cr_expect_eq(suspected_of_growing(SERVER("echo"), 48u << 20),
                 SHADOWED ? SUSPICION_NONE : SUSPICION_MEMORY);
    cr_expect_eq(suspected_of_growing(SERVER("vast"), 48u << 20), SUSPICION_NONE);
    cr_expect_eq(suspected_of_growing(SERVER("vast"), 24u << 20), SUSPICION_MEMORY);
}

/* What the planted server with 16 MiB for each empty fragment is suspected of, for two frames. */
static struct suspicion suspected_of_piling(struct fuzz_step first, struct fuzz_step second)
{
    static struct shop s;
    struct fuzz_session session = { .n_steps = 2 };
    struct suspicion shown;
    struct err err = { 0 };

    session.steps[0] = first;
    session.steps[1] = second;
    set_up(&s, "'" PLANTED_SERVER "' {port} --bug fragment-of-16-mib");
    s.engine.dear_bytes = 8u << 20;
    cr_assert(engine_look_at_cost(&s.engine, &session, &shown, &err), "%s", err.text);
    clean_up(&s);
    return shown;
}

/* Frames that the server takes once and no more are no pile, whatever the first of them needs. */
Test(fuzz_engine, only_what_can_be_said_again_and_again_piles_up)
{
    const struct fuzz_step opens = { .opcode = WS_BINARY }, goes_on = { .opcode = 0 },
                           ends = { .opcode = 0, .fin = true };
    struct suspicion shown = suspected_of_piling(opens, ends);

    cr_expect_eq(shown.kind, SUSPICION_MEMORY);
    cr_expect_gt(shown.turns, 0);
    cr_expect_eq(suspected_of_piling(opens, goes_on).kind, SUSPICION_NONE);
}
