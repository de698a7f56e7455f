#ifndef RUN_EXPECT_END_H
#define RUN_EXPECT_END_H

#include "run/expectation.h"

/* The expectations that end a connection: close, eof and fail. RFC 6455 5.5.1, 7.1. Each looks at
 * one entry, as expectation_take does. */
enum taken expect_close(struct expectation *x, size_t entry);
enum taken expect_eof(struct expectation *x, size_t entry);
enum taken expect_fail(struct expectation *x, size_t entry);

#endif
