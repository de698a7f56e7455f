#include "faulty/answer.h"

#include "base/text.h"
#include "faulty/fault.h"
#include "faulty/fields.h"
#include "faulty/greet.h"
#include "faulty/sha1.h"

#define TEXT_MAX 8192

/* ---- Sec-WebSocket-Accept ---- */

/* The key as the fault reads it. */
static bool read_key(const struct http1_head *request, struct buf *out)
{
    struct bytes key = fields_value(request, "Sec-WebSocket-Key");
    struct buf raw;
    bool ok = true;

    buf_init(&raw, TEXT_MAX);
    if (fault_is(FAULT_ACCEPT_OF_THE_SAMPLE_KEY))
        ok = buf_append(out, BYTES_LIT("dGhlIHNhbXBsZSBub25jZQ=="));
    else if (fault_is(FAULT_ACCEPT_OF_A_KEY_WITH_BLANKS) &&
             fields_is_padded(request, "Sec-WebSocket-Key"))
        ok = buf_push(out, ' ') && buf_append(out, key);
    else if (fault_is(FAULT_ACCEPT_OF_A_REWRITTEN_KEY) && text_unbase64(key, &raw, NULL))
        ok = text_base64(buf_bytes(&raw), out);
    else if (fault_is(FAULT_ACCEPT_OF_THE_NONCE) && text_unbase64(key, &raw, NULL))
        ok = buf_append(out, buf_bytes(&raw));
    else
        ok = buf_append(out, key);
    buf_free(&raw);
    return ok;
}

static const char *guid(void)
{
    if (fault_is(FAULT_ACCEPT_WITHOUT_GUID))
        return "";
    if (fault_is(FAULT_ACCEPT_WITH_GUID_IN_LOWER_CASE))
        return "258eafa5-e914-47da-95ca-c5ab0dc85b11";
    return GREET_GUID;
}

/* The digest as text. */
static bool write_digest(const uint8_t digest[SHA1_SIZE], struct buf *out)
{
    struct bytes all = bytes_of(digest, SHA1_SIZE);

    return fault_is(FAULT_ACCEPT_IN_HEX) ? text_hex(all, out) : text_base64(all, out);
}

static void change_each(struct buf *text, uint8_t from, uint8_t to)
{
    for (size_t i = 0; i < text->len; i++)
        if (text->ptr[i] == from)
            text->ptr[i] = to;
}

static void change_case(struct buf *text, uint8_t first, uint8_t last)
{
    for (size_t i = 0; i < text->len; i++)
        if (text->ptr[i] >= first && text->ptr[i] <= last)
            text->ptr[i] ^= 0x20;
}

static void spoil_accept(struct buf *text)
{
    if (fault_is(FAULT_ACCEPT_IN_LOWER_CASE))
        change_case(text, 'A', 'Z');
    if (fault_is(FAULT_ACCEPT_IN_UPPER_CASE))
        change_case(text, 'a', 'z');
    if (fault_is(FAULT_ACCEPT_WITHOUT_PADDING))
        text->len -= 1;
    if (fault_is(FAULT_ACCEPT_IN_THE_URL_ALPHABET)) {
        change_each(text, '+', '-');
        change_each(text, '/', '_');
    }
}

static bool make_accept(const struct http1_head *request, struct buf *out)
{
    uint8_t digest[SHA1_SIZE];
    struct buf text;
    bool ok;

    if (fault_is(FAULT_ACCEPT_IS_EMPTY))
        return true;
    if (fault_is(FAULT_ACCEPT_IS_THE_KEY))
        return buf_append(out, fields_value(request, "Sec-WebSocket-Key"));
    buf_init(&text, TEXT_MAX);
    ok = read_key(request, &text) && buf_append(&text, bytes_str(guid()));
    sha1(buf_bytes(&text), digest);
    buf_free(&text);
    ok = ok && write_digest(digest, out);
    spoil_accept(out);
    return ok;
}

static bool write_accept(struct buf *out, const struct http1_head *request)
{
    struct buf accept;
    bool ok;

    if (fault_is(FAULT_ANSWERS_WITHOUT_ACCEPT))
        return true;
    buf_init(&accept, TEXT_MAX);
    ok = make_accept(request, &accept);
    for (int n = fault_is(FAULT_ANSWERS_ACCEPT_TWICE) ? 2 : 1; n > 0; n--)
        ok = ok && buf_print(out,
                             fault_is(FAULT_ACCEPT_IN_QUOTES) ? "Sec-WebSocket-Accept: \"%.*s\"\r\n"
                                                              : "Sec-WebSocket-Accept: %.*s\r\n",
                             BYTES_ARG(buf_bytes(&accept)));
    buf_free(&accept);
    return ok;
}

/* ---- the other fields of a 101 ---- */

static const char *start_line(void)
{
    if (fault_is(FAULT_ANSWERS_200) && greet_is_late())
        return "HTTP/1.1 200 OK\r\n";
    if (fault_is(FAULT_ANSWERS_IN_HTTP_1_0))
        return "HTTP/1.0 101 Switching Protocols\r\n";
    return "HTTP/1.1 101 Switching Protocols\r\n";
}

static const char *upgrade(void)
{
    if (fault_is(FAULT_ANSWERS_WITHOUT_UPGRADE))
        return "";
    return fault_is(FAULT_ANSWERS_ANOTHER_UPGRADE) ? "Upgrade: h2c\r\n" : "Upgrade: websocket\r\n";
}

static const char *connection(void)
{
    if (fault_is(FAULT_ANSWERS_WITHOUT_CONNECTION))
        return "";
    return fault_is(FAULT_ANSWERS_KEEP_ALIVE) ? "Connection: keep-alive\r\n"
                                              : "Connection: Upgrade\r\n";
}

/* A line that a fault adds to every answer. */
static const struct extra {
    enum fault fault;
    const char *line;
} extras[] = {
    { FAULT_NAMES_AN_EXTENSION_UNASKED, "Sec-WebSocket-Extensions: x-unasked\r\n" },
    { FAULT_ANSWERS_EMPTY_EXTENSIONS, "Sec-WebSocket-Extensions: \r\n" },
    { FAULT_NAMES_A_PROTOCOL_UNASKED, "Sec-WebSocket-Protocol: x-unasked\r\n" },
    { FAULT_ANSWERS_EMPTY_PROTOCOL, "Sec-WebSocket-Protocol: \r\n" },
    { FAULT_ANSWERS_WITH_A_LENGTH, "Content-Length: 5\r\n" },
    { FAULT_ANSWERS_A_LINE_WITHOUT_COLON, "This is a server\r\n" },
    { FAULT_ANSWERS_A_NAME_WITH_A_BLANK, "X Server: faulty\r\n" },
    { FAULT_ANSWERS_A_FOLDED_LINE, "X-Server: faulty\r\n and folded\r\n" },
    { FAULT_ANSWERS_A_CONTROL_CHARACTER, "X-Server: \x01\r\n" },
};

static bool write_extra(struct buf *out)
{
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
        if (fault_is(extras[i].fault) && greet_is_late())
            return buf_append(out, bytes_str(extras[i].line));
    return true;
}

/* The first of what was offered in fields of that name, whatever it is. */
static struct bytes first_offer(const struct http1_head *request, const char *name)
{
    struct bytes rest = fields_value(request, name), element = { 0 };

    return http1_list_next(&rest, &element) ? element : (struct bytes){ 0 };
}

static bool write_offered(struct buf *out, const char *name, struct bytes value)
{
    return value.len == 0 || buf_print(out, "%s: %.*s\r\n", name, BYTES_ARG(value));
}

static bool write_extensions(struct buf *out, const struct http1_head *request)
{
    struct bytes offer = first_offer(request, "Sec-WebSocket-Extensions");

    /* Compression would have to be spoken then. */
    if (bytes_find(offer, BYTES_LIT("permessage-deflate")) < offer.len)
        return true;
    return !fault_is(FAULT_AGREES_TO_ANY_EXTENSION) ||
           write_offered(out, "Sec-WebSocket-Extensions", offer);
}

static bool write_protocol(struct buf *out, const struct http1_head *request)
{
    struct bytes all = fields_value(request, "Sec-WebSocket-Protocol");

    if (fault_is(FAULT_AGREES_TO_ALL_PROTOCOLS))
        return write_offered(out, "Sec-WebSocket-Protocol", all);
    if (fault_is(FAULT_READS_PROTOCOLS_WITHOUT_CASE) &&
        bytes_eq_nocase(first_offer(request, "Sec-WebSocket-Protocol"), BYTES_LIT("chat")))
        return write_offered(out, "Sec-WebSocket-Protocol", BYTES_LIT("chat"));
    return true;
}

/* What was agreed on, and what the fault makes of it. */
static bool write_deal(struct buf *out, const struct http1_head *request, const struct deal *deal)
{
    struct deal told = *deal;

    if (fault_is(FAULT_AGREES_TO_ALL_PROTOCOLS) || fault_is(FAULT_READS_PROTOCOLS_WITHOUT_CASE))
        told.chat = false;
    if (fault_is(FAULT_ANSWERS_PROTOCOL_TWICE) && told.chat &&
        !buf_print(out, "Sec-WebSocket-Protocol: chat\r\n"))
        return false;
    return deal_answer(&told, out) && write_protocol(out, request) &&
           write_extensions(out, request);
}

bool answer_agree(struct buf *out, const struct http1_head *request, const struct deal *deal)
{
    return buf_print(out, "%s%s%s", start_line(), upgrade(), connection()) &&
           write_accept(out, request) && write_deal(out, request, deal) && write_extra(out) &&
           buf_print(out, "\r\n");
}

/* ---- refusing ---- */

static const char *versions(void)
{
    if (fault_is(FAULT_HIDES_ITS_VERSION))
        return "";
    return fault_is(FAULT_TELLS_ANOTHER_VERSION) ? "Sec-WebSocket-Version: 8\r\n"
                                                 : "Sec-WebSocket-Version: 13\r\n";
}

bool answer_refuse(struct buf *out, unsigned status)
{
    if (fault_is(FAULT_REFUSES_IN_SILENCE) || fault_is(FAULT_REFUSES_WITHOUT_AN_ANSWER))
        return true;
    if (fault_is(FAULT_REFUSES_WITH_BROKEN_HTTP))
        return buf_print(out, "NO %u\r\n\r\n", status);
    return buf_print(out, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: 0\r\n%s\r\n",
                     status, http1_reason(status), versions());
}
