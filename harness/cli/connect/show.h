#ifndef CLI_CONNECT_SHOW_H
#define CLI_CONNECT_SHOW_H

#include <stdio.h>

#include "ws/conn.h"

/* What a peer sent, for a person at a terminal. */

/* As it is, but nothing that a terminal would obey: the control characters, the C1 ones of Unicode
 * (C2 80 to C2 9F) too. */
void show_text(FILE *to, struct bytes in);

/* To stdout: on a terminal "< " and text as show_text does, of binary ones the beginning as hex, a
 * line each. In a pipe all is as it came, and a line's end stands behind a text alone; `hex` binary
 * ones there too.
 */
void show_message(const struct ws_event *event, bool hex);

/* Is there somebody who reads what we say of the connection? */
bool show_notes(void);
void show_note(const char *words, struct bytes text); /* to stderr, a line; of `text`, as
        show_text has it, what a control frame holds */
void show_close(const struct ws_close *close);        /* to stderr */

#endif
