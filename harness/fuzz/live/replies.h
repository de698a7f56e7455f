#ifndef FUZZ_REPLIES_H
#define FUZZ_REPLIES_H

#include "fuzz/live/lane.h"
#include "fuzz/oracle/account.h"

/* Feedback from what a target answers, for one whose code we cannot watch: each thing that it said,
 * together with the one before, is a counter. Kinds, opcodes, classes of lengths, close codes, the
 * rules it broke, the status of its response and how it ended count; bytes and times do not. The
 * same account always gives the same counters. */
#define REPLIES_SIZE 16384u

/* Counts into `counters`, of REPLIES_SIZE bytes. At least one is set. */
void replies_count(const struct fuzz_account *a, const struct lane_word *word, uint8_t *counters);

#endif
