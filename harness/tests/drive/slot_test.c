#include "drive/stage.h"

#include "peer/server.h"

static struct stage stage;
static struct io_loop *far;
static struct peer_server *server;

/* A server on a loop of its own: it does nothing but when told to. */
static void begin(void)
{
    struct peer_server_options options = { .seed = 2 };
    struct err err = { 0 };

    far = io_loop_new(&err);
    server = peer_server_new(far, &options, &err);
    cr_assert(far && server, "%s", err.text);
    snprintf(stage.url, sizeof stage.url, "ws://127.0.0.1:%u/", peer_server_port(server));
    stage_set(&stage, stage.url, NULL);
    stage_tell_address(&stage);
}

static void end(void)
{
    peer_server_free(server);
    io_loop_free(far);
    stage_free(&stage);
}

/* What the server has to do now, and no waiting for more. */
static void let_server_work(void)
{
    struct io_event event;
    struct err err;

    for (;;) {
        cr_assert(io_loop_next(far, io_now_ms() + 20, &event, &err), "%s", err.text);
        (void)peer_server_take(server, &event, io_now_ms());
        if (event.kind == IO_TIME)
            return;
    }
}

static void let_slot_work(struct slot *slot)
{
    struct io_event event;
    struct err err;

    cr_assert(io_loop_next(stage.loop, slot_deadline_us(slot) / 1000 + 1, &event, &err), "%s",
              err.text);
    if (event.kind == IO_TIME)
        slot_pass_time(slot);
    else if (slot_take(slot, &event))
        slot_drive(slot);
}

static bool awaits_the_end(const struct slot *slot)
{
    size_t expected = 0;

    for (size_t i = 0; i < slot->transcript.count; i++)
        expected += slot->transcript.entries[i].kind == ENTRY_EXPECT;
    return expected == 2; /* the handshake's is the first */
}

/* The Close and the end of TCP were here long before the time was up. That nobody looked, because
 * other cases kept the tester busy, is not the server's fault. */
Test(slot, what_came_in_time_is_not_late_for_being_read_late)
{
    struct slot slot = { .attempt = 1 };
    struct verdict v;
    struct err err;

    begin();
    stage_cases(&stage, "case bad \"C\" {\nnote \"n\"\nsend text x\"ff\"\n"
                        "expect fail 1007 within 100ms\n}\n");
    cr_assert(slot_begin(&slot, &stage.target, stage.cases[0], &stage.options.run, 20000000, &err));
    slot_drive(&slot);
    while (!awaits_the_end(&slot)) {
        let_server_work();
        let_slot_work(&slot);
    }
    let_server_work();
    for (uint64_t until = io_now_us() + 1000000; io_now_us() < until;)
        ;
    while (slot_busy(&slot))
        let_slot_work(&slot);
    cr_assert(verdict_judge(slot.c, &slot.transcript, &stage.options.verdict, &stage.arena, &v));
    cr_expect_eq(v.result, VERDICT_PASS, "%s: %s", verdict_name(v.result), v.reason);
    slot_free(&slot);
    end();
}
