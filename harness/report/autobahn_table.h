#ifndef REPORT_AUTOBAHN_TABLE_H
#define REPORT_AUTOBAHN_TABLE_H

#include "base/bytes.h"

#define AUTOBAHN_CASES 517

/* A case of Autobahn|Testsuite, as reports/autobahn-cases.tsv has it, in the suite's order. */
struct autobahn_row {
    struct bytes id, category, subcategory, title; /* `subcategory` may be empty */
};

/* The whole table, as text; and the next case from the front of it. False at its end. */
struct bytes autobahn_table(void);
bool autobahn_table_next(struct bytes *table, struct autobahn_row *out);

/* False: there is no such case. */
bool autobahn_table_find(const char *id, struct autobahn_row *out);

/* Cases that tell how long they took; and those of compression, which tell how well. */
bool autobahn_is_timed(const char *id);
bool autobahn_is_compressed(const char *id);

#endif
