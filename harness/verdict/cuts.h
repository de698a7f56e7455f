#ifndef VERDICT_CUTS_H
#define VERDICT_CUTS_H

#include "verdict/verdict.h"

/* TCP gives a stream, and may cut it anywhere (RFC 6455 has frames, not segments): a target whose
 * answer depends on the cuts is wrong for one of them at least. What two runs of one case gave, the
 * stream cut differently, is held against each other here; both must have been judged. */
enum cuts_difference {
    CUTS_ALIKE,
    CUTS_CODE,   /* another close code on one of the connections */
    CUTS_VERDICT /* a fail in one of them only */
};

struct cuts_run {
    uint64_t size; /* bytes a write; 0: whole, as the case says */
    const struct verdict *verdict;
    const struct transcript *transcript;
};

struct cuts_finding {
    enum cuts_difference difference;
    uint16_t code, other_code; /* of CUTS_CODE; 0: a Close without one */
};

/* Only what no delay and no reset can bring about counts: a fail here and none there, or two Closes
 * that came whole. A skip or an error says nothing. */
struct cuts_finding cuts_compare(const struct cuts_run *base, const struct cuts_run *other);

/* Writes into `v`, the verdict that stands for both, what was found: the fail as it is with the cut
 * that brought it, a warn for another code. `texts` holds what it says. False: no memory. */
NODISCARD bool cuts_blame(const struct cuts_run *base, const struct cuts_run *other,
                          const struct cuts_finding *found, struct arena *texts, struct verdict *v);

/* "whole", "in writes of 1 byte". */
#define CUTS_SIZE_TEXT 40
void cuts_size_text(uint64_t size, char out[CUTS_SIZE_TEXT]);

#endif
