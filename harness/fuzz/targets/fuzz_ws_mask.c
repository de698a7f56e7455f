#include "ws/mask.h"

#include <string.h>

#include "fuzz/targets/target.h"
#include "ws/mask_simd.h"

/* Each way to mask against the definition of RFC 6455 5.3, at any alignment, whole and cut, and
 * nothing but the payload is touched. */
#define ROOM 8192
#define EDGE 64 /* in front: any alignment; behind: what must stay as it is */
#define UNTOUCHED 0xA5

static uint8_t work[EDGE + ROOM + EDGE], right[ROOM];

static void check(const char *who, size_t align, size_t len)
{
    MUST(memcmp(work + align, right, len) == 0, "%s differs, %zu bytes at %zu", who, len, align);
    for (size_t i = 0; i < EDGE; i++)
        MUST(work[align + len + i] == UNTOUCHED && (i >= align || work[i] == UNTOUCHED),
             "%s wrote outside, %zu bytes at %zu", who, len, align);
}

static void fill(struct bytes payload, size_t align)
{
    memset(work, UNTOUCHED, EDGE);
    memcpy(work + align, payload.ptr, payload.len);
    memset(work + align + payload.len, UNTOUCHED, EDGE);
}

static void check_vectors(struct bytes payload, size_t align, const uint8_t key[4])
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2"))
        return;
    fill(payload, align);
    const size_t done = mask_blocks_avx2(work + align, payload.len, key);
    MUST(done <= payload.len && done % 4 == 0, "avx2 did %zu of %zu", done, payload.len);
    ws_mask_plain(work + align + done, payload.len - done, key, 0);
    check("avx2", align, payload.len);
#else
    (void)payload, (void)align, (void)key;
#endif
}

/* From the byte `at` of a longer payload on; `way`: how it is cut. */
static void check_ways(struct bytes payload, size_t align, const uint8_t key[4], uint64_t at,
                       unsigned way)
{
    fill(payload, align);
    ws_mask(work + align, payload.len, key, at);
    check("ws_mask", align, payload.len);
    fill(payload, align);
    ws_mask_plain(work + align, payload.len, key, at);
    check("plain", align, payload.len);
    fill(payload, align);
    for (size_t i = 0, n; (n = cut_next(way, i, payload.len - i)) > 0; i += n)
        ws_mask(work + align + i, n, key, at + i);
    check("cut", align, payload.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in);
    const size_t align = steer(&in) % EDGE;
    const uint64_t at = steer(&in) * UINT64_C(0x0101010101010101);
    const uint8_t key[4] = { steer(&in), steer(&in), steer(&in), steer(&in) };
    const struct bytes payload = bytes_take(in, ROOM);
    uint8_t turned[4];

    if (payload.len == 0)
        return 0;
    for (size_t i = 0; i < payload.len; i++)
        right[i] = payload.ptr[i] ^ key[(at + i) % 4];
    check_ways(payload, align, key, at, way);
    for (size_t i = 0; i < 4; i++)
        turned[i] = key[(at + i) % 4];
    check_vectors(payload, align, turned);
    return 0;
}
