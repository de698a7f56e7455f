#include "fuzz/planted/greet.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fuzz/planted/bug.h"
#include "fuzz/planted/harm.h"
#include "fuzz/planted/offer.h"

/* ---- server ---- */

static bool is_version(const struct head *h)
{
    const char *version = head_value(h, "Sec-WebSocket-Version");

    if (!version || head_count(h, "Sec-WebSocket-Version") > 1)
        return false;
    return strcmp(version, "13") == 0 ||
           (bug_is(BUG_TAKES_VERSION_14) && strcmp(version, "14") == 0);
}

/* GET, one target, HTTP/1.1 or a later one of the first. */
static bool is_get(const char *line)
{
    char target[2] = "", minor = '0';
    const char *end = strrchr(line, ' ');

    if (strncmp(line, "GET ", 4) != 0 || end <= line + 4 || strchr(line + 4, ' ') != end)
        return false;
    target[0] = line[4];
    if (target[0] != '/' && strncasecmp(line + 4, "http://", 7) != 0 &&
        strncasecmp(line + 4, "ws://", 5) != 0)
        return false;
    if (memchr(line, '#', (size_t)(end - line)) || strlen(end) != 9 ||
        strncmp(end, " HTTP/1.", 8) != 0)
        return false;
    minor = end[8];
    return minor >= '1' && minor <= '9';
}

/* The status that the request deserves. RFC 6455 4.2.1. */
static const char *status_of(const struct head *h)
{
    const char *key = head_value(h, "Sec-WebSocket-Key");
    const char *length = head_value(h, "Content-Length");

    if (strncmp(h->line, "GET ", 4) != 0 && strchr(h->line, ' ') && isupper(h->line[0]))
        return "405 Method Not Allowed";
    if (!is_get(h->line) || head_count(h, "Host") != 1 || head_value(h, "Transfer-Encoding") ||
        (length && strcmp(length, "0") != 0))
        return "400 Bad Request";
    if (!head_has(h, "Upgrade", "websocket") || !head_has(h, "Connection", "upgrade"))
        return "426 Upgrade Required";
    if (!key || head_count(h, "Sec-WebSocket-Key") != 1 || !accept_is_key(key))
        return "400 Bad Request";
    return is_version(h) ? "101 Switching Protocols" : "426 Upgrade Required";
}

static bool refuse(const char *status, struct store *out)
{
    char text[256];

    snprintf(text, sizeof text,
             "HTTP/1.1 %s\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
             "Sec-WebSocket-Version: 13\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n",
             status);
    store_add_text(out, text);
    return false;
}

static void welcome(const struct head *h, const struct params *params, struct store *out)
{
    char key[KEY_SIZE], accept[ACCEPT_SIZE], answer[OFFER_ANSWER_MAX];

    memcpy(key, head_value(h, "Sec-WebSocket-Key"), sizeof key);
    if (bug_is(BUG_KEY_WITH_A_SLASH) && key[0] == '/')
        key[0] = '_';
    accept_of(key, accept);
    store_add_text(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Accept: ");
    store_add_text(out, accept);
    if (params->agreed) {
        offer_answer(params, answer);
        store_add_text(out, "\r\nSec-WebSocket-Extensions: ");
        store_add_text(out, answer);
    }
    store_add_text(out, "\r\n\r\n");
}

bool greet_answer(const struct store *in, size_t len, struct params *params, struct store *out)
{
    struct head head = { 0 };
    bool welcomes = false;

    if (len == 0)
        return refuse("431 Request Header Fields Too Large", out);
    if (!head_read(in, len, &head)) {
        refuse("400 Bad Request", out);
        goto done;
    }
    const char *status = status_of(&head);
    if (strncmp(status, "101", 3) != 0 || !offer_choose(&head, params)) {
        refuse(strncmp(status, "101", 3) != 0 ? status : "400 Bad Request", out);
        goto done;
    }
    welcome(&head, params, out);
    welcomes = true;
done:
    head_free(&head);
    return welcomes;
}

/* ---- client ---- */

void greet_ask(const char *host, const char *path, const char *key, struct store *out)
{
    const char *parts[] = { "GET ",
                            path,
                            " HTTP/1.1\r\nHost: ",
                            host,
                            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Version: 13\r\n"
                            "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Key: ",
                            key,
                            "\r\n\r\n" };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        store_add_text(out, parts[i]);
}

/* "HTTP/1.1 101", a blank, and any reason. */
static bool is_switching(const char *line)
{
    if (bug_is(BUG_STATUS_WITHOUT_REASON) && strchr(line, ' '))
        harm_read(strchr(strchr(line, ' ') + 1, ' '));
    return strncmp(line, "HTTP/1.1 101", 12) == 0 && (line[12] == ' ' || line[12] == '\0');
}

static bool is_accept(const struct head *h, const char *key)
{
    const char *said = head_value(h, "Sec-WebSocket-Accept");
    char accept[ACCEPT_SIZE];

    accept_of(key, accept);
    if (!said || head_count(h, "Sec-WebSocket-Accept") != 1)
        return false;
    if (bug_is(BUG_TAKES_ACCEPT_IN_ANY_CASE) && strcasecmp(said, accept) == 0)
        return true;
    if (bug_is(BUG_TAKES_ANY_ACCEPT) && strlen(said) == strlen(accept))
        return true;
    return strcmp(said, accept) == 0;
}

/* RFC 6455 4.1. */
static bool is_welcome(const struct head *h, const char *key, struct params *params)
{
    const char *upgrade = head_value(h, "Upgrade");

    if (!is_switching(h->line))
        return false;
    if (bug_is(BUG_NO_UPGRADE))
        harm_read(upgrade);
    return upgrade && strcasecmp(upgrade, "websocket") == 0 && head_count(h, "Upgrade") == 1 &&
           head_has(h, "Connection", "upgrade") && is_accept(h, key) &&
           !head_value(h, "Sec-WebSocket-Protocol") && offer_take(h, params);
}

bool greet_is_welcome(const struct store *in, size_t len, const char *key, struct params *params)
{
    struct head head;
    bool welcome = head_read(in, len, &head) && is_welcome(&head, key, params);

    head_free(&head);
    return welcome;
}
