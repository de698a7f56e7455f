#ifndef SUPPORT_WORDS_H
#define SUPPORT_WORDS_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* One line of a test's little languages: words, `name=number`, and one "text" or x"hex". */
#define WORDS_MAX 12
#define WORDS_DATA_MAX 70000

struct words {
    char text[2000];
    const char *list[WORDS_MAX];
    size_t count;
    uint8_t data[WORDS_DATA_MAX];
    struct bytes quoted; /* looks into data; ptr NULL: there was none */
};

static inline unsigned words_nibble(char c)
{
    cr_assert((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'), "no hex digit: %c", c);
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* "text" with \r, \n, \xHH; x"0102" without blanks. Gives what stands behind the quote. */
static inline char *words_quoted(struct words *w, char *at)
{
    bool hex = *at == 'x';
    size_t n = 0;

    for (at += hex ? 2 : 1; *at != '"'; at++) {
        cr_assert(*at && n < sizeof w->data, "an open quote");
        if (hex || (at[0] == '\\' && at[1] == 'x')) {
            at += hex ? 0 : 2;
            w->data[n++] = (uint8_t)(words_nibble(at[0]) << 4 | words_nibble(at[1]));
            at++;
        } else if (*at == '\\') {
            at++;
            w->data[n++] = *at == 'r' ? '\r' : *at == 'n' ? '\n' : (uint8_t)*at;
        } else {
            w->data[n++] = (uint8_t)*at;
        }
    }
    w->quoted = bytes_of(w->data, n);
    return at + 1;
}

/* Takes the next line (or the next part before `stop`) of *text. False at the end. */
static inline bool words_next(struct words *w, const char **text, char stop)
{
    size_t len = 0;
    bool quote = false;

    if (!**text)
        return false;
    for (const char *c = *text; c[len] && c[len] != '\n' && (quote || c[len] != stop); len++)
        quote ^= c[len] == '"';
    cr_assert_lt(len, sizeof w->text);
    memcpy(w->text, *text, len);
    w->text[len] = '\0';
    *text += len + ((*text)[len] != '\0');
    w->count = 0;
    w->quoted = (struct bytes){ 0 };
    for (char *at = w->text; *at;) {
        if (*at == ' ') {
            *at++ = '\0';
        } else if (*at == '"' || (at[0] == 'x' && at[1] == '"')) {
            at = words_quoted(w, at);
        } else {
            cr_assert_lt(w->count, WORDS_MAX);
            w->list[w->count++] = at;
            at += strcspn(at, " ");
        }
    }
    return true;
}

static inline const char *words_at(const struct words *w, size_t i)
{
    return i < w->count ? w->list[i] : "";
}

static inline bool words_have(const struct words *w, const char *word)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->list[i], word) == 0)
            return true;
    return false;
}

/* The number behind `name` ("us=", "@"), or `otherwise`. */
static inline uint64_t words_number(const struct words *w, const char *name, uint64_t otherwise)
{
    for (size_t i = 0; i < w->count; i++)
        if (strncmp(w->list[i], name, strlen(name)) == 0)
            return strtoull(w->list[i] + strlen(name), NULL, 10);
    return otherwise;
}

/* The first word that is a bare number. */
static inline bool words_bare_number(const struct words *w, uint64_t *out)
{
    for (size_t i = 0; i < w->count; i++) {
        char *end;
        uint64_t n = strtoull(w->list[i], &end, 10);
        if (*w->list[i] >= '0' && *w->list[i] <= '9' && *end == '\0') {
            *out = n;
            return true;
        }
    }
    return false;
}

#endif
