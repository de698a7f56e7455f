#include "ws/http1.h"

/* What a decoded head says: fields by their names, and the elements of their values. */

const struct http1_field *http1_field(const struct http1_head *head, const char *name, size_t nth)
{
    const struct bytes wanted = bytes_str(name);

    for (size_t i = 0; i < head->n_fields; i++)
        if (bytes_eq_nocase(head->fields[i].name, wanted) && nth-- == 0)
            return &head->fields[i];
    return NULL;
}

size_t http1_count(const struct http1_head *head, const char *name)
{
    size_t n = 0;

    while (http1_field(head, name, n))
        n++;
    return n;
}

/* Index of the comma that ends the element in front; a quoted string hides its commas. */
static size_t element_end(struct bytes in)
{
    bool quoted = false;
    size_t i = 0;

    for (; i < in.len && (quoted || in.ptr[i] != ','); i++) {
        if (in.ptr[i] == '"')
            quoted = !quoted;
        else if (quoted && in.ptr[i] == '\\' && i + 1 < in.len)
            i++;
    }
    return i;
}

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* As bytes_trim, and without the line break of a folded value. */
static struct bytes trim_folds(struct bytes b)
{
    while (b.len > 0 && blank(b.ptr[0]))
        b = bytes_skip(b, 1);
    while (b.len > 0 && blank(b.ptr[b.len - 1]))
        b.len--;
    return b;
}

bool http1_list_next(struct bytes *rest, struct bytes *element)
{
    while (rest->len > 0) {
        const size_t end = element_end(*rest);
        *element = trim_folds(bytes_take(*rest, end));
        *rest = bytes_skip(*rest, end + 1);
        if (element->len > 0)
            return true;
    }
    return false;
}

bool http1_has_token(const struct http1_head *head, const char *name, const char *token)
{
    const struct http1_field *field;
    struct bytes element;

    for (size_t n = 0; (field = http1_field(head, name, n)) != NULL; n++) {
        struct bytes rest = field->value;
        while (http1_list_next(&rest, &element))
            if (bytes_eq_nocase(element, bytes_str(token)))
                return true;
    }
    return false;
}
