#ifndef VERDICT_BEHAVIOUR_H
#define VERDICT_BEHAVIOUR_H

#include "verdict/judge.h"

/* Whether what the case expects came: its expectations, in the order in which they were awaited,
 * held against the transcript; of a case with `each` round by round. Fills the verdict's behaviour
 * and, if one was not met, its reason and judge.failed; judge_give_up if the two do not fit. */
void behaviour_judge(struct judge *j);

#endif
