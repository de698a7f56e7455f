#include "run/internal.h"

#include <string.h>

#define RUN_OUT_MAX (64u << 20) /* what `together` may gather */
#define STALLED_US 200000       /* a full socket that nobody has drained for so long */

static void make_key(struct run *r)
{
    struct rand rand;
    uint8_t nonce[16];

    rand_init(&rand, rand_derive(r->t->seed + r->connection, BYTES_LIT("nonce")));
    rand_fill(&rand, nonce, sizeof nonce);
    ws_handshake_key(nonce, r->nonce_key);
    r->no_memory |= !ws_handshake_accept(bytes_str(r->nonce_key), r->accept);
    r->env.key = r->nonce_key;
    r->env.accept = r->accept;
}

static bool any_no_request(const struct step *steps, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (steps[i].op == OP_EXPECT && steps[i].as.expect.kind == EXPECT_NO_REQUEST)
            return true;
    return false;
}

static bool awaits_no_request(const struct run *r)
{
    return r->state == RUN_STATE_AWAITING && any_no_request(r->steps, r->await_from, r->await_to);
}

bool run_init(struct run *r, const struct script_case *c, const struct run_options *options,
              struct transcript *t, uint64_t now_us)
{
    bool client_tested = options->role == ROLE_CLIENT;

    memset(r, 0, sizeof *r);
    r->c = c;
    r->options = *options;
    r->t = t;
    r->start_us = r->now_us = now_us;
    r->steps = c->steps;
    r->n_steps = c->n_steps;
    t->seed = rand_derive(options->seed, bytes_str(c->id));
    t->pushes = !options->echoes;
    r->may_stay_away = any_no_request(c->steps, 0, c->n_steps);
    r->env = (struct payload_env){ .seed = t->seed,
                                   .path = options->path,
                                   .host = options->host,
                                   .port = options->port,
                                   .base = options->base,
                                   .setup = options->setup };
    buf_init(&r->out, RUN_OUT_MAX);
    buf_init(&r->replies, RUN_OUT_MAX);
    speaker_init(&r->speaker, t, &r->env, t->seed, !client_tested);
    listener_init(&r->listener, t, client_tested ? HTTP1_REQUEST : HTTP1_RESPONSE);
    if (c->cut_off)
        r->options.cut = 0;
    make_key(r);
    return !r->no_memory;
}

void run_free(struct run *r)
{
    buf_free(&r->out);
    buf_free(&r->replies);
    listener_free(&r->listener);
    speaker_free(&r->speaker);
    arena_free(&r->scratch);
    arena_free(&r->round_arena);
}

void run_feed(struct run *r, uint8_t *data, size_t len, uint64_t now_us)
{
    enum heard heard;

    r->now_us = now_us;
    listener_feed(&r->listener, data, len, now_us - r->start_us);
    do {
        heard = listener_next(&r->listener, now_us - r->start_us, &r->no_memory);
        manners_react(r, heard);
    } while (heard != HEARD_NOTHING && !r->no_memory);
}

void run_opened(struct run *r, const char *tls, const char *sni, uint64_t now_us)
{
    struct entry e;

    r->now_us = now_us;
    r->up = true;
    e = run_entry(r, ENTRY_CONNECTED);
    e.text = tls;
    e.data = bytes_str(sni ? sni : "");
    run_add(r, &e);
    if (r->state == RUN_STATE_OPENING)
        r->state = RUN_STATE_STEPS;
}

void run_turned_away(struct run *r, const char *why, uint64_t now_us)
{
    r->now_us = now_us;
    if (r->up || r->ended)
        return; /* it tried once more beside a connection of the case */
    r->ended = true;
    r->turned_away = arena_print(&r->scratch, "the client did not get through TLS: %s", why);
    r->no_memory |=
        !r->turned_away || !listener_end(&r->listener, END_TLS_FAILED, why, now_us - r->start_us);
    if (r->state == RUN_STATE_OPENING)
        r->state = RUN_STATE_STEPS;
}

void run_another(struct run *r, uint64_t now_us)
{
    struct entry e;

    r->now_us = now_us;
    e = run_entry(r, ENTRY_ANOTHER);
    run_add(r, &e);
}

void run_ended(struct run *r, enum entry_end end, const char *why, uint64_t now_us)
{
    r->now_us = now_us;
    r->ended = true;
    if (!r->up && awaits_no_request(r))
        return; /* there never was a connection */
    if (!r->up && (end == END_NOT_REACHED || end == END_TLS_FAILED || end == END_ERROR)) {
        struct bytes text = bytes_str(why ? why : "cannot connect");
        r->trouble = arena_str(&r->scratch, text);
        r->no_memory |= !r->trouble;
        r->trouble = r->trouble ? r->trouble : "out of memory";
        run_over(r);
    }
    if (!listener_end(&r->listener, end, why, now_us - r->start_us))
        r->no_memory = true;
}

void run_written(struct run *r, bool waits)
{
    r->blocked = waits;
    r->blocked_since_us = r->now_us;
}

void run_drained(struct run *r)
{
    r->blocked = false;
}

void run_alive(struct run *r, bool alive, const char *why, uint64_t now_us)
{
    struct entry e;

    r->now_us = now_us;
    e = run_entry(r, ENTRY_ALIVE);
    e.flag = alive;
    e.text = why;
    run_add(r, &e);
}

void run_memory(struct run *r, uint64_t bytes, uint64_t now_us)
{
    struct entry e;

    r->now_us = now_us;
    e = run_entry(r, ENTRY_MEMORY);
    e.len = bytes;
    run_add(r, &e);
}

/* One look tells what it has used, two tell whether it goes on. Less than half a CPU is rest, but
 * for who gets no more of it than that because others are at work. */
void run_cpu(struct run *r, uint64_t cpu_us, bool busy, uint64_t now_us)
{
    struct entry e;
    bool first = r->cpu_seen_us == 0;

    r->now_us = now_us;
    e = run_entry(r, ENTRY_CPU);
    e.len = cpu_us;
    e.flag = first || busy || cpu_us > r->cpu_us + (now_us - r->cpu_seen_us) / 2;
    r->cpu_us = cpu_us;
    r->cpu_seen_us = now_us;
    run_add(r, &e);
}

void run_output(struct run *r, bool is_stderr, const char *line, uint64_t now_us)
{
    struct entry e;

    r->now_us = now_us;
    e = run_entry(r, ENTRY_OUTPUT);
    e.flag = is_stderr;
    e.text = line;
    run_add(r, &e);
}

void run_process(struct run *r, bool died, const char *what, uint64_t now_us)
{
    struct entry e;

    r->now_us = now_us;
    e = run_entry(r, ENTRY_PROCESS);
    e.flag = died;
    e.text = what;
    run_add(r, &e);
}

void run_stop(struct run *r, const char *why, uint64_t now_us)
{
    struct entry e;

    r->now_us = now_us;
    e = run_entry(r, ENTRY_NOTE);
    e.text = why;
    run_add(r, &e);
    if (r->state == RUN_STATE_AWAITING || r->state == RUN_STATE_CLOSING) {
        e = run_entry(r, ENTRY_SILENT);
        run_add(r, &e);
    } else if (!r->trouble) {
        r->trouble = "the case did not end in its time";
    }
    run_over(r);
}

/* The closing axis: our Close if there is none yet, theirs, and the end of TCP by who has to. */
void run_finish(struct run *r)
{
    struct entry e = run_entry(r, ENTRY_CLOSING);
    bool may_close = run_may_speak(r);
    bool only_end =
        r->open && !r->ended && !r->tcp_closed && r->speaker.sent_close && !r->was_silent;

    if (r->raw && !r->open)
        may_close = only_end = false;
    if (!may_close && !only_end) {
        run_over(r);
        return;
    }
    run_add(r, &e);
    if (may_close)
        run_close(r, 1000, BY_RUNNER);
    /* Alone with more patience, so that a target's own timer of as many seconds does not decide. */
    r->await_deadline_us =
        r->now_us + r->options.expect_us + (r->options.barriers ? 0 : r->options.expect_us * 3 / 2);
    r->state = RUN_STATE_CLOSING;
}

static void advance_closing(struct run *r, struct run_act *act)
{
    if (r->ended) {
        run_over(r);
    } else if (r->now_us >= r->await_deadline_us) {
        struct entry e = run_entry(r, ENTRY_SILENT);
        run_add(r, &e);
        run_over(r);
    } else {
        act->kind = RUN_WAIT;
        act->until_us = r->await_deadline_us;
    }
}

/* In the middle of a frame that the case holds or wrote itself, or whose length lied, no Close can
 * be sent. */
static bool cannot_close(const struct run *r)
{
    return r->speaker.lost || r->speaker.holding || !ws_reader_between_frames(&r->speaker.raw);
}

/* As a server we end TCP once both Closes have passed, or theirs if ours cannot. RFC 6455 7.1.1. */
static bool must_end_tcp(const struct run *r)
{
    bool our_part = !r->c->manual || r->state == RUN_STATE_CLOSING;

    return r->options.role == ROLE_CLIENT && our_part && r->listener.got_close &&
           (r->speaker.sent_close || cannot_close(r)) && !r->shut && !r->ended && r->out.len == 0 &&
           !r->blocked;
}

/* Small pieces that follow each other at once come together again before anybody reads them. Larger
 * amounts are read while they come, and many would take long. */
#define PACED_MAX 256 /* bytes, and writes a case */

static uint64_t pace_us(const struct run *r)
{
    bool small =
        r->cut > 0 && r->out.len > r->cut && r->out.len <= PACED_MAX && r->paced < PACED_MAX;

    return r->pace_us > 0 ? r->pace_us : r->open && small ? r->options.pace_us : 0;
}

/* `together` gathers what it sends; but an end of ours inside of it comes behind all that. */
static bool gathers(const struct run *r)
{
    if (r->together == 0 || r->state != RUN_STATE_STEPS)
        return false;
    bool is_sending = r->speaker.step && !speaker_waits(&r->speaker);
    bool at_end = r->n_blocks > 0 && r->pc == r->blocks[r->n_blocks - 1].end;
    return is_sending || at_end ||
           (r->steps[r->pc].op != OP_SHUTDOWN && r->steps[r->pc].op != OP_DROP);
}

static bool write_out(struct run *r, struct run_act *act)
{
    size_t n = r->out.len;

    if (n == 0 || gathers(r) || r->blocked)
        return false;
    if (r->ended || r->tcp_closed || !r->up) {
        buf_clear(&r->out); /* recorded, but there is nobody to take it */
        return false;
    }
    if (r->cut > 0 && n > r->cut)
        n = (size_t)r->cut;
    if (r->now_us < r->write_after_us) {
        act->kind = RUN_WAIT;
        act->until_us = r->write_after_us;
        return true;
    }
    r->writing = n;
    uint64_t pace = pace_us(r);
    r->paced += pace > 0;
    r->write_after_us = pace ? r->now_us + pace : 0;
    act->kind = RUN_WRITE;
    act->data = bytes_of(r->out.ptr, n);
    return true;
}

static void hang_up(struct run *r, struct run_act *act)
{
    if (r->up && !r->tcp_closed) {
        r->tcp_closed = true;
        act->kind = RUN_CLOSE;
        return;
    }
    r->state = RUN_STATE_DONE;
    act->kind = RUN_DONE;
}

static void wait_until(struct run *r, struct run_act *act, uint64_t until_us, enum run_state then)
{
    if (r->now_us >= until_us) {
        r->state = then;
        return;
    }
    act->kind = RUN_WAIT;
    act->until_us = until_us;
}

static void greet_client(struct run *r, struct run_act *act)
{
    if (!listener_awaits_head(&r->listener)) {
        r->state = RUN_STATE_STEPS;
    } else if (r->ended || r->now_us >= r->await_deadline_us) {
        r->trouble = r->ended ? "the client went away without an opening handshake"
                              : "the client sent no opening handshake in time";
        run_over(r);
    } else {
        act->kind = RUN_WAIT;
        act->until_us = r->await_deadline_us;
    }
}

/* Asked for once; then run_opened or run_ended says how it went. */
static void open_connection(struct run *r, struct run_act *act)
{
    act->kind = r->asked_open ? RUN_WAIT : RUN_OPEN;
    r->asked_open = true;
}

/* What is left of the connection is hung up first. */
static void turn_to_another(struct run *r, struct run_act *act)
{
    if (steps_leave(r, act))
        return;
    steps_fresh_connection(r);
    r->asked_open = true;
    r->state = RUN_STATE_OPENING;
    act->kind = RUN_ANOTHER;
}

static void start(struct run *r)
{
    /* A client comes to us before the case can say anything, if it comes at all. */
    bool comes = r->options.role == ROLE_CLIENT && !r->may_stay_away;
    r->state = comes ? RUN_STATE_OPENING : RUN_STATE_STEPS;
}

/* A target that is merely slow drains a full socket soon; one that has stalled does not. */
static bool wait_for_room(struct run *r, struct run_act *act)
{
    uint64_t until = turns_until_stalled(r) ? r->blocked_since_us + STALLED_US : UINT64_MAX;
    bool full = r->out.len > SPEAKER_CHUNK || until < UINT64_MAX;

    if (!r->blocked || !full || r->now_us >= until)
        return false;
    act->kind = RUN_WAIT;
    act->until_us = until;
    return true;
}

static void advance(struct run *r, struct run_act *act)
{
    switch (r->state) {
    case RUN_STATE_START: start(r); break;
    case RUN_STATE_OPENING: open_connection(r, act); break;
    case RUN_STATE_TURNING: turn_to_another(r, act); break;
    case RUN_STATE_GREETING: greet_client(r, act); break;
    case RUN_STATE_STEPS:
        if (!wait_for_room(r, act))
            steps_advance(r, act);
        break;
    case RUN_STATE_WAITING: wait_until(r, act, r->wait_until_us, RUN_STATE_STEPS); break;
    case RUN_STATE_AWAITING: await_advance(r, act); break;
    case RUN_STATE_CLOSING: advance_closing(r, act); break;
    case RUN_STATE_OVER: hang_up(r, act); break;
    case RUN_STATE_DONE: act->kind = RUN_DONE; break;
    }
}

/* What is not in the transcript cannot be judged, and a wait for it would never end. */
static bool cannot_record(struct run *r)
{
    if (r->no_memory)
        r->trouble = "out of memory";
    else if (r->t->full)
        r->trouble =
            "the log of the case is full: the target sent without end, or the case is too large";
    return r->no_memory || r->t->full;
}

void run_next(struct run *r, uint64_t now_us, struct run_act *act)
{
    r->now_us = now_us;
    if (r->writing > 0) {
        buf_drop(&r->out, r->writing);
        r->writing = 0;
    }
    for (;;) {
        *act = (struct run_act){ .kind = RUN_DONE + 1, .until_us = UINT64_MAX };
        if (r->state < RUN_STATE_OVER && cannot_record(r))
            run_over(r);
        manners_pay(r);
        if (r->state < RUN_STATE_OVER && write_out(r, act))
            return;
        if (must_end_tcp(r)) {
            struct entry e = run_entry(r, ENTRY_END_OUT);
            run_add(r, &e);
            r->shut = true;
            act->kind = RUN_SHUTDOWN;
            return;
        }
        advance(r, act);
        if (act->kind <= RUN_DONE)
            return;
    }
}
