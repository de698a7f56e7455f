#ifndef RUN_EXPECT_PROCESS_H
#define RUN_EXPECT_PROCESS_H

#include "run/expectation.h"

/* The expectations that go past every connection: the target's process, a fresh connection to it,
 * and what a client reports. Each looks at one entry, as expectation_take does. */
enum taken expect_alive(struct expectation *x, size_t entry);
enum taken expect_memory(struct expectation *x, size_t entry);
enum taken expect_cpu(struct expectation *x, size_t entry);
enum taken expect_report(struct expectation *x, size_t entry);

#endif
