#include "drive/case_server.h"

#include <stdio.h>
#include <string.h>

#include "drive/visitor.h"
#include "io/clock.h"

#define VISITORS_MAX 64 /* control connections at a time; more are turned away */

/* What an agent got in a case: enough to answer /getCaseStatus. */
struct standing {
    char agent[CASE_SERVER_AGENT_MAX];
    size_t index;
    enum verdict_kind result;
};

struct busy {
    struct slot slot;
    char agent[CASE_SERVER_AGENT_MAX];
};

struct case_server {
    struct io_loop *loop;
    struct io_listener *listener;
    const struct script_case *const *cases;
    size_t n_cases;
    struct case_server_options options;
    struct target target; /* the clients: nothing that we start */
    struct busy busy[CASE_SERVER_CASES_MAX];
    struct visitor visitors[VISITORS_MAX];
    uint64_t visits;
    struct standing *standings;
    size_t n_standings, standings_cap;
    struct arena arena;
    bool stop;
};

struct case_server *case_server_new(struct io_loop *loop, const struct script_case *const *cases,
                                    size_t n_cases, const struct case_server_options *options,
                                    struct err *err)
{
    struct arena arena = { 0 };
    struct case_server *s = arena_new(&arena, sizeof *s);
    struct target_options clients = { .role = ROLE_CLIENT, .tls = options->tls };

    if (!s) {
        err_memory(err, "the case server");
        return NULL;
    }
    s->arena = arena;
    s->loop = loop;
    s->cases = cases;
    s->n_cases = n_cases;
    s->options = *options;
    s->options.run.echoes = true;     /* each case finds out for itself */
    s->options.run.tells_url = false; /* who comes by itself has its own address */
    s->listener = io_listen(loop, options->host, options->port, options->tls, s, err);
    if (!s->listener || !target_init(&s->target, loop, &clients, err)) {
        case_server_free(s);
        return NULL;
    }
    return s;
}

void case_server_free(struct case_server *s)
{
    struct arena arena;

    if (!s)
        return;
    for (size_t i = 0; i < CASE_SERVER_CASES_MAX; i++)
        slot_free(&s->busy[i].slot);
    for (size_t i = 0; i < VISITORS_MAX; i++)
        visitor_free(&s->visitors[i]);
    if (s->listener)
        io_listener_close(s->listener);
    target_free(&s->target);
    arena = s->arena;
    arena_free(&arena);
}

uint16_t case_server_port(const struct case_server *s)
{
    return io_listener_port(s->listener);
}

/* Autobahn's words for the one axis that /getCaseStatus tells. */
static const char *behavior_word(enum verdict_kind kind)
{
    switch (kind) {
    case VERDICT_PASS: return "OK";
    case VERDICT_INFO: return "INFORMATIONAL";
    case VERDICT_WARN: return "NON-STRICT";
    case VERDICT_SKIP: return "UNIMPLEMENTED";
    case VERDICT_FAIL:
    case VERDICT_ERROR:
    case VERDICT_KINDS: break;
    }
    return "FAILED";
}

static struct standing *standing_of(struct case_server *s, const char *agent, size_t index)
{
    for (size_t i = 0; i < s->n_standings; i++)
        if (s->standings[i].index == index && strcmp(s->standings[i].agent, agent) == 0)
            return &s->standings[i];
    return NULL;
}

static void remember(struct case_server *s, const char *agent, size_t index,
                     enum verdict_kind result)
{
    struct standing *old = standing_of(s, agent, index);

    if (!old && arena_grow(&s->arena, (void **)&s->standings, &s->standings_cap, s->n_standings + 1,
                           sizeof *s->standings)) {
        old = &s->standings[s->n_standings++];
        snprintf(old->agent, sizeof old->agent, "%s", agent);
        old->index = index;
    }
    if (old)
        old->result = result;
}

/* The index of the case that a visit names, or n_cases. */
static size_t case_of(const struct case_server *s, const struct visit *visit)
{
    if (visit->id[0]) {
        for (size_t i = 0; i < s->n_cases; i++) {
            if (strcmp(s->cases[i]->id, visit->id) == 0)
                return i;
            for (size_t k = 0; k < s->cases[i]->n_also; k++)
                if (strcmp(s->cases[i]->also[k].id, visit->id) == 0)
                    return i;
        }
        return s->n_cases;
    }
    return visit->number >= 1 && visit->number <= s->n_cases ? (size_t)visit->number - 1
                                                             : s->n_cases;
}

static struct busy *free_busy(struct case_server *s)
{
    for (size_t i = 0; i < CASE_SERVER_CASES_MAX; i++)
        if (s->busy[i].slot.state == SLOT_FREE)
            return &s->busy[i];
    return NULL;
}

static void run_case(struct case_server *s, struct visitor *v, size_t index)
{
    struct busy *busy = free_busy(s);
    struct err err;

    if (!busy) {
        visitor_refuse(v, 503, BYTES_LIT("too many cases are under way\n"));
        return;
    }
    busy->slot.attempt = 1;
    busy->slot.index = index;
    memcpy(busy->agent, v->visit.agent, sizeof busy->agent);
    if (slot_adopt(&busy->slot, &s->target, s->cases[index], &s->options.run, s->options.case_us,
                   v->io, buf_bytes(&v->head), &err)) {
        v->io = NULL; /* it is the slot's now */
        slot_drive(&busy->slot);
    } else {
        slot_free(&busy->slot);
    }
    visitor_free(v);
}

static const char *json_text(struct arena *a, const char *text)
{
    struct buf out;
    const char *copy = NULL;

    buf_init(&out, 1 << 16);
    for (const char *p = text; *p; p++)
        if (!(*p == '"' || *p == '\\' ? buf_push(&out, '\\') && buf_push(&out, (uint8_t)*p)
                                      : buf_push(&out, (uint8_t)*p)))
            break;
    copy = arena_str(a, buf_bytes(&out));
    buf_free(&out);
    return copy ? copy : "";
}

static void say_info(struct case_server *s, struct visitor *v, size_t index, uint64_t now_ms)
{
    struct arena a = { 0 };
    const struct script_case *c = s->cases[index];
    const char *text = arena_print(&a, "{\"id\": \"%s\", \"description\": \"%s\"}",
                                   json_text(&a, c->id), json_text(&a, c->title));

    visitor_say(v, bytes_str(text ? text : "{}"), now_ms);
    arena_free(&a);
}

static void say_status(struct visitor *v, enum verdict_kind result, uint64_t now_ms)
{
    char text[64];

    snprintf(text, sizeof text, "{\"behavior\": \"%s\"}", behavior_word(result));
    visitor_say(v, bytes_str(text), now_ms);
}

/* Answers an open control connection, as far as the answer is known. */
static void answer(struct case_server *s, struct visitor *v, uint64_t now_ms)
{
    size_t index = case_of(s, &v->visit);
    const struct standing *standing;
    char count[24];

    if (v->answered || v->conn.state != WS_CONN_OPEN)
        return;
    switch (v->visit.path) {
    case VISIT_COUNT:
        snprintf(count, sizeof count, "%zu", s->n_cases);
        visitor_say(v, bytes_str(count), now_ms);
        break;
    case VISIT_INFO: say_info(s, v, index, now_ms); break;
    case VISIT_STATUS:
        standing = standing_of(s, v->visit.agent, index);
        if (standing)
            say_status(v, standing->result, now_ms);
        break;
    case VISIT_REPORTS:
    case VISIT_OTHER:
    case VISIT_RUN:
    case VISIT_STOP:
        v->answered = true;
        if (!ws_conn_close(&v->conn, 1000, (struct bytes){ 0 }, now_ms))
            io_conn_shutdown(v->io);
        break;
    }
}

static bool needs_case(enum visit_path path)
{
    return path == VISIT_RUN || path == VISIT_INFO || path == VISIT_STATUS;
}

static bool needs_agent(enum visit_path path)
{
    return path == VISIT_RUN || path == VISIT_STATUS || path == VISIT_REPORTS;
}

static const char about[] = "This is wsproof's case server. A client asks /getCaseCount how many "
                            "cases there are, connects to\n"
                            "/runCase?case=N&agent=NAME for each and echoes what comes, and to "
                            "/updateReports?agent=NAME in the end.\n";

/* A head is complete: what now? True: `out` holds an event. */
static bool welcome(struct case_server *s, struct visitor *v, struct case_server_event *out,
                    uint64_t now_ms)
{
    size_t index = case_of(s, &v->visit);

    if (v->visit.path == VISIT_STOP) {
        out->kind = CASE_SERVER_STOP;
        return true;
    }
    if (!v->visit.upgrade && v->visit.path == VISIT_OTHER) {
        visitor_refuse(v, 200, BYTES_LIT(about));
        return false;
    }
    if ((needs_case(v->visit.path) && index == s->n_cases) ||
        (needs_agent(v->visit.path) && !v->visit.agent[0])) {
        visitor_refuse(v, 500, BYTES_LIT("no such case, or no agent\n"));
        return false;
    }
    if (v->visit.path == VISIT_RUN) {
        run_case(s, v, index);
        return false;
    }
    if (!visitor_begin(v, io_entropy(), now_ms) ||
        !visitor_turn(v, v->head.ptr, v->head.len, now_ms)) {
        visitor_free(v);
        return false;
    }
    if (v->visit.path == VISIT_REPORTS) {
        out->kind = CASE_SERVER_REPORT;
        out->last = v->visit.shutdown;
        snprintf(out->agent, sizeof out->agent, "%s", v->visit.agent);
    }
    answer(s, v, now_ms);
    if (!visitor_turn(v, NULL, 0, now_ms))
        visitor_free(v);
    return out->kind == CASE_SERVER_REPORT;
}

/* A free place; or that of who has been here longest without a whole request, as a browser's
 * connection kept in reserve. NULL: all are being served. */
static struct visitor *place_for_visitor(struct case_server *s)
{
    struct visitor *idle = NULL;

    for (size_t i = 0; i < VISITORS_MAX; i++) {
        struct visitor *v = &s->visitors[i];
        if (!v->io)
            return v;
        if (!v->talking && (!idle || v->came < idle->came))
            idle = v;
    }
    if (idle)
        visitor_free(idle);
    return idle;
}

static void accept_visitor(struct case_server *s, struct io_conn *io)
{
    struct visitor *v = place_for_visitor(s);

    if (!v) {
        io_conn_close(io);
        return;
    }
    v->io = io;
    v->came = s->visits++;
    buf_init(&v->head, VISITOR_HEAD_MAX);
    io_conn_set_owner(io, v);
}

static bool visitor_data(struct case_server *s, struct visitor *v, const struct io_event *event,
                         struct case_server_event *out, uint64_t now_ms)
{
    if (v->talking) {
        if (!visitor_turn(v, event->data, event->len, now_ms)) {
            visitor_free(v);
            return false;
        }
        answer(s, v, now_ms);
        if (!visitor_turn(v, NULL, 0, now_ms))
            visitor_free(v);
        return false;
    }
    if (!buf_append(&v->head, bytes_of(event->data, event->len))) {
        visitor_free(v);
        return false;
    }
    switch (visit_parse(buf_bytes(&v->head), &v->visit)) {
    case WS_OK: return welcome(s, v, out, now_ms);
    case WS_MORE: break;
    case WS_BROKEN:
    case WS_NOMEM: visitor_refuse(v, 400, BYTES_LIT("no HTTP request\n")); break;
    }
    return false;
}

static bool visitor_event(struct case_server *s, const struct io_event *event,
                          struct case_server_event *out)
{
    uint64_t now_ms = io_now_ms();

    for (size_t i = 0; i < VISITORS_MAX; i++) {
        struct visitor *v = &s->visitors[i];
        if (!v->io || v->io != event->conn)
            continue;
        if (event->kind == IO_DATA && !(v->answered && !v->talking))
            return visitor_data(s, v, event, out, now_ms);
        if (event->kind == IO_ENDED)
            visitor_free(v);
        return false;
    }
    return false;
}

/* Who asked for the status of a case that has just ended gets it now. */
static void answer_waiting(struct case_server *s)
{
    uint64_t now_ms = io_now_ms();

    for (size_t i = 0; i < VISITORS_MAX; i++) {
        struct visitor *v = &s->visitors[i];
        if (!v->io || !v->talking || v->visit.path != VISIT_STATUS)
            continue;
        answer(s, v, now_ms);
        if (!visitor_turn(v, NULL, 0, now_ms))
            visitor_free(v);
    }
}

static void judge(struct case_server *s, struct busy *busy, struct verdict *v)
{
    const struct slot *slot = &busy->slot;

    if (slot->run.unsupported) {
        *v = verdict_skip(slot->run.trouble);
    } else if (slot->run.trouble) {
        const char *kept = arena_str(&s->arena, bytes_str(slot->run.trouble));
        *v = verdict_error(kept ? kept : "out of memory");
    } else if (!verdict_judge(slot->c, &slot->transcript, &s->options.verdict, &s->arena, v)) {
        *v = verdict_error("out of memory");
    }
}

static bool settle(struct case_server *s, struct case_server_event *out)
{
    for (size_t i = 0; i < CASE_SERVER_CASES_MAX; i++) {
        struct busy *busy = &s->busy[i];
        struct slot *slot = &busy->slot;
        if (slot->state != SLOT_OVER)
            continue;
        out->kind = CASE_SERVER_RESULT;
        memcpy(out->agent, busy->agent, sizeof out->agent);
        out->outcome = (struct outcome){ .c = slot->c,
                                         .index = slot->index,
                                         .attempts = 1,
                                         .duration_us = slot->ended_us - slot->started_us };
        judge(s, busy, &out->outcome.verdict);
        transcript_shorten(&slot->transcript);
        out->outcome.transcript = slot->transcript;
        slot->transcript = (struct transcript){ 0 };
        remember(s, busy->agent, slot->index, out->outcome.verdict.result);
        slot_free(slot);
        answer_waiting(s);
        return true;
    }
    return false;
}

static uint64_t next_deadline_ms(const struct case_server *s)
{
    uint64_t until = UINT64_MAX;

    for (size_t i = 0; i < CASE_SERVER_CASES_MAX; i++)
        if (slot_busy(&s->busy[i].slot) && slot_deadline_us(&s->busy[i].slot) < until)
            until = slot_deadline_us(&s->busy[i].slot);
    return until == UINT64_MAX ? until : until / 1000 + 1;
}

static bool take(struct case_server *s, const struct io_event *event, struct case_server_event *out)
{
    if (event->kind == IO_SIGNAL) {
        out->kind = CASE_SERVER_STOP;
        return true;
    }
    if (event->kind == IO_ACCEPTED && event->listener == s->listener) {
        accept_visitor(s, event->conn);
        return false;
    }
    for (size_t i = 0; i < CASE_SERVER_CASES_MAX; i++) {
        struct slot *slot = &s->busy[i].slot;
        if (event->kind == IO_TIME) {
            slot_pass_time(slot);
        } else if (slot_take(slot, event)) {
            slot_drive(slot);
            return false;
        }
    }
    return visitor_event(s, event, out);
}

bool case_server_next(struct case_server *s, struct case_server_event *out, struct err *err)
{
    struct io_event event;

    for (;;) {
        *out = (struct case_server_event){ .kind = CASE_SERVER_RESULT };
        if (settle(s, out))
            return true;
        if (!io_loop_next(s->loop, next_deadline_ms(s), &event, err))
            return false;
        if (take(s, &event, out))
            return true;
    }
}
