#include "verdict/requirements.h"

#include <stdlib.h>
#include <string.h>

#define FILE_NAME "requirements.tsv"
#define ROWS_MAX 100000 /* the catalogue has some hundred */

/* The columns of the table, in their order; "how" is for who writes cases and is left out. */
enum column { ID, RFC, SECTION, LEVEL, ROLE, SUMMARY, TESTABLE, WHY_NOT, HOW, COLUMNS };

static const char header[] = "id\trfc\tsection\tlevel\trole\tsummary\ttestable\twhy_not\thow";

static struct bytes next_line(struct bytes *rest)
{
    size_t end = bytes_index(*rest, 0, '\n');
    struct bytes line = bytes_take(*rest, end);

    *rest = bytes_skip(*rest, end + 1);
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

static size_t split(struct bytes line, struct bytes cells[COLUMNS])
{
    size_t n = 0;

    for (;; n++) {
        size_t end = bytes_index(line, 0, '\t');
        if (n < COLUMNS)
            cells[n] = bytes_take(line, end);
        if (end == line.len)
            return n + 1;
        line = bytes_skip(line, end + 1);
    }
}

static bool read_level(struct bytes text, enum ws_level *out)
{
    static const struct {
        const char *text;
        enum ws_level level;
    } words[] = {
        { "MUST", WS_MUST },         { "MUST NOT", WS_MUST }, { "SHOULD", WS_SHOULD },
        { "SHOULD NOT", WS_SHOULD }, { "MAY", WS_MAY },
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bytes_eq_str(text, words[i].text)) {
            *out = words[i].level;
            return true;
        }
    }
    return false;
}

/* "[pedantic]" stands at the end of a summary as a mark, not as a word of the sentence. */
static bool take_mark(struct bytes *summary)
{
    size_t at = bytes_find(*summary, BYTES_LIT("[pedantic]"));

    if (at == summary->len)
        return false;
    *summary = bytes_trim(bytes_take(*summary, at));
    return true;
}

static bool copy_cells(struct arena *a, const struct bytes cells[COLUMNS], struct requirement *row)
{
    const struct {
        const char **out;
        enum column column;
    } texts[] = {
        { &row->id, ID },
        { &row->rfc, RFC },
        { &row->section, SECTION },
        { &row->level_text, LEVEL },
        { &row->role, ROLE },
        { &row->summary, SUMMARY },
        { &row->testable, TESTABLE },
        { &row->why_not, WHY_NOT },
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i].out = arena_str(a, cells[texts[i].column]);
        if (!*texts[i].out)
            return false;
    }
    return true;
}

static bool read_row(struct arena *a, struct bytes line, struct requirement *row, struct err *err)
{
    struct bytes cells[COLUMNS] = { { 0 } };
    size_t n = split(line, cells);

    *row = (struct requirement){ 0 };
    if (n != COLUMNS)
        return err_set(err, ERR_SYNTAX, "expected %d columns between tabs, found %zu", COLUMNS, n);
    if (cells[ID].len == 0)
        return err_set(err, ERR_SYNTAX, "expected an id, found an empty column");
    if (!read_level(cells[LEVEL], &row->level))
        return err_set(err, ERR_SYNTAX,
                       "expected MUST, MUST NOT, SHOULD, SHOULD NOT or MAY, found \"%.*s\"",
                       BYTES_ARG(bytes_take(cells[LEVEL], 40)));
    row->pedantic = take_mark(&cells[SUMMARY]);
    return copy_cells(a, cells, row) || err_memory(err, "the requirements");
}

static int by_id(const void *a, const void *b)
{
    const struct requirement *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static bool no_twins(const struct requirements *r, struct err *err)
{
    for (size_t i = 1; i < r->count; i++)
        if (strcmp(r->rows[i - 1].id, r->rows[i].id) == 0)
            return err_set(err, ERR_SYNTAX, "the id \"%.60s\" stands on two lines", r->rows[i].id);
    return true;
}

bool requirements_parse(struct arena *a, struct bytes text, struct requirements *out,
                        struct err *err)
{
    void *rows = NULL;
    size_t cap = 0;

    *out = (struct requirements){ 0 };
    if (!bytes_eq_str(next_line(&text), header))
        return err_set(err, ERR_SYNTAX, "expected the header line \"%s\"", header) ||
               err_at(err, FILE_NAME, 1, 0);
    for (unsigned line = 2; text.len > 0; line++) {
        struct bytes this = next_line(&text);
        if (this.len == 0)
            continue;
        if (out->count == ROWS_MAX)
            return err_set(err, ERR_SYNTAX, "more than %d rows", ROWS_MAX);
        if (!arena_grow(a, &rows, &cap, out->count + 1, sizeof *out->rows))
            return err_memory(err, "the requirements");
        out->rows = rows;
        if (!read_row(a, this, &out->rows[out->count], err))
            return err_at(err, FILE_NAME, line, 0);
        out->count++;
    }
    if (out->count > 0)
        qsort(out->rows, out->count, sizeof *out->rows, by_id);
    return no_twins(out, err);
}

const struct requirement *requirements_find(const struct requirements *r, const char *id)
{
    const struct requirement key = { .id = id };

    if (r->count == 0)
        return NULL;
    return bsearch(&key, r->rows, r->count, sizeof *r->rows, by_id);
}
