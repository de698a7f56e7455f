#include "tests/support/conversations.h"
#include "tests/support/heap.h"
#include "tests/support/judged.h"
#include "verdict/dropin.h"

/* Transcripts that lost or gained something on their way. They get some verdict, the same each
 * time, and a target that passed is not accused by what was ours to write down. */

static struct play play;

/* The transcript under test with one thing wrong; entries are the original's. */
struct damaged {
    const struct script_case *c;
    const struct transcript *whole;
    enum case_role role;
    bool passed; /* the whole one did */
    struct transcript t;
};

static void damaged_init(struct damaged *d, const struct script_case *c,
                         const struct transcript *whole, enum case_role role)
{
    *d = (struct damaged){ .c = c, .whole = whole, .role = role };
    d->t.seed = whole->seed;
    d->t.entries = alloc_resize(NULL, (whole->count + 1) * sizeof *whole->entries);
    cr_assert_not_null(d->t.entries);
}

static void restore(struct damaged *d)
{
    d->t.count = d->whole->count;
    if (d->whole->count > 0)
        memcpy(d->t.entries, d->whole->entries, d->whole->count * sizeof *d->whole->entries);
}

static void drop(struct damaged *d, size_t i)
{
    restore(d);
    memmove(&d->t.entries[i], &d->t.entries[i + 1], (d->t.count - i - 1) * sizeof *d->t.entries);
    d->t.count--;
}

static void twice(struct damaged *d, size_t i)
{
    restore(d);
    memmove(&d->t.entries[i + 1], &d->t.entries[i], (d->t.count - i) * sizeof *d->t.entries);
    d->t.count++;
}

/* What the target did, and how long nothing came of it: without it, or with more of it, it may be
 * another story. */
static bool is_evidence(const struct entry *e)
{
    switch (e->kind) {
    case ENTRY_HEAD_IN:
    case ENTRY_HEAD_BAD:
    case ENTRY_FRAME_IN:
    case ENTRY_MESSAGE_IN:
    case ENTRY_MESSAGE_BAD:
    case ENTRY_PARTIAL_IN:
    case ENTRY_END_IN:
    case ENTRY_SILENT:
    case ENTRY_ALIVE:
    case ENTRY_OUTPUT:
    case ENTRY_PROCESS:
    case ENTRY_MEMORY:
    case ENTRY_CPU:
    case ENTRY_ANOTHER: return true;
    case ENTRY_CONNECTED:
    case ENTRY_HEAD_OUT:
    case ENTRY_FRAME_OUT:
    case ENTRY_RAW_OUT:
    case ENTRY_MESSAGE_OUT:
    case ENTRY_END_OUT:
    case ENTRY_EXPECT:
    case ENTRY_PASSED:
    case ENTRY_CLOSING:
    case ENTRY_METRIC:
    case ENTRY_TURNS:
    case ENTRY_PROVOKED:
    case ENTRY_NOTE:
    case ENTRY_KINDS: return false;
    }
    return false;
}

static void judge(const struct damaged *d, struct verdict *v, struct arena *a, struct buf *said)
{
    struct verdict_options options = { .role = d->role };

    judged_verdict(d->c, &d->t, &options, a, v, said);
}

static void tell(const struct damaged *d, const char *what, size_t at, const struct buf *said)
{
    struct buf log;

    buf_init(&log, 1 << 20);
    talk_log(&d->t, &log);
    fprintf(stderr, "=== %s %zu: %.*s\n%.*s\n%.*s\n", what, at, BYTES_ARG(buf_bytes(said)),
            BYTES_ARG(d->c->source), BYTES_ARG(buf_bytes(&log)));
    buf_free(&log);
}

/* The other suite's words for it, whatever its number: some, and never nonsense. */
static void grade_as_theirs(const struct damaged *d, const struct verdict *v)
{
    struct also number = { .suite = "autobahn", .id = d->whole->count % 2 ? "6.3.1" : "7.1.1" };
    struct script_case numbered = *d->c;
    struct dropin grade;

    numbered.also = &number;
    numbered.n_also = 1;
    cr_assert(dropin_grade(&numbered, &d->t, d->role, v, &grade));
    cr_assert(grade.behavior <= DROPIN_FAILED && grade.close <= DROPIN_CLOSE_INFORMATIONAL);
    cr_assert(grade.expected.n_codes > 0 && grade.result[0] && grade.result_close[0]);
}

/* 1 when a target that passed is accused. */
static unsigned check(const struct damaged *d, const char *what, size_t at, bool may_accuse)
{
    struct arena a = { 0 };
    struct verdict v, again;
    struct buf said, repeated;
    unsigned accused;

    judge(d, &v, &a, &said);
    judge(d, &again, &a, &repeated);
    cr_assert(bytes_eq(buf_bytes(&said), buf_bytes(&repeated)));
    cr_assert(v.result < VERDICT_KINDS && v.entry + 1 <= d->t.count);
    grade_as_theirs(d, &v);
    accused = d->passed && !may_accuse && v.result == VERDICT_FAIL;
    if (accused)
        tell(d, what, at, &said);
    buf_free(&said);
    buf_free(&repeated);
    arena_free(&a);
    return accused;
}

static unsigned lose_and_gain(struct damaged *d)
{
    unsigned accused = 0;

    for (size_t i = 0; i < d->whole->count; i++) {
        restore(d);
        d->t.count = i;
        accused += check(d, "the first", i, false);
        drop(d, i);
        accused += check(d, "without entry", i, is_evidence(&d->whole->entries[i]));
        twice(d, i);
        accused += check(d, "twice entry", i, is_evidence(&d->whole->entries[i]));
    }
    return accused;
}

/* Numbers that point elsewhere, or nowhere. */
static unsigned misnumber(struct damaged *d)
{
    static const uint32_t numbers[] = { 0, 1, 2, 7, UINT32_MAX };
    const size_t steps[] = { 0, 1, 2, 3, d->c->n_steps, SIZE_MAX - 1, ENTRY_NO_STEP };
    unsigned accused = 0;

    for (size_t i = 0; i < d->whole->count; i++) {
        for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
            restore(d);
            d->t.entries[i].step = steps[k];
            accused += check(d, "another step in entry", i, true);
        }
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            restore(d);
            d->t.entries[i].connection = numbers[k];
            accused += check(d, "another connection in entry", i, true);
            restore(d);
            d->t.entries[i].round = numbers[k];
            accused += check(d, "another round in entry", i, true);
        }
    }
    return accused;
}

static unsigned damage(const struct script_case *c, const struct transcript *whole,
                       enum case_role role, unsigned (*in_each_way)(struct damaged *))
{
    struct arena a = { 0 };
    struct damaged d;
    struct verdict v;
    struct buf said;
    unsigned accused;

    damaged_init(&d, c, whole, role);
    restore(&d);
    judge(&d, &v, &a, &said);
    d.passed = v.result < VERDICT_FAIL;
    accused = in_each_way(&d);
    buf_free(&said);
    arena_free(&a);
    alloc_free(d.t.entries);
    return accused;
}

/* What no conversation among those has: a sweep, messages that are still owed an echo. */
static const struct {
    const char *steps, *talk;
} more[] = {
    { "each n in 5 6 {\nsend text \"${n}\"\nexpect echo\n}",
      "connected round=1;expect @1 round=1;in head 101 round=1;out text @2 round=1 \"5\";expect @3 "
      "round=1;in text round=1 \"5\";connected #1 round=2;expect @1 #1 round=2;in head 101 #1 "
      "round=2;out text @2 #1 round=2 \"6\";expect @3 #1 round=2;in text #1 round=2 \"6\"" },
    { "send text \"a\"\nsend text \"b\" rsv2\nexpect fail 1002",
      JUDGED_OPEN "out text @2 \"a\";out text rsv=2 @3 \"b\";expect @4;in text \"a\";in close 1002;"
                  "out close ours 1002;in end fin" },
    { "send text \"a\" fragment=1\nsend text \"b\"\nunordered {\nexpect echo\nexpect text "
      "\"b\"\n}",
      JUDGED_OPEN "out text @2 \"a\";out text @3 \"b\";expect @4;in text \"a\";in text "
                  "\"b\";" JUDGED_CLOSE },
};

static unsigned damage_more(unsigned (*in_each_way)(struct damaged *))
{
    unsigned accused = 0;

    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        struct transcript t = { .seed = 1 };
        struct one_case one;
        one_case_init(&one, more[i].steps);
        talk_read(&t, more[i].talk);
        accused += damage(one.c, &t, ROLE_SERVER, in_each_way);
        transcript_free(&t);
        one_case_free(&one);
    }
    return accused;
}

static unsigned damage_conversations(unsigned (*in_each_way)(struct damaged *))
{
    unsigned accused = 0;

    for (size_t i = 0; i < CONVERSATIONS; i++) {
        conversation_init(&play, &conversations[i]);
        cr_assert(play_run(&play));
        accused += damage(play.one.c, &play.t, play.role, in_each_way);
        play_free(&play);
    }
    return accused;
}

Test(verdict_damage, what_was_ours_and_is_lost_or_doubled_accuses_nobody)
{
    unsigned accused = damage_conversations(lose_and_gain) + damage_more(lose_and_gain);

    cr_assert_eq(accused, 0, "%u accusations", accused);
}

Test(verdict_damage, numbers_that_point_nowhere_get_a_verdict)
{
    cr_assert_eq(damage_conversations(misnumber) + damage_more(misnumber), 0);
}

struct scarce {
    const struct script_case *c;
    const struct transcript *t;
    enum case_role role;
};

static bool judge_scarcely(void *ctx)
{
    const struct scarce *s = ctx;
    struct verdict_options options = { .role = s->role };
    struct arena a = { 0 };
    struct verdict v;
    const bool ok = verdict_judge(s->c, s->t, &options, &a, &v);

    arena_free(&a);
    return ok;
}

Test(verdict_damage, without_memory_it_gives_in)
{
    unsigned long calls = 0;

    for (size_t i = 0; i < CONVERSATIONS; i++) {
        conversation_init(&play, &conversations[i]);
        cr_assert(play_run(&play));
        struct scarce s = { play.one.c, &play.t, play.role };
        calls += heap_fail_each(judge_scarcely, &s);
        play_free(&play);
    }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        struct transcript t = { .seed = 1 };
        struct one_case one;
        one_case_init(&one, more[i].steps);
        talk_read(&t, more[i].talk);
        struct scarce s = { one.c, &t, ROLE_SERVER };
        calls += heap_fail_each(judge_scarcely, &s);
        transcript_free(&t);
        one_case_free(&one);
    }
    cr_assert_gt(calls, 20);
}
