#include "run/greeting.h"

#include <string.h>

#include "ws/permessage.h"

/* A head under construction: lines in order. A line without a name stands as it is. */
struct line {
    struct bytes name, text;
};

#define LINES_MAX 512 /* far above any head of a case: `add` many times */

struct draft {
    struct bytes start, body;
    struct line *lines;
    size_t count;
    struct arena *scratch;
    bool no_memory;
};

static void put(struct draft *d, struct bytes name, struct bytes text)
{
    if (d->count == LINES_MAX) {
        d->no_memory = true;
        return;
    }
    d->lines[d->count++] = (struct line){ name, text };
}

static void put_str(struct draft *d, const char *name, const char *text)
{
    if (!text)
        d->no_memory = true;
    else
        put(d, bytes_str(name), bytes_str(text));
}

static void omit(struct draft *d, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->count; i++)
        if (!bytes_eq_nocase(d->lines[i].name, bytes_str(name)))
            d->lines[kept++] = d->lines[i];
    d->count = kept;
}

/* Takes the place of the first of that name, so that the order of a head stays as it was. */
static void replace(struct draft *d, const char *name, struct bytes text)
{
    for (size_t i = 0; i < d->count; i++) {
        if (!bytes_eq_nocase(d->lines[i].name, bytes_str(name)))
            continue;
        struct line first = { bytes_str(name), text };
        struct draft rest = *d;
        rest.lines += i + 1;
        rest.count -= i + 1;
        omit(&rest, name);
        d->lines[i] = first;
        d->count = i + 1 + rest.count;
        return;
    }
    put(d, bytes_str(name), text);
}

static struct bytes spoiled(struct arena *a, const char *accept, enum value_kind how)
{
    struct bytes copy = arena_copy(a, bytes_str(accept));
    uint8_t *text = (uint8_t *)(uintptr_t)copy.ptr;

    if (!text)
        return copy;
    if (how == VALUE_ACCEPT_FLIP && copy.len > 0)
        text[0] = text[0] == 'A' ? 'B' : 'A';
    for (size_t i = 0; how == VALUE_ACCEPT_LOWER && i < copy.len; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (uint8_t)(text[i] + ('a' - 'A'));
    return copy;
}

static struct bytes value_text(const struct greeting *g, struct arena *a, const struct value *value)
{
    char accept[WS_ACCEPT_TEXT + 1];

    if (value->kind == VALUE_TEXT)
        return payload_fill(a, value->text, g->env);
    if (value->kind == VALUE_ACCEPT_OF) {
        struct bytes key = payload_fill(a, value->text, g->env);
        bool ok = key.ptr && ws_handshake_accept(key, accept);
        return ok ? arena_copy(a, bytes_str(accept)) : (struct bytes){ 0 };
    }
    return spoiled(a, g->env->accept ? g->env->accept : "", value->kind);
}

static void apply_edit(const struct greeting *g, struct draft *d, const struct edit *edit)
{
    struct bytes text = value_text(g, d->scratch, &edit->value);

    if (!text.ptr) {
        d->no_memory = true;
        return;
    }
    switch (edit->kind) {
    case EDIT_LINE: d->start = text; break;
    case EDIT_HEADER: replace(d, edit->name, text); break;
    case EDIT_ADD: put(d, bytes_str(edit->name), text); break;
    case EDIT_OMIT: omit(d, edit->name); break;
    case EDIT_RAWLINE: put(d, (struct bytes){ 0 }, text); break;
    case EDIT_BODY: d->body = text; break;
    }
}

/* ours_max_window_bits is client_… when we are the client. A hint says what we would take on
 * ourselves, which only an offer can: an answer leaves it out (""). What is only to be
 * kept out of the agreement is never said. NULL: no memory. */
static const char *param_name(enum case_role role, struct arena *a, const char *name)
{
    bool we_are_client = role == ROLE_SERVER;

    if (strncmp(name, "keeps_", 6) == 0)
        return "";
    if (strncmp(name, "hint_", 5) == 0)
        return we_are_client ? arena_print(a, "client_%s", name + 5) : "";

    if (strncmp(name, "ours_", 5) == 0)
        return arena_print(a, "%s_%s", we_are_client ? "client" : "server", name + 5);
    if (strncmp(name, "theirs_", 7) == 0)
        return arena_print(a, "%s_%s", we_are_client ? "server" : "client", name + 7);
    return name;
}

const char *greeting_extension(enum case_role role, struct arena *a, const struct ext_offer *e)
{
    const char *text = e->name;

    for (size_t i = 0; text && i < e->n_params; i++) {
        const char *name = param_name(role, a, e->params[i].name);
        if (!name)
            return NULL;
        if (!*name)
            continue;
        text = e->params[i].value ? arena_print(a, "%s; %s=%s", text, name, e->params[i].value)
                                  : arena_print(a, "%s; %s", text, name);
    }
    return text;
}

/* Several offers, or several protocols, stand in one line. */
static void put_joined(struct draft *d, const char *name, const char *more)
{
    for (size_t i = 0; more && i < d->count; i++) {
        if (!bytes_eq_nocase(d->lines[i].name, bytes_str(name)))
            continue;
        more = arena_print(d->scratch, "%.*s, %s", BYTES_ARG(d->lines[i].text), more);
        if (more)
            d->lines[i].text = bytes_str(more);
        else
            d->no_memory = true;
        return;
    }
    put_str(d, name, more);
}

static void apply_step(const struct greeting *g, struct draft *d, const struct step *step)
{
    bool answered = g->answer && step->op == OP_EXTENSION &&
                    strcmp(step->as.extension.name, WS_PERMESSAGE_NAME) == 0;

    if (step->op == OP_EXTENSION && !answered)
        put_joined(d, "Sec-WebSocket-Extensions",
                   greeting_extension(g->role, d->scratch, &step->as.extension));
    if (step->op == OP_SUBPROTOCOL)
        put_joined(d, "Sec-WebSocket-Protocol", step->as.text);
    if (step->op == OP_REQUEST || step->op == OP_RESPONSE)
        for (size_t i = 0; i < step->as.head.count; i++)
            apply_edit(g, d, &step->as.head.edits[i]);
}

static void start_request(const struct greeting *g, struct draft *d)
{
    const char *line = arena_print(d->scratch, "GET %s HTTP/1.1", g->env->path);

    d->start = bytes_str(line);
    put_str(d, "Host", g->env->host);
    put_str(d, "Upgrade", "websocket");
    put_str(d, "Connection", "Upgrade");
    put_str(d, "Sec-WebSocket-Key", g->env->key);
    put_str(d, "Sec-WebSocket-Version", "13");
    for (size_t i = 0; i < g->n_protocols; i++)
        put_joined(d, "Sec-WebSocket-Protocol", g->protocols[i]);
    for (size_t i = 0; i < g->n_headers; i++)
        put(d, g->headers[i].name, g->headers[i].value);
    d->no_memory |= !line;
}

static void start_response(const struct greeting *g, struct draft *d)
{
    d->start = BYTES_LIT("HTTP/1.1 101 Switching Protocols");
    put_str(d, "Upgrade", "websocket");
    put_str(d, "Connection", "Upgrade");
    put_str(d, "Sec-WebSocket-Accept", g->env->accept ? g->env->accept : "");
}

static bool write_line(struct buf *out, const struct line *line)
{
    if (line->name.ptr && !(buf_append(out, line->name) && buf_append(out, BYTES_LIT(": "))))
        return false;
    return buf_append(out, line->text) && buf_append(out, BYTES_LIT("\r\n"));
}

static bool write_draft(const struct draft *d, struct buf *out)
{
    if (!buf_append(out, d->start) || !buf_append(out, BYTES_LIT("\r\n")))
        return false;
    for (size_t i = 0; i < d->count; i++)
        if (!write_line(out, &d->lines[i]))
            return false;
    return buf_append(out, BYTES_LIT("\r\n")) && buf_append(out, d->body);
}

bool greeting_write(const struct greeting *g, struct arena *scratch, struct buf *out)
{
    struct draft d = { .scratch = scratch };

    d.lines = arena_array(scratch, LINES_MAX, sizeof *d.lines);
    if (!d.lines)
        return false;
    if (g->role == ROLE_SERVER)
        start_request(g, &d);
    else
        start_response(g, &d);
    if (g->answer)
        put_str(&d, WS_FIELD_EXTENSIONS, g->answer);
    for (size_t i = 0; i < g->n_steps; i++)
        apply_step(g, &d, g->steps[i]);
    return !d.no_memory && write_draft(&d, out);
}
