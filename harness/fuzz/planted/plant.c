#include "fuzz/planted/plant.h"

#include <assert.h>
#include <string.h>

#include "fuzz/planted/bug.h"
#include "fuzz/planted/harm.h"

#define HOARD_MAX (384u << 20)

/* Memory that is in use until the session ends. */
static void hoard(struct talk *t, uint64_t len)
{
    static const uint8_t bytes[65536] = { 1 };

    for (uint64_t done = 0; done < len && t->hoard.len < HOARD_MAX; done += sizeof bytes)
        store_add(&t->hoard, bytes, sizeof bytes);
}

void plant_by_head(struct talk *t)
{
    const struct frame *f = &t->frame;
    bool is_control = f->opcode >= CLOSE, is_empty_fragment = !is_control && !f->fin && f->len == 0;

    if (bug_is(BUG_OPCODE_15))
        assert(f->opcode < 15);
    if (bug_is(BUG_DECLARED_LENGTH) && f->len_size == 8)
        hoard(t, f->len);
    if (bug_is(BUG_FRAGMENT_OF_16_MIB) && is_empty_fragment)
        hoard(t, 16u << 20);
    if (bug_is(BUG_EMPTY_CONTINUATION) && is_empty_fragment && f->opcode == CONTINUATION)
        harm_hang();
}

void plant_by_payload(struct talk *t, const uint8_t *bytes, size_t len)
{
    uint32_t room = (uint32_t)t->frame.len;

    if (bug_is(BUG_LENGTH_IN_32_BITS) && t->frame.len > UINT32_MAX && room < len)
        harm_copy(bytes, len, room);
}

/* Text, ping, binary, pong, text: each whole, and nothing between them. */
static void count_kinds(struct talk *t)
{
    static const uint8_t kinds[] = { TEXT, PING, BINARY, PONG, TEXT };
    bool whole = t->frame.fin && t->frame.opcode != CONTINUATION;

    if (whole && t->frame.opcode == kinds[t->row])
        t->row++;
    else
        t->row = whole && t->frame.opcode == kinds[0];
    if (t->row == sizeof kinds)
        harm_die();
}

void plant_by_frame(struct talk *t)
{
    const struct frame *f = &t->frame;

    if (bug_is(BUG_FIVE_KINDS))
        count_kinds(t);
    if (bug_is(BUG_TEN_FRAGMENTS) && f->opcode < CLOSE && t->message.fragments == 10)
        harm_recurse(0);
    if (bug_is(BUG_UNASKED_PONG) && f->opcode == PONG)
        harm_leak(256u << 10);
    if (bug_is(BUG_PING_OF_125) && f->opcode == PING && f->len == 125)
        harm_copy(t->control.ptr, t->control.len, 124);
}

void plant_by_close(struct talk *t)
{
    const uint8_t *body = t->control.ptr;
    size_t len = t->control.len;

    if (bug_is(BUG_CLOSE_OF_ONE_BYTE) && len == 1)
        harm_die();
    if (bug_is(BUG_CLOSE_IN_MESSAGE) && t->message.open && t->message.opcode == BINARY)
        harm_free_twice();
    if (bug_is(BUG_SESSION_WITH_A_REASON) && len > 2)
        harm_leak(512u << 10);
    if (bug_is(BUG_CLOSE_4242) && len >= 6) {
        unsigned code = (unsigned)(body[0] << 8 | body[1]);
        uint32_t reason, over;
        memcpy(&reason, body + 2, 4);
        memcpy(&over, "over", 4);
        if (code == 4242 && reason == over)
            harm_die();
    }
}

static void compare_letters(const struct store *s)
{
    if (s->len > 0 && s->ptr[0] == 'b')
        if (s->len > 1 && s->ptr[1] == 'U')
            if (s->len > 2 && s->ptr[2] == 'g')
                if (s->len > 3 && s->ptr[3] == '!')
                    harm_die();
}

static void compare_number(const struct store *s)
{
    uint32_t number;

    if (s->len < 4)
        return;
    memcpy(&number, s->ptr, 4);
    if (number == 0xDEC0ADDEu) /* DE AD C0 DE on the wire, read as this machine reads */
        harm_die();
}

static void look_deep(const struct message *m)
{
    if (m->compressed && m->opcode == BINARY)
        if (m->fragments > 1 && m->pinged)
            if (m->bytes.len == 77)
                if (m->bytes.ptr[0] == 0xC3)
                    harm_die();
}

static bool begins_alike(const struct store *s)
{
    return s->len >= 1000 && memcmp(s->ptr, s->ptr + 1, 63) == 0;
}

void plant_by_message(struct talk *t)
{
    const struct message *m = &t->message;

    if (bug_is(BUG_FOUR_LETTERS) && m->opcode == TEXT)
        compare_letters(&m->bytes);
    if (bug_is(BUG_MAGIC_NUMBER) && m->opcode == BINARY)
        compare_number(&m->bytes);
    if (bug_is(BUG_DEEP_IN_DEFLATE))
        look_deep(m);
    if (bug_is(BUG_EMPTY_FRAGMENTS) && m->fragments > 2)
        harm_divide(m->bytes.len, m->filled);
    if (bug_is(BUG_SLOW_SEARCH) && m->opcode == TEXT && begins_alike(&m->bytes))
        harm_burn();
    if (bug_is(BUG_DEFLATED_BINARY) && m->opcode == BINARY && m->compressed)
        harm_leak(256u << 10);
}
