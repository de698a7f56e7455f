#include "drive/case_server_parts.h"

#include <stdio.h>
#include <string.h>

#include "io/clock.h"
#include "verdict/dropin.h"

/* The cases under way. */

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
    buf_init(&s->command, VISITOR_COMMANDS_MAX);
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
    buf_free(&s->command);
    arena = s->arena;
    arena_free(&arena);
}

uint16_t case_server_port(const struct case_server *s)
{
    return io_listener_port(s->listener);
}

struct standing *case_server_standing(struct case_server *s, const char *agent, size_t index)
{
    for (size_t i = 0; i < s->n_standings; i++)
        if (s->standings[i].index == index && strcmp(s->standings[i].agent, agent) == 0)
            return &s->standings[i];
    return NULL;
}

void case_server_remember(struct case_server *s, const char *agent, size_t index,
                          const char *behavior)
{
    struct standing *old = case_server_standing(s, agent, index);

    if (!old && arena_grow(&s->arena, (void **)&s->standings, &s->standings_cap, s->n_standings + 1,
                           sizeof *s->standings)) {
        old = &s->standings[s->n_standings++];
        snprintf(old->agent, sizeof old->agent, "%s", agent);
        old->index = index;
    }
    if (old)
        old->behavior = behavior;
}

bool case_server_runs(const struct case_server *s, const char *agent, size_t index)
{
    for (size_t i = 0; i < CASE_SERVER_CASES_MAX; i++) {
        const struct busy *busy = &s->busy[i];
        if (busy->slot.state != SLOT_FREE && strcmp(busy->agent, agent) == 0 &&
            (index == s->n_cases || busy->slot.index == index))
            return true;
    }
    return false;
}

static struct busy *free_busy(struct case_server *s)
{
    for (size_t i = 0; i < CASE_SERVER_CASES_MAX; i++)
        if (s->busy[i].slot.state == SLOT_FREE)
            return &s->busy[i];
    return NULL;
}

void case_server_run(struct case_server *s, struct visitor *v, size_t index)
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

/* Autobahn's words for our verdict, for cases that have no number there. */
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

/* What /getCaseStatus tells: that suite's grade where it has one. */
static const char *behavior_of(const struct slot *slot, const struct outcome *o)
{
    struct dropin grade;

    if (dropin_grade(slot->c, &o->transcript, ROLE_CLIENT, &o->verdict, &grade))
        return dropin_behavior_name(grade.behavior);
    return behavior_word(o->verdict.result);
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
        case_server_remember(s, busy->agent, slot->index, behavior_of(slot, &out->outcome));
        slot_free(slot);
        reception_tell_results(s);
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
    if (web_server_take(s->options.web, event))
        return false;
    for (size_t i = 0; i < CASE_SERVER_CASES_MAX; i++) {
        struct slot *slot = &s->busy[i].slot;
        if (event->kind == IO_TIME) {
            slot_pass_time(slot);
        } else if (slot_take(slot, event)) {
            slot_drive(slot);
            return false;
        }
    }
    return reception_take(s, event, out);
}

bool case_server_next(struct case_server *s, struct case_server_event *out, struct err *err)
{
    struct io_event event;

    reception_pass_on(s);
    for (;;) {
        *out = (struct case_server_event){ .kind = CASE_SERVER_RESULT };
        if (settle(s, out) || reception_due(s, out))
            return true;
        if (!io_loop_next(s->loop, next_deadline_ms(s), &event, err))
            return false;
        if (take(s, &event, out))
            return true;
    }
}

void case_server_show(struct case_server *s, const struct case_server_event *e, struct bytes html)
{
    (void)s;
    visitor_show(e->visitor, html);
}
