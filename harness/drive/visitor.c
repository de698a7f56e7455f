#include "drive/visitor.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ws/mask.h"

/* %XX and + as in a form. What does not fit is cut off. */
static void unescape(struct bytes in, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < in.len && n + 1 < size; i++) {
        int high = in.ptr[i] == '%' && i + 2 < in.len ? text_hex_digit(in.ptr[i + 1]) : -1;
        int low = high >= 0 ? text_hex_digit(in.ptr[i + 2]) : -1;
        out[n++] = low >= 0 ? (char)(high << 4 | low) : in.ptr[i] == '+' ? ' ' : (char)in.ptr[i];
        i += low >= 0 ? 2 : 0;
    }
    out[n] = '\0';
}

static enum visit_path path_of(struct bytes path)
{
    static const struct {
        const char *path;
        enum visit_path means;
    } paths[] = {
        { "/runCase", VISIT_RUN },
        { "/getCaseCount", VISIT_COUNT },
        { "/getCaseInfo", VISIT_INFO },
        { "/getCaseStatus", VISIT_STATUS },
        { "/updateReports", VISIT_REPORTS },
        { "/stopServer", VISIT_STOP },
        { "/", VISIT_HOME },
        { "/reports/", VISIT_READ },
    };

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (bytes_eq_str(path, paths[i].path))
            return paths[i].means;
    bool own_path = bytes_starts(path, BYTES_LIT("/runCase/")) && path.len > sizeof "/runCase/" - 1;
    return own_path ? VISIT_RUN : VISIT_OTHER;
}

/* A second one of the same name is a mistake, whatever it says. */
static void note_twice(struct visit *v, struct bytes name, unsigned *seen)
{
    static const char *const names[] = { "case", "casetuple", "agent", "shutdownOnComplete" };

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (!bytes_eq_str(name, names[i]))
            continue;
        v->twice |= (*seen & 1u << i) != 0;
        *seen |= 1u << i;
    }
}

static void take_parameter(struct visit *v, struct bytes name, struct bytes value)
{
    char text[16];

    if (bytes_eq_str(name, "case") && !text_number(value, UINT32_MAX, &v->number))
        v->number = 0;
    if (bytes_eq_str(name, "casetuple"))
        unescape(value, v->id, sizeof v->id);
    if (bytes_eq_str(name, "agent"))
        unescape(value, v->agent, sizeof v->agent);
    if (bytes_eq_str(name, "shutdownOnComplete")) {
        unescape(value, text, sizeof text);
        v->shutdown =
            strcmp(text, "true") == 0 || strcmp(text, "yes") == 0 || strcmp(text, "True") == 0;
    }
}

static void take_query(struct visit *v, struct bytes query)
{
    unsigned seen = 0;

    while (query.len > 0) {
        size_t end = bytes_index(query, 0, '&');
        struct bytes pair = bytes_take(query, end);
        size_t equals = bytes_index(pair, 0, '=');
        note_twice(v, bytes_take(pair, equals), &seen);
        take_parameter(v, bytes_take(pair, equals), bytes_skip(pair, equals + 1));
        query = bytes_skip(query, end + 1);
    }
}

enum ws_status visit_parse(struct bytes bytes, struct visit *out)
{
    struct http1_head head;
    struct violation why;
    size_t used;
    enum ws_status status =
        http1_decode(bytes, HTTP1_REQUEST, (struct http1_limits){ 0 }, &head, &used, &why);

    if (status != WS_OK)
        return status;
    *out = (struct visit){ .upgrade = http1_has_token(&head, "Upgrade", "websocket") };
    const struct http1_field *origin = http1_field(&head, "Origin", 0);
    if (origin)
        snprintf(out->origin, sizeof out->origin, "%.*s", BYTES_ARG(origin->value));
    size_t question = bytes_index(head.target, 0, '?');
    out->path = path_of(bytes_take(head.target, question));
    take_query(out, bytes_skip(head.target, question + 1));
    return WS_OK;
}

bool visitor_begin(struct visitor *v, uint64_t seed, uint64_t now_ms)
{
    struct ws_conn_options options = { .server = true, .seed = seed };

    buf_init(&v->commands, VISITOR_COMMANDS_MAX);
    v->talking = ws_conn_init(&v->conn, &options, now_ms);
    return v->talking;
}

void visitor_say(struct visitor *v, struct bytes text, uint64_t now_ms)
{
    v->answered = true;
    if ((text.len > 0 && !ws_conn_send(&v->conn, WS_TEXT, text)) ||
        !ws_conn_close(&v->conn, 0, (struct bytes){ 0 }, now_ms))
        io_conn_shutdown(v->io);
}

void visitor_answer(struct visitor *v, struct bytes whole)
{
    io_conn_send(v->io, whole);
    io_conn_shutdown(v->io);
    v->answered = true;
}

void visitor_refuse(struct visitor *v, unsigned status, struct bytes body)
{
    struct buf out;

    buf_init(&out, 1 << 16);
    if (!ws_handshake_write_refusal(&out, status, NULL, 0, body))
        buf_clear(&out);
    visitor_answer(v, buf_bytes(&out));
    buf_free(&out);
}

void visitor_show(struct visitor *v, struct bytes html)
{
    struct buf head;

    buf_init(&head, 1 << 10);
    if (buf_print(&head,
                  "HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: no-store\r\n"
                  "Content-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n\r\n",
                  html.len) &&
        io_conn_send(v->io, buf_bytes(&head)) != IO_GONE)
        (void)io_conn_send(v->io, html);
    buf_free(&head);
    io_conn_shutdown(v->io);
    v->answered = true;
}

static void send_chopped(struct io_conn *io, struct bytes out, size_t chop)
{
    do {
        size_t len = chop > 0 && chop < out.len ? chop : out.len;
        if (io_conn_send(io, bytes_take(out, len)) == IO_GONE)
            return;
        out = bytes_skip(out, len);
    } while (out.len > 0);
}

void visitor_frame(struct visitor *v, const struct ws_head *head, struct bytes payload, size_t chop)
{
    uint8_t start[WS_HEAD_MAX];
    struct bytes waiting = ws_conn_out(&v->conn);
    struct buf out;

    io_conn_send(v->io, waiting);
    ws_conn_sent(&v->conn, waiting.len);
    buf_init(&out, WS_HEAD_MAX + payload.len);
    size_t n = ws_frame_encode(head, start);
    if (buf_append(&out, bytes_of(start, n)) && buf_append(&out, payload)) {
        if (head->masked)
            ws_mask(out.ptr + n, payload.len, head->key, 0);
        send_chopped(v->io, buf_bytes(&out), chop);
    }
    buf_free(&out);
}

/* Only texts are commands, and NUL ends one. */
static bool keep_command(struct visitor *v, const struct ws_event *event)
{
    struct bytes text = event->data;

    if (v->visit.path != VISIT_OTHER || event->opcode != WS_TEXT ||
        bytes_index(text, 0, 0) < text.len)
        return true;
    return buf_append(&v->commands, text) && buf_push(&v->commands, 0);
}

bool visitor_turn(struct visitor *v, uint8_t *in, size_t len, uint64_t now_ms)
{
    struct ws_event event;
    struct bytes out;

    if (len > 0)
        ws_conn_feed(&v->conn, in, len, now_ms);
    while (ws_conn_next(&v->conn, &event, now_ms)) {
        if (event.kind == WS_EVENT_END || event.kind == WS_EVENT_TIMEOUT)
            return false;
        if (event.kind == WS_EVENT_MESSAGE && !keep_command(v, &event))
            return false;
    }
    out = ws_conn_out(&v->conn);
    if (out.len > 0) {
        if (io_conn_send(v->io, out) == IO_GONE)
            return false;
        ws_conn_sent(&v->conn, out.len);
    }
    if (ws_conn_wants_close(&v->conn))
        io_conn_shutdown(v->io);
    return true;
}

void visitor_free(struct visitor *v)
{
    if (v->io)
        io_conn_close(v->io);
    if (v->talking)
        ws_conn_free(&v->conn);
    buf_free(&v->head);
    buf_free(&v->commands);
    memset(v, 0, sizeof *v);
}
