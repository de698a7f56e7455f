#include "ws/http1.h"

/* A head being decoded: `at` is the start of the next line, `first` of the start line. */
struct scan {
    struct bytes in;
    size_t at, first;
    struct http1_head *head;
    struct http1_limits limits;
    struct violation why;
};

/* One line without its end. */
struct line {
    struct bytes text;
    size_t at;      /* of its first byte */
    size_t newline; /* of its LF */
    bool bare;      /* no CR in front of the LF */
};

static enum ws_status broken(struct scan *s, enum ws_rule rule, size_t at)
{
    s->why = (struct violation){ rule, at };
    return WS_BROKEN;
}

/* Does the list already hold this rule before the index `end`? */
static bool noted(const struct http1_head *head, enum ws_rule rule, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (head->oddities[i].rule == rule)
            return true;
    return false;
}

/* In a full list a kind of oddity that is new takes the place of a repeated one: sixteen bare LFs
 * must not hide what is worse. There are fewer kinds than places. */
static void note_in_full_list(struct http1_head *head, struct violation v)
{
    size_t i = HTTP1_ODDITIES_MAX - 1;

    if (noted(head, v.rule, HTTP1_ODDITIES_MAX))
        return;
    while (!noted(head, head->oddities[i].rule, i))
        i--;
    for (; i + 1 < HTTP1_ODDITIES_MAX; i++)
        head->oddities[i] = head->oddities[i + 1];
    head->oddities[i] = v;
}

static void note(struct http1_head *head, enum ws_rule rule, size_t at)
{
    const struct violation v = { rule, at };

    if (head->n_oddities < HTTP1_ODDITIES_MAX)
        head->oddities[head->n_oddities] = v;
    else
        note_in_full_list(head, v);
    head->n_oddities++;
}

/* The next line. That a head is too large is known from its first `head_bytes` bytes alone, so the
 * answer does not depend on how much more has come. */
static enum ws_status next_line(struct scan *s, struct line *out)
{
    const struct bytes seen = bytes_take(s->in, s->limits.head_bytes);
    const size_t newline = bytes_index(seen, s->at, '\n');

    if (newline == seen.len) {
        if (seen.len == s->limits.head_bytes)
            return broken(s, WS_RULE_HTTP_TOO_LARGE, s->limits.head_bytes);
        return WS_MORE;
    }
    const bool bare = newline == s->at || s->in.ptr[newline - 1] != '\r';
    const size_t end = bare ? newline : newline - 1;
    *out = (struct line){
        .text = bytes_of(s->in.ptr + s->at, end - s->at),
        .at = s->at,
        .newline = newline,
        .bare = bare,
    };
    s->at = newline + 1;
    return WS_OK;
}

static bool digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool token_char(uint8_t c)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    if (digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
        return true;
    for (const char *o = others; *o; o++)
        if (c == (uint8_t)*o)
            return true;
    return false;
}

/* Length of the token in front. */
static size_t token_len(struct bytes in)
{
    size_t n = 0;

    while (n < in.len && token_char(in.ptr[n]))
        n++;
    return n;
}

bool http1_is_token(struct bytes in)
{
    return in.len > 0 && token_len(in) == in.len;
}

/* "HTTP/1.1", all of `in`. */
static bool version(struct bytes in, struct http1_head *head)
{
    if (in.len != 8 || !bytes_starts(in, BYTES_LIT("HTTP/")))
        return false;
    if (!digit(in.ptr[5]) || in.ptr[6] != '.' || !digit(in.ptr[7]))
        return false;
    head->major = (unsigned)(in.ptr[5] - '0');
    head->minor = (unsigned)(in.ptr[7] - '0');
    return true;
}

static bool request_line(struct bytes line, struct http1_head *head)
{
    const size_t method_end = bytes_index(line, 0, ' ');
    const size_t target_end = bytes_index(line, method_end + 1, ' ');

    head->method = bytes_take(line, method_end);
    if (target_end == line.len || target_end == method_end + 1 || !http1_is_token(head->method))
        return false;
    head->target = bytes_of(line.ptr + method_end + 1, target_end - method_end - 1);
    return version(bytes_skip(line, target_end + 1), head);
}

/* The blank behind the status may lack when there is no reason. */
static bool status_line(struct bytes line, struct http1_head *head)
{
    const struct bytes rest = bytes_skip(line, 9);

    if (line.len < 12 || line.ptr[8] != ' ' || !version(bytes_take(line, 8), head))
        return false;
    if (!digit(rest.ptr[0]) || rest.ptr[0] == '0' || !digit(rest.ptr[1]) || !digit(rest.ptr[2]))
        return false;
    if (rest.len > 3 && rest.ptr[3] != ' ')
        return false;
    for (size_t i = 0; i < 3; i++)
        head->status = head->status * 10 + (unsigned)(rest.ptr[i] - '0');
    head->reason = bytes_skip(rest, 4);
    return true;
}

/* Notes the first control character; a tab is none here. RFC 9110 5.5. */
static void look_for_controls(struct scan *s, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F) {
            note(s->head, WS_RULE_HTTP_VALUE_CHARS, (size_t)(text.ptr - s->in.ptr) + i);
            return;
        }
    }
}

static enum ws_status start_line(struct scan *s, struct line line)
{
    const bool request = s->head->kind == HTTP1_REQUEST;

    if (request ? !request_line(line.text, s->head) : !status_line(line.text, s->head))
        return broken(s, WS_RULE_HTTP_START_LINE, line.at);
    if (!request)
        look_for_controls(s, s->head->reason);
    return WS_OK;
}

/* A line that begins with a blank belongs to the field before it. */
static enum ws_status folded_line(struct scan *s, struct line line)
{
    const struct bytes more = bytes_trim(line.text);

    if (s->head->n_fields == 0)
        return broken(s, WS_RULE_HTTP_NO_COLON, line.at);
    struct bytes *value = &s->head->fields[s->head->n_fields - 1].value;
    note(s->head, WS_RULE_HTTP_FOLDED, line.at);
    look_for_controls(s, more);
    if (value->len == 0)
        *value = more;
    else if (more.len > 0)
        value->len = (size_t)(more.ptr + more.len - value->ptr);
    return WS_OK;
}

static enum ws_status field_line(struct scan *s, struct line line)
{
    const size_t colon = bytes_index(line.text, 0, ':');
    const struct bytes before = bytes_take(line.text, colon);
    const struct bytes name = bytes_trim(before);

    if (colon == line.text.len || name.len == 0)
        return broken(s, WS_RULE_HTTP_NO_COLON, line.at);
    if (s->head->n_fields == s->limits.fields)
        return broken(s, WS_RULE_HTTP_TOO_MANY, line.at);
    if (!http1_is_token(before))
        note(s->head, WS_RULE_HTTP_NAME_CHARS, line.at + token_len(before));
    const struct bytes value = bytes_trim(bytes_skip(line.text, colon + 1));
    look_for_controls(s, value);
    s->head->fields[s->head->n_fields++] = (struct http1_field){ name, value, line.at };
    return WS_OK;
}

static enum ws_status take_line(struct scan *s, struct line line)
{
    if (line.at == s->first)
        return start_line(s, line);
    if (line.text.len == 0)
        return WS_OK;
    if (line.text.ptr[0] == ' ' || line.text.ptr[0] == '\t')
        return folded_line(s, line);
    return field_line(s, line);
}

/* A request may have an empty line in front, left over from what came before. RFC 9112 2.2. */
static void skip_empty_line(struct scan *s)
{
    if (s->head->kind == HTTP1_REQUEST && bytes_starts(s->in, BYTES_LIT("\r\n")))
        s->at = s->first = 2;
}

static enum ws_status take_lines(struct scan *s)
{
    struct line line;

    skip_empty_line(s);
    do {
        enum ws_status status = next_line(s, &line);
        if (status == WS_OK)
            status = take_line(s, line);
        if (status != WS_OK)
            return status;
        if (line.bare)
            note(s->head, WS_RULE_HTTP_BARE_LF, line.newline);
    } while (line.text.len > 0);
    return WS_OK;
}

static size_t limit(size_t asked, size_t standard)
{
    return asked == 0 ? standard : asked;
}

enum ws_status http1_decode(struct bytes in, enum http1_kind kind, struct http1_limits limits,
                            struct http1_head *out, size_t *used, struct violation *why)
{
    limits.head_bytes = limit(limits.head_bytes, HTTP1_HEAD_BYTES_MAX);
    limits.fields = limit(limits.fields, HTTP1_FIELDS_MAX);
    if (limits.fields > HTTP1_FIELDS_MAX)
        limits.fields = HTTP1_FIELDS_MAX;
    struct scan s = { .in = in, .head = out, .limits = limits };
    *out = (struct http1_head){ .kind = kind };
    const enum ws_status status = take_lines(&s);
    if (status == WS_OK)
        *used = s.at;
    if (status == WS_BROKEN)
        *why = s.why;
    return status;
}

const char *http1_reason(unsigned status)
{
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 102: return "Processing";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 300: return "Multiple Choices";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 305: return "Use Proxy";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 511: return "Network Authentication Required";
    default: return "";
    }
}
