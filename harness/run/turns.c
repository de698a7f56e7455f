#include "run/internal.h"

#include <string.h>

#include "ws/check.h"

/* A thousand turns of a repeat that all went the same way are told with the first ones and a
 * number. Folded is only what nobody could find fault with: whole messages of the case and their
 * echoes, in frames that break no rule, matched without a remark. All else stays in the transcript,
 * so that the verdict is the same with and without folding. */

#define TURNS_KEPT 2  /* in full, at the beginning */
#define TURNS_WORTH 8 /* shorter repeats are told in full */

static const struct run_block *innermost(const struct run *r)
{
    return &r->blocks[r->n_blocks - 1];
}

uint64_t turns_now(const struct run *r)
{
    for (size_t i = r->n_blocks; i-- > 0;)
        if (r->steps[r->blocks[i].step].op == OP_REPEAT)
            return r->blocks[i].turn;
    return 0;
}

bool turns_until_stalled(const struct run *r)
{
    for (size_t i = 0; i < r->n_blocks; i++) {
        const struct step *step = &r->steps[r->blocks[i].step];
        if (step->op == OP_REPEAT && step->as.repeat.until_stalled)
            return true;
    }
    return false;
}

static bool is_only_repeat(const struct run *r)
{
    size_t repeats = 0;

    for (size_t i = 0; i < r->n_blocks; i++)
        repeats += r->steps[r->blocks[i].step].op == OP_REPEAT;
    return repeats == 1;
}

/* What a client prints, in a case that does not ask for it. */
static bool is_idle_talk(const struct run *r, const struct entry *e)
{
    if (e->kind != ENTRY_OUTPUT || e->flag)
        return false;
    for (size_t i = 0; i < r->n_steps; i++)
        if (r->steps[i].op == OP_EXPECT && r->steps[i].as.expect.kind == EXPECT_REPORT)
            return false;
    return true;
}

static bool all_is_taken(const struct run *r)
{
    size_t i = r->cursor.entry;

    while (i < r->t->count && is_idle_talk(r, &r->t->entries[i]))
        i++;
    return i == r->t->count;
}

/* Nothing is on its way, and no echo is owed: what follows belongs to the turn alone. */
static bool at_rest(const struct run *r)
{
    return all_is_taken(r) && !r->listener.message.open && !r->speaker.in_message &&
           ws_reader_between_frames(&r->listener.reader) && !r->listener.got_close &&
           !talk_message_out(r->t, r->connection, r->cursor.echo, r->t->count);
}

void turns_begin(struct run *r)
{
    const struct run_block *block = innermost(r);
    const struct step *step = &r->steps[block->step];

    r->turn.watched = is_only_repeat(r) && block->turn >= TURNS_KEPT && !r->each &&
                      step->as.repeat.count > TURNS_WORTH && !step->as.repeat.until_stalled &&
                      at_rest(r);
    r->turn.odd = false;
    r->turn.began = transcript_mark(r->t);
    r->turn.echoes = r->cursor.echo;
}

/* The last frame of theirs before the turn. Of turns that were folded their last key is known. */
static const struct ws_head *head_before(const struct run *r)
{
    for (size_t i = r->turn.began.count; i-- > 0;) {
        const struct entry *e = &r->t->entries[i];
        bool has_head = e->kind == ENTRY_FRAME_IN || (e->kind == ENTRY_TURNS && e->head.masked);
        if (has_head && e->connection == r->connection)
            return &e->head;
    }
    return NULL;
}

static bool same_key(const struct ws_head *a, const struct ws_head *b)
{
    return a && a->masked && b->masked && memcmp(a->key, b->key, sizeof a->key) == 0;
}

/* A frame of theirs as it should be, behind `last`. */
static bool is_plain_frame(const struct run *r, const struct entry *e, const struct ws_head *last,
                           bool in_message)
{
    const struct ws_law law = {
        .from_client = r->options.role == ROLE_CLIENT,
        .rsv_data = r->listener.unpacker ? WS_RSV1 : 0,
        .in_message = in_message,
    };
    struct violation broken[WS_HEAD_BREACHES_MAX];

    return !ws_opcode_is_control(e->head.opcode) && !same_key(last, &e->head) &&
           ws_check_head(&e->head, &law, e->at, broken) == 0;
}

static bool is_usual(const struct entry *e)
{
    if (e->kind == ENTRY_MESSAGE_IN && e->flag)
        return false;
    return e->by == BY_CASE &&
           (e->kind == ENTRY_FRAME_OUT || e->kind == ENTRY_MESSAGE_OUT || e->kind == ENTRY_EXPECT ||
            e->kind == ENTRY_FRAME_IN || e->kind == ENTRY_MESSAGE_IN || e->kind == ENTRY_NOTE);
}

/* Gives the turn's last frame too; NULL: none came. */
static bool went_as_usual(const struct run *r, const struct ws_head **last)
{
    const struct ws_head *before = head_before(r);
    bool in_message = false;

    *last = NULL;
    for (size_t i = r->turn.began.count; i < r->t->count; i++) {
        const struct entry *e = &r->t->entries[i];
        if (!is_usual(e) && !is_idle_talk(r, e))
            return false;
        if (e->kind != ENTRY_FRAME_IN)
            continue;
        if (!is_plain_frame(r, e, *last ? *last : before, in_message))
            return false;
        in_message = !e->head.fin;
        *last = &e->head;
    }
    return true;
}

static void fold(struct run *r, const struct ws_head *last)
{
    struct entry e = run_entry(r, ENTRY_TURNS);

    e.step = innermost(r)->step;
    e.len = 1;
    e.head.masked = last && last->masked;
    if (e.head.masked)
        memcpy(e.head.key, last->key, sizeof e.head.key);
    r->no_memory |= !transcript_fold(r->t, &r->turn.began, &e);
    r->cursor.entry = r->t->count;
    r->cursor.echo = r->turn.echoes;
    r->cursor.frames_upto = 0;
}

void turns_end(struct run *r)
{
    const struct ws_head *last;

    if (r->turn.watched && !r->turn.odd && at_rest(r) && went_as_usual(r, &last))
        fold(r, last);
    r->turn.watched = false;
}
