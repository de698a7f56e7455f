#include "io/process.h"

#include <string.h>

#include "base/alloc.h"

/* Where the next word goes and what of the command is still to be read. */
struct splitter {
    const char *in;
    char *out;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* The characters up to the closing quote. Between "…" a backslash takes away the meaning of " and
 * of itself; between '…' nothing has any. */
static bool take_quoted(struct splitter *s)
{
    char quote = *s->in++;

    while (*s->in != '\0' && *s->in != quote) {
        if (quote == '"' && *s->in == '\\' && (s->in[1] == '"' || s->in[1] == '\\'))
            s->in++;
        *s->out++ = *s->in++;
    }
    if (*s->in == '\0')
        return false;
    s->in++;
    return true;
}

static bool take_word(struct splitter *s)
{
    while (*s->in != '\0' && !is_blank(*s->in)) {
        if (*s->in == '\'' || *s->in == '"') {
            if (!take_quoted(s))
                return false;
            continue;
        }
        if (*s->in == '\\' && s->in[1] != '\0')
            s->in++;
        *s->out++ = *s->in++;
    }
    *s->out++ = '\0';
    return true;
}

/* Every word but the first costs a blank, and there is at most one byte more than characters. */
char **io_process_words(const char *command, struct err *err)
{
    size_t len = strlen(command), slots = len / 2 + 2, table, n = 0;
    char **argv = NULL;

    if (size_mul(&table, slots, sizeof *argv) && size_add(&table, table, len + 1))
        argv = alloc_resize(NULL, table);
    if (!argv) {
        err_memory(err, "a command line");
        return NULL;
    }
    struct splitter s = { command, (char *)(argv + slots) };
    for (;;) {
        while (is_blank(*s.in))
            s.in++;
        if (*s.in == '\0')
            break;
        argv[n++] = s.out;
        if (!take_word(&s)) {
            err_set(err, ERR_USAGE, "a quote is not closed in: %s", command);
            goto no;
        }
    }
    argv[n] = NULL;
    if (n > 0)
        return argv;
    err_set(err, ERR_USAGE, "the command is empty");
no:
    alloc_free(argv);
    return NULL;
}
