/* What libFuzzer calls in a program that links an implementation: wsproof/fuzz.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "fuzz/inside/inside.h"
#include "fuzz/mutate/minimise.h"
#include "fuzz/mutate/mutate.h"
#include "fuzz/session/session_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other,
                                 size_t other_size, uint8_t *out, size_t max, unsigned seed);

#define CASE_BYTES_MAX (4u << 20)
#define REMARK_MAX 8192
#define SIGNATURES_MAX 256

static struct fuzz_inside inside;
static struct {
    char list[SIGNATURES_MAX][sizeof((struct fuzz_finding *)0)->signature];
    size_t count;
} seen; /* findings of this process */

/* -- replies as feedback, for libraries that are not instrumented -- */

#define FEATURES 8192

#if defined(__ELF__)
__attribute__((section("__libfuzzer_extra_counters")))
#endif
static uint8_t features[FEATURES];

static void note_feature(uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t words[] = { a, b, c };
    features[hash_bytes(bytes_of(words, sizeof words)) % FEATURES] = 1;
}

static unsigned magnitude(uint64_t n)
{
    unsigned bits = 0;

    for (; n > 0; n >>= 1)
        bits++;
    return bits;
}

/* What it said, and what followed on what: not the payloads. */
static void note_account(const struct fuzz_account *a)
{
    uint64_t before = 0;

    for (size_t i = 0; i < a->count && i < 32; i++) {
        const struct fuzz_heard *h = &a->heard[i];
        const uint64_t what = (uint64_t)h->kind << 32 | (uint64_t)h->opcode << 24 |
                              (uint64_t)h->close.has_code << 23 | h->close.code;
        note_feature(1, what, magnitude(h->len));
        note_feature(2, what, before);
        before = what;
    }
    note_feature(3, a->count, a->broken.rule);
}

/* -- findings -- */

static bool was_seen(const char *signature)
{
    for (size_t i = 0; i < seen.count; i++)
        if (strcmp(seen.list[i], signature) == 0)
            return true;
    if (seen.count < SIGNATURES_MAX)
        strcpy(seen.list[seen.count++], signature);
    return false;
}

/* Minimised in place; `f` is what the smaller one shows. */
static void make_small(struct fuzz_session *s, struct fuzz_finding *f, struct arena *arena)
{
    static struct fuzz_minimise m;
    const struct fuzz_session *candidate;
    struct fuzz_finding now;

    fuzz_minimise_init(&m, s, arena);
    while (fuzz_minimise_next(&m, &candidate))
        fuzz_minimise_told(&m, fuzz_inside_try(&inside, candidate, &now) &&
                                   strcmp(now.signature, f->signature) == 0);
    if (fuzz_inside_try(&inside, &m.best, &now) && strcmp(now.signature, f->signature) == 0) {
        *s = m.best;
        *f = now;
    }
}

/* A case has no cuts but its own: what shows in small writes only is written with them. */
static void write_cuts_down(struct fuzz_session *s)
{
    for (size_t i = 0; inside.shown_by == FUZZ_CUT_SMALL && i < s->n_steps; i++) {
        s->steps[i].cut = 1;
        s->steps[i].joined = false;
    }
}

/* The name of a case has small letters only. */
static void name_of(const char *signature, char name[96])
{
    size_t i = 0;

    for (; signature[i] && i < 95; i++)
        name[i] =
            signature[i] >= 'A' && signature[i] <= 'Z' ? (char)(signature[i] + 32) : signature[i];
    name[i] = '\0';
}

/* What was found, and what it made of the session in each cut. */
static bool print_remark(const struct fuzz_finding *f, struct buf *out)
{
    static const char *const cuts[] = { [FUZZ_CUT_WHOLE] = "in one write",
                                        [FUZZ_CUT_WRITTEN] = "in writes",
                                        [FUZZ_CUT_SMALL] = "byte by byte" };
    bool ok = buf_print(out, "%s, as a %s: %s\n%s\n", inside.implementation->name,
                        inside.role == ROLE_SERVER ? "server" : "client", f->signature, f->what);

    for (size_t cut = 0; ok && cut < FUZZ_CUTS; cut++)
        if (inside.accounts[cut].open)
            ok = buf_print(out, "%s%s: ", cut > 0 ? "\n" : "", cuts[cut]) &&
                 fuzz_account_print(&inside.accounts[cut], out);
    return ok && buf_push(out, '\0');
}

static bool print_case(const struct fuzz_session *s, const struct fuzz_finding *f, struct buf *out)
{
    char name[96];
    struct fuzz_text_facts facts = {
        .role = inside.role, .name = name, .title = f->what, .echoes = true
    };
    struct buf remark;

    name_of(f->signature, name);
    buf_init(&remark, REMARK_MAX);
    const bool ok = print_remark(f, &remark);
    facts.remark = (const char *)remark.ptr;
    const bool printed = ok && fuzz_session_text(s, &facts, out);
    buf_free(&remark);
    return printed;
}

static void write_case(const char *path, const struct buf *text)
{
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(text->ptr, 1, text->len, file) != text->len)
        fprintf(stderr, "wsproof: cannot write %s\n", path);
    else
        fprintf(stderr, "wsproof: written to %s\n", path);
    if (file)
        fclose(file);
}

/* Tells it, keeps it, and ends the process unless there is a place for further ones. */
static void tell(struct fuzz_session *s, struct fuzz_finding *f)
{
    const char *dir = getenv("WSPROOF_FINDINGS");
    struct arena arena = { 0 };
    char path[1024];
    struct buf text;

    if (was_seen(f->signature))
        return;
    buf_init(&text, CASE_BYTES_MAX);
    make_small(s, f, &arena);
    write_cuts_down(s);
    fprintf(stderr, "\nwsproof: finding %s\nwsproof: %s\n", f->signature, f->what);
    snprintf(path, sizeof path, "%s/%s.case", dir ? dir : ".", f->signature);
    if (print_case(s, f, &text)) {
        fwrite(text.ptr, 1, text.len, stderr);
        write_case(path, &text);
    }
    if (!dir)
        abort();
    buf_free(&text);
    arena_free(&arena);
}

/* -- libFuzzer -- */

static void begin(void)
{
    const char *why;

    if (inside.implementation)
        return;
    if (!fuzz_inside_init(&inside, &wsp_under_test, getenv("WSPROOF_ROLE"), &why)) {
        fprintf(stderr, "wsproof: %s\n", why);
        exit(2);
    }
}

static void show(const struct fuzz_session *s)
{
    const struct fuzz_finding none = { .what = "an input", .signature = "input" };
    struct buf text;

    if (!getenv("WSPROOF_SHOW"))
        return;
    buf_init(&text, CASE_BYTES_MAX);
    if (print_case(s, &none, &text))
        fwrite(text.ptr, 1, text.len, stderr);
    buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_session session;
    struct fuzz_finding finding;

    begin();
    fuzz_session_decode(bytes_of(data, size), &session);
    fuzz_inside_fit(&inside, &session);
    show(&session);
    if (!fuzz_inside_try(&inside, &session, &finding))
        return 0;
    note_feature(4, finding.difference, finding.rule);
    note_account(&inside.accounts[FUZZ_CUT_WHOLE]);
    if (finding.difference != FUZZ_SAME)
        tell(&session, &finding);
    return 0;
}

/* What does not fit into `max` is left as it was. */
static size_t put(const struct fuzz_session *s, uint8_t *out, size_t size, size_t max)
{
    static uint8_t bytes[FUZZ_STEPS_MAX * (FUZZ_PAYLOAD_MAX + 64)];
    const size_t n = fuzz_session_encode(s, bytes, max < sizeof bytes ? max : sizeof bytes);

    if (n > 0)
        memcpy(out, bytes, n);
    return n > 0 ? n : size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static struct fuzz_session session;
    struct arena arena = { 0 };
    struct rand rand;

    begin();
    rand_init(&rand, seed);
    fuzz_session_decode(bytes_of(data, size), &session);
    fuzz_mutate(&session, NULL, &rand, &arena);
    fuzz_inside_fit(&inside, &session);
    size = put(&session, data, size, max);
    arena_free(&arena);
    return size;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other,
                                 size_t other_size, uint8_t *out, size_t max, unsigned seed)
{
    static struct fuzz_session into, from;
    struct rand rand;

    begin();
    rand_init(&rand, seed);
    fuzz_session_decode(bytes_of(data, size), &into);
    fuzz_session_decode(bytes_of(other, other_size), &from);
    fuzz_cross(&into, &from, &rand);
    fuzz_inside_fit(&inside, &into);
    return put(&into, out, 0, max);
}
