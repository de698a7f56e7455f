#include "report/pyjson.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/escape.h"

#define INDENT 3

void pyjson_init(struct pyjson *o, struct buf *buf)
{
    *o = (struct pyjson){ .buf = buf, .ok = true };
}

static void put(struct pyjson *o, const char *ours)
{
    o->ok = o->ok && buf_append(o->buf, bytes_str(ours));
}

static void line(struct pyjson *o)
{
    put(o, "\n");
    for (unsigned i = 0; i < o->depth * INDENT; i++)
        put(o, " ");
}

static void quoted(struct pyjson *o, struct bytes text)
{
    put(o, "\"");
    o->ok = o->ok && report_escape_json_ascii(text, o->buf);
    put(o, "\"");
}

/* What stands before a value: nothing in front of the outermost. */
static void begin(struct pyjson *o, const char *key)
{
    if (o->filled)
        put(o, ",");
    if (o->depth > 0)
        line(o);
    o->filled = true;
    if (!key)
        return;
    quoted(o, bytes_str(key));
    put(o, ": ");
}

void pyjson_open(struct pyjson *o, const char *key, char bracket)
{
    begin(o, key);
    o->ok = o->ok && buf_push(o->buf, (uint8_t)bracket);
    o->depth++;
    o->filled = false;
}

void pyjson_close(struct pyjson *o, char bracket)
{
    o->depth--;
    if (o->filled)
        line(o);
    o->ok = o->ok && buf_push(o->buf, (uint8_t)bracket);
    o->filled = true;
}

void pyjson_bytes(struct pyjson *o, const char *key, struct bytes text)
{
    begin(o, key);
    quoted(o, text);
}

void pyjson_text(struct pyjson *o, const char *key, const char *text)
{
    if (text)
        pyjson_bytes(o, key, bytes_str(text));
    else
        pyjson_null(o, key);
}

void pyjson_hex(struct pyjson *o, const char *key, struct bytes data)
{
    begin(o, key);
    put(o, "\"");
    for (size_t i = 0; i < data.len; i++)
        o->ok = o->ok && buf_print(o->buf, "%02x", data.ptr[i]);
    put(o, "\"");
}

void pyjson_number(struct pyjson *o, const char *key, uint64_t n)
{
    begin(o, key);
    o->ok = o->ok && buf_print(o->buf, "%" PRIu64, n);
}

void pyjson_seconds(struct pyjson *o, const char *key, uint64_t n)
{
    pyjson_number(o, key, n);
    put(o, ".0");
}

void pyjson_ratio(struct pyjson *o, const char *key, double ratio)
{
    char text[64];
    size_t n = (size_t)snprintf(text, sizeof text, "%.4f", ratio);

    while (n > 2 && text[n - 1] == '0' && text[n - 2] != '.')
        text[--n] = '\0';
    begin(o, key);
    put(o, text);
}

void pyjson_code(struct pyjson *o, const char *key, int code)
{
    if (code < 0)
        pyjson_null(o, key);
    else
        pyjson_number(o, key, (uint64_t)code);
}

void pyjson_flag(struct pyjson *o, const char *key, bool flag)
{
    begin(o, key);
    put(o, flag ? "true" : "false");
}

void pyjson_null(struct pyjson *o, const char *key)
{
    begin(o, key);
    put(o, "null");
}
