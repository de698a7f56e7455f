#include "fuzz/trial/remark.h"

#include <string.h>

#include "base/text.h"
#include "fuzz/trial/findings.h"

#define WORDS_LINES_MAX 12
#define WORDS_LINE_MAX 160

static bool add_word(const char *option, const char *word, struct buf *out)
{
    return !word || (buf_print(out, " %s%s", option, *option ? " " : "") &&
                     text_shell_word(bytes_str(word), out));
}

bool remark_command(const struct fuzz_options *o, const char *path, struct buf *out)
{
    bool ok = buf_append(out, BYTES_LIT("wsproof replay")) && add_word("", path, out) &&
              add_word("", o->url, out) && add_word("--exec", o->command, out) &&
              add_word("--cacert", o->cacert, out) && add_word("--sni", o->sni, out);

    for (size_t i = 0; ok && i < o->n_headers; i++)
        ok = add_word("--header", o->headers[i], out);
    for (size_t i = 0; ok && i < o->n_protocols; i++)
        ok = add_word("--subprotocol", o->protocols[i], out);
    if (ok && o->timeout_ms > SCHEDULE_EXPECT_MS)
        ok = buf_print(out, " --timeout %llums", (unsigned long long)o->timeout_ms);
    if (ok && o->insecure)
        ok = buf_append(out, BYTES_LIT(" --insecure"));
    if (ok && o->tls)
        ok = buf_append(out, BYTES_LIT(" --tls"));
    return ok;
}

static bool command_of(const struct convict *c, const struct fuzz_options *o, struct buf *out)
{
    struct buf path;
    bool ok;

    if (c->path)
        return remark_command(o, c->path, out);
    buf_init(&path, FINDINGS_PATH);
    ok = buf_print(&path, "%s%s/%s.case", o->findings,
                   c->result == CONVICT_NOT_AGAIN ? "/" FINDINGS_UNCONFIRMED : "", c->name) &&
         buf_push(&path, 0) && remark_command(o, (const char *)path.ptr, out);
    buf_free(&path);
    return ok;
}

/* A sanitizer's report is long: its beginning says what, and where. */
static bool add_words(const char *words, struct buf *out)
{
    struct bytes rest = bytes_str(words);
    bool ok = rest.len == 0 || buf_append(out, BYTES_LIT("\nThe target's last words:\n"));

    for (size_t lines = 0; ok && rest.len > 0 && lines < WORDS_LINES_MAX; lines++) {
        size_t end = bytes_index(rest, 0, '\n');
        struct bytes line = bytes_take(rest, end);
        rest = bytes_skip(rest, end + 1);
        ok = buf_append(out, BYTES_LIT("  ")) && text_quote(line, WORDS_LINE_MAX, out) &&
             buf_push(out, '\n');
    }
    return ok;
}

/* Those of a sanitizer that would only be told, and not ended, when the case is run again. */
static const char *settings(const struct convict *c)
{
    return strstr(c->suspicion.words, "runtime error:") ? "UBSAN_OPTIONS=halt_on_error=1 " : "";
}

static bool add_line(const char *what, const char *text, struct buf *out)
{
    return !text ||
           (buf_append(out, bytes_str(what)) &&
            buf_append(out, bytes_take(bytes_str(text), WORDS_LINE_MAX)) && buf_push(out, '\n'));
}

/* The case's own words, without the first. */
static const char *without_expect(const char *expected)
{
    return expected && strncmp(expected, "expect ", 7) == 0 ? expected + 7 : expected;
}

static bool add_reason(const struct verdict *v, struct buf *out)
{
    return add_line("wsproof test says: ", v->reason, out) &&
           add_line("  expected ", without_expect(v->expected), out) &&
           add_line("  came     ", v->got, out);
}

bool remark_write(const struct convict *c, const struct fuzz_options *o, struct buf *out)
{
    bool ok = buf_print(out, "%s\n", c->sentence);

    if (ok && c->result == CONVICT_GUILTY)
        ok = add_reason(&c->verdict, out);
    if (ok && c->result == CONVICT_NOT_AGAIN)
        ok = buf_print(out, "NOT REPRODUCED: seen once while fuzzing; %s\n", c->why);
    return ok && buf_print(out, "\nSignature: %s\nRun it again:\n  %s", c->name, settings(c)) &&
           command_of(c, o, out) && buf_push(out, '\n') && add_words(c->suspicion.words, out);
}
