#include "report/jsonout.h"

#include <inttypes.h>

#include "report/escape.h"

#define EXACT_MAX ((UINT64_C(1) << 53) - 1)

void jsonout_init(struct jsonout *o, struct buf *buf)
{
    *o = (struct jsonout){ .buf = buf, .ok = true };
}

static void put(struct jsonout *o, struct bytes in)
{
    o->ok = o->ok && buf_append(o->buf, in);
}

static void begin(struct jsonout *o, const char *key)
{
    if (o->comma)
        put(o, BYTES_LIT(","));
    o->comma = true;
    if (key)
        o->ok = o->ok && buf_print(o->buf, "\"%s\":", key);
}

void jsonout_open(struct jsonout *o, const char *key, char bracket)
{
    begin(o, key);
    put(o, bytes_of(&bracket, 1));
    o->comma = false;
}

void jsonout_close(struct jsonout *o, char bracket)
{
    put(o, bytes_of(&bracket, 1));
    o->comma = true;
}

void jsonout_break(struct jsonout *o)
{
    if (o->comma)
        put(o, BYTES_LIT(","));
    o->comma = false;
    put(o, BYTES_LIT("\n"));
}

void jsonout_text(struct jsonout *o, const char *key, const char *text)
{
    if (!text)
        return;
    begin(o, key);
    put(o, BYTES_LIT("\""));
    o->ok = o->ok && report_escape_json(bytes_str(text), o->buf);
    put(o, BYTES_LIT("\""));
}

void jsonout_flag(struct jsonout *o, const char *key, bool flag)
{
    begin(o, key);
    put(o, flag ? BYTES_LIT("true") : BYTES_LIT("false"));
}

void jsonout_hex(struct jsonout *o, const char *key, struct bytes data)
{
    static const char digits[] = "0123456789abcdef";

    begin(o, key);
    put(o, BYTES_LIT("\""));
    for (size_t i = 0; i < data.len; i++) {
        const char pair[2] = { digits[data.ptr[i] >> 4], digits[data.ptr[i] & 15] };
        put(o, bytes_of(pair, 2));
    }
    put(o, BYTES_LIT("\""));
}

void jsonout_number(struct jsonout *o, const char *key, uint64_t n)
{
    begin(o, key);
    o->ok = o->ok && buf_print(o->buf, n <= EXACT_MAX ? "%" PRIu64 : "\"%" PRIu64 "\"", n);
}

void jsonout_number_unless(struct jsonout *o, const char *key, uint64_t n, uint64_t usual)
{
    if (n != usual)
        jsonout_number(o, key, n);
}

void jsonout_flag_if(struct jsonout *o, const char *key, bool flag)
{
    if (flag)
        jsonout_flag(o, key, flag);
}
