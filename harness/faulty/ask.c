#include "faulty/ask.h"

#include <string.h>

#include "base/text.h"
#include "faulty/fault.h"
#include "io/clock.h"

#define NONCE_BYTES 16
#define TARGET_MAX 4096

/* ---- the key ---- */

static size_t nonce_bytes(void)
{
    if (fault_is(FAULT_ASKS_WITH_A_KEY_OF_15_BYTES))
        return NONCE_BYTES - 1;
    return NONCE_BYTES;
}

void ask_make_key(char out[ASK_KEY_TEXT + 1])
{
    uint64_t nonce[2] = { io_entropy(), io_entropy() };
    struct buf text;

    memset(out, 0, ASK_KEY_TEXT + 1);
    buf_init(&text, ASK_KEY_TEXT);
    if (text_base64(bytes_of(nonce, nonce_bytes()), &text))
        memcpy(out, text.ptr, text.len);
    buf_free(&text);
    if (fault_is(FAULT_ASKS_WITH_A_KEY_THAT_IS_NO_BASE64))
        out[0] = '!';
}

static bool write_key(const struct asked *a, struct buf *out)
{
    if (fault_is(FAULT_ASKS_WITHOUT_KEY))
        return true;
    if (fault_is(FAULT_ASKS_WITH_AN_EMPTY_KEY))
        return buf_print(out, "Sec-WebSocket-Key: \r\n");
    return buf_print(out, "Sec-WebSocket-Key: %s\r\n", a->key) &&
           (!fault_is(FAULT_ASKS_WITH_TWO_KEYS) ||
            buf_print(out, "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n"));
}

/* ---- the first line ---- */

static const char *method(void)
{
    if (fault_is(FAULT_ASKS_BY_POST))
        return "POST";
    return fault_is(FAULT_ASKS_IN_LOWER_CASE) ? "get" : "GET";
}

static const char *http(void)
{
    return fault_is(FAULT_ASKS_IN_HTTP_1_0) ? "HTTP/1.0" : "HTTP/1.1";
}

/* "%20" to a blank, and so on. */
static void unescape(char *text)
{
    struct buf byte;
    size_t bad_at;

    buf_init(&byte, 1);
    for (char *from = strchr(text, '%'); from; from = strchr(from + 1, '%')) {
        buf_clear(&byte);
        if (!text_unhex(bytes_take(bytes_str(from + 1), 2), &byte, &bad_at))
            continue;
        *from = (char)byte.ptr[0];
        memmove(from + 1, from + 3, strlen(from + 3) + 1);
    }
    buf_free(&byte);
}

static void read_target(const struct asked *a, char out[TARGET_MAX])
{
    struct bytes target = bytes_take(bytes_str(a->target), TARGET_MAX - 1);

    if (fault_is(FAULT_ASKS_FOR_THE_ROOT))
        target = BYTES_LIT("/");
    if (fault_is(FAULT_ASKS_FOR_AN_INDEX) && target.len == 1)
        target = BYTES_LIT("/index.html");
    if (fault_is(FAULT_ASKS_WITHOUT_QUERY))
        target = bytes_take(target, bytes_index(target, 0, '?'));
    if (fault_is(FAULT_ASKS_WITHOUT_A_SLASH) && target.len > 1)
        target = bytes_skip(target, 1);
    memcpy(out, target.ptr, target.len);
    out[target.len] = '\0';
    if (fault_is(FAULT_ASKS_WITHOUT_ESCAPES))
        unescape(out);
}

static bool write_first_line(const struct asked *a, struct buf *out)
{
    char target[TARGET_MAX];

    read_target(a, target);
    return buf_print(out, "%s %s %s\r\n", method(), target, http());
}

/* ---- fields ---- */

static bool write_host(const struct asked *a, struct buf *out)
{
    size_t len = strlen(a->authority);

    if (fault_is(FAULT_ASKS_WITHOUT_HOST))
        return true;
    if (fault_is(FAULT_ASKS_WITHOUT_THE_PORT))
        len = bytes_index(bytes_str(a->authority), 0, ':');
    if (fault_is(FAULT_ASKS_ANOTHER_HOST))
        return buf_print(out, "Host: other.example\r\n");
    return buf_print(out, "Host: %.*s\r\n", (int)len, a->authority) &&
           (!fault_is(FAULT_ASKS_TWO_HOSTS) || buf_print(out, "Host: other.example\r\n"));
}

/* A line that a fault leaves out, puts another in place of, or puts another behind. */
static const struct edit {
    enum fault fault;
    const char *name;
    const char *line; /* "": none */
} edits[] = {
    { FAULT_ASKS_WITHOUT_UPGRADE, "Upgrade", "" },
    { FAULT_ASKS_FOR_ANOTHER_UPGRADE, "Upgrade", "Upgrade: h2c\r\n" },
    { FAULT_ASKS_WITHOUT_CONNECTION, "Connection", "" },
    { FAULT_ASKS_TO_KEEP_ALIVE, "Connection", "Connection: keep-alive\r\n" },
    { FAULT_ASKS_WITHOUT_VERSION, "Sec-WebSocket-Version", "" },
    { FAULT_ASKS_FOR_VERSION_8, "Sec-WebSocket-Version", "Sec-WebSocket-Version: 8\r\n" },
    { FAULT_ASKS_FOR_VERSION_013, "Sec-WebSocket-Version", "Sec-WebSocket-Version: 013\r\n" },
    { FAULT_ASKS_FOR_A_LIST_OF_VERSIONS, "Sec-WebSocket-Version",
      "Sec-WebSocket-Version: 13, 8\r\n" },
    { FAULT_ASKS_FOR_TWO_VERSIONS, "Sec-WebSocket-Version",
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n" },
};

static bool write_field(const char *name, const char *value, struct buf *out)
{
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
        if (fault_is(edits[i].fault) && strcmp(edits[i].name, name) == 0)
            return buf_append(out, bytes_str(edits[i].line));
    return buf_print(out, "%s: %s\r\n", name, value);
}

/* A line that a fault adds. */
static const struct extra {
    enum fault fault;
    const char *line;
} extras[] = {
    { FAULT_OFFERS_A_PROTOCOL_WITH_A_BLANK, "Sec-WebSocket-Protocol: a b\r\n" },
    { FAULT_OFFERS_A_PROTOCOL_TWICE, "Sec-WebSocket-Protocol: chat\r\n" },
    { FAULT_OFFERS_NO_PROTOCOL, "Sec-WebSocket-Protocol: \r\n" },
    { FAULT_OFFERS_BROKEN_EXTENSIONS, "Sec-WebSocket-Extensions: x; a=\"b\r\n" },
    { FAULT_ASKS_WITH_A_BLANK_IN_A_NAME, "X Client: faulty\r\n" },
    { FAULT_ASKS_WITH_A_FOLDED_LINE, "X-Client: faulty\r\n and folded\r\n" },
    { FAULT_ASKS_WITH_A_CONTROL_CHARACTER, "X-Client: \x01\r\n" },
    { FAULT_ASKS_WITH_A_BARE_LF, "X-Client: faulty\n" },
};

bool ask_end(struct buf *out)
{
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
        if (fault_is(extras[i].fault))
            return buf_print(out, "%s\r\n", extras[i].line);
    return buf_print(out, "\r\n");
}

bool ask_write(const struct asked *a, struct buf *out)
{
    return write_first_line(a, out) && write_host(a, out) &&
           write_field("Upgrade", "websocket", out) && write_field("Connection", "Upgrade", out) &&
           write_key(a, out) && write_field("Sec-WebSocket-Version", "13", out);
}
