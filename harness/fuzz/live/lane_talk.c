#include "fuzz/live/lane_parts.h"
#include "fuzz/oracle/reference.h"
#include "io/clock.h"

/* Who said Close, was told so, and whose side of TCP has ended: it has nothing more to do. */
#define LINGER_MS 100
/* Of a slow target, in a sanitizer, each millisecond. */
#define BYTES_PER_MS 1024
/* An answer that is longer than that, and than four times what it answers, never ends. */
#define HEARD_MAX (4u << 20)

enum stage {
    STAGE_HEAD, /* theirs is awaited */
    STAGE_END,  /* all is said; their end is awaited */
    STAGE_OVER
};

/* What we do when the time has come. */
enum next { NEXT_CLOSE, NEXT_SHUT, NEXT_GIVE_UP };

/* One session under way. */
struct talk {
    struct lane *lane;
    const struct fuzz_session *session;
    enum lane_cuts cuts;
    struct fuzz_account *account;
    struct lane_word *word;
    enum stage stage;
    bool sent_head;
    bool said_close, heard_close; /* ours, theirs */
    bool failed;                  /* theirs says that something is wrong */
    bool shut;                    /* our side of TCP has ended */
    size_t messages_due;          /* behind which a Close of ours is good manners */
    bool pong_due;
    uint64_t pong_hash;
    enum next next; /* at `until_ms` */
    bool waited;    /* until our patience was over: how long it took says nothing of the target */
    bool was_reset;
    bool no_memory;
    uint64_t began_us, until_ms;
};

/* ---- time ---- */

static bool is_client(const struct lane *l)
{
    return l->o.target->options.role == ROLE_CLIENT;
}

/* Is there anything that it might still want to say? */
static bool has_said_all(const struct talk *t)
{
    return t->heard_close || (t->account->status != 0 && t->account->status != 101);
}

/* Some servers leave an odd head without an answer until a timer of their own ends it. */
static bool may_be_silent(const struct talk *t)
{
    return !is_client(t->lane) && t->session->n_edits > 0 && t->account->status == 0;
}

static void await(struct talk *t, enum next next)
{
    const struct lane *l = t->lane;
    uint64_t ms = next == NEXT_GIVE_UP ? l->o.timeout_ms : lane_patience_ms(l);

    if (next == NEXT_CLOSE)
        ms += l->wire.bytes.len / BYTES_PER_MS;
    if (t->shut && (has_said_all(t) || may_be_silent(t)))
        ms = lane_patience_ms(l) > LINGER_MS ? lane_patience_ms(l) : LINGER_MS;
    t->next = next;
    t->until_ms = io_now_ms() + ms;
}

static void shut(struct talk *t)
{
    io_conn_shutdown(t->lane->conn);
    t->shut = true;
    await(t, NEXT_GIVE_UP);
}

static void end(struct talk *t, enum lane_end how, bool reset)
{
    t->word->end = how;
    t->stage = STAGE_OVER;
    lane_hang_up(t->lane, reset);
}

/* ---- our frames ---- */

/* What a target that does all well says before it wants to hear a Close: a Close right behind a
 * message makes some drop their answer, as they may. */
static bool learn_dues(struct talk *t)
{
    const struct lane *l = t->lane;
    struct fuzz_reference r = { 0 };
    bool ok = fuzz_reference_make(buf_bytes(&l->wire.bytes), l->o.target->options.role,
                                  l->compressed ? &l->agreed : NULL, false, &r);

    for (size_t i = 0; ok && r.end == FUZZ_REFERENCE_OPEN && i < r.account.count; i++) {
        const struct fuzz_heard *h = &r.account.heard[i];
        t->messages_due += h->kind == FUZZ_HEARD_MESSAGE && l->o.echoes;
        t->pong_due |= h->kind == FUZZ_HEARD_PONG;
        t->pong_hash = h->kind == FUZZ_HEARD_PONG ? h->hash : t->pong_hash;
    }
    fuzz_reference_free(&r);
    return ok;
}

static void say_close(struct talk *t)
{
    lane_write_close(t->lane);
    t->said_close = t->word->closed = true;
    await(t, NEXT_GIVE_UP);
}

static void end_politely(struct talk *t)
{
    t->said_close = t->lane->wire.says_close;
    if (t->said_close)
        await(t, NEXT_SHUT);
    else if (!learn_dues(t))
        t->no_memory = true;
    else if (t->messages_due > 0 || t->pong_due)
        await(t, NEXT_CLOSE);
    else
        say_close(t);
}

static void say_frames(struct talk *t)
{
    struct lane *l = t->lane;
    const struct fuzz_session *s = t->session;

    t->stage = STAGE_END;
    if (!fuzz_wire_make(s, l->o.target->options.role, l->compressed ? &l->agreed : NULL, l->o.seed,
                        &l->wire)) {
        t->no_memory = true;
        return;
    }
    lane_write_frames(l, t->cuts);
    if (s->end == FUZZ_END_DROP)
        end(t, LANE_DROPPED, true);
    else if (s->end == FUZZ_END_USUAL && l->wire.whole && !t->word->murky)
        end_politely(t);
    else
        shut(t);
}

static void pass_time(struct talk *t)
{
    t->waited = true;
    switch (t->next) {
    case NEXT_CLOSE: say_close(t); return;
    case NEXT_SHUT: shut(t); return;
    case NEXT_GIVE_UP: break;
    }
    end(t, t->shut && has_said_all(t) ? LANE_LINGERED : LANE_HUNG, true);
}

/* ---- what comes back ---- */

static void note(struct talk *t, const struct fuzz_heard *h)
{
    t->heard_close |= h->kind == FUZZ_HEARD_CLOSE;
    t->failed |= h->kind == FUZZ_HEARD_CLOSE && h->close.has_code && h->close.code != 1000;
    if (h->kind == FUZZ_HEARD_MESSAGE && t->messages_due > 0)
        t->messages_due--;
    if (h->kind == FUZZ_HEARD_PONG && h->hash == t->pong_hash)
        t->pong_due = false;
}

/* A server ends TCP first (RFC 6455 7.1.1), unless it still waits for a Close of ours; one that has
 * failed the connection may have thrown ours away. */
static void go_on(struct talk *t)
{
    if (t->shut)
        await(t, NEXT_GIVE_UP);
    else if (t->heard_close && (is_client(t->lane) || !t->said_close || t->failed))
        shut(t);
    else if (t->heard_close)
        await(t, NEXT_SHUT);
    else if (t->next == NEXT_CLOSE && t->messages_due == 0 && !t->pong_due)
        say_close(t);
    else
        await(t, t->next);
}

static void hear(struct talk *t, struct bytes in)
{
    size_t before = t->account->count;

    t->word->received += in.len;
    if (!t->account->open || in.len == 0)
        return;
    if (!fuzz_listener_feed(t->lane->ear, in, t->account)) {
        t->no_memory = true;
        return;
    }
    if (t->word->received > HEARD_MAX + 4 * t->lane->wire.bytes.len) {
        end(t, LANE_STOPPED, true);
        return;
    }
    for (; before < t->account->count; before++)
        note(t, &t->account->heard[before]);
    go_on(t);
}

static bool open_ear(struct talk *t, bool compressed)
{
    struct lane *l = t->lane;

    fuzz_listener_free(l->ear);
    l->compressed = compressed;
    l->ear = fuzz_listener_new(l->o.target->options.role, compressed, l->o.echoes);
    t->no_memory |= !l->ear;
    t->account->open = l->ear != NULL;
    return l->ear != NULL;
}

/* An Accept fits one key as there has to be: what is hashed of any other nobody knows. */
static bool has_good_key(const struct http1_head *request)
{
    struct ws_findings findings;
    bool good = true;

    ws_handshake_check_request(request, &findings);
    for (size_t i = 0; i < findings.count; i++)
        good = good && findings.list[i].rule != WS_RULE_REQ_KEY_MISSING &&
               findings.list[i].rule != WS_RULE_REQ_KEY_DOUBLE &&
               findings.list[i].rule != WS_RULE_REQ_KEY_SHAPE;
    return good;
}

static void judge_response(struct talk *t, const struct http1_head *response)
{
    struct ws_findings findings;
    struct ws_offer offer = { .request = &t->lane->request };

    if (t->word->murky)
        return;
    if (has_good_key(offer.request))
        offer.key = http1_field(offer.request, WS_FIELD_KEY, 0)->value;
    ws_handshake_check_response(response, &offer, &findings);
    for (size_t i = 0; i < findings.count && t->account->broken.rule == WS_RULE_NONE; i++)
        if (ws_rule_row(findings.list[i].rule)->level == WS_MUST)
            t->account->broken = findings.list[i];
}

static void take_response(struct talk *t, const struct http1_head *response)
{
    struct lane *l = t->lane;

    t->account->status = response->status;
    if (response->status != 101) {
        shut(t);
        return;
    }
    judge_response(t, response);
    /* An offer may stand in an edited line: the response alone decides. */
    if (open_ear(t, ws_permessage_agreed(response, &l->agreed)))
        say_frames(t);
}

/* Edits may put bytes behind our head, or end it early: then they are the first of our frames. */
static bool is_clear(struct talk *t)
{
    struct lane *l = t->lane;
    struct violation why;
    size_t used;

    return http1_decode(buf_bytes(&l->said), is_client(l) ? HTTP1_RESPONSE : HTTP1_REQUEST,
                        (struct http1_limits){ 0 }, &l->request, &used, &why) == WS_OK &&
           used == l->said.len;
}

static bool write_head(struct talk *t, const struct http1_head *request)
{
    struct lane *l = t->lane;
    const struct target *target = l->o.target;
    struct fuzz_head_facts facts = { .role = target->options.role,
                                     .path = target->url.target,
                                     .host = target->url.authority,
                                     .key = l->key,
                                     .request = request,
                                     .headers = l->o.headers,
                                     .n_headers = l->o.n_headers,
                                     .protocols = l->o.protocols,
                                     .n_protocols = l->o.n_protocols };

    buf_clear(&l->said);
    t->no_memory |= !fuzz_head_make(t->session, &facts, &l->said, &l->offered, &l->agreed);
    if (t->no_memory)
        return false;
    t->word->murky = !is_clear(t);
    (void)io_conn_send(l->conn, buf_bytes(&l->said));
    return true;
}

/* What a client makes of our head it does not say: it goes on or it goes. */
static void answer_request(struct talk *t, const struct http1_head *request)
{
    if (write_head(t, request) && open_ear(t, t->lane->offered))
        say_frames(t);
}

static void take_head(struct talk *t, struct bytes in)
{
    static struct http1_head head; /* large */
    struct lane *l = t->lane;
    enum http1_kind kind = is_client(l) ? HTTP1_REQUEST : HTTP1_RESPONSE;
    struct violation why;
    size_t used = 0;

    if (!buf_append(&l->heard, in)) {
        t->no_memory = true;
        return;
    }
    switch (
        http1_decode(buf_bytes(&l->heard), kind, (struct http1_limits){ 0 }, &head, &used, &why)) {
    case WS_MORE: return;
    case WS_NOMEM: t->no_memory = true; return;
    case WS_BROKEN:
        t->stage = STAGE_END;
        shut(t);
        return;
    case WS_OK: break;
    }
    t->stage = STAGE_END;
    if (is_client(l))
        answer_request(t, &head);
    else
        take_response(t, &head);
    if (t->stage == STAGE_END && !t->no_memory)
        hear(t, bytes_skip(buf_bytes(&l->heard), used));
}

/* ---- the machine ---- */

static void begin(struct talk *t)
{
    t->began_us = io_now_us();
    t->sent_head = true;
    buf_clear(&t->lane->heard);
    if (!is_client(t->lane) && !write_head(t, NULL))
        return;
    /* A head that is not as it should be may leave a server waiting for the rest of it. */
    await(t, is_client(t->lane) || t->session->n_edits == 0 ? NEXT_GIVE_UP : NEXT_SHUT);
}

static void take_end(struct talk *t, enum io_end how)
{
    t->was_reset = how != IO_END_FIN;
    t->word->patient = !t->shut;
    t->no_memory |= !fuzz_account_end(t->account);
    end(t, LANE_ENDED, false);
}

static void take(struct talk *t, const struct io_event *event)
{
    const struct lane *l = t->lane;

    t->word->heard |= event->kind == IO_DATA;
    if (event->kind == IO_TIME)
        pass_time(t);
    else if (event->kind == IO_EXITED)
        t->until_ms = io_now_ms() + lane_patience_ms(l);
    else if (event->conn != l->conn)
        return; /* a client's next connection: it waits */
    else if (event->kind == IO_CONNECTED)
        t->lane->up = true;
    else if (event->kind == IO_ENDED)
        take_end(t, event->end);
    else if (event->kind == IO_DATA && t->stage == STAGE_HEAD)
        take_head(t, bytes_of(event->data, event->len));
    else if (event->kind == IO_DATA)
        hear(t, bytes_of(event->data, event->len));
    else if (event->kind == IO_SENT)
        await(t, t->next);
    if (t->stage != STAGE_OVER && t->lane->up && !t->sent_head)
        begin(t);
}

bool lane_talk(struct lane *l, const struct fuzz_session *s, enum lane_cuts cuts,
               struct fuzz_account *account, struct lane_word *out, bool *regular, struct err *err)
{
    struct talk t = { .lane = l, .session = s, .cuts = cuts, .account = account, .word = out };
    struct io_event event;

    t.began_us = io_now_us();
    await(&t, NEXT_GIVE_UP);
    fuzz_wire_clear(&l->wire);
    if (l->up)
        begin(&t);
    while (t.stage != STAGE_OVER && !t.no_memory) {
        if (!lane_wait(l, t.until_ms, &event, err))
            return false;
        take(&t, &event);
    }
    if (t.no_memory)
        return err_memory(err, "a session");
    out->took_us = io_now_us() - t.began_us;
    *regular = out->end == LANE_ENDED && has_said_all(&t) && !t.was_reset;
    if (*regular && !t.shut && !t.waited)
        lane_learn(l, out->took_us);
    return true;
}
