#include "script/print_parts.h"

#include "ws/frame.h"

#include <inttypes.h>

/* send …, in the order of options that script_layout keeps too. */

static bool put_type(const struct send *s, struct buf *out)
{
    if (s->opcode == SEND_RAW)
        return buf_print(out, "raw");
    if (ws_opcode_is_reserved(s->opcode))
        return buf_print(out, "opcode %u", s->opcode);
    return buf_print(out, "%s", ws_opcode_name(s->opcode));
}

static bool put_mask(const struct send *s, struct buf *out)
{
    switch (s->mask) {
    case MASK_BY_ROLE: return true;
    case MASK_ON: return buf_print(out, " mask=on");
    case MASK_OFF: return buf_print(out, " mask=off");
    case MASK_KEY:
        return buf_print(out, " mask=x\"%02x %02x %02x %02x\"", s->key[0], s->key[1], s->key[2],
                         s->key[3]);
    }
    return false;
}

static bool put_count(const char *word, bool given, uint64_t n, struct buf *out)
{
    return !given || buf_print(out, " %s=%" PRIu64, word, n);
}

static bool put_frame_options(const struct send *s, struct buf *out)
{
    return (s->fin || s->opcode == SEND_RAW || buf_print(out, " fin=0")) &&
           (!(s->rsv & WS_RSV1) || buf_print(out, " rsv1")) &&
           (!(s->rsv & WS_RSV2) || buf_print(out, " rsv2")) &&
           (!(s->rsv & WS_RSV3) || buf_print(out, " rsv3")) && put_mask(s, out) &&
           put_count("length", s->len_form != 0, s->len_form, out) &&
           put_count("declare", s->declares, s->declare, out) &&
           put_count("fragment", s->fragment != 0, s->fragment, out) &&
           (!s->deflate || buf_print(out, " deflate"));
}

static bool put_pace(const struct send *s, struct buf *out)
{
    return s->pace_ms == 0 || (buf_print(out, " pace=") && script_put_duration(s->pace_ms, out));
}

bool script_put_send(const struct send *s, struct buf *out)
{
    return put_type(s, out) && (!s->has_code || buf_print(out, " %u", s->code)) &&
           (!s->payload || (buf_push(out, ' ') && script_put_payload(s->payload, out))) &&
           put_frame_options(s, out) && put_count("cut", s->cut != 0, s->cut, out) &&
           put_pace(s, out) && put_count("hold", s->holds, s->hold, out);
}
