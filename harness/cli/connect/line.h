#ifndef CLI_CONNECT_LINE_H
#define CLI_CONNECT_LINE_H

#include "base/bytes.h"
#include "base/err.h"

/* The line that a person types at a terminal: with arrow keys, a history, and the ends of commands
 * at Tab. It is told what was typed and never reads or waits itself; libedit, where the program was
 * built with it, does the drawing. line_plain.c stands in where it was not. */
struct line;

enum line_got {
    LINE_NOT_YET, /* more has to be typed */
    LINE_WHOLE,   /* `out` has it, without its end */
    LINE_OVER     /* the end of the input was typed, ^D */
};

/* NULL with no error: standard input and output are no terminals that can be drawn on, or there is
 * no libedit; lines are read as they come then. NULL with one: no memory. The terminal is another
 * one until line_free. */
struct line *line_new(struct err *err);
void line_free(struct line *l); /* and the terminal is as it was */

/* What was typed. False: there is no memory. */
NODISCARD bool line_feed(struct line *l, struct bytes typed);

/* The next line of what was typed, with the prompt shown if it was not. `out` lives until the next
 * call; afterwards nothing of the line is shown. */
enum line_got line_next(struct line *l, struct bytes *out);

/* The prompt and what stands behind it are wiped away, so that something else can be printed, and
 * shown again below it. Each may be called twice. */
void line_hide(struct line *l);
void line_show(struct line *l);

#endif
