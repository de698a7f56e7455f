#include "fuzz/planted/head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fuzz/planted/bug.h"
#include "fuzz/planted/harm.h"

#define TOKEN "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* An empty line ends it even if its CR is missing: then it is a bad one, and nothing else comes. */
size_t head_len(const struct store *in)
{
    size_t line_len = 1;

    for (size_t i = 0; i < in->len; i++) {
        line_len += in->ptr[i] != '\r';
        if (in->ptr[i] != '\n')
            continue;
        if (line_len == 1)
            return i + 1;
        line_len = 0;
    }
    return 0;
}

/* Tabs and what is printed, of any character set. */
static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7F)
            return false;
    return true;
}

/* Without the blanks around it. */
static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    text[len] = '\0';
    return text;
}

static bool read_field(char *line, struct field *out)
{
    size_t name_len = strspn(line, TOKEN);

    if (name_len == 0 || line[name_len] != ':' || !is_printable(line))
        return false;
    line[name_len] = '\0';
    out->name = line;
    out->value = trimmed(line + name_len + 1);
    harm_by_field(out->value);
    return true;
}

/* The next line, cut off at its CRLF. */
static char *next_line(char **rest)
{
    char *line = *rest, *end = strstr(line, "\r\n");

    if (!end)
        return NULL;
    *end = '\0';
    *rest = end + 2;
    return line;
}

bool head_read(const struct store *in, size_t len, struct head *out)
{
    *out = (struct head){ .text = malloc(len + 1) };
    if (!out->text)
        exit(1);
    memcpy(out->text, in->ptr, len);
    out->text[len] = '\0';
    if (strlen(out->text) != len)
        return false;

    char *rest = out->text, *line;
    out->line = next_line(&rest);
    if (!out->line || !is_printable(out->line))
        return false;
    while ((line = next_line(&rest)) != NULL && *line != '\0') {
        if (out->count == HEAD_FIELDS_MAX || !read_field(line, &out->fields[out->count]))
            return false;
        out->count++;
    }
    return true;
}

void head_free(struct head *h)
{
    free(h->text);
    *h = (struct head){ 0 };
}

size_t head_count(const struct head *h, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < h->count; i++)
        count += strcasecmp(h->fields[i].name, name) == 0;
    return count;
}

const char *head_value(const struct head *h, const char *name)
{
    for (size_t i = 0; i < h->count; i++)
        if (strcasecmp(h->fields[i].name, name) == 0)
            return h->fields[i].value;
    return NULL;
}

static bool list_has(const char *list, const char *word)
{
    while (*list != '\0') {
        list += strspn(list, ", \t");
        size_t len = strcspn(list, ", \t");
        size_t behind = strspn(list + len, " \t");
        bool whole = list[len + behind] == ',' || list[len + behind] == '\0';
        if (whole && len == strlen(word) && strncasecmp(list, word, len) == 0)
            return true;
        list += len;
        list += strcspn(list, ",");
    }
    return false;
}

bool head_has(const struct head *h, const char *name, const char *word)
{
    for (size_t i = 0; i < h->count; i++)
        if (strcasecmp(h->fields[i].name, name) == 0 && list_has(h->fields[i].value, word))
            return true;
    return false;
}
