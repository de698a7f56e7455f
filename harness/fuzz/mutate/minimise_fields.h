#ifndef FUZZ_MINIMISE_FIELDS_H
#define FUZZ_MINIMISE_FIELDS_H

#include "fuzz/session/session.h"

/* The fields of a step, made usual or at least smaller, each by itself; false where one is so
 * already. What takes most away comes first. */
extern bool (*const minimise_fields[])(struct fuzz_step *step);
extern const size_t minimise_fields_count;

#endif
