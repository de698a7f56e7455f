#include "run/internal.h"

#include <string.h>

#include "run/greeting.h"

static const struct step *current(const struct run *r)
{
    return &r->steps[r->pc];
}

static void enter_block(struct run *r, uint64_t times, size_t exit)
{
    size_t at = r->pc;

    if (r->n_blocks == RUN_BLOCKS_MAX) {
        run_cannot(r, "its blocks are nested too deeply");
        return;
    }
    r->blocks[r->n_blocks++] =
        (struct run_block){ at, r->steps[at].end, exit, times, r->now_us, 0 };
    r->pc++;
    if (r->steps[at].op == OP_REPEAT)
        turns_begin(r);
}

static void end_measure(struct run *r, const struct run_block *block)
{
    struct entry e = run_entry(r, ENTRY_METRIC);

    e.text = r->steps[block->step].as.text;
    e.len = r->now_us - block->entered_us;
    run_add(r, &e);
}

/* At the end of the innermost block: round again, or out of it. */
static void leave_block(struct run *r)
{
    struct run_block *block = &r->blocks[r->n_blocks - 1];
    const struct step *step = &r->steps[block->step];
    bool repeats = step->op == OP_REPEAT;
    bool stalled = repeats && step->as.repeat.until_stalled && r->blocked;

    if (repeats)
        turns_end(r);
    if (block->left > 1 && !stalled) {
        block->left--;
        block->turn++;
        r->pc = block->step + 1;
        turns_begin(r);
        return;
    }
    if (step->op == OP_MEASURE)
        end_measure(r, block);
    if (step->op == OP_TOGETHER)
        r->together--;
    r->pc = block->exit;
    r->n_blocks--;
}

void steps_enter_branch(struct run *r, size_t branch, size_t choice_end)
{
    r->pc = branch;
    enter_block(r, 1, choice_end);
}

/* Also a status line that only looks like it: what a client makes of that is the case's question.
 */
static bool says_101(struct bytes head)
{
    struct bytes line = bytes_take(head, bytes_index(head, 0, '\r'));
    return bytes_find(line, BYTES_LIT("101")) < line.len ||
           bytes_find(line, BYTES_LIT(" ")) == line.len;
}

/* Frames follow a 101 of ours; any other response leaves plain HTTP. */
static void answered(struct run *r, struct bytes text)
{
    const struct entry e = { .kind = ENTRY_HEAD_OUT, .data = text };
    struct http1_head head;

    r->open = r->speaker.framing = says_101(text);
    if (!r->open)
        listener_answered(&r->listener);
    if (r->open && talk_head(&e, &head))
        agreement_made(r, &head);
}

void steps_greet(struct run *r)
{
    struct buf head;
    struct entry e = run_entry(r, ENTRY_HEAD_OUT);
    if (!agreement_prepare(r))
        return;
    const struct greeting g = { .role = r->options.role,
                                .env = &r->env,
                                .headers = r->options.headers,
                                .n_headers = r->options.n_headers,
                                .protocols = r->options.protocols,
                                .n_protocols = r->options.n_protocols,
                                .steps = r->greeting,
                                .n_steps = r->n_greeting,
                                .answer = r->answer };
    buf_init(&head, LISTENER_HEAD_MAX * 4);
    if (greeting_write(&g, &r->scratch, &head) && buf_append(&r->out, buf_bytes(&head))) {
        e.data = buf_bytes(&head);
        e.len = head.len;
        e.hash = hash_bytes(e.data);
        run_add(r, &e);
        r->speaker.at += head.len;
    } else {
        r->no_memory = true;
    }
    if (r->options.role == ROLE_CLIENT)
        answered(r, buf_bytes(&head));
    buf_free(&head);
    r->n_greeting = 0;
}

static void note_greeting(struct run *r, const struct step *step)
{
    if (r->n_greeting < RUN_GREETING_MAX)
        r->greeting[r->n_greeting++] = step;
    r->pc++;
}

static void do_connect(struct run *r)
{
    if (!r->up && r->ended) {
        r->trouble = r->turned_away;
        run_over(r);
        return;
    }
    if (!r->up) {
        r->state = RUN_STATE_OPENING;
        return;
    }
    if (r->options.role == ROLE_CLIENT && listener_awaits_head(&r->listener) && !r->raw) {
        r->state = RUN_STATE_GREETING;
        r->await_deadline_us = r->now_us + r->options.expect_us;
        return;
    }
    r->cut = r->options.cut;
    if (!r->raw)
        steps_greet(r);
    r->pc++;
}

void steps_fresh_connection(struct run *r)
{
    r->connection++;
    if (r->cursor.connection != r->connection) /* not by `expect another` */
        r->cursor.another = r->t->count;
    r->cursor.connection = r->connection;
    r->cursor.echo = 0;
    speaker_reconnect(&r->speaker, r->connection, r->round);
    listener_reconnect(&r->listener, r->connection, r->round);
    buf_clear(&r->out);
    buf_clear(&r->replies);
    r->writing = 0;
    r->tcp_closed = r->up = r->open = r->shut = r->ended = r->blocked = r->asked_open =
        r->owes_close = false;
    r->pings_out = r->pings_answered = 0;
}

bool steps_leave(struct run *r, struct run_act *act)
{
    if (!r->up || r->tcp_closed)
        return false;
    r->tcp_closed = true;
    act->kind = RUN_CLOSE;
    return true;
}

/* Once for hanging up what is left of the old connection, once for the new one. */
static void do_reconnect(struct run *r, struct run_act *act)
{
    if (!r->reconnecting && steps_leave(r, act))
        return;
    if (!r->reconnecting)
        steps_fresh_connection(r);
    r->reconnecting = true;
    size_t before = r->pc;
    do_connect(r);
    r->reconnecting = r->pc == before;
}

static void do_send(struct run *r, const struct step *step)
{
    const struct send *send = &step->as.send;

    if (send->deflate && !r->speaker.packer.deflater) {
        run_cannot(r, "permessage-deflate is not agreed on");
        return;
    }
    r->cut = send->cut && !r->options.cut ? send->cut : r->options.cut;
    r->pace_us = send->pace_ms * 1000;
    if (send->opcode == WS_PING)
        r->pings_out++;
    r->env.turn = turns_now(r);
    r->no_memory |= !speaker_begin(&r->speaker, step, r->pc);
    r->pc++;
}

/* One piece of the send under way. While it is compressed others shall have their turn. */
static void write_more(struct run *r, struct run_act *act)
{
    bool more;

    if (!speaker_write(&r->speaker, &r->out, r->now_us - r->start_us, &more))
        r->no_memory = true;
    if (r->speaker.packing) {
        act->kind = RUN_WAIT;
        act->until_us = r->now_us;
    }
}

static void do_close(struct run *r, const struct step *step)
{
    uint16_t code = step->as.close.has_code ? step->as.close.code : 1000;

    if (run_may_speak(r))
        run_close(r, code, BY_CASE);
    await_begin(r, r->pc, r->pc + 1);
}

static void end_ours(struct run *r, enum entry_end end)
{
    struct entry e = run_entry(r, ENTRY_END_OUT);

    e.by = BY_CASE;
    e.end = end;
    run_add(r, &e);
    r->pc++;
}

static void do_reset(struct run *r, struct run_act *act)
{
    end_ours(r, END_RESET);
    r->tcp_closed = r->ended = true;
    act->kind = RUN_RESET;
}

static void do_shutdown(struct run *r, struct run_act *act)
{
    end_ours(r, END_FIN);
    r->shut = true;
    act->kind = RUN_SHUTDOWN;
}

static void do_read(struct run *r, const struct step *step, struct run_act *act)
{
    act->kind = RUN_READ;
    act->on = step->as.on;
    r->pc++;
}

static void do_repeat(struct run *r, const struct step *step)
{
    if (step->as.repeat.count == 0)
        r->pc = step->end;
    else
        enter_block(r, step->as.repeat.count, step->end);
}

static void do_wait(struct run *r, const struct step *step)
{
    r->wait_until_us = r->now_us + step->as.wait_ms * 1000;
    r->state = RUN_STATE_WAITING;
    r->pc++;
}

static void do_send_more(struct run *r, const struct step *step)
{
    if (r->speaker.step)
        speaker_release(&r->speaker, step->as.more.rest, step->as.more.count);
    r->pc++;
}

/* The message that makes the target close is the runner's own: no echo of it is awaited. */
static void do_provoke(struct run *r)
{
    const struct setup *setup = r->options.setup;
    struct entry e = run_entry(r, ENTRY_PROVOKED);

    if (!setup || !setup->closer) {
        run_cannot(r, "needs set-up: closer");
        return;
    }
    if (run_may_speak(r)) {
        e.flag = setup->close_has_code;
        e.len = setup->close_code;
        e.text = setup->close_reason;
        run_speak(r, WS_TEXT, bytes_str(setup->closer), BY_RUNNER);
        run_add(r, &e);
    }
    r->pc++;
}

static void do_step(struct run *r, struct run_act *act)
{
    const struct step *step = current(r);

    switch (step->op) {
    case OP_RAW:
        r->raw = true;
        r->pc++;
        break;
    case OP_REQUEST:
    case OP_RESPONSE:
    case OP_EXTENSION:
    case OP_SUBPROTOCOL: note_greeting(r, step); break;
    case OP_CONNECT: do_connect(r); break;
    case OP_RECONNECT: do_reconnect(r, act); break;
    case OP_SEND: do_send(r, step); break;
    case OP_SEND_MORE: do_send_more(r, step); break;
    case OP_TOGETHER:
        r->together++;
        enter_block(r, 1, step->end);
        break;
    case OP_REPEAT: do_repeat(r, step); break;
    case OP_MEASURE: enter_block(r, 1, step->end); break;
    case OP_WAIT: do_wait(r, step); break;
    case OP_READ: do_read(r, step, act); break;
    case OP_DROP: do_reset(r, act); break;
    case OP_SHUTDOWN: do_shutdown(r, act); break;
    case OP_CLOSE: do_close(r, step); break;
    case OP_PREFER: await_begin(r, r->pc, r->pc + 1); break;
    case OP_EXPECT:
    case OP_UNORDERED:
    case OP_EITHER: await_begin(r, r->pc, pattern_end(r->steps, r->n_steps, r->pc)); break;
    case OP_BRANCH: r->pc = step->end; break;
    case OP_TLS: /* what the client is told and shown when it is started */
    case OP_HEADER:
    case OP_LISTEN: r->pc++; break;
    case OP_URL:
        if (r->options.tells_url)
            r->pc++;
        else
            run_cannot(r, "the client cannot be told another address: --exec needs {url}");
        break;
    case OP_EACH: rounds_begin(r); break;
    case OP_PROVOKE: do_provoke(r); break;
    case OP_COUNT: break;
    }
}

void steps_advance(struct run *r, struct run_act *act)
{
    if (r->speaker.step && !speaker_waits(&r->speaker))
        write_more(r, act);
    else if (r->n_blocks > 0 && r->pc == r->blocks[r->n_blocks - 1].end)
        leave_block(r);
    else if (r->pc >= r->n_steps && rounds_under_way(r))
        rounds_next(r, act);
    else if (r->pc >= r->n_steps)
        run_finish(r);
    else
        do_step(r, act);
}
