#ifndef RUN_EXPECT_HEAD_H
#define RUN_EXPECT_HEAD_H

#include "run/expectation.h"

/* The expectations that an HTTP head decides: open, refused, request and response. Each looks at
 * one entry, as expectation_take does. */
enum taken expect_open(struct expectation *x, size_t entry);
enum taken expect_refused(struct expectation *x, size_t entry);
enum taken expect_head(struct expectation *x, size_t entry);

#endif
