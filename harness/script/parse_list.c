#include "script/parser.h"

#include "base/text.h"

#include <inttypes.h>

/* 1000..1003 1007 "text" word, or (0 "zero") (999 "below"): a table of texts, `width` a row. */
struct list {
    const char **texts;
    size_t count, cap;
};

static bool add_text(struct parser *p, struct list *list, const char *text)
{
    if (!text)
        return parse_memory(p);
    if (list->count >= SCRIPT_VALUES_MAX)
        return parse_fail(p, &p->last, "more than %d values", SCRIPT_VALUES_MAX);
    if (!parse_grow(p, (void **)&list->texts, &list->cap, list->count + 1, sizeof *list->texts))
        return false;
    list->texts[list->count++] = text;
    return true;
}

static bool add_range(struct parser *p, struct list *list, struct bytes text, size_t dots)
{
    uint64_t from, to;

    if (!parse_sum(bytes_take(text, dots), UINT64_MAX, &from) ||
        !parse_sum(bytes_skip(text, dots + 2), UINT64_MAX, &to) || from > to)
        return parse_fail(p, &p->tok, "expected a range as 1000..1003, the smaller number first");
    if (to - from >= SCRIPT_VALUES_MAX)
        return parse_fail(p, &p->tok, "more than %d values", SCRIPT_VALUES_MAX);
    for (uint64_t i = from; i <= to; i++)
        if (!add_text(p, list, arena_print(p->arena, "%" PRIu64, i)))
            return false;
    parse_next(p);
    return true;
}

static bool add_word(struct parser *p, struct list *list)
{
    struct bytes text = p->tok.text;
    size_t dots = bytes_find(text, BYTES_LIT(".."));

    if (dots < text.len)
        return add_range(p, list, text, dots);
    if (!add_text(p, list, arena_str(p->arena, text)))
        return false;
    parse_next(p);
    return true;
}

static bool add_string(struct parser *p, struct list *list)
{
    const char *text;
    return parse_string(p, "a text", &text) && add_text(p, list, text);
}

static bool add_value(struct parser *p, struct list *list)
{
    parse_go_on(p);
    if (p->tok.kind == TOKEN_STRING)
        return add_string(p, list);
    if (p->tok.kind == TOKEN_WORD && bytes_index(p->tok.text, 0, '$') == p->tok.text.len)
        return add_word(p, list);
    return parse_unexpected(p, "a number, a range, a word or a text");
}

static bool add_tuple(struct parser *p, struct list *list, size_t width)
{
    struct token at = p->tok;
    size_t before = list->count;

    if (!parse_mark(p, TOKEN_LEFT, "\"(\" before the values of one round"))
        return false;
    while (p->tok.kind != TOKEN_RIGHT)
        if (!add_value(p, list))
            return false;
    parse_next(p);
    if (list->count - before != width)
        return parse_fail(p, &at, "expected %zu values in the brackets, found %zu", width,
                          list->count - before);
    return true;
}

/* Lower case, so that a name is told from everything that stands in capitals elsewhere. */
static bool is_name(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9')))
            return false;
    }
    return text.len > 0;
}

static bool parse_name(struct parser *p)
{
    struct binding binding = { 0 };

    if (!parse_here(p, TOKEN_WORD) || !is_name(p->tok.text))
        return parse_expected(p, "a name of small letters");
    if (parse_is_place(p->tok.text))
        return parse_fail(p, &p->tok, "\"${%.*s}\" has a meaning already", BYTES_ARG(p->tok.text));
    for (size_t i = 0; i < p->n_bindings; i++)
        if (parse_is(p, p->bindings[i].name))
            return parse_fail(p, &p->tok, "\"%.*s\" is in use around this", BYTES_ARG(p->tok.text));
    if (!parse_grow(p, (void **)&p->bindings, &p->cap_bindings, p->n_bindings + 1,
                    sizeof *p->bindings) ||
        !parse_word(p, "a name", &binding.name))
        return false;
    p->bindings[p->n_bindings++] = binding;
    return true;
}

/* NAME, NAME in */
static bool parse_names(struct parser *p, struct table *table)
{
    do {
        if (table->width == SCRIPT_NAMES_MAX)
            return parse_fail(p, &p->last, "more than %d names", SCRIPT_NAMES_MAX);
        if (!parse_name(p))
            return false;
        p->bindings[p->n_bindings - 1].text = "";
        table->width++;
    } while (parse_take_mark(p, TOKEN_COMMA));
    return parse_take_word(p, "in") || parse_expected(p, "\"in\"");
}

static bool parse_list(struct parser *p, size_t width, struct list *list)
{
    struct token at = p->tok;

    while (p->tok.kind != TOKEN_OPEN && p->tok.kind != TOKEN_COMMA) {
        bool ok = width > 1 ? add_tuple(p, list, width) : add_value(p, list);
        if (!ok)
            return false;
    }
    return list->count > 0 || parse_fail(p, &at, "expected at least one value behind \"in\"");
}

/* Every row so far with every row of the list, whose rows are the last `width` of the table's. */
static bool multiply(struct parser *p, struct table *table, const struct list *list, size_t width)
{
    size_t before = table->width - width, rows = list->count / width;
    size_t count = table->count * rows;

    if (count * table->width > SCRIPT_VALUES_MAX)
        return parse_fail(p, &p->last, "more than %d values", SCRIPT_VALUES_MAX);
    const char **values = arena_array(p->arena, count * table->width, sizeof *values);
    if (!values)
        return parse_memory(p);
    for (size_t i = 0; i < count; i++) {
        const char **row = values + i * table->width;
        for (size_t k = 0; k < before; k++)
            row[k] = table->values[i / rows * before + k];
        for (size_t k = 0; k < width; k++)
            row[before + k] = list->texts[i % rows * width + k];
    }
    table->values = values;
    table->count = count;
    return true;
}

static bool keep_names(struct parser *p, struct table *table)
{
    table->names = arena_array(p->arena, table->width, sizeof *table->names);
    if (!table->names)
        return parse_memory(p);
    for (size_t k = 0; k < table->width; k++)
        table->names[k] = p->bindings[p->n_bindings - table->width + k].name;
    return true;
}

bool parse_table(struct parser *p, struct table *table)
{
    *table = (struct table){ .count = 1 };
    do {
        size_t before = table->width;
        struct list list = { 0 };
        if (before > 0)
            parse_go_on(p);
        if (!parse_names(p, table) || !parse_list(p, table->width - before, &list) ||
            !multiply(p, table, &list, table->width - before))
            return false;
    } while (parse_take_mark(p, TOKEN_COMMA));
    return keep_names(p, table);
}

void parse_bind_row(struct parser *p, const struct table *table, size_t row)
{
    for (size_t k = 0; k < table->width; k++)
        p->bindings[p->n_bindings - table->width + k].text = table->values[row * table->width + k];
}
