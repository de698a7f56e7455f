#include "run/listener_parts.h"

#include <string.h>

#include "base/text.h"

static bool add_head(struct listener *l, enum entry_kind kind, struct bytes data, const char *why,
                     uint64_t us)
{
    struct entry e = listener_blank(l, kind, us);

    e.data = data;
    e.len = data.len;
    e.hash = hash_bytes(data);
    e.at = l->head_at;
    e.text = why;
    return transcript_add(l->t, &e);
}

/* Everything lent becomes part of the head; what lies behind the head is lent back. */
static bool take_in(struct listener *l)
{
    struct bytes rest = ws_reader_rest(&l->reader);

    if (l->head.len + rest.len > LISTENER_HEAD_MAX)
        rest = bytes_take(rest, LISTENER_HEAD_MAX - l->head.len);
    bool ok = buf_append(&l->head, rest);
    ws_reader_skip(&l->reader, l->reader.in_len);
    return ok;
}

static void lend_back(struct listener *l, size_t used)
{
    l->head_at += used;
    memset(&l->reader, 0, sizeof l->reader);
    l->reader.at = l->head_at;
    ws_reader_feed(&l->reader, l->head.ptr + used, l->head.len - used);
}

static bool is_interim(const struct http1_head *head)
{
    return head->kind == HTTP1_RESPONSE && head->status / 100 == 1 && head->status != 101;
}

/* What lies between this response and the next on the same connection: as long as it says, nothing
 * where there can be nothing, else all that comes. RFC 9112 6.3. */
static uint64_t body_len(const struct http1_head *response)
{
    const struct http1_field *length = http1_field(response, "Content-Length", 0);
    uint64_t len = UINT64_MAX;

    if (response->status == 204 || response->status == 304)
        return 0;
    if (!length || http1_field(response, "Transfer-Encoding", 0) ||
        !text_number(length->value, UINT64_MAX, &len))
        return UINT64_MAX;
    return len;
}

static size_t at_most(uint64_t limit, size_t n)
{
    return limit < n ? (size_t)limit : n;
}

/* What came with the head lies in `head` still. True: the body is over. */
static bool skip_body(struct listener *l)
{
    const size_t held = at_most(l->body_left, l->head.len);
    const size_t more = at_most(l->body_left - held, l->reader.in_len);

    buf_drop(&l->head, held);
    ws_reader_skip(&l->reader, more);
    l->head_at += held + more;
    l->body_left -= held + more;
    return l->body_left == 0;
}

enum heard listener_head(struct listener *l, uint64_t us, bool *no_memory)
{
    struct http1_limits limits = { .head_bytes = LISTENER_HEAD_MAX };
    struct http1_head head;
    struct violation why;
    size_t used;

    if (ws_reader_rest(&l->reader).len == 0 && l->head.len == 0)
        return HEARD_NOTHING;
    *no_memory |= !take_in(l);
    enum ws_status status =
        http1_decode(buf_bytes(&l->head), l->awaits, limits, &head, &used, &why);
    if (status == WS_MORE && l->head.len < LISTENER_HEAD_MAX)
        return HEARD_NOTHING;
    if (status != WS_OK) {
        *no_memory |= !add_head(
            l, ENTRY_HEAD_BAD, bytes_take(buf_bytes(&l->head), 4096),
            status == WS_BROKEN ? ws_rule_row(why.rule)->sentence : "the head does not end", us);
        l->listening = LISTEN_BODY;
        l->body_left = UINT64_MAX;
        return HEARD_HEAD;
    }
    *no_memory |= !add_head(l, ENTRY_HEAD_IN, bytes_take(buf_bytes(&l->head), used), NULL, us);
    if (is_interim(&head)) {
        l->head_at += used;
        buf_drop(&l->head, used);
        return HEARD_HEAD;
    }
    if (head.kind == HTTP1_REQUEST || head.status == 101) {
        l->listening = LISTEN_FRAMES;
        lend_back(l, used);
        return HEARD_HEAD;
    }
    l->listening = LISTEN_BODY;
    l->body_left = body_len(&head);
    l->head_at += used;
    buf_drop(&l->head, used);
    return HEARD_HEAD;
}

/* A refused request leaves plain HTTP: behind the body there may be a further response. */
enum heard listener_body(struct listener *l, uint64_t us, bool *no_memory)
{
    if (!skip_body(l))
        return HEARD_NOTHING;
    l->listening = LISTEN_HEAD;
    return listener_head(l, us, no_memory);
}

/* A method begins with a letter, which as a frame would have a reserved bit and no FIN. */
void listener_again(struct listener *l)
{
    struct bytes rest = ws_reader_rest(&l->reader);

    if (rest.len == 0)
        return;
    l->listening = rest.ptr[0] >= 'A' && rest.ptr[0] <= 'Z' ? LISTEN_HEAD : LISTEN_FRAMES;
    if (l->listening == LISTEN_FRAMES)
        return;
    buf_clear(&l->head);
    l->head_at = l->reader.at;
}

bool listener_head_cut(struct listener *l, uint64_t us)
{
    return l->head.len == 0 || add_head(l, ENTRY_HEAD_BAD, bytes_take(buf_bytes(&l->head), 4096),
                                        "the head ends before its empty line", us);
}
