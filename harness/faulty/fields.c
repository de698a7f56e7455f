#include "faulty/fields.h"

#include <string.h>

struct bytes fields_value(const struct http1_head *h, const char *name)
{
    const struct http1_field *field = http1_field(h, name, 0);

    return field ? field->value : (struct bytes){ 0 };
}

bool fields_has(const struct http1_head *h, const char *name)
{
    return http1_count(h, name) > 0;
}

bool fields_has_oddity(const struct http1_head *h, enum ws_rule rule)
{
    for (size_t i = 0; i < h->n_oddities && i < HTTP1_ODDITIES_MAX; i++)
        if (h->oddities[i].rule == rule)
            return true;
    return false;
}

/* A value is trimmed, and lies in its line: what stands around it can be looked at. */
bool fields_is_padded(const struct http1_head *h, const char *name)
{
    struct bytes value = fields_value(h, name);

    if (value.len == 0)
        return false;
    const uint8_t *before = value.ptr - 1, *behind = value.ptr + value.len;
    return (*before == ' ' && before[-1] != ':') || *before == '\t' || *behind == ' ' ||
           *behind == '\t';
}

bool fields_is_tight(const struct http1_head *h, const char *name)
{
    struct bytes value = fields_value(h, name);

    return value.len > 0 && value.ptr[-1] == ':';
}

bool fields_contains(struct bytes value, const char *word)
{
    struct bytes wanted = bytes_str(word);

    for (; value.len >= wanted.len; value = bytes_skip(value, 1))
        if (bytes_eq_nocase(bytes_take(value, wanted.len), wanted))
            return true;
    return false;
}

static struct bytes line_of(struct bytes rest)
{
    return bytes_take(rest, bytes_find(rest, BYTES_LIT("\r\n")) + 2);
}

bool fields_mend_start(struct bytes head, const char *line, struct buf *out)
{
    return buf_append(out, bytes_str(line)) && buf_append(out, bytes_skip(head, line_of(head).len));
}

bool fields_mend_fields(struct bytes head, struct buf *out)
{
    struct bytes line = line_of(head);
    bool ok = buf_append(out, line);

    for (head = bytes_skip(head, line.len); head.len > 0; head = bytes_skip(head, line.len)) {
        line = line_of(head);
        size_t colon = bytes_index(line, 0, ':');
        if (line.len == 2 || (colon > 0 && colon < line.len))
            ok = ok && buf_append(out, line);
    }
    return ok;
}
