#ifndef REPORT_AUTOBAHN_PAGE_H
#define REPORT_AUTOBAHN_PAGE_H

#include "report/markup.h"
#include "report/result.h"

/* What the pages of an Autobahn report have in common. */
struct autobahn_look {
    const char *class; /* "case_ok", as scripts know it */
    const char *word;  /* "Pass" */
};

struct autobahn_look autobahn_look(const struct dropin *dropin);
extern const struct autobahn_look autobahn_missing;

/* "close case_ok" and the code, or what was wrong with the closing. */
void autobahn_close_cell(struct markup *m, const struct dropin *dropin);

/* How long it took, and how well compressed, where a case is about that. */
void autobahn_measures(struct markup *m, const struct result *r);

/* <h2>, and <tag class="…">text</tag>, `class` NULL for none. */
void autobahn_heading(struct markup *m, const char *text);
void autobahn_element(struct markup *m, const char *tag, const char *class, const char *text);

/* A page up to <body>, with its title, and from </body> on. */
void autobahn_page_begin(struct markup *m, const char *title);
void autobahn_page_end(struct markup *m);

#endif
