#include "run/speaker_parts.h"

/* What the mirror makes of a compressed message is what the target should echo. Of one that does
 * not inflate there is no echo: what came out so far is as good as anything. */
static bool mirror(struct speaker *s)
{
    bool own = s->step->as.send.deflate; /* known already */
    enum ws_inflated status;
    struct bytes plain;

    while ((status = ws_inflater_next(s->mirror, &plain)) == WS_INFLATED_PIECE) {
        if (own)
            continue;
        hash_feed(&s->message_hash, plain);
        s->message.len += plain.len;
    }
    return status != WS_INFLATED_NOMEM;
}

void speaker_message_begin(struct speaker *s, const struct send *send)
{
    if (send->opcode != WS_TEXT && send->opcode != WS_BINARY)
        return;
    s->message.len = 0;
    hash_init(&s->message_hash);
}

void speaker_message_frame(struct speaker *s, const struct ws_head *head, uint64_t us)
{
    uint64_t len = s->message.len; /* of what is packed already */

    if (head->opcode == WS_TEXT || head->opcode == WS_BINARY) {
        s->message = speaker_blank(s, ENTRY_MESSAGE_OUT, us);
        s->message.head = *head;
        s->message.len = len;
        s->in_message = true;
        s->mirrors = s->mirror && (head->rsv & WS_RSV1);
    }
}

bool speaker_message_data(struct speaker *s, struct bytes data)
{
    if (!s->in_message || ws_opcode_is_control(s->frame.head.opcode))
        return true;
    if (s->mirrors) {
        ws_inflater_feed(s->mirror, data);
        return mirror(s);
    }
    if (!s->step->as.send.deflate) {
        hash_feed(&s->message_hash, data);
        s->message.len += data.len;
    }
    return true;
}

bool speaker_message_end(struct speaker *s, uint64_t us)
{
    if (!s->in_message || !s->frame.head.fin || ws_opcode_is_control(s->frame.head.opcode))
        return true;
    if (s->mirrors) {
        ws_inflater_feed_end(s->mirror);
        if (!mirror(s))
            return false;
    }
    s->in_message = s->mirrors = false;
    s->message.us = us;
    s->message.step = s->step_number;
    s->message.hash = hash_end(&s->message_hash);
    return transcript_add(s->t, &s->message);
}
