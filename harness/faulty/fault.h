#ifndef FAULTY_FAULT_H
#define FAULTY_FAULT_H

#include "base/bytes.h"

/* The ways of being broken, from faults.def. A program has one of them for all its life. */
enum fault {
#define FAULT(name, role, requirements, sentence) FAULT_##name,
#include "faulty/faults.def"
#undef FAULT
    FAULTS /* how many there are */
};

enum fault_role { FAULT_SERVER = 1, FAULT_CLIENT = 2, FAULT_BOTH = 3 };

#define FAULT_NAME_MAX 64

struct fault_row {
    char name[FAULT_NAME_MAX]; /* "takes-unmasked-text" */
    enum fault_role role;
    const char *requirements; /* ids with a blank between them; "" for the clean peer */
    const char *sentence;
};

struct fault_row fault_row(enum fault fault);

/* The fault of that name; false when there is none. */
NODISCARD bool fault_find(const char *name, enum fault *out);

/* What this program is broken at. CLEAN until chosen. */
void fault_choose(enum fault fault);
bool fault_is(enum fault fault);

/* Is it one of those from `first` to `last`, in the order of the table? */
bool fault_among(enum fault first, enum fault last);

/* Which one of those that begin with `first`, from 0: for rows that differ in a number only. */
unsigned fault_nth(enum fault first);

#endif
