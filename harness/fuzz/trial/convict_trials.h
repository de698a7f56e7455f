#ifndef FUZZ_CONVICT_TRIALS_H
#define FUZZ_CONVICT_TRIALS_H

#include "fuzz/trial/convict.h"

/* Inside of convict: the forms in which a suspect is put before the ordinary runner, by what it is
 * suspected of. Gives how many, the most telling first; their texts live in the convict's arena. */
#define CONVICT_TRIALS_MAX 4

size_t convict_trials(struct convict *c, const struct stand *stand,
                      struct convict_trial trials[CONVICT_TRIALS_MAX]);

#endif
