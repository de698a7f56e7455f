#include "fuzz/targets/mutator.h"
#include "fuzz/targets/opening.h"

/* A connection of ours as a server, without compression: whatever comes, it tells and sends the
 * same whole and cut, in the order that it promises, and nothing that breaks a rule. */
FUZZ_MUTATOR(session)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in), flags = steer(&in) & ~OPENING_DEFLATES;
    struct opening opening;

    if (opening_make(in, ROLE_SERVER, flags, &opening))
        opening_play(&opening, way);
    return 0;
}
