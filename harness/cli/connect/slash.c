#include "cli/connect/slash.h"

#include <stdio.h>

#include "base/text.h"
#include "io/clock.h"

/* The most bytes of a binary message that is typed. */
#define BINARY_MAX (32u << 20)

typedef bool slash_verb(struct peer_client *client, struct bytes words, struct err *err);

static bool say_close(struct peer_client *client, struct bytes words, struct err *err)
{
    size_t len = bytes_index(words, 0, ' ');
    struct bytes reason = bytes_trim(bytes_skip(words, len));
    uint64_t code = 1000;

    if (words.len > 0 && !text_number(bytes_take(words, len), 65535, &code))
        fprintf(stderr, "/close wants a number and a reason\n");
    else if (reason.len > WS_CLOSE_REASON_MAX || !ws_utf8_valid(reason))
        fprintf(stderr, "/close wants a reason in UTF-8 of at most %d bytes\n",
                WS_CLOSE_REASON_MAX);
    else
        return peer_client_close(client, (uint16_t)code, reason, io_now_ms()) ||
               err_memory(err, "a Close");
    return true;
}

static bool say_binary(struct peer_client *client, struct bytes hex, struct err *err)
{
    struct buf data;
    size_t bad_at;
    bool ok = true;

    buf_init(&data, BINARY_MAX);
    if (text_unhex(hex, &data, &bad_at))
        ok = peer_client_send(client, WS_BINARY, buf_bytes(&data)) || err_memory(err, "a message");
    else
        fprintf(stderr, "/binary wants hex digits, two a byte\n");
    buf_free(&data);
    return ok;
}

static bool say_control(struct peer_client *client, uint8_t opcode, struct bytes data,
                        struct err *err)
{
    if (data.len > WS_CONTROL_MAX) {
        fprintf(stderr, "not sent: a ping or a pong holds %d bytes\n", WS_CONTROL_MAX);
        return true;
    }
    return peer_client_send(client, opcode, data) || err_memory(err, "a ping or a pong");
}

static bool say_ping(struct peer_client *client, struct bytes data, struct err *err)
{
    return say_control(client, WS_PING, data, err);
}

/* A pong that nobody asked for is a sign of life too. RFC 6455 5.5.3. */
static bool say_pong(struct peer_client *client, struct bytes data, struct err *err)
{
    return say_control(client, WS_PONG, data, err);
}

static bool help(struct peer_client *client, struct bytes words, struct err *err);

static const struct slash {
    const char *word, *usage, *help;
    slash_verb *obey;
} slashes[] = {
    { "/binary", "/binary HEX", "a binary message", say_binary },
    { "/close", "/close [CODE [REASON]]", "the closing handshake, with 1000", say_close },
    { "/help", "/help", "this list", help },
    { "/ping", "/ping [TEXT]", "a ping; its pong is told", say_ping },
    { "/pong", "/pong [TEXT]", "a pong that nobody asked for", say_pong },
};
#define SLASHES (sizeof slashes / sizeof *slashes)

static bool help(struct peer_client *client, struct bytes words, struct err *err)
{
    (void)client, (void)words, (void)err;
    for (size_t i = 0; i < SLASHES; i++)
        fprintf(stderr, "%-24s%s\n", slashes[i].usage, slashes[i].help);
    fprintf(stderr, "%-24s%s\n", "//TEXT", "the text /TEXT");
    return true;
}

static void tell_words(void)
{
    fprintf(stderr, "there are ");
    for (size_t i = 0; i < SLASHES; i++)
        fprintf(stderr, "%s, ", slashes[i].usage);
    fprintf(stderr, "and // for a text that begins with a /\n");
}

bool slash_say(struct peer_client *client, struct bytes text, struct err *err)
{
    if (!ws_utf8_valid(text)) {
        fprintf(stderr, "not sent: a text message has to be UTF-8\n");
        return true;
    }
    return peer_client_send(client, WS_TEXT, text) || err_memory(err, "a message");
}

bool slash_obey(struct peer_client *client, struct bytes line, struct err *err)
{
    size_t len = bytes_index(line, 0, ' ');
    struct bytes word = bytes_take(line, len);

    if (line.len > 1 && line.ptr[1] == '/')
        return slash_say(client, bytes_skip(line, 1), err);
    for (size_t i = 0; i < SLASHES; i++)
        if (bytes_eq_str(word, slashes[i].word))
            return slashes[i].obey(client, bytes_trim(bytes_skip(line, len)), err);
    tell_words();
    return true;
}

static struct bytes whole(size_t i)
{
    /* With the blank behind it, which all have that take words. */
    return bytes_take(bytes_str(slashes[i].usage),
                      bytes_index(bytes_str(slashes[i].usage), 0, ' ') + 1);
}

static struct bytes common(struct bytes a, struct bytes b)
{
    size_t len = 0;

    while (len < a.len && len < b.len && a.ptr[len] == b.ptr[len])
        len++;
    return bytes_take(a, len);
}

size_t slash_complete(struct bytes start, struct bytes *rest)
{
    struct bytes all = { 0 };
    size_t n = 0;

    for (size_t i = 0; i < SLASHES; i++) {
        if (!bytes_starts(whole(i), start))
            continue;
        all = n++ == 0 ? whole(i) : common(all, whole(i));
    }
    *rest = bytes_skip(all, start.len);
    return n;
}

const char *slash_usage(struct bytes start, size_t i)
{
    for (size_t k = 0; k < SLASHES; k++)
        if (bytes_starts(whole(k), start) && i-- == 0)
            return slashes[k].usage;
    return NULL;
}
