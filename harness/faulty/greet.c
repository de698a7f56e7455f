#include "faulty/greet.h"

#include <string.h>

#include "base/text.h"
#include "faulty/peer.h"
#include "faulty/sha1.h"

void greet_accept(struct bytes key, char out[GREET_ACCEPT_TEXT + 1])
{
    uint8_t digest[SHA1_SIZE];
    struct buf text;

    memset(out, 0, GREET_ACCEPT_TEXT + 1);
    buf_init(&text, SHA1_INPUT_MAX);
    if (buf_append(&text, key) && buf_append(&text, BYTES_LIT(GREET_GUID))) {
        sha1(buf_bytes(&text), digest);
        buf_clear(&text);
        if (text_base64(bytes_of(digest, sizeof digest), &text))
            memcpy(out, text.ptr, GREET_ACCEPT_TEXT);
    }
    buf_free(&text);
}

bool greet_is(const struct http1_head *head, const char *name, const char *text)
{
    const struct http1_field *field = http1_field(head, name, 0);

    return field && http1_count(head, name) == 1 && bytes_eq_nocase(field->value, bytes_str(text));
}

bool greet_is_odd(const struct http1_head *head, bool folding_too)
{
    for (size_t i = 0; i < head->n_oddities && i < HTTP1_ODDITIES_MAX; i++) {
        enum ws_rule rule = head->oddities[i].rule;
        if (rule == WS_RULE_HTTP_NAME_CHARS || rule == WS_RULE_HTTP_VALUE_CHARS ||
            (folding_too && rule == WS_RULE_HTTP_FOLDED))
            return true;
    }
    return false;
}

void greet_open(struct peer *p)
{
    p->stage = PEER_TALKING;
    p->deadline_ms = UINT64_MAX;
    p->talk.open = true;
    if (p->deal.deflate && !squeeze_open(&p->talk.squeeze, &p->deal, p->is_server))
        p->no_memory = true;
    peer_tell(p, "open");
}
