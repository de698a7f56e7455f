#include "drive/profile.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "drive/dial.h"
#include "ws/close.h"

/* One line, from where it is still to be read. */
struct reader {
    struct arena *arena;
    struct bytes line;
    size_t at;
    bool no_memory;
};

static void skip_blanks(struct reader *r)
{
    while (r->at < r->line.len && (r->line.ptr[r->at] == ' ' || r->line.ptr[r->at] == '\t'))
        r->at++;
}

static bool at_end(struct reader *r)
{
    skip_blanks(r);
    return r->at == r->line.len;
}

/* Up to the next blank; empty at the end. */
static struct bytes peek_word(struct reader *r)
{
    skip_blanks(r);
    struct bytes rest = bytes_skip(r->line, r->at);
    size_t n = 0;
    while (n < rest.len && rest.ptr[n] != ' ' && rest.ptr[n] != '\t')
        n++;
    return bytes_take(rest, n);
}

static const char *keep(struct reader *r, struct bytes text)
{
    const char *copy = arena_str(r->arena, text);

    r->no_memory |= !copy;
    return copy ? copy : "";
}

static const char *take_word(struct reader *r)
{
    struct bytes word = peek_word(r);

    r->at += word.len;
    return keep(r, word);
}

static const char *take_rest(struct reader *r)
{
    skip_blanks(r);
    struct bytes rest = bytes_skip(r->line, r->at);
    r->at = r->line.len;
    return keep(r, rest);
}

/* "TEXT" in quotes, with nothing special in it but \" and \\; NULL: none stands here. */
static const char *take_quoted(struct reader *r)
{
    struct bytes in = bytes_skip(r->line, r->at);
    char *text = arena_new(r->arena, in.len + 1);
    size_t n = 0, i = 1;

    if (!text) {
        r->no_memory = true;
        return "";
    }
    if (in.len == 0 || in.ptr[0] != '"')
        return NULL;
    for (; i < in.len && in.ptr[i] != '"'; i++) {
        i += in.ptr[i] == '\\' && i + 1 < in.len;
        text[n++] = (char)in.ptr[i];
    }
    if (i >= in.len)
        return NULL;
    text[n] = '\0';
    r->at += i + 1;
    return text;
}

/* The cases offer this name; a target that speaks another one cannot take part. */
static bool read_subprotocol(struct reader *r, struct setup *out)
{
    (void)out;
    if (!bytes_eq_str(peek_word(r), "chat"))
        return false;
    (void)take_word(r);
    return true;
}

static bool read_origin(struct reader *r, struct setup *out)
{
    if (at_end(r))
        return false;
    out->origin = take_word(r);
    return true;
}

static bool is_path(struct bytes word)
{
    return word.len > 0 && word.ptr[0] == '/';
}

static bool read_path(struct reader *r, struct setup *out)
{
    if (!is_path(peek_word(r)))
        return false;
    out->served = take_word(r);
    return true;
}

static bool read_auth(struct reader *r, struct setup *out)
{
    if (!is_path(peek_word(r)))
        return false;
    out->guarded = take_word(r);
    if (at_end(r))
        return false;
    out->credentials = take_rest(r);
    return true;
}

static bool read_limit(struct reader *r, struct setup *out)
{
    if (!text_size(peek_word(r), SETUP_LIMIT_MAX, &out->limit) || out->limit == 0)
        return false;
    (void)take_word(r);
    return true;
}

static bool read_close_code(struct reader *r, struct setup *out)
{
    uint64_t code;

    if (!text_number(peek_word(r), UINT16_MAX, &code) ||
        ws_close_code_rule((uint16_t)code) != WS_RULE_NONE)
        return false;
    (void)take_word(r);
    out->close_has_code = true;
    out->close_code = (uint16_t)code;
    return true;
}

static bool read_closer(struct reader *r, struct setup *out)
{
    skip_blanks(r);
    out->closer = take_quoted(r);
    if (!out->closer || at_end(r))
        return out->closer != NULL;
    if (!read_close_code(r, out) || at_end(r))
        return out->close_has_code;
    out->close_reason = take_quoted(r);
    return out->close_reason != NULL;
}

static bool read_ports(struct reader *r, struct setup *out)
{
    bool any = false;
    uint64_t port;

    for (; !at_end(r); any = true) {
        if (!text_number(peek_word(r), UINT16_MAX, &port) || port == 0)
            return false;
        (void)take_word(r);
    }
    (void)out;
    return any;
}

static bool read_arguments(struct reader *r, struct setup *out)
{
    (void)out;
    return !at_end(r) && *take_rest(r);
}

static bool read_anything(struct reader *r, struct setup *out)
{
    (void)out;
    (void)take_rest(r);
    return true;
}

/* The needs of the case language that only a set-up can meet. */
static const struct word {
    const char *name;
    bool (*read)(struct reader *r, struct setup *out); /* false: at r->at is something else */
    const char *what;
} words[PROFILE_WORDS] = {
    { "subprotocol", read_subprotocol, "chat, the subprotocol that the cases offer" },
    { "origin", read_origin, "an origin that is accepted, as https://example.org" },
    { "path", read_path, "a path that is served, as /chat" },
    { "auth", read_auth,
      "a path and the value of Authorization that opens it, as /private Bearer TOKEN" },
    { "limit", read_limit, "a size from 1 to 256M, as 64K" },
    { "closer", read_closer,
      "a message in quotes, then perhaps a close code that may be sent and a reason in quotes, as "
      "\"please close\" 1000 \"as asked\"" },
    { "report", read_anything, NULL },
    { "proxy", read_arguments, "what is added to the client's command, as --proxy {proxy}" },
    { "header", read_arguments, "what is added to the client's command, as --header '{header}'" },
    { "pair", read_anything, NULL },
    { "reconnect", read_anything, NULL },
    { "redirects", read_anything, NULL },
    { "port", read_ports, "ports that we may listen on, as 80 443" },
};

static const struct word *find_word(struct bytes name)
{
    for (size_t i = 0; i < PROFILE_WORDS; i++)
        if (bytes_eq_str(name, words[i].name))
            return &words[i];
    return NULL;
}

static bool unknown_word(struct bytes found, struct err *err)
{
    char list[320] = "";

    for (size_t i = 0, n = 0; i < PROFILE_WORDS; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s",
                              i == 0                   ? ""
                              : i == PROFILE_WORDS - 1 ? " or "
                                                       : ", ",
                              words[i].name);
    return err_set(err, ERR_SYNTAX, "expected %s, found \"%.*s\"", list,
                   BYTES_ARG(bytes_take(found, 40)));
}

/* False with r->at at what is wrong. */
static bool parse_line(struct reader *r, struct profile *out, struct err *err)
{
    struct bytes name = peek_word(r);
    const struct word *word = find_word(name);

    if (!word)
        return unknown_word(name, err);
    if (profile_value(out, word->name))
        return err_set(err, ERR_SYNTAX, "expected %s once, found it again", word->name);
    r->at += name.len;
    skip_blanks(r);
    const char *value = keep(r, bytes_skip(r->line, r->at));
    if (!word->read(r, &out->setup) || !at_end(r))
        return err_set(err, ERR_SYNTAX, "expected %s, found %s%.*s%s", word->what,
                       at_end(r) ? "the end of the line" : "\"",
                       BYTES_ARG(bytes_take(bytes_skip(r->line, r->at), 40)),
                       at_end(r) ? "" : "\"");
    out->rows[out->count++] = (struct profile_row){ word->name, value };
    return !r->no_memory || err_memory(err, "a profile");
}

bool profile_parse(struct arena *a, const char *path, struct bytes text, struct profile *out,
                   struct err *err)
{
    *out = (struct profile){ 0 };
    for (unsigned number = 1; text.len > 0; number++) {
        size_t end = bytes_index(text, 0, '\n');
        struct bytes whole = bytes_take(text, end);
        struct reader r = { .arena = a, .line = whole };
        text = bytes_skip(text, end + 1);
        while (r.line.len > 0 && strchr(" \t\r", r.line.ptr[r.line.len - 1]))
            r.line.len--;
        if (at_end(&r) || r.line.ptr[r.at] == '#')
            continue;
        if (!parse_line(&r, out, err))
            return err_at(err, path, number, (unsigned)r.at + 1);
    }
    return true;
}

const char *profile_value(const struct profile *p, const char *need)
{
    for (size_t i = 0; p && i < p->count; i++)
        if (strcmp(p->rows[i].need, need) == 0)
            return p->rows[i].value;
    return NULL;
}

static const char *lacks(const struct profile *p, const struct probe *probe,
                         const struct target_options *target, const char *need, struct arena *a)
{
    if (strcmp(need, "echo") == 0)
        return probe->echoes   ? NULL
               : probe->pushes ? "the target sends messages of its own"
                               : "the target does not echo";
    if (strcmp(need, "permessage-deflate") == 0)
        return probe->deflate ? NULL : "the target takes no permessage-deflate";
    if (strcmp(need, "tls") == 0)
        return target->tls                   ? NULL
               : target->role == ROLE_CLIENT ? "needs TLS: give --tls"
                                             : "needs TLS: give a wss:// URL";
    if (strcmp(need, "plain") == 0)
        return target->tls ? "this is about a connection without TLS" : NULL;
    if (strcmp(need, "exec") == 0)
        return target->command               ? NULL
               : target->role == ROLE_CLIENT ? "needs a client that wsproof starts: test-client"
                                             : "needs --exec";
    if (profile_value(p, need))
        return NULL;
    const char *text = arena_print(a, "needs set-up: %s", need);
    return text ? text : "needs set-up";
}

const char *profile_lacks(const struct profile *p, const struct probe *probe,
                          const struct target_options *target, const struct script_case *c,
                          struct arena *a)
{
    for (size_t i = 0; i < c->n_needs; i++) {
        const char *why = lacks(p, probe, target, c->needs[i], a);
        if (why)
            return why;
    }
    return dial_lacks(p, target, c, a);
}

static bool client_shows(const char *need)
{
    return strcmp(need, "echo") == 0 || strcmp(need, "permessage-deflate") == 0 ||
           strcmp(need, "subprotocol") == 0;
}

const char *profile_lacks_unseen(const struct profile *p, const struct target_options *target,
                                 const struct script_case *c, struct arena *a)
{
    for (size_t i = 0; i < c->n_needs; i++) {
        const char *why = client_shows(c->needs[i]) ? NULL : lacks(p, NULL, target, c->needs[i], a);
        if (why)
            return why;
    }
    return NULL;
}
