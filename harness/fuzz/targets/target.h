#ifndef FUZZ_TARGETS_TARGET_H
#define FUZZ_TARGETS_TARGET_H

#include <stdio.h>

#include "base/buf.h"

/* What every fuzz target has: libFuzzer's entry, a claim that may turn out wrong, and ways to cut.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of AddressSanitizer, where it is linked. */
const char *__asan_default_options(void);

/* Ends the process, as a crash does, with what differs as its last words. */
#define MUST(claim, ...)                                                                           \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            fprintf(stderr, "%s:%d: not so: %s: ", __FILE__, __LINE__, #claim);                    \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
            __builtin_trap();                                                                      \
        }                                                                                          \
    } while (0)

/* What was printed, and what was printed of what was read of it. */
#define MUST_PRINT_THE_SAME(once, twice)                                                           \
    MUST(bytes_eq(buf_bytes(once), buf_bytes(twice)), "once\n%.*s\ntwice\n%.*s",                   \
         BYTES_ARG(buf_bytes(once)), BYTES_ARG(buf_bytes(twice)))

/* The next byte of the input, which steers the run and is no data of it; 0 at the end. */
static inline uint8_t steer(struct bytes *in)
{
    const uint8_t byte = in->len > 0 ? in->ptr[0] : 0;

    *in = bytes_skip(*in, 1);
    return byte;
}

/* How a stream is cut, told by one byte: into pieces of way + 1 bytes up to 128, above into pieces
 * of 1 to 32; and far behind its start into larger ones, since each piece takes time. CUT_WHOLE
 * cuts nothing. */
#define CUT_WHOLE 256u
#define CUT_FINE 1024

/* Size of the piece at the offset `at` of which `left` bytes are left; 0 when none are. */
static inline size_t cut_next(unsigned way, size_t at, size_t left)
{
    size_t size = left;

    if (way < 128)
        size = way + 1;
    else if (way < CUT_WHOLE)
        size = 1 + ((at + way) * UINT32_C(2654435761) >> 7) % 32;
    if (way < CUT_WHOLE && at >= CUT_FINE)
        size *= 1 + at / 64;
    return size < left ? size : left;
}

/* Is `part` inside of `whole`? An empty part may be anywhere. */
static inline bool lies_in(struct bytes part, struct bytes whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

#endif
