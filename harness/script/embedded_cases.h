#ifndef SCRIPT_EMBEDDED_CASES_H
#define SCRIPT_EMBEDDED_CASES_H

#include "base/embedded.h"

/* The suite as it was built in: cases, data for `file "…"`, requirements.tsv. */
extern const struct embedded embedded_cases[];

#endif
