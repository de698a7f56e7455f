#include "fuzz/targets/mutator.h"
#include "fuzz/targets/opening.h"

/* A connection of ours, of either role, that compresses where the peer agrees: whatever comes, it
 * tells and sends the same whole and cut, and nothing that breaks a rule. */
FUZZ_MUTATOR(session)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in), flags = steer(&in) | OPENING_DEFLATES;
    const enum case_role role = way & 1 ? ROLE_CLIENT : ROLE_SERVER;
    struct opening opening;

    if (opening_make(in, role, flags, &opening))
        opening_play(&opening, way);
    return 0;
}
