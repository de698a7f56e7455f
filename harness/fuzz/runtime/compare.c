#include "fuzz/runtime/cov.h"

#define TEXT_STEPS_MAX 32 /* equal bytes of two strings that are told apart */

/* Each step nearer to equality is a counter. */

#define HOOK(name, type) API void __sanitizer_cov_trace_##name(type a, type b)
HOOK(cmp1, uint8_t);
HOOK(cmp2, uint16_t);
HOOK(cmp4, uint32_t);
HOOK(cmp8, uint64_t);
HOOK(const_cmp1, uint8_t);
HOOK(const_cmp2, uint16_t);
HOOK(const_cmp4, uint32_t);
HOOK(const_cmp8, uint64_t);
HOOK(cmpf, float);
HOOK(cmpd, double);
API void __sanitizer_cov_trace_switch(uint64_t value, const uint64_t *cases);

static void came_near(uintptr_t pc, unsigned step)
{
    uint8_t *at = &wsproof_cov.compares[(wsproof_cov_place(pc) + step) % COVERAGE_COMPARES];

    if (!__atomic_load_n(at, __ATOMIC_RELAXED)) /* a line that is only read stays in every cache */
        __atomic_store_n(at, 1, __ATOMIC_RELAXED);
}

/* Without the compiler's library, which a target need not have. */
static unsigned ones(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((x * 0x0101010101010101u) >> 56);
}

static void compare(uintptr_t pc, uint64_t a, uint64_t b)
{
    if (wsproof_cov.head)
        came_near(pc, 64 - ones(a ^ b));
}

/* A byte is soon guessed; steps towards one would only fill the corpus. */
static void compare_byte(uintptr_t pc, uint8_t a, uint8_t b)
{
    if (wsproof_cov.head)
        came_near(pc, a == b);
}

#undef HOOK
#define HOOK(name, type, how)                                                                      \
    void __sanitizer_cov_trace_##name(type a, type b)                                              \
    {                                                                                              \
        how(CALLER, a, b);                                                                         \
    }
HOOK(cmp1, uint8_t, compare_byte)
HOOK(cmp2, uint16_t, compare)
HOOK(cmp4, uint32_t, compare)
HOOK(cmp8, uint64_t, compare)
HOOK(const_cmp1, uint8_t, compare_byte)
HOOK(const_cmp2, uint16_t, compare)
HOOK(const_cmp4, uint32_t, compare)
HOOK(const_cmp8, uint64_t, compare)

void __sanitizer_cov_trace_cmpf(float a, float b)
{
    (void)a;
    (void)b;
}

void __sanitizer_cov_trace_cmpd(double a, double b)
{
    (void)a;
    (void)b;
}

/* `cases`: how many, of how many bits, then the values in rising order. Where all of them fit into
 * a byte the edges tell enough. Only the two around the value are near. */
void __sanitizer_cov_trace_switch(uint64_t value, const uint64_t *cases)
{
    uint64_t n = cases[0];
    const uint64_t *values = cases + 2;
    uint64_t above = 0;

    if (!wsproof_cov.head || n == 0 || values[n - 1] <= UINT8_MAX)
        return;
    while (above < n && values[above] <= value)
        above++;
    if (above > 0)
        compare(CALLER + above, value, values[above - 1]);
    if (above < n)
        compare(CALLER + above + 1, value, values[above]);
}

/* ---- strings, where a sanitizer tells of them (clang's ASan) ---- */

#define TEXT_HOOK(name, ...)                                                                       \
    API void __sanitizer_weak_hook_##name(void *pc, const void *a, const void *b, __VA_ARGS__)
TEXT_HOOK(memcmp, size_t n, int result);
TEXT_HOOK(strncmp, size_t n, int result);
TEXT_HOOK(strncasecmp, size_t n, int result);
TEXT_HOOK(strcmp, int result);
TEXT_HOOK(strcasecmp, int result);

static unsigned char plain(unsigned char c, int any_case)
{
    return any_case && c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

static void compare_text(const void *pc, const void *one, const void *other, size_t n, int is_text,
                         int any_case)
{
    const unsigned char *a = one, *b = other;
    unsigned same = 0;

    if (!wsproof_cov.head)
        return;
    while (same < n && same < TEXT_STEPS_MAX &&
           plain(a[same], any_case) == plain(b[same], any_case)) {
        same++;
        if (is_text && a[same - 1] == 0)
            break;
    }
    came_near((uintptr_t)pc, same);
}

void __sanitizer_weak_hook_memcmp(void *pc, const void *a, const void *b, size_t n, int result)
{
    (void)result;
    compare_text(pc, a, b, n, 0, 0);
}

void __sanitizer_weak_hook_strncmp(void *pc, const void *a, const void *b, size_t n, int result)
{
    (void)result;
    compare_text(pc, a, b, n, 1, 0);
}

void __sanitizer_weak_hook_strncasecmp(void *pc, const void *a, const void *b, size_t n, int result)
{
    (void)result;
    compare_text(pc, a, b, n, 1, 1);
}

void __sanitizer_weak_hook_strcmp(void *pc, const void *a, const void *b, int result)
{
    (void)result;
    compare_text(pc, a, b, SIZE_MAX, 1, 0);
}

void __sanitizer_weak_hook_strcasecmp(void *pc, const void *a, const void *b, int result)
{
    (void)result;
    compare_text(pc, a, b, SIZE_MAX, 1, 1);
}
