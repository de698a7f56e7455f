#include "fuzz/runtime/cov.h"

#define TEXT_STEPS_MAX 32 /* equal bytes of two strings that are told apart */

/* Each step nearer to equality is a counter; and what was compared is kept, for a fuzzer that would
 * rather say it than guess it. */

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

/* Whether it is the first time since the counters were zeroed. */
static int came_near(uintptr_t pc, unsigned step)
{
    uint8_t *at = &wsproof_cov.compares[(wsproof_cov_place(pc) + step) % COVERAGE_COMPARES];

    if (__atomic_load_n(at, __ATOMIC_RELAXED)) /* a line that is only read stays in every cache */
        return 0;
    __atomic_store_n(at, 1, __ATOMIC_RELAXED);
    return 1;
}

static struct coverage_word *word_at(uintptr_t pc)
{
    return &wsproof_cov.words[(wsproof_cov_place(pc) >> 16) % COVERAGE_WORDS];
}

/* Pointers are compared all the time, with 0 above all; and what is 0 is soon guessed. */
static int is_of_interest(uint64_t n)
{
    return n != 0 && (n >> 40 == 0 || n >> 47 != 0);
}

static void keep_numbers(uintptr_t pc, uint64_t a, uint64_t b, uint8_t size, uint8_t is_constant)
{
    struct coverage_word *word = word_at(pc);

    if (!is_of_interest(a) || !is_of_interest(b))
        return;
    for (unsigned i = 0; i < size; i++) {
        word->bytes[0][i] = (uint8_t)(a >> (8 * i));
        word->bytes[1][i] = (uint8_t)(b >> (8 * i));
    }
    word->len[0] = word->len[1] = size;
    word->is_number = 1;
    word->is_constant = is_constant;
}

/* Without the compiler's library, which a target need not have. */
static unsigned ones(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((x * 0x0101010101010101u) >> 56);
}

static void compare(uintptr_t pc, uint64_t a, uint64_t b, uint8_t size, uint8_t is_constant)
{
    /* A byte is soon guessed; steps towards one would only fill the corpus. */
    unsigned step = size > 1 ? 64 - ones(a ^ b) : a == b;

    if (wsproof_cov.head && came_near(pc, step) && a != b)
        keep_numbers(pc, a, b, size, is_constant);
}

#undef HOOK
#define HOOK(name, type, is_constant)                                                              \
    void __sanitizer_cov_trace_##name(type a, type b)                                              \
    {                                                                                              \
        compare(CALLER, a, b, sizeof(type), is_constant);                                          \
    }
HOOK(cmp1, uint8_t, 0)
HOOK(cmp2, uint16_t, 0)
HOOK(cmp4, uint32_t, 0)
HOOK(cmp8, uint64_t, 0)
HOOK(const_cmp1, uint8_t, 1)
HOOK(const_cmp2, uint16_t, 1)
HOOK(const_cmp4, uint32_t, 1)
HOOK(const_cmp8, uint64_t, 1)

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
    uint8_t size = (uint8_t)(cases[1] / 8 % 9);

    if (!wsproof_cov.head || n == 0 || values[n - 1] <= UINT8_MAX)
        return;
    while (above < n && values[above] <= value)
        above++;
    if (above > 0)
        compare(CALLER + above, values[above - 1], value, size, 1);
    if (above < n)
        compare(CALLER + above + 1, values[above], value, size, 1);
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

/* The first `max` bytes; of a string those before its end. */
static uint8_t keep_text(uint8_t *into, const unsigned char *text, size_t max, int is_string)
{
    uint8_t n = 0;

    while (n < max && n < COVERAGE_WORD_MAX && !(is_string && text[n] == 0)) {
        into[n] = text[n];
        n++;
    }
    return n;
}

static void compare_text(const void *pc, const void *one, const void *other, size_t n, int result,
                         int is_text, int any_case)
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
    if (!came_near((uintptr_t)pc, same) || result == 0)
        return;
    struct coverage_word *word = word_at((uintptr_t)pc);
    word->len[0] = keep_text(word->bytes[0], a, n, is_text);
    word->len[1] = keep_text(word->bytes[1], b, n, is_text);
    word->is_number = word->is_constant = 0;
}

void __sanitizer_weak_hook_memcmp(void *pc, const void *a, const void *b, size_t n, int result)
{
    compare_text(pc, a, b, n, result, 0, 0);
}

void __sanitizer_weak_hook_strncmp(void *pc, const void *a, const void *b, size_t n, int result)
{
    compare_text(pc, a, b, n, result, 1, 0);
}

void __sanitizer_weak_hook_strncasecmp(void *pc, const void *a, const void *b, size_t n, int result)
{
    compare_text(pc, a, b, n, result, 1, 1);
}

void __sanitizer_weak_hook_strcmp(void *pc, const void *a, const void *b, int result)
{
    compare_text(pc, a, b, SIZE_MAX, result, 1, 0);
}

void __sanitizer_weak_hook_strcasecmp(void *pc, const void *a, const void *b, int result)
{
    compare_text(pc, a, b, SIZE_MAX, result, 1, 1);
}
