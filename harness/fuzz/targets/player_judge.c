#include <string.h>

#include "fuzz/targets/player.h"

/* Its frames, under the law of its side. */
struct judge {
    struct ws_law law;
    struct ws_reader reader;
    struct ws_message message;
    bool packed;
    struct ws_unpacker *unpacker; /* NULL: nothing is compressed */
    uint8_t control[WS_CONTROL_MAX];
    size_t control_len;
};

static void judge_text(struct judge *j, struct bytes data)
{
    size_t bad;

    MUST(ws_message_data(&j->message, data, &bad), "it sent a text that is not UTF-8");
}

static void judge_unpacked(struct judge *j)
{
    enum ws_inflated status;
    struct bytes data;

    while ((status = ws_unpacker_next(j->unpacker, &data)) == WS_INFLATED_PIECE)
        judge_text(j, data);
    MUST(status == WS_INFLATED_ALL || status == WS_INFLATED_NOMEM, "it sent %s",
         ws_rule_row(ws_unpacker_why(j->unpacker).rule)->name);
}

static void judge_head(struct judge *j, uint64_t at)
{
    struct violation breaches[WS_HEAD_BREACHES_MAX];
    const struct ws_head *head = &j->reader.head;

    MUST(ws_check_head(head, &j->law, at, breaches) == 0, "it sent %s at %llu",
         ws_rule_row(breaches[0].rule)->name, (unsigned long long)at);
    j->control_len = 0;
    if (ws_opcode_is_control(head->opcode))
        return;
    ws_message_head(&j->message, head);
    j->packed = head->rsv != 0;
    j->law.in_message = true;
}

static void judge_data(struct judge *j, struct bytes data)
{
    if (ws_opcode_is_control(j->reader.head.opcode)) {
        memcpy(j->control + j->control_len, data.ptr, data.len);
        j->control_len += data.len;
    } else if (j->packed) {
        ws_unpacker_feed(j->unpacker, data);
        judge_unpacked(j);
    } else {
        judge_text(j, data);
    }
}

static void judge_end(struct judge *j)
{
    bool complete;

    if (j->reader.head.opcode == WS_CLOSE) {
        const struct violation v = ws_close_check(bytes_of(j->control, j->control_len));
        MUST(v.rule == WS_RULE_NONE, "it sent %s", ws_rule_row(v.rule)->name);
        j->law.after_close = true;
    }
    if (ws_opcode_is_control(j->reader.head.opcode))
        return;
    if (j->packed) {
        ws_unpacker_feed_end(j->unpacker);
        judge_unpacked(j);
    }
    MUST(ws_message_end(&j->message, j->reader.head.fin, &complete) && complete, "its text");
    j->law.in_message = false;
}

static void judge_frames(struct judge *j, uint8_t *out, size_t len)
{
    struct ws_piece piece;

    ws_reader_feed(&j->reader, out, len);
    while (ws_reader_next(&j->reader, &piece)) {
        switch (piece.kind) {
        case WS_PIECE_HEAD: judge_head(j, piece.at); break;
        case WS_PIECE_DATA: judge_data(j, piece.data); break;
        case WS_PIECE_END: judge_end(j); break;
        }
    }
    MUST(ws_reader_between_frames(&j->reader), "it sent half a frame");
}

static void judge_no_findings(const struct ws_findings *found)
{
    MUST(found->count == 0, "its head: %s", ws_rule_row(found->list[0].rule)->name);
}

/* The head that it sent, of `kind`; gives its size. */
static size_t decode_sent(struct bytes out, enum http1_kind kind, struct http1_head *head)
{
    struct violation why;
    size_t used = 0;

    MUST(http1_decode(out, kind, (struct http1_limits){ 0 }, head, &used, &why) == WS_OK, "head");
    return used;
}

/* A server's answer to the request that is in front of `in`. Gives the head's size, or 0 when no
 * frames may follow: then its body is what Content-Length says. */
static size_t judge_answer(struct bytes in, struct bytes out)
{
    static struct http1_head head, request;
    const size_t used = decode_sent(out, HTTP1_RESPONSE, &head);
    struct ws_offer offer = { .request = &request };
    struct ws_findings found;
    struct violation why;
    size_t ignored;

    if (head.status != 101) {
        const struct http1_field *length = http1_field(&head, "Content-Length", 0);
        char body[24];
        snprintf(body, sizeof body, "%zu", out.len - used);
        MUST(head.n_oddities == 0 && head.status >= 400, "status %u", head.status);
        MUST(length && bytes_eq_str(length->value, body), "a body of %s", body);
        return 0;
    }
    MUST(http1_decode(in, HTTP1_REQUEST, (struct http1_limits){ 0 }, &request, &ignored, &why) ==
             WS_OK,
         "it says 101 to what is no request");
    offer.key = http1_field(&request, WS_FIELD_KEY, 0)->value;
    ws_handshake_check_response(&head, &offer, &found);
    judge_no_findings(&found);
    return used;
}

static size_t judge_request(struct bytes out)
{
    static struct http1_head head;
    const size_t used = decode_sent(out, HTTP1_REQUEST, &head);
    struct ws_findings found;

    ws_handshake_check_request(&head, &found);
    judge_no_findings(&found);
    return used;
}

void player_judge(struct player *p, const struct player_facts *facts, struct bytes in)
{
    const bool server = p->conn.options.server;
    const struct bytes out = bytes_of(p->out, p->out_len);
    struct judge j = { .law = { .from_client = !server } };

    if (p->gave_in || out.len == 0 || out.len == PLAYER_OUT_MAX)
        return;
    size_t head = 0;
    if (!facts->opened) {
        head = server ? judge_answer(in, out) : judge_request(out);
        if (head == 0 || head == out.len)
            return;
    }
    if (p->conn.compresses) {
        const struct ws_unpack_options options = {
            .way = server ? ws_permessage_from_server(&p->conn.agreed)
                          : ws_permessage_from_client(&p->conn.agreed),
            .from_client = !server,
        };
        j.law.rsv_data = WS_RSV1;
        j.unpacker = ws_unpacker_new(&options);
    }
    if (!p->conn.compresses || j.unpacker)
        judge_frames(&j, p->out + head, p->out_len - head);
    ws_unpacker_free(j.unpacker);
}
