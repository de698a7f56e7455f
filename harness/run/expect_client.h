#ifndef RUN_EXPECT_CLIENT_H
#define RUN_EXPECT_CLIENT_H

#include "run/expectation.h"

/* What is expected of a client as a whole, beside its connection: that it does not come, or that it
 * comes again. Each looks at one entry, as expectation_take does. */
enum taken expect_no_request(struct expectation *x, size_t entry);

/* Taken, the cursor stands on the further connection. */
enum taken expect_another(struct expectation *x, size_t entry);

#endif
