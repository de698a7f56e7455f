#include "verdict/baseline.h"

#include <string.h>

#include "base/text.h"
#include "ws/utf8.h"

/* One line under way. */
struct reader {
    struct arena *arena;
    const char *file;
    unsigned number;
    struct bytes line;
    size_t at;
    struct err *err;
};

static bool wrong(const struct reader *r, size_t at, const char *what)
{
    err_set(r->err, ERR_SYNTAX, "%s", what);
    return err_at(r->err, r->file, r->number, (unsigned)at + 1);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* The next word, empty at the end; *at says where it begins. */
static struct bytes take_word(struct reader *r, size_t *at)
{
    while (r->at < r->line.len && is_blank(r->line.ptr[r->at]))
        r->at++;
    *at = r->at;
    while (r->at < r->line.len && !is_blank(r->line.ptr[r->at]))
        r->at++;
    return bytes_take(bytes_skip(r->line, *at), r->at - *at);
}

static bool keep(const struct reader *r, struct bytes text, const char **out)
{
    *out = arena_str(r->arena, text);
    return *out || err_memory(r->err, "a baseline");
}

/* ---- KNOWN and FLAKY ---- */

static bool take_severity(const struct reader *r, struct bytes word, struct baseline_line *out)
{
    for (int s = SEVERITY_PEDANTIC; s <= SEVERITY_CRITICAL; s++) {
        if (!bytes_eq_str(word, script_severity_name((enum severity)s)))
            continue;
        out->severe = true;
        out->severity = (enum severity)s;
        return true;
    }
    return wrong(r, out->word_at, "expected pedantic, minor, major or critical behind \"fail:\"");
}

/* An error is nobody's known failure: it says nothing about the target. */
static bool take_verdict(struct reader *r, struct baseline_line *out)
{
    static const char expected[] =
        "expected a verdict: fail, warn, info, skip, pass, flaky, or fail:critical";
    struct bytes word = take_word(r, &out->word_at);
    struct bytes fail = BYTES_LIT("fail:");
    const char *name;

    out->word_len = word.len;
    out->kind = bytes_eq_str(word, "flaky") ? BASELINE_FLAKY : BASELINE_KNOWN;
    if (out->kind == BASELINE_FLAKY)
        return true;
    if (bytes_starts(word, fail)) {
        out->verdict = VERDICT_FAIL;
        return take_severity(r, bytes_skip(word, fail.len), out);
    }
    if (!keep(r, word, &name))
        return false;
    int verdict = verdict_named(name);
    if (verdict < 0 || verdict == VERDICT_ERROR)
        return wrong(r, out->word_at, expected);
    out->verdict = (enum verdict_kind)verdict;
    return true;
}

static bool is_link(struct bytes word)
{
    return bytes_starts(word, BYTES_LIT("http://")) || bytes_starts(word, BYTES_LIT("https://"));
}

/* What is left of the line: the reason, and a link when its last word is one. */
static bool take_reason(struct reader *r, struct baseline_line *out)
{
    struct bytes rest = bytes_trim(bytes_skip(r->line, r->at));
    size_t last = rest.len;

    while (last > 0 && !is_blank(rest.ptr[last - 1]))
        last--;
    struct bytes link = bytes_skip(rest, last);
    if (is_link(link)) {
        if (!keep(r, link, &out->link))
            return false;
        rest = bytes_trim(bytes_take(rest, last));
    }
    if (rest.len == 0)
        return wrong(r, r->line.len, "expected the reason behind the verdict: why is it known?");
    return keep(r, rest, &out->reason);
}

static bool read_known(struct reader *r, struct bytes pattern, struct baseline_line *out)
{
    out->glob =
        bytes_index(pattern, 0, '*') < pattern.len || bytes_index(pattern, 0, '?') < pattern.len;
    return keep(r, pattern, &out->pattern) && take_verdict(r, out) && take_reason(r, out);
}

/* ---- COUNT ---- */

static bool take_number(struct reader *r, size_t *out)
{
    size_t at;
    uint64_t n;

    if (!text_number(take_word(r, &at), UINT32_MAX, &n))
        return wrong(r, at, "expected a number");
    *out = (size_t)n;
    return true;
}

/* "cases 2091 skipped 37 of --cases rfc6455/" behind its first word. */
static bool read_count(struct reader *r, struct baseline_line *out)
{
    size_t at;

    out->kind = BASELINE_COUNT;
    out->selection = "";
    if (!take_number(r, &out->cases))
        return false;
    struct bytes word = take_word(r, &at);
    if (bytes_eq_str(word, "skipped")) {
        out->counts_skipped = true;
        if (!take_number(r, &out->skipped))
            return false;
        word = take_word(r, &at);
    }
    if (word.len == 0)
        return true;
    struct bytes rest = bytes_trim(bytes_skip(r->line, r->at));
    if (!bytes_eq_str(word, "of") || rest.len == 0)
        return wrong(r, at, "expected \"skipped N\", or \"of\" and the options that choose cases");
    return keep(r, rest, &out->selection);
}

/* ---- lines ---- */

/* Reasons go to terminals and into other formats: text, and nothing else. */
static bool is_text(const struct reader *r)
{
    for (size_t i = 0; i < r->line.len; i++)
        if ((r->line.ptr[i] < ' ' && r->line.ptr[i] != '\t') || r->line.ptr[i] == 0x7f)
            return wrong(r, i, "expected text, found a control character");
    return ws_utf8_valid(r->line) || wrong(r, 0, "expected UTF-8");
}

static bool read_line(struct reader *r, struct baseline_line *out)
{
    size_t at;

    *out = (struct baseline_line){ .kind = BASELINE_COMMENT, .number = r->number };
    if (!is_text(r) || !keep(r, r->line, &out->text))
        return false;
    struct bytes word = take_word(r, &at);
    if (word.len == 0 || word.ptr[0] == '#')
        return true;
    return bytes_eq_str(word, "cases") ? read_count(r, out) : read_known(r, word, out);
}

static bool same_subject(const struct baseline_line *a, const struct baseline_line *b)
{
    if (a->kind == BASELINE_COUNT || b->kind == BASELINE_COUNT)
        return a->kind == b->kind && strcmp(a->selection, b->selection) == 0;
    return a->pattern && b->pattern && strcmp(a->pattern, b->pattern) == 0;
}

static bool is_first(const struct reader *r, const struct baseline *b,
                     const struct baseline_line *line)
{
    for (size_t i = 0; i < b->count; i++) {
        if (!same_subject(&b->lines[i], line))
            continue;
        err_set(r->err, ERR_SYNTAX, "line %u says this already", b->lines[i].number);
        return err_at(r->err, r->file, r->number, 1);
    }
    return true;
}

static bool add_line(struct reader *r, struct baseline *out)
{
    struct baseline_line line;

    if (!read_line(r, &line) || !is_first(r, out, &line))
        return false;
    if (out->count == BASELINE_LINES_MAX)
        return wrong(r, 0, "too many lines for a baseline");
    if (!arena_grow(r->arena, (void **)&out->lines, &out->cap, out->count + 1, sizeof line))
        return err_memory(r->err, "a baseline");
    out->lines[out->count++] = line;
    return true;
}

static struct bytes without_cr(struct bytes line)
{
    return line.len > 0 && line.ptr[line.len - 1] == '\r' ? bytes_take(line, line.len - 1) : line;
}

bool baseline_parse(struct arena *a, const char *file, struct bytes text, struct baseline *out,
                    struct err *err)
{
    struct reader r = { .arena = a, .file = file, .err = err };

    *out = (struct baseline){ .file = file };
    while (text.len > 0) {
        size_t end = bytes_index(text, 0, '\n');
        r.line = without_cr(bytes_take(text, end));
        r.at = 0;
        r.number++;
        text = bytes_skip(text, end + 1);
        if (!add_line(&r, out))
            return false;
    }
    return true;
}
