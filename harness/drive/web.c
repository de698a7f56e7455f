#include "drive/web.h"

#include <string.h>

#include "base/text.h"

/* ---- requests ---- */

/* %XX to bytes. False: a NUL, half a %XX, or too long. */
static bool unescape(struct bytes in, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < in.len; i++) {
        int c = in.ptr[i];
        if (c == '%') {
            int high = i + 2 < in.len ? text_hex_digit(in.ptr[i + 1]) : -1;
            int low = high >= 0 ? text_hex_digit(in.ptr[i + 2]) : -1;
            if (low < 0)
                return false;
            c = high << 4 | low;
            i += 2;
        }
        if (c == 0 || n + 1 == size)
            return false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return true;
}

/* No way up, no hidden file, no part without a name. */
static bool is_tame(const char *path)
{
    if (strchr(path, '\\'))
        return false;
    while (*path) {
        size_t len = strcspn(path, "/");
        if (len == 0 || *path == '.')
            return false;
        path += len + (path[len] == '/');
    }
    return true;
}

static void refuse(struct web_request *out, unsigned status)
{
    out->want = WEB_REFUSE;
    out->status = status;
}

static bool take_below(struct web_request *out, const char *path, const char *folder,
                       enum web_want want)
{
    size_t len = strlen(folder);

    if (strncmp(path, folder, len) != 0 || (path[len] != '\0' && path[len] != '/'))
        return false;
    const char *rest = path[len] ? path + len + 1 : "";
    size_t rest_len = strlen(rest);
    out->want = want;
    out->slash = path[strlen(path) - 1] == '/';
    if (!is_tame(rest)) {
        refuse(out, 404);
        return true;
    }
    if (rest_len > 0 && rest[rest_len - 1] == '/')
        rest_len--;
    memcpy(out->path, rest, rest_len);
    return true;
}

void web_ask(const struct http1_head *head, struct web_request *out)
{
    char path[WEB_PATH_MAX];

    *out = (struct web_request){ .want = WEB_HOME, .head = bytes_eq_str(head->method, "HEAD") };
    if (!out->head && !bytes_eq_str(head->method, "GET"))
        refuse(out, 405);
    else if (!unescape(bytes_take(head->target, bytes_index(head->target, 0, '?')), path,
                       sizeof path))
        refuse(out, 404);
    else if (strcmp(path, "/test_browser.html") == 0)
        out->want = WEB_BROWSER;
    else if (strcmp(path, "/favicon.ico") == 0)
        refuse(out, 404);
    else if (!take_below(out, path, "/cwd", WEB_CWD))
        (void)take_below(out, path, "/reports", WEB_REPORTS);
}

/* ---- answers ---- */

const char *web_type(const char *path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        { ".html", "text/html; charset=utf-8" },
        { ".htm", "text/html; charset=utf-8" },
        { ".json", "application/json" },
        { ".js", "text/javascript; charset=utf-8" },
        { ".mjs", "text/javascript; charset=utf-8" },
        { ".css", "text/css; charset=utf-8" },
        { ".txt", "text/plain; charset=utf-8" },
        { ".log", "text/plain; charset=utf-8" },
        { ".case", "text/plain; charset=utf-8" },
        { ".md", "text/plain; charset=utf-8" },
        { ".xml", "application/xml" },
        { ".svg", "image/svg+xml" },
        { ".png", "image/png" },
    };
    size_t len = strlen(path);

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t n = strlen(types[i].ending);
        if (len >= n && strcmp(path + len - n, types[i].ending) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

static bool put_link(struct bytes name, struct buf *out)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./~";
    bool ok = true;

    for (size_t i = 0; ok && i < name.len; i++)
        ok = memchr(plain, name.ptr[i], sizeof plain - 1) ? buf_push(out, name.ptr[i])
                                                          : buf_print(out, "%%%02X", name.ptr[i]);
    return ok;
}

static bool begin(unsigned status, struct buf *out)
{
    return buf_print(out, "HTTP/1.1 %u %s\r\nConnection: close\r\nServer: wsproof\r\n", status,
                     http1_reason(status));
}

bool web_answer(const struct web_request *request, unsigned status, const char *type,
                struct bytes body, struct buf *out)
{
    return begin(status, out) &&
           buf_print(out,
                     "Content-Type: %s\r\nContent-Length: %zu\r\n"
                     "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n%s\r\n",
                     type, body.len, status == 405 ? "Allow: GET, HEAD\r\n" : "") &&
           (request->head || buf_append(out, body));
}

bool web_answer_error(const struct web_request *request, unsigned status, struct buf *out)
{
    struct buf body;
    bool ok;

    buf_init(&body, 256);
    ok = buf_print(&body, "%u %s\n", status, http1_reason(status)) &&
         web_answer(request, status, "text/plain; charset=utf-8", buf_bytes(&body), out);
    buf_free(&body);
    return ok;
}

bool web_answer_moved(const struct web_request *request, struct buf *out)
{
    return begin(301, out) &&
           buf_print(out, "Location: /%s/", request->want == WEB_CWD ? "cwd" : "reports") &&
           put_link(bytes_str(request->path), out) &&
           buf_print(out, "%s\r\nContent-Length: 0\r\n\r\n", *request->path ? "/" : "");
}

/* ---- pages ---- */

static bool put_text(struct bytes in, struct buf *out)
{
    bool ok = true;

    for (size_t i = 0; ok && i < in.len; i++) {
        switch (in.ptr[i]) {
        case '&': ok = buf_print(out, "&amp;"); break;
        case '<': ok = buf_print(out, "&lt;"); break;
        case '>': ok = buf_print(out, "&gt;"); break;
        case '"': ok = buf_print(out, "&quot;"); break;
        default: ok = buf_push(out, in.ptr[i]);
        }
    }
    return ok;
}

static bool put_top(const char *title, struct buf *out)
{
    return buf_print(out,
                     "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>") &&
           put_text(bytes_str(title), out) &&
           buf_print(out, "</title>\n<style>body { font: 1rem/1.5 sans-serif; max-width: 50rem; "
                          "margin: 2rem auto; padding: 0 1rem }</style>\n<h1>") &&
           put_text(bytes_str(title), out) && buf_print(out, "</h1>\n");
}

bool web_home(const struct web_about *about, struct buf *out)
{
    return put_top("wsproof: fuzzing server", out) &&
           buf_print(out,
                     "<p>wsproof %s tests WebSocket clients here: %zu cases on port %u (%s).</p>\n"
                     "<ul>\n<li><a href=\"/test_browser.html\">Test this browser</a></li>\n"
                     "%s%s</ul>\n"
                     "<p>A client asks <code>/getCaseCount</code> how many cases there are, "
                     "connects to <code>/runCase?case=N&amp;agent=NAME</code> for each and echoes "
                     "what comes, and to <code>/updateReports?agent=NAME</code> in the end.</p>\n",
                     about->version, about->n_cases, about->port, about->scheme,
                     about->reports ? "<li><a href=\"/reports/\">Reports</a></li>\n" : "",
                     about->cwd ? "<li><a href=\"/cwd/\">The working folder</a></li>\n" : "");
}

bool web_fill(struct bytes page, const struct web_about *about, struct buf *out)
{
    bool ok = true;

    while (ok && page.len > 0) {
        size_t at = bytes_find(page, BYTES_LIT("{{"));
        ok = buf_append(out, bytes_take(page, at));
        page = bytes_skip(page, at);
        if (bytes_starts(page, BYTES_LIT("{{port}}"))) {
            ok = ok && buf_print(out, "%u", about->port);
            page = bytes_skip(page, sizeof "{{port}}" - 1);
        } else if (bytes_starts(page, BYTES_LIT("{{scheme}}"))) {
            ok = ok && buf_print(out, "%s", about->scheme);
            page = bytes_skip(page, sizeof "{{scheme}}" - 1);
        } else {
            ok = ok && buf_append(out, bytes_take(page, 2));
            page = bytes_skip(page, 2);
        }
    }
    return ok;
}

bool web_listing(const char *path, struct bytes names, struct buf *out)
{
    bool ok = put_top(*path ? path : "/", out) && buf_print(out, "<ul>\n") &&
              (!*path || buf_print(out, "<li><a href=\"../\">..</a></li>\n"));

    while (ok && names.len > 0) {
        size_t len = bytes_index(names, 0, '\0');
        struct bytes name = bytes_take(names, len);
        ok = buf_print(out, "<li><a href=\"./") && put_link(name, out) && buf_print(out, "\">") &&
             put_text(name, out) && buf_print(out, "</a></li>\n");
        names = bytes_skip(names, len + 1);
    }
    return ok && buf_print(out, "</ul>\n");
}
