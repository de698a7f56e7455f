#include "run/transcript.h"

#include "base/alloc.h"

#include <assert.h>
#include <string.h>

/* Payloads and texts of one case: a flood of full entries still fits several times into memory. */
#define TRANSCRIPT_BYTES_MAX (32u << 20)
#define FIRST_CAP 16 /* an ordinary case has about a dozen entries */

static bool holds_payload(enum entry_kind kind)
{
    return kind == ENTRY_FRAME_OUT || kind == ENTRY_FRAME_IN || kind == ENTRY_MESSAGE_OUT ||
           kind == ENTRY_MESSAGE_IN;
}

static bool make_room(struct transcript *t)
{
    size_t cap = t->cap < FIRST_CAP ? FIRST_CAP : t->cap * 2;

    if (t->count < t->cap)
        return true;
    struct entry *entries = alloc_resize(t->entries, cap * sizeof *entries);
    if (!entries)
        return false;
    t->entries = entries;
    t->cap = cap;
    return true;
}

static bool fits(const struct transcript *t, size_t data_len, const char *text)
{
    size_t held = t->arena.total;
    size_t room = held < TRANSCRIPT_BYTES_MAX ? TRANSCRIPT_BYTES_MAX - held : 0;
    size_t text_len = text ? strlen(text) : 0;

    return data_len <= room && text_len <= room - data_len;
}

bool transcript_add(struct transcript *t, const struct entry *e)
{
    struct entry copy = *e;

    assert(e->kind < ENTRY_KINDS);
    if (holds_payload(e->kind))
        copy.data = bytes_take(e->data, ENTRY_DATA_MAX);
    if (t->count == TRANSCRIPT_ENTRIES_MAX || !fits(t, copy.data.len, e->text)) {
        t->full = true;
        return true;
    }
    if (!make_room(t))
        return false;
    copy.data = copy.data.len ? arena_copy(&t->arena, copy.data) : (struct bytes){ 0 };
    copy.text = e->text ? arena_str(&t->arena, bytes_str(e->text)) : NULL;
    if ((e->data.len && !copy.data.ptr) || (e->text && !copy.text))
        return false;
    t->entries[t->count++] = copy;
    return true;
}

struct transcript_mark transcript_mark(const struct transcript *t)
{
    return (struct transcript_mark){ t->count, arena_mark(&t->arena) };
}

bool transcript_fold(struct transcript *t, const struct transcript_mark *from,
                     const struct entry *turns)
{
    struct entry *before = from->count > 0 ? &t->entries[from->count - 1] : NULL;

    t->count = from->count;
    arena_rewind(&t->arena, &from->arena);
    if (!before || before->kind != ENTRY_TURNS || before->step != turns->step)
        return transcript_add(t, turns);
    before->len += turns->len;
    before->us = turns->us;
    if (turns->head.masked)
        before->head = turns->head;
    return true;
}

void transcript_shorten(struct transcript *t)
{
    if (t->full && t->count > TRANSCRIPT_SHORT)
        t->count = TRANSCRIPT_SHORT;
}

void transcript_free(struct transcript *t)
{
    alloc_free(t->entries);
    arena_free(&t->arena);
    *t = (struct transcript){ 0 };
}

static const char *const kind_names[ENTRY_KINDS] = {
    [ENTRY_CONNECTED] = "connected",     [ENTRY_HEAD_OUT] = "head-out",
    [ENTRY_HEAD_IN] = "head-in",         [ENTRY_HEAD_BAD] = "head-bad",
    [ENTRY_FRAME_OUT] = "frame-out",     [ENTRY_RAW_OUT] = "raw-out",
    [ENTRY_MESSAGE_OUT] = "message-out", [ENTRY_FRAME_IN] = "frame-in",
    [ENTRY_MESSAGE_IN] = "message-in",   [ENTRY_MESSAGE_BAD] = "message-bad",
    [ENTRY_PARTIAL_IN] = "partial-in",   [ENTRY_END_IN] = "end-in",
    [ENTRY_END_OUT] = "end-out",         [ENTRY_EXPECT] = "expect",
    [ENTRY_PASSED] = "passed",           [ENTRY_SILENT] = "silent",
    [ENTRY_CLOSING] = "closing",         [ENTRY_ALIVE] = "alive",
    [ENTRY_OUTPUT] = "output",           [ENTRY_PROCESS] = "process",
    [ENTRY_MEMORY] = "memory",           [ENTRY_CPU] = "cpu",
    [ENTRY_METRIC] = "metric",           [ENTRY_TURNS] = "turns",
    [ENTRY_PROVOKED] = "provoked",       [ENTRY_NOTE] = "note",
    [ENTRY_ANOTHER] = "another",
};

static const char *const end_names[] = {
    [END_FIN] = "fin",
    [END_TLS_CUT] = "tls-cut",
    [END_RESET] = "reset",
    [END_NOT_REACHED] = "not-reached",
    [END_TLS_FAILED] = "tls-failed",
    [END_ERROR] = "error",
};

#define END_KINDS (sizeof end_names / sizeof end_names[0])

static int index_of(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return -1;
}

const char *transcript_kind_name(enum entry_kind kind)
{
    assert(kind < ENTRY_KINDS);
    return kind_names[kind];
}

int transcript_kind_named(const char *name)
{
    return index_of(kind_names, ENTRY_KINDS, name);
}

const char *transcript_end_name(enum entry_end end)
{
    assert(end < END_KINDS);
    return end_names[end];
}

int transcript_end_named(const char *name)
{
    return index_of(end_names, END_KINDS, name);
}
