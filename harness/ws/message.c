#include "ws/message.h"

void ws_message_head(struct ws_message *m, const struct ws_head *head)
{
    if (head->opcode != WS_CONTINUATION)
        *m = (struct ws_message){ .open = true, .opcode = head->opcode };
    m->fragments++;
}

bool ws_message_data(struct ws_message *m, struct bytes data, size_t *at_in_data)
{
    const uint64_t text_before = m->utf8.at;

    m->len += data.len;
    if (m->opcode != WS_TEXT || m->text_broken || ws_utf8_feed(&m->utf8, data))
        return true;
    m->text_broken = true;
    *at_in_data = (size_t)(m->utf8.at - text_before);
    return false;
}

bool ws_message_end(struct ws_message *m, bool fin, bool *complete)
{
    *complete = fin;
    if (!fin)
        return true;
    m->open = false;
    if (m->opcode != WS_TEXT || m->text_broken || ws_utf8_complete(&m->utf8))
        return true;
    m->text_broken = true;
    return false;
}
