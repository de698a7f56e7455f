#include "verdict/cuts.h"

#include <stdio.h>

#include "ws/close.h"

/* The first Close of theirs on that connection; NULL: none came whole. */
static const struct entry *close_on(const struct transcript *t, uint32_t connection)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (e->kind == ENTRY_FRAME_IN && e->head.opcode == WS_CLOSE && e->connection == connection)
            return e;
    }
    return NULL;
}

static uint16_t code_of(const struct entry *close)
{
    struct ws_close told = ws_close_decode(close->data);
    return told.has_code ? told.code : 0;
}

static bool another_code(const struct cuts_run *base, const struct cuts_run *other,
                         struct cuts_finding *out)
{
    uint32_t seen = UINT32_MAX;

    for (size_t i = 0; i < base->transcript->count; i++) {
        const struct entry *e = &base->transcript->entries[i];
        if (e->kind != ENTRY_FRAME_IN || e->head.opcode != WS_CLOSE || e->connection == seen)
            continue;
        seen = e->connection;
        const struct entry *there = close_on(other->transcript, seen);
        out->code = code_of(e);
        out->other_code = there ? code_of(there) : out->code;
        if (out->code != out->other_code)
            return true;
    }
    return false;
}

static bool says_something(const struct verdict *v)
{
    return v->result != VERDICT_SKIP && v->result != VERDICT_ERROR && !v->retry;
}

struct cuts_finding cuts_compare(const struct cuts_run *base, const struct cuts_run *other)
{
    struct cuts_finding found = { CUTS_ALIKE, 0, 0 };
    bool here = base->verdict->result == VERDICT_FAIL,
         there = other->verdict->result == VERDICT_FAIL;

    if (!says_something(base->verdict) || !says_something(other->verdict))
        return found;
    if (here != there)
        found.difference = CUTS_VERDICT;
    else if (another_code(base, other, &found))
        found.difference = CUTS_CODE;
    return found;
}

void cuts_size_text(uint64_t size, char out[CUTS_SIZE_TEXT])
{
    if (size == 0)
        snprintf(out, CUTS_SIZE_TEXT, "whole");
    else
        snprintf(out, CUTS_SIZE_TEXT, "in writes of %llu byte%s", (unsigned long long)size,
                 size == 1 ? "" : "s");
}

static bool blame_verdict(const struct cuts_run *base, const struct cuts_run *other,
                          struct arena *texts, struct verdict *v)
{
    bool here = base->verdict->result == VERDICT_FAIL;
    const struct cuts_run *bad = here ? base : other, *good = here ? other : base;
    char bad_text[CUTS_SIZE_TEXT], good_text[CUTS_SIZE_TEXT];

    cuts_size_text(bad->size, bad_text);
    cuts_size_text(good->size, good_text);
    *v = *bad->verdict;
    v->reason = arena_print(
        texts, "the verdict changes with the cut: %s when sent %s, but sent %s: %s",
        verdict_name(good->verdict->result), good_text, bad_text, v->reason ? v->reason : "fail");
    return v->reason != NULL;
}

static bool blame_code(const struct cuts_run *base, const struct cuts_run *other,
                       const struct cuts_finding *found, struct arena *texts, struct verdict *v)
{
    char base_text[CUTS_SIZE_TEXT], other_text[CUTS_SIZE_TEXT];
    const char *why;

    cuts_size_text(base->size, base_text);
    cuts_size_text(other->size, other_text);
    why =
        arena_print(texts, "the close code changes with the cut: %u when sent %s, %u when sent %s",
                    found->code, base_text, found->other_code, other_text);
    if (v->result == VERDICT_PASS || v->result == VERDICT_INFO) {
        v->result = v->behaviour = VERDICT_WARN;
        v->reason = why;
    } else if (v->n_remarks < VERDICT_REMARKS_MAX) {
        v->remarks[v->n_remarks++] = why;
    }
    return why != NULL;
}

bool cuts_blame(const struct cuts_run *base, const struct cuts_run *other,
                const struct cuts_finding *found, struct arena *texts, struct verdict *v)
{
    switch (found->difference) {
    case CUTS_ALIKE: break;
    case CUTS_CODE: return blame_code(base, other, found, texts, v);
    case CUTS_VERDICT: return blame_verdict(base, other, texts, v);
    }
    return true;
}
