#include "fuzz/planted/offer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fuzz/planted/bug.h"
#include "fuzz/planted/harm.h"

#define EXTENSIONS "Sec-WebSocket-Extensions"
#define TOKEN "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define WORD_MAX 64

/* One parameter, or the extension's name without a value. Longer ones are no words of ours. */
struct word {
    char name[WORD_MAX], value[WORD_MAX];
    bool has_value;
};

static void skip_blanks(const char **at)
{
    *at += strspn(*at, " \t");
}

static bool read_token(const char **at, char out[WORD_MAX])
{
    size_t len = strspn(*at, TOKEN);

    snprintf(out, WORD_MAX, "%.*s", (int)len, *at);
    *at += len;
    skip_blanks(at);
    return len > 0;
}

/* A quoted text must be a token once it is read. RFC 6455 9.1. */
static bool read_quoted(const char **at, char out[WORD_MAX])
{
    const char *end = strchr(*at + 1, '"');

    if (bug_is(BUG_QUOTE_WITHOUT_END))
        harm_read(end);
    if (!end)
        return false;
    size_t len = (size_t)(end - *at) - 1;
    if (len == 0 || strspn(*at + 1, TOKEN) != len)
        return false;
    snprintf(out, WORD_MAX, "%.*s", (int)len, *at + 1);
    *at = end + 1;
    skip_blanks(at);
    return true;
}

static bool read_word(const char **at, struct word *out)
{
    *out = (struct word){ 0 };
    skip_blanks(at);
    if (!read_token(at, out->name))
        return false;
    if (**at != '=')
        return true;
    ++*at;
    skip_blanks(at);
    out->has_value = true;
    return **at == '"' ? read_quoted(at, out->value) : read_token(at, out->value);
}

/* 8 to 15 without a leading zero; 0: it is none. */
static int window_bits(const char *value)
{
    if (strlen(value) == 1 && (value[0] == '8' || value[0] == '9'))
        return value[0] - '0';
    if (strlen(value) == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5')
        return 10 + value[1] - '0';
    return 0;
}

/* What was seen of one element: what `params` cannot tell. */
struct seen {
    unsigned server_alone, client_alone, server_bits, client_bits, wrong;
    int server_window, client_window;
};

static void note_param(const struct word *w, struct seen *seen)
{
    int bits = window_bits(w->value);

    if (strcmp(w->name, "server_no_context_takeover") == 0 && !w->has_value) {
        seen->server_alone++;
    } else if (strcmp(w->name, "client_no_context_takeover") == 0 && !w->has_value) {
        seen->client_alone++;
    } else if (strcmp(w->name, "server_max_window_bits") == 0 && bits > 0) {
        seen->server_bits++;
        seen->server_window = bits;
    } else if (strcmp(w->name, "client_max_window_bits") == 0 && (!w->has_value || bits > 0)) {
        seen->client_bits++;
        seen->client_window = bits;
    } else {
        seen->wrong++;
    }
}

static bool is_valid(const struct seen *s)
{
    return s->wrong == 0 && s->server_alone < 2 && s->client_alone < 2 && s->server_bits < 2 &&
           s->client_bits < 2;
}

/* One element of the list with its parameters. False: it is malformed. */
static bool read_element(const char **at, bool *is_deflate, struct seen *seen)
{
    struct word word;

    *seen = (struct seen){ 0 };
    if (!read_word(at, &word) || word.has_value)
        return false;
    *is_deflate = strcmp(word.name, "permessage-deflate") == 0;
    while (**at == ';') {
        ++*at;
        if (!read_word(at, &word))
            return false;
        note_param(&word, seen);
    }
    return **at == ',' || **at == '\0';
}

/* Behind an element, or in front of the first: on to the next. */
static void skip_commas(const char **at)
{
    while (**at == ',' || **at == ' ' || **at == '\t') {
        if (bug_is(BUG_EMPTY_ELEMENT) && **at == ',' && (*at)[1] == ',')
            harm_hang();
        ++*at;
    }
}

/* Our compressor knows no window of 8 bits: such an offer is declined. */
static void consider(const struct seen *s, struct params *out)
{
    if (out->agreed || !is_valid(s) || s->server_window == 8)
        return;
    *out = (struct params){ .agreed = true,
                            .ours_alone = s->server_alone > 0,
                            .theirs_alone = s->client_alone > 0,
                            .ours_bits = s->server_window > 0 ? s->server_window : 15,
                            .theirs_bits = 15,
                            .ours_bits_said = s->server_window > 0 };
}

static bool choose_from(const char *at, struct params *out)
{
    struct seen seen;
    bool is_deflate;

    for (skip_commas(&at); *at != '\0'; skip_commas(&at)) {
        if (!read_element(&at, &is_deflate, &seen))
            return false;
        if (is_deflate)
            consider(&seen, out);
    }
    return true;
}

bool offer_choose(const struct head *request, struct params *out)
{
    *out = (struct params){ 0 };
    for (size_t i = 0; i < request->count; i++)
        if (strcasecmp(request->fields[i].name, EXTENSIONS) == 0 &&
            !choose_from(request->fields[i].value, out))
            return false;
    return true;
}

void offer_answer(const struct params *params, char *out)
{
    char bits[40] = "";

    if (params->ours_bits_said)
        snprintf(bits, sizeof bits, "; server_max_window_bits=%d", params->ours_bits);
    snprintf(out, OFFER_ANSWER_MAX, "permessage-deflate%s%s%s",
             params->ours_alone ? "; server_no_context_takeover" : "",
             params->theirs_alone ? "; client_no_context_takeover" : "", bits);
}

bool offer_take(const struct head *response, struct params *out)
{
    const char *at = head_value(response, EXTENSIONS);
    struct seen seen;
    bool is_deflate;

    *out = (struct params){ 0 };
    if (!at)
        return true;
    if (head_count(response, EXTENSIONS) > 1 || !read_element(&at, &is_deflate, &seen) ||
        *at != '\0' || !is_deflate || !is_valid(&seen) || seen.client_bits > 0)
        return false;
    *out = (struct params){ .agreed = true,
                            .ours_alone = seen.client_alone > 0,
                            .theirs_alone = seen.server_alone > 0,
                            .ours_bits = 15,
                            .theirs_bits = seen.server_window > 0 ? seen.server_window : 15 };
    return true;
}
