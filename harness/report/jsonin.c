#include "report/jsonin.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#define PLACE_MAX 200 /* a way is four steps long */

/* jansson does not always tell an empty heap from a broken text. */
static bool heap_said_no;

static void *take(size_t size)
{
    void *ptr = alloc_resize(NULL, size);
    heap_said_no = heap_said_no || (!ptr && size > 0);
    return ptr;
}

json_t *jsonin_parse(struct bytes text, struct err *err)
{
    json_error_t error = { 0 };

    heap_said_no = false;
    json_set_alloc_funcs(take, alloc_free);
    json_t *value = json_loadb((const char *)text.ptr, text.len, 0, &error);
    if (value)
        return value;
    if (heap_said_no)
        err_memory(err, "a results file");
    else
        err_set(err, ERR_SYNTAX, "not JSON: %s", error.text);
    if (err) {
        err->line = error.line > 0 ? (unsigned)error.line : 0;
        err->col = error.column > 0 ? (unsigned)error.column : 0;
    }
    return NULL;
}

static bool print_place(const struct jsonin *in, struct buf *out)
{
    if (!in->parent)
        return true;
    if (!print_place(in->parent, out))
        return false;
    if (in->key)
        return buf_print(out, "%s%s", out->len ? "." : "", in->key);
    return buf_print(out, "[%zu]", in->index);
}

static const char *type_name(const json_t *value)
{
    if (!value)
        return "nothing";
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a string";
    case JSON_INTEGER:
    case JSON_REAL: return "a number";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    case JSON_NULL: return "null";
    }
    return "something else";
}

bool jsonin_wrong(const struct jsonin *in, const char *expected)
{
    struct buf place;

    buf_init(&place, PLACE_MAX);
    bool told = print_place(in, &place) && place.len > 0;
    err_set(in->err, ERR_SYNTAX, "%.*s: expected %s, found %s", told ? (int)place.len : 8,
            told ? (const char *)place.ptr : "the file", expected, type_name(in->value));
    buf_free(&place);
    return false;
}

struct jsonin jsonin_member(const struct jsonin *in, const char *key)
{
    json_t *value = json_object_get(in->value, key);

    return (struct jsonin){ .value = json_is_null(value) ? NULL : value,
                            .parent = in,
                            .key = key,
                            .arena = in->arena,
                            .err = in->err };
}

struct jsonin jsonin_item(const struct jsonin *in, size_t index)
{
    return (struct jsonin){ .value = json_array_get(in->value, index),
                            .parent = in,
                            .index = index,
                            .arena = in->arena,
                            .err = in->err };
}

bool jsonin_is_object(const struct jsonin *in)
{
    return json_is_object(in->value) || jsonin_wrong(in, "an object");
}

bool jsonin_is_array(const struct jsonin *in)
{
    return !in->value || json_is_array(in->value) || jsonin_wrong(in, "an array");
}

static bool copy_text(const struct jsonin *in, const char **out)
{
    if (!json_is_string(in->value))
        return jsonin_wrong(in, "a string");
    *out =
        arena_str(in->arena, bytes_of(json_string_value(in->value), json_string_length(in->value)));
    return *out || err_memory(in->err, "a results file");
}

bool jsonin_text(const struct jsonin *in, const char *key, const char **out)
{
    struct jsonin member = jsonin_member(in, key);
    return !member.value || copy_text(&member, out);
}

bool jsonin_flag(const struct jsonin *in, const char *key, bool *out)
{
    struct jsonin member = jsonin_member(in, key);

    if (!member.value)
        return true;
    *out = json_is_true(member.value);
    return json_is_boolean(member.value) || jsonin_wrong(&member, "true or false");
}

bool jsonin_number(const struct jsonin *in, const char *key, uint64_t max, uint64_t *out)
{
    struct jsonin member = jsonin_member(in, key);
    bool ok = true;

    if (!member.value)
        return true;
    if (json_is_string(member.value)) {
        ok = text_number(bytes_str(json_string_value(member.value)), max, out);
    } else {
        json_int_t n = json_integer_value(member.value);
        ok = json_is_integer(member.value) && n >= 0 && (uint64_t)n <= max;
        if (ok)
            *out = (uint64_t)n;
    }
    return ok || jsonin_wrong(&member, "a whole number in its range");
}

bool jsonin_hex(const struct jsonin *in, const char *key, struct bytes *out)
{
    struct jsonin member = jsonin_member(in, key);
    struct buf raw;
    size_t bad_at;

    if (!member.value)
        return true;
    struct bytes text = bytes_str(json_string_value(member.value));
    buf_init(&raw, text.len / 2 + 1);
    if (!buf_reserve(&raw, text.len / 2 + 1))
        return err_memory(in->err, "a results file");
    bool ok = json_is_string(member.value) && text_unhex(text, &raw, &bad_at);
    if (ok)
        *out = arena_copy(in->arena, buf_bytes(&raw));
    buf_free(&raw);
    if (!ok)
        return jsonin_wrong(&member, "hex digits");
    return out->ptr || err_memory(in->err, "a results file");
}

bool jsonin_texts(const struct jsonin *in, const char *key, const char ***out, size_t *n)
{
    struct jsonin list = jsonin_member(in, key);

    if (!jsonin_is_array(&list))
        return false;
    size_t count = json_array_size(list.value);
    if (count == 0)
        return true;
    *out = arena_array(in->arena, count, sizeof **out);
    if (!*out)
        return err_memory(in->err, "a results file");
    for (*n = 0; *n < count; (*n)++) {
        struct jsonin item = jsonin_item(&list, *n);
        if (!copy_text(&item, &(*out)[*n]))
            return false;
    }
    return true;
}

bool jsonin_word(const struct jsonin *in, const char *key, int (*named)(const char *), int *out)
{
    struct jsonin member = jsonin_member(in, key);

    if (!member.value)
        return true;
    int number = json_is_string(member.value) ? named(json_string_value(member.value)) : -1;
    if (number < 0)
        return jsonin_wrong(&member, "one of the words that the format knows");
    *out = number;
    return true;
}
