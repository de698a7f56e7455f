#include "drive/case_server_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "io/clock.h"

/* The visitors: connections that have said nothing yet, and those over a control path. */

#define PAGE_MAX (48u << 20) /* the largest file that a page may be, and some */

/* ---- names ---- */

static const char *name_of(const struct case_server *s, size_t index)
{
    return s->options.numbered ? s->options.numbered->cases[index].id : s->cases[index]->id;
}

static bool is_excluded(const struct case_server *s, const char *agent, size_t index)
{
    return s->options.numbered && autobahn_excluded(s->options.exclusions, s->options.n_exclusions,
                                                    agent, name_of(s, index));
}

/* By what else it may be asked for: its id, or its number where the cases do not go by that. */
static bool goes_by(const struct case_server *s, const struct script_case *c, const char *name)
{
    if (strcmp(c->id, name) == 0)
        return true;
    for (size_t i = 0; i < c->n_also && !s->options.numbered; i++)
        if (strcmp(c->also[i].id, name) == 0)
            return true;
    return false;
}

/* The index of the case that a visit names, or n_cases. */
static size_t case_of(const struct case_server *s, const struct visit *visit)
{
    size_t n = s->n_cases;

    if (!visit->id[0])
        return visit->number >= 1 && visit->number <= n ? (size_t)visit->number - 1 : n;
    for (size_t i = 0; i < n; i++)
        if (strcmp(name_of(s, i), visit->id) == 0 || goes_by(s, s->cases[i], visit->id))
            return i;
    return n;
}

/* ---- answers ---- */

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
                                   json_text(&a, name_of(s, index)), json_text(&a, c->title));

    visitor_say(v, bytes_str(text ? text : "{}"), now_ms);
    arena_free(&a);
}

static void say_status(struct visitor *v, const char *behavior, uint64_t now_ms)
{
    char text[64];

    snprintf(text, sizeof text, "{\"behavior\": \"%s\"}", behavior);
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
        standing = case_server_standing(s, v->visit.agent, index);
        if (standing && !case_server_runs(s, v->visit.agent, index))
            say_status(v, standing->behavior, now_ms);
        break;
    case VISIT_REPORTS:
        if (v->told)
            visitor_say(v, (struct bytes){ 0 }, now_ms);
        break;
    case VISIT_RUN: /* excluded: it is let in and shown out */
    case VISIT_STOP: visitor_say(v, (struct bytes){ 0 }, now_ms); break;
    case VISIT_HOME:
    case VISIT_READ:
    case VISIT_OTHER: break;
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

static void answer_from_site(struct case_server *s, struct visitor *v)
{
    struct http1_head head;
    struct violation why;
    struct buf out;
    size_t used;

    buf_init(&out, PAGE_MAX);
    if (http1_decode(buf_bytes(&v->head), HTTP1_REQUEST, (struct http1_limits){ 0 }, &head, &used,
                     &why) == WS_OK &&
        web_site_answer(s->options.site, &head, &out))
        visitor_answer(v, buf_bytes(&out));
    else
        visitor_refuse(v, 500, BYTES_LIT("no memory\n"));
    buf_free(&out);
}

/* A browser that asks for a page instead of a WebSocket. True: `out` holds an event. */
static bool show_page(struct case_server *s, struct visitor *v, struct case_server_event *out)
{
    if (s->options.site) {
        answer_from_site(s, v);
    } else if (v->visit.path == VISIT_READ) {
        out->kind = CASE_SERVER_PAGE;
        out->visitor = v;
        snprintf(out->agent, sizeof out->agent, "%s", v->visit.agent);
        return true;
    } else if (v->visit.path == VISIT_HOME && s->options.page.len > 0) {
        visitor_show(v, s->options.page);
    } else {
        visitor_refuse(v, 200, BYTES_LIT(about));
    }
    return false;
}

static bool from_elsewhere(const struct case_server *s, const struct visit *visit)
{
    if (s->options.n_origins == 0 || !visit->origin[0])
        return false;
    for (size_t i = 0; i < s->options.n_origins; i++)
        if (text_glob(s->options.origins[i], visit->origin))
            return false;
    return true;
}

/* What has to be refused before a handshake. */
static bool refuse(struct case_server *s, struct visitor *v, size_t index)
{
    const struct visit *visit = &v->visit;

    if (from_elsewhere(s, visit))
        visitor_refuse(v, 403, BYTES_LIT("this origin is not allowed\n"));
    else if (visit->twice)
        visitor_refuse(v, 500, BYTES_LIT("a parameter is given twice\n"));
    else if ((needs_case(visit->path) && index == s->n_cases) ||
             (needs_agent(visit->path) && !visit->agent[0]))
        visitor_refuse(v, 500, BYTES_LIT("no such case, or no agent\n"));
    else
        return false;
    return true;
}

static void talk(struct case_server *s, struct visitor *v, uint64_t now_ms)
{
    if (!visitor_begin(v, io_entropy(), now_ms) ||
        !visitor_turn(v, v->head.ptr, v->head.len, now_ms)) {
        visitor_free(v);
        return;
    }
    answer(s, v, now_ms);
    if (!visitor_turn(v, NULL, 0, now_ms))
        visitor_free(v);
}

/* A case that this client cannot be put to is over before it began. True: `out` holds that. */
static bool is_skipped(struct case_server *s, const struct visit *visit, size_t index,
                       struct case_server_event *out)
{
    const struct script_case *c = s->cases[index];
    const char *lacks = profile_lacks_unseen(s->options.profile, &s->target.options, c, &s->arena);

    if (!lacks)
        return false;
    out->kind = CASE_SERVER_RESULT;
    snprintf(out->agent, sizeof out->agent, "%s", visit->agent);
    out->outcome =
        (struct outcome){ .c = c, .index = index, .attempts = 1, .verdict = verdict_skip(lacks) };
    case_server_remember(s, visit->agent, index, "UNIMPLEMENTED");
    return true;
}

/* A head is complete: what now? True: `out` holds an event. */
static bool welcome(struct case_server *s, struct visitor *v, struct case_server_event *out,
                    uint64_t now_ms)
{
    size_t index = case_of(s, &v->visit);

    if (!v->visit.upgrade && v->visit.path != VISIT_RUN)
        return show_page(s, v, out);
    if (v->visit.path == VISIT_HOME || v->visit.path == VISIT_READ)
        v->visit.path = VISIT_OTHER; /* paths for people; to a WebSocket they are like any */
    if (v->visit.path == VISIT_STOP) {
        out->kind = CASE_SERVER_STOP;
        return true;
    } else if (refuse(s, v, index)) {
        return false;
    } else if (v->visit.path != VISIT_RUN) {
        talk(s, v, now_ms);
    } else if (is_excluded(s, v->visit.agent, index)) {
        case_server_remember(s, v->visit.agent, index, "UNIMPLEMENTED");
        talk(s, v, now_ms);
    } else if (is_skipped(s, &v->visit, index, out)) {
        talk(s, v, now_ms);
        return true;
    } else {
        case_server_run(s, v, index);
    }
    return false;
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

bool reception_take(struct case_server *s, const struct io_event *event,
                    struct case_server_event *out)
{
    uint64_t now_ms = io_now_ms();

    if (event->kind == IO_ACCEPTED && event->listener == s->listener) {
        accept_visitor(s, event->conn);
        return false;
    }
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

void reception_tell_results(struct case_server *s)
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

/* A report is asked for once all cases of that agent have ended, so that none is missing in it. */
static bool report_due(struct case_server *s, struct case_server_event *out)
{
    for (size_t i = 0; i < VISITORS_MAX; i++) {
        struct visitor *v = &s->visitors[i];
        if (!v->talking || v->told || v->visit.path != VISIT_REPORTS ||
            v->conn.state != WS_CONN_OPEN || case_server_runs(s, v->visit.agent, s->n_cases))
            continue;
        v->told = true;
        out->kind = CASE_SERVER_REPORT;
        out->last = v->visit.shutdown;
        snprintf(out->agent, sizeof out->agent, "%s", v->visit.agent);
        return true;
    }
    return false;
}

static bool command_due(struct case_server *s, struct case_server_event *out)
{
    for (size_t i = 0; i < VISITORS_MAX; i++) {
        struct visitor *v = &s->visitors[i];
        if (!v->talking || v->commands.len == 0)
            continue;
        size_t len = bytes_index(buf_bytes(&v->commands), 0, 0);
        buf_clear(&s->command);
        bool fits = buf_append(&s->command, bytes_take(buf_bytes(&v->commands), len));
        buf_drop(&v->commands, len + 1);
        if (!fits)
            continue;
        out->kind = CASE_SERVER_COMMAND;
        out->visitor = v;
        out->text = buf_bytes(&s->command);
        return true;
    }
    return false;
}

bool reception_due(struct case_server *s, struct case_server_event *out)
{
    return report_due(s, out) || command_due(s, out);
}

void reception_pass_on(struct case_server *s)
{
    uint64_t now_ms = io_now_ms();

    for (size_t i = 0; i < VISITORS_MAX; i++) {
        struct visitor *v = &s->visitors[i];
        if (!v->talking || v->answered || !(v->told || v->visit.path == VISIT_OTHER))
            continue;
        answer(s, v, now_ms);
        if (!visitor_turn(v, NULL, 0, now_ms))
            visitor_free(v);
    }
}
