#ifndef CLI_CONNECT_CLIENT_REPORT_H
#define CLI_CONNECT_CLIENT_REPORT_H

#include <stdio.h>

#include "base/bytes.h"

/* What the application on top of a client saw, one line each, as `expect report` of the case
 * language reads them (cases/README.md). Each line is out when the call returns. */
void report_open(FILE *to);
void report_message(FILE *to, bool is_text, size_t len);
void report_error(FILE *to, const char *why);

/* The reason is UTF-8; it is written as JSON has strings, so that it ends where it seems to. */
void report_closed(FILE *to, unsigned code, struct bytes reason);

#endif
