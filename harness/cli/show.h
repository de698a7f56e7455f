#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <stdio.h>

#include "ws/conn.h"

/* What a peer sent, for a person at a terminal. */

/* As it is, but nothing that a terminal would obey: the control characters, the C1 ones of Unicode
 * (C2 80 to C2 9F) too. */
void show_text(FILE *to, struct bytes in);

void show_message(const struct ws_event *event); /* to stdout, binary ones as hex */
void show_close(const struct ws_close *close);   /* to stderr */

#endif
