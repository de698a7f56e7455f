#include "script/lex.h"
#include "script/parse.h"

/* The line of number `line`, from 1, without its end. */
static struct bytes line_text(struct bytes text, unsigned line)
{
    for (; line > 1 && text.len > 0; line--)
        text = bytes_skip(text, bytes_index(text, 0, '\n') + 1);
    return bytes_take(text, bytes_index(text, 0, '\n'));
}

/* Blanks up to the column, tabs kept, so that the caret stands below it however wide a tab is. */
static bool indent(struct bytes line, unsigned col, struct buf *out)
{
    for (size_t i = 0; col > 1; i++) {
        if (i < line.len && (line.ptr[i] & 0xC0) == 0x80)
            continue;
        if (!buf_push(out, i < line.len && line.ptr[i] == '\t' ? '\t' : ' '))
            return false;
        col--;
    }
    return true;
}

/* A source line may hold anything when it is no UTF-8: a terminal gets no control character. */
static bool put_line(struct bytes line, struct buf *out)
{
    for (size_t i = 0; i < line.len; i++) {
        uint8_t c = line.ptr[i];
        if (!buf_push(out, c == '\t' || (c >= 0x20 && c != 0x7F) ? c : '?'))
            return false;
    }
    return buf_push(out, '\n');
}

bool script_diag_print(const char *path, struct bytes text, const struct diagnostic *d,
                       struct buf *out)
{
    struct bytes line = line_text(text, d->line);

    if (!buf_print(out, "%s:%u:%u: error: %s\n", path, d->line, d->col, d->text) ||
        !put_line(line, out) || !indent(line, d->col, out))
        return false;
    for (unsigned i = 0; i < d->len; i++)
        if (!buf_push(out, i == 0 ? '^' : '~'))
            return false;
    return buf_push(out, '\n');
}
