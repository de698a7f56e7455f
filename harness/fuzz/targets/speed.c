#include "fuzz/targets/target.h"

/* A run that compresses takes and frees some 256 KiB several times: memory that is used again soon
 * is ten times faster than memory that waits in a quarantine of 256 MiB. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=8:malloc_context_size=8";
}
