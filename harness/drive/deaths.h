#ifndef DRIVE_DEATHS_H
#define DRIVE_DEATHS_H

#include <stdbool.h>

/* The deaths of a server that we started, and whether a case was convicted of each. Zeroed: none.
 * They have numbers from 1; 0 is no death. */
#define DEATHS_MAX 256 /* it is given up long before */

struct deaths {
    struct {
        unsigned before; /* whose suspect was looked at when this one came; 0: nobody's */
        bool solved;
    } of[DEATHS_MAX];
    unsigned count;
};

unsigned deaths_note(struct deaths *d, unsigned before); /* its number */
/* Somebody is convicted of that one, and so of those before it of which he was a suspect. */
void deaths_solve(struct deaths *d, unsigned death);
unsigned deaths_unsolved(const struct deaths *d);

#endif
