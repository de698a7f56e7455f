#ifndef FUZZ_CONVICT_WORDS_H
#define FUZZ_CONVICT_WORDS_H

#include "fuzz/trial/convict.h"

/* Inside of convict: the name and the sentence of one that was found guilty, by what its case has
 * shown, which may be another fault than it was suspected of. */
void convict_words(struct convict *c);

#endif
