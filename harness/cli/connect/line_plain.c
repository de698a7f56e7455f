#include <stddef.h>

#include "cli/connect/line.h"

/* Built without libedit: no line is edited. */

struct line *line_new(struct err *err)
{
    (void)err;
    return NULL;
}

void line_free(struct line *l)
{
    (void)l;
}

bool line_feed(struct line *l, struct bytes typed)
{
    (void)l, (void)typed;
    return true;
}

enum line_got line_next(struct line *l, struct bytes *out)
{
    (void)l, (void)out;
    return LINE_NOT_YET;
}

void line_hide(struct line *l)
{
    (void)l;
}

void line_show(struct line *l)
{
    (void)l;
}
