#include "base/bytes.h"

#include <string.h>

struct bytes bytes_of(const void *ptr, size_t len)
{
    return (struct bytes){ ptr, len };
}

struct bytes bytes_str(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

struct bytes bytes_skip(struct bytes b, size_t n)
{
    if (n >= b.len)
        return (struct bytes){ b.ptr ? b.ptr + b.len : NULL, 0 };
    return (struct bytes){ b.ptr + n, b.len - n };
}

struct bytes bytes_take(struct bytes b, size_t n)
{
    return (struct bytes){ b.ptr, n < b.len ? n : b.len };
}

bool bytes_eq(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool bytes_eq_str(struct bytes a, const char *s)
{
    return bytes_eq(a, bytes_str(s));
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool bytes_eq_nocase(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool bytes_starts(struct bytes b, struct bytes prefix)
{
    return b.len >= prefix.len && bytes_eq(bytes_take(b, prefix.len), prefix);
}

size_t bytes_index(struct bytes b, size_t from, uint8_t byte)
{
    if (from >= b.len)
        return b.len;
    const uint8_t *hit = memchr(b.ptr + from, byte, b.len - from);
    return hit ? (size_t)(hit - b.ptr) : b.len;
}

size_t bytes_find(struct bytes b, struct bytes needle)
{
    if (needle.len == 0)
        return 0;
    for (size_t i = 0; i + needle.len <= b.len; i++)
        if (memcmp(b.ptr + i, needle.ptr, needle.len) == 0)
            return i;
    return b.len;
}

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

struct bytes bytes_trim(struct bytes b)
{
    while (b.len > 0 && blank(b.ptr[0]))
        b = bytes_skip(b, 1);
    while (b.len > 0 && blank(b.ptr[b.len - 1]))
        b.len--;
    return b;
}

bool size_mul(size_t *out, size_t a, size_t b)
{
    if (a != 0 && b > SIZE_MAX / a)
        return false;
    *out = a * b;
    return true;
}

bool size_add(size_t *out, size_t a, size_t b)
{
    if (b > SIZE_MAX - a)
        return false;
    *out = a + b;
    return true;
}
