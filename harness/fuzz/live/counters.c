#define _GNU_SOURCE /* memfd_create, process_vm_readv beside C11 */
#include "fuzz/live/counters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"

enum { HIDDEN = 1, SEEN = 2 };

/* Comparisons that were met for the first time not long ago: who got so far wants to get past. */
#define LATEST_WORDS 16

struct fuzz_counters {
    int fd;
    char name[64];
    uint8_t *map; /* MAP_FAILED: none */
    uint64_t token;
    uint32_t seen, compares, hidden, unreadable;
    uint8_t known[FUZZ_COUNTERS_SIZE]; /* HIDDEN, SEEN */
    uint8_t inside[COVERAGE_EDGES];    /* of the range that is being read */
    bool has_word[COVERAGE_WORDS];     /* a place where something was compared */
    uint16_t latest[LATEST_WORDS];     /* of these, those that came last: a ring */
    size_t n_latest;
};

/* ---- each counter that is not 0 ---- */

typedef void (*visitor)(struct fuzz_counters *c, size_t at, uint8_t value, uint8_t *into);

static void visit_bytes(struct fuzz_counters *c, size_t at, const uint8_t *bytes, size_t n,
                        visitor visit, uint8_t *into)
{
    uint64_t word;

    for (size_t i = 0; i < n; i += sizeof word) {
        size_t size = n - i < sizeof word ? n - i : sizeof word;
        word = 0;
        memcpy(&word, bytes + i, size);
        for (size_t k = 0; word != 0 && k < size; k++) {
            if (bytes[i + k] != 0)
                visit(c, at + i + k, bytes[i + k], into);
        }
    }
}

#define LINE 64

/* Both sides look at it at the same time. */
static bool is_zero(const uint64_t *line)
{
    uint64_t any = 0;

    for (size_t i = 0; i < LINE / sizeof *line; i++)
        any |= __atomic_load_n(&line[i], __ATOMIC_RELAXED);
    return any == 0;
}

static void each_shared(struct fuzz_counters *c, visitor visit, uint8_t *into)
{
    uint8_t now[LINE];
    const uint8_t *shared = c->map + COVERAGE_HEAD;

    for (size_t at = 0; at < FUZZ_COUNTERS_SIZE; at += LINE) {
        if (is_zero((const uint64_t *)(const void *)(shared + at)))
            continue;
        memcpy(now, shared + at, LINE);
        visit_bytes(c, at, now, LINE, visit, into);
    }
}

static void zero_shared(struct fuzz_counters *c)
{
    uint8_t *shared = c->map + COVERAGE_HEAD;

    for (size_t at = 0; at < FUZZ_COUNTERS_SIZE; at += LINE) {
        if (!is_zero((const uint64_t *)(const void *)(shared + at)))
            memset(shared + at, 0, LINE); /* no other line leaves the target's cache */
    }
}

/* ---- ranges: counters in the memory of the target ---- */

static struct coverage_head *head_of(const struct fuzz_counters *c)
{
    return (struct coverage_head *)(void *)c->map;
}

static bool makes_sense(const struct coverage_range *r)
{
    return r->pid != 0 && r->pid != (uint32_t)getpid() && r->pid <= INT32_MAX && r->from < r->to &&
           r->at < COVERAGE_EDGES && r->to - r->from <= COVERAGE_EDGES - r->at;
}

static void *address(uint64_t at)
{
    return (void *)(uintptr_t)at;
}

/* Reads the counters of a range into c->inside. False: they are not there (any more), or not for
 * us; the slot of a process that is gone becomes free. */
static bool read_range(struct fuzz_counters *c, struct coverage_range *slot,
                       const struct coverage_range *r)
{
    size_t n = (size_t)(r->to - r->from);
    uint64_t token = 0;
    struct iovec ours[] = { { &token, sizeof token }, { c->inside, n } };
    struct iovec theirs[] = { { address(r->token_at), sizeof token }, { address(r->from), n } };
    ssize_t got = process_vm_readv((pid_t)r->pid, ours, 2, theirs, 2, 0);
    uint32_t pid = r->pid;

    if (got == (ssize_t)(sizeof token + n) && token == c->token)
        return true;
    if (got < 0 && errno == ESRCH)
        __atomic_compare_exchange_n(&slot->pid, &pid, 0, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
    else if (got < 0 && (errno == EPERM || errno == ENOSYS))
        c->unreadable++;
    return false;
}

static void zero_range(struct fuzz_counters *c, const struct coverage_range *r)
{
    size_t n = (size_t)(r->to - r->from);
    struct iovec theirs = { address(r->from), n };

    memset(c->inside, 0, n);
    struct iovec ours = { c->inside, n };
    (void)!process_vm_writev((pid_t)r->pid, &ours, 1, &theirs, 1, 0);
}

static bool any(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != 0)
            return true;
    }
    return false;
}

/* `visit` NULL: zeroes them. */
static void each_range(struct fuzz_counters *c, visitor visit, uint8_t *into)
{
    struct coverage_head *head = head_of(c);

    c->unreadable = 0;
    for (uint32_t i = 0; i < COVERAGE_RANGES_MAX && i < head->n_ranges; i++) {
        struct coverage_range r = head->ranges[i]; /* the target may write there meanwhile */
        if (!makes_sense(&r) || !read_range(c, &head->ranges[i], &r))
            continue;
        size_t n = (size_t)(r.to - r.from);
        if (visit)
            visit_bytes(c, r.at, c->inside, n, visit, into);
        else if (any(c->inside, n))
            zero_range(c, &r);
    }
}

/* ---- what is done with a counter ---- */

static uint32_t *tally_of(struct fuzz_counters *c, size_t at)
{
    return at < COVERAGE_EDGES ? &c->seen : &c->compares;
}

static void take_one(struct fuzz_counters *c, size_t at, uint8_t value, uint8_t *into)
{
    if (c->known[at] & HIDDEN)
        return;
    if (!(c->known[at] & SEEN))
        ++*tally_of(c, at);
    c->known[at] |= SEEN;
    if (into[at] < value)
        into[at] = value;
}

static void hide_one(struct fuzz_counters *c, size_t at, uint8_t value, uint8_t *into)
{
    (void)value;
    (void)into;
    if (c->known[at] & SEEN)
        --*tally_of(c, at);
    if (!(c->known[at] & HIDDEN))
        c->hidden++;
    c->known[at] = HIDDEN;
}

/* ---- making and ending ---- */

static bool make_memory(struct fuzz_counters *c, struct err *err)
{
    c->fd = memfd_create("wsproof-cov", MFD_CLOEXEC);
    if (c->fd < 0 || ftruncate(c->fd, COVERAGE_SIZE) != 0)
        return err_set(err, ERR_SYSTEM, "cannot make memory for coverage: %s", strerror(errno));
    c->map = mmap(NULL, COVERAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
    if (c->map == MAP_FAILED || getrandom(&c->token, sizeof c->token, 0) != sizeof c->token)
        return err_set(err, ERR_SYSTEM, "cannot share memory for coverage: %s", strerror(errno));
    c->token |= 1;
    head_of(c)->token = c->token;
    snprintf(c->name, sizeof c->name, "/proc/%ld/fd/%d", (long)getpid(), c->fd);
    return true;
}

struct fuzz_counters *fuzz_counters_new(struct err *err)
{
    struct fuzz_counters *c = alloc_resize(NULL, sizeof *c);

    if (!c) {
        err_memory(err, "coverage");
        return NULL;
    }
    *c = (struct fuzz_counters){ .fd = -1, .map = MAP_FAILED };
    if (make_memory(c, err))
        return c;
    fuzz_counters_free(c);
    return NULL;
}

void fuzz_counters_free(struct fuzz_counters *c)
{
    if (!c)
        return;
    if (c->map != MAP_FAILED)
        munmap(c->map, COVERAGE_SIZE);
    if (c->fd >= 0)
        close(c->fd);
    alloc_free(c);
}

bool fuzz_counters_announce(const struct fuzz_counters *c, struct err *err)
{
    return setenv(COVERAGE_ENV, c->name, 1) == 0 || err_memory(err, "the environment");
}

/* ---- words ---- */

#define WORD_TRIES 8  /* most places in the table are empty */
#define PLAIN_WORDS 8 /* one of so many that are met is taken */

static bool is_word(const struct coverage_word *w)
{
    return w->len[0] <= COVERAGE_WORD_MAX && w->len[1] <= COVERAGE_WORD_MAX &&
           w->len[0] + w->len[1] > 0 &&
           (!w->is_number || (w->len[0] == w->len[1] && w->len[0] <= sizeof(uint64_t)));
}

static bool read_word(const struct fuzz_counters *c, size_t at, struct coverage_word *out)
{
    const uint8_t *words = c->map + COVERAGE_HEAD + FUZZ_COUNTERS_SIZE;

    memcpy(out, words + at * sizeof *out, sizeof *out);
    return is_word(out);
}

static void note_new_words(struct fuzz_counters *c)
{
    struct coverage_word word;

    for (size_t at = 0; at < COVERAGE_WORDS; at++) {
        if (c->has_word[at] || !read_word(c, at, &word))
            continue;
        c->has_word[at] = true;
        c->latest[c->n_latest++ % LATEST_WORDS] = (uint16_t)at;
    }
}

/* A number of a byte is soon guessed, and most of what code compares is one. */
static bool is_plain(const struct coverage_word *w)
{
    bool large = !w->is_number;

    for (size_t i = 1; i < w->len[0]; i++)
        large |= w->bytes[0][i] != 0;
    return !large;
}

bool fuzz_counters_word(const struct fuzz_counters *c, struct rand *rand, struct coverage_word *out)
{
    size_t n = c->n_latest < LATEST_WORDS ? c->n_latest : LATEST_WORDS;

    if (n > 0 && rand_below(rand, 2) == 0)
        return read_word(c, c->latest[rand_below(rand, n)], out);
    for (int i = 0; i < WORD_TRIES; i++)
        if (read_word(c, rand_below(rand, COVERAGE_WORDS), out) &&
            (!is_plain(out) || rand_below(rand, PLAIN_WORDS) == 0))
            return true;
    return false;
}

/* ---- around a session ---- */

void fuzz_counters_zero(struct fuzz_counters *c)
{
    zero_shared(c);
    each_range(c, NULL, NULL);
}

uint32_t fuzz_counters_take(struct fuzz_counters *c, uint8_t *into)
{
    uint32_t before = c->seen + c->compares;

    each_shared(c, take_one, into);
    each_range(c, take_one, into);
    uint32_t news = c->seen + c->compares - before;
    if (news > 0)
        note_new_words(c);
    return news;
}

void fuzz_counters_idle(struct fuzz_counters *c)
{
    each_shared(c, hide_one, NULL);
    each_range(c, hide_one, NULL);
}

void fuzz_counters_unsteady(struct fuzz_counters *c, const uint8_t *one, const uint8_t *other)
{
    for (size_t at = COVERAGE_EDGES; at < FUZZ_COUNTERS_SIZE; at++) {
        if ((one[at] != 0) != (other[at] != 0))
            hide_one(c, at, 1, NULL);
    }
}

/* ---- what there is to tell ---- */

static uint32_t at_most(uint32_t n, uint32_t most)
{
    return n < most ? n : most;
}

void fuzz_counters_facts(const struct fuzz_counters *c, struct fuzz_counters_facts *out)
{
    const struct coverage_head *head = head_of(c);

    *out =
        (struct fuzz_counters_facts){ .attached = head->magic == COVERAGE_MAGIC,
                                      .foreign = head->magic != 0 && head->magic != COVERAGE_MAGIC,
                                      .by_pc = head->by_pc != 0,
                                      .edges = at_most(head->edges, COVERAGE_EDGES),
                                      .seen = c->seen,
                                      .compares = c->compares,
                                      .hidden = c->hidden,
                                      .overflow = head->overflow,
                                      .unreadable = c->unreadable + head->lost };
}

const char *fuzz_counters_trouble(const struct fuzz_counters_facts *f)
{
    if (f->foreign)
        return "the target's wsproof-cov.o is that of another version: build it with this one's";
    if (!f->attached)
        return "the target has no coverage: wsproof-cov.o is not linked in, or " COVERAGE_ENV
               " does not reach it";
    if (f->edges == 0 && !f->by_pc)
        return "the target has wsproof-cov.o, but none of its code was built with "
               "-fsanitize-coverage";
    if (f->unreadable > 0)
        return "counters in the target's own memory cannot be read (ptrace is not allowed, or too "
               "many processes): build it with trace-pc-guard";
    if (f->overflow > 0)
        return "the target has more edges than there are counters: build only what speaks "
               "WebSocket with -fsanitize-coverage";
    return NULL;
}
