#include "fuzz/trial/news.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define MARK "@fuzz" /* no line of libFuzzer begins so */

static const char *const names[FUZZ_NEWS_KINDS] = {
    [FUZZ_NEWS_READY] = "ready",     [FUZZ_NEWS_PULSE] = "pulse", [FUZZ_NEWS_FINDING] = "finding",
    [FUZZ_NEWS_AGAIN] = "again",     [FUZZ_NEWS_DOUBT] = "doubt", [FUZZ_NEWS_NOTE] = "note",
    [FUZZ_NEWS_TROUBLE] = "trouble", [FUZZ_NEWS_DONE] = "done",
};

/* The numbers of a line; what is 0 is left out. */
struct number {
    const char *name;
    size_t at; /* in struct fuzz_news */
};

#define NUMBER(field)                                                                              \
    {                                                                                              \
#field, offsetof(struct fuzz_news, field)                                                  \
    }
static const struct number numbers[] = { NUMBER(sessions), NUMBER(seen),     NUMBER(edges),
                                         NUMBER(corpus),   NUMBER(suspects), NUMBER(code) };
static const struct number claims[] = { NUMBER(coverage), NUMBER(echoes), NUMBER(deflate) };

#define COUNT(table) (sizeof table / sizeof *table)

static bool write_numbers(const struct fuzz_news *news, struct buf *out)
{
    const char *base = (const char *)news;
    bool ok = true;

    for (size_t i = 0; ok && i < COUNT(numbers); i++) {
        uint64_t n;
        memcpy(&n, base + numbers[i].at, sizeof n);
        ok = n == 0 || buf_print(out, "\t%s=%llu", numbers[i].name, (unsigned long long)n);
    }
    for (size_t i = 0; ok && i < COUNT(claims); i++) {
        bool claim;
        memcpy(&claim, base + claims[i].at, sizeof claim);
        ok = !claim || buf_print(out, "\t%s=1", claims[i].name);
    }
    return ok;
}

/* A tab or a newline would end the field, and nothing here shall command a terminal. */
static bool write_text(const char *name, const char *text, struct buf *out)
{
    if (!*text)
        return true;
    if (!buf_print(out, "\t%s=", name))
        return false;
    for (; *text; text++) {
        uint8_t c = (uint8_t)*text;
        if (!buf_push(out, c < 0x20 || c == 0x7f ? '?' : c))
            return false;
    }
    return true;
}

bool fuzz_news_write(const struct fuzz_news *news, struct buf *out)
{
    return buf_print(out, MARK "\t%s", names[news->kind]) && write_numbers(news, out) &&
           write_text("path", news->path, out) && write_text("text", news->text, out) &&
           buf_push(out, '\n');
}

static void take_text(struct bytes value, char to[FUZZ_NEWS_TEXT])
{
    snprintf(to, FUZZ_NEWS_TEXT, "%.*s", BYTES_ARG(bytes_take(value, FUZZ_NEWS_TEXT - 1)));
}

/* Fields that are unknown are those of a later engine. */
static void take_field(struct bytes field, struct fuzz_news *out)
{
    size_t equals = bytes_index(field, 0, '=');
    struct bytes name = bytes_take(field, equals), value = bytes_skip(field, equals + 1);
    uint64_t n;

    if (bytes_eq_str(name, "path"))
        take_text(value, out->path);
    if (bytes_eq_str(name, "text"))
        take_text(value, out->text);
    if (!text_number(value, UINT64_MAX, &n))
        return;
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (bytes_eq_str(name, numbers[i].name))
            memcpy((char *)out + numbers[i].at, &n, sizeof n);
    for (size_t i = 0; i < COUNT(claims); i++)
        if (bytes_eq_str(name, claims[i].name))
            memcpy((char *)out + claims[i].at, &(bool){ n != 0 }, sizeof(bool));
}

static struct bytes next_field(struct bytes *rest)
{
    size_t tab = bytes_index(*rest, 0, '\t');
    struct bytes field = bytes_take(*rest, tab);

    *rest = bytes_skip(*rest, tab + 1);
    return field;
}

static int kind_named(struct bytes name)
{
    for (int k = 0; k < FUZZ_NEWS_KINDS; k++)
        if (bytes_eq_str(name, names[k]))
            return k;
    return -1;
}

bool fuzz_news_read(struct bytes line, struct fuzz_news *out)
{
    struct bytes rest = line;

    memset(out, 0, sizeof *out);
    if (!bytes_eq_str(next_field(&rest), MARK))
        return false;
    int kind = kind_named(next_field(&rest));
    if (kind < 0)
        return false;
    out->kind = (enum fuzz_news_kind)kind;
    while (rest.len > 0)
        take_field(next_field(&rest), out);
    return true;
}
