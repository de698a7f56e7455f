#include "drive/profile.h"

#include <stdio.h>
#include <string.h>

/* Needs of the case language that only a set-up can meet. */
static const char *const set_up_needs[] = { "subprotocol", "origin", "closer", "report",
                                            "proxy",       "path",   "limit",  "port" };

static bool is_set_up_need(const char *need)
{
    for (size_t i = 0; i < sizeof set_up_needs / sizeof *set_up_needs; i++)
        if (strcmp(need, set_up_needs[i]) == 0)
            return true;
    return false;
}

static bool parse_line(struct arena *a, struct bytes line, struct profile *out, struct err *err)
{
    size_t space = bytes_index(line, 0, ' ');
    char *need = arena_str(a, bytes_take(line, space));
    char *value = arena_str(a, bytes_trim(bytes_skip(line, space)));

    if (!need || !value)
        return err_memory(err, "a profile");
    if (!is_set_up_need(need))
        return err_set(err, ERR_SYNTAX,
                       "expected subprotocol, origin, closer, report, proxy, path, limit or port, "
                       "found \"%s\"",
                       need);
    if (out->count == PROFILE_ROWS_MAX)
        return err_set(err, ERR_SYNTAX, "more than %d lines", PROFILE_ROWS_MAX);
    out->rows[out->count++] = (struct profile_row){ need, value };
    return true;
}

bool profile_parse(struct arena *a, const char *path, struct bytes text, struct profile *out,
                   struct err *err)
{
    *out = (struct profile){ 0 };
    for (unsigned number = 1; text.len > 0; number++) {
        size_t end = bytes_index(text, 0, '\n');
        struct bytes line = bytes_trim(bytes_take(text, end));
        text = bytes_skip(text, end + 1);
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (!parse_line(a, line, out, err))
            return err_at(err, path, number, 1);
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
        return target->tls ? NULL : "needs TLS: give a wss:// URL";
    if (strcmp(need, "exec") == 0)
        return target->command ? NULL : "needs --exec";
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
    return NULL;
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
