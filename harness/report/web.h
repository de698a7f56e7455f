#ifndef REPORT_WEB_H
#define REPORT_WEB_H

#include "report/markup.h"

/* The files of reports/ that are part of the program. */
struct bytes web_file(const char *path); /* empty: there is none */
void web_put(struct markup *m, const char *path);

/* What a page's policy calls a sheet or a script that it allows: its SHA-256 in base64. */
void web_put_hash(struct markup *m, const char *path);

#endif
