#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include "base/bytes.h"

/* The one door to the heap. A NULL from here is an ordinary answer that every caller handles.
 *
 *   old   NULL, or what an earlier call gave
 *   size  bytes wanted; 0 frees `old` and gives NULL
 *
 * The block keeps its contents; what is new in it is not cleared. */
NODISCARD void *alloc_resize(void *old, size_t size);
void alloc_free(void *ptr);

/* For tests: the `nth` call from now (1 is the next) and every later one gives NULL; 0 turns that
 * off. alloc_calls counts since the last call of alloc_fail_at. */
void alloc_fail_at(unsigned long nth);
unsigned long alloc_calls(void);

#endif
