#include "drive/deaths.h"

unsigned deaths_note(struct deaths *d, unsigned before)
{
    if (d->count == DEATHS_MAX)
        return 0;
    d->of[d->count].before = before;
    return ++d->count;
}

void deaths_solve(struct deaths *d, unsigned death)
{
    while (death > 0) {
        d->of[death - 1].solved = true;
        death = d->of[death - 1].before;
    }
}

unsigned deaths_unsolved(const struct deaths *d)
{
    unsigned unsolved = 0;

    for (unsigned i = 0; i < d->count; i++)
        unsolved += !d->of[i].solved;
    return unsolved;
}
