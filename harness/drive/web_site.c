#include "drive/web_site.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/file.h"

/* A report of many agents is some megabytes. What is larger is not for a browser. */
#define FILE_MAX_BYTES (32u << 20)
#define PAGE_MAX (16u << 20)
#define VISITORS_MAX 32

/* ---- answers ---- */

static bool file_answer(const struct web_request *request, const char *path, struct buf *out)
{
    struct buf body;
    bool ok;

    buf_init(&body, FILE_MAX_BYTES);
    ok = io_file_read(path, FILE_MAX_BYTES, &body, NULL)
             ? web_answer(request, 200, web_type(path), buf_bytes(&body), out)
             : web_answer_error(request, 404, out);
    buf_free(&body);
    return ok;
}

static bool folder_answer(const struct web_request *request, const char *path, struct buf *out)
{
    struct buf names, page;
    char index[2 * WEB_PATH_MAX + 16];
    bool ok;

    snprintf(index, sizeof index, "%s/index.html", path);
    if (request->want == WEB_REPORTS && io_file_kind(index) == IO_FILE_PLAIN)
        return file_answer(request, index, out);
    buf_init(&names, PAGE_MAX);
    buf_init(&page, PAGE_MAX);
    ok = io_dir_names(path, &names, NULL) && web_listing(request->path, buf_bytes(&names), &page);
    ok = ok ? web_answer(request, 200, web_type(".html"), buf_bytes(&page), out)
            : web_answer_error(request, 404, out);
    buf_free(&page);
    buf_free(&names);
    return ok;
}

static bool below_answer(const struct web_request *request, const char *root, struct buf *out)
{
    char path[2 * WEB_PATH_MAX];

    if (!root)
        return web_answer_error(request, 404, out);
    int n = snprintf(path, sizeof path, "%s%s%s", root, *request->path ? "/" : "", request->path);
    if (n < 0 || (size_t)n >= sizeof path || !io_file_below(root, path))
        return web_answer_error(request, 404, out);
    switch (io_file_kind(path)) {
    case IO_FILE_DIR:
        return request->slash ? folder_answer(request, path, out) : web_answer_moved(request, out);
    case IO_FILE_PLAIN: return file_answer(request, path, out);
    case IO_FILE_NONE:
    case IO_FILE_OTHER: break;
    }
    return web_answer_error(request, 404, out);
}

static bool page_answer(const struct web_site *site, const struct web_request *request,
                        struct buf *out)
{
    struct buf page;
    bool ok;

    buf_init(&page, PAGE_MAX);
    ok = (request->want == WEB_BROWSER ? web_fill(site->browser, &site->about, &page)
                                       : web_home(&site->about, &page)) &&
         web_answer(request, 200, web_type(".html"), buf_bytes(&page), out);
    buf_free(&page);
    return ok;
}

bool web_site_answer(const struct web_site *site, const struct http1_head *head, struct buf *out)
{
    struct web_request request;

    web_ask(head, &request);
    switch (request.want) {
    case WEB_HOME:
    case WEB_BROWSER: return page_answer(site, &request, out);
    case WEB_CWD: return below_answer(&request, site->cwd, out);
    case WEB_REPORTS: return below_answer(&request, site->reports_dir, out);
    case WEB_REFUSE: break;
    }
    return web_answer_error(&request, request.status, out);
}

/* ---- the port ---- */

struct place {
    struct io_conn *io; /* NULL: free */
    struct buf head;
    uint64_t came;
    bool answered;
};

struct web_server {
    struct io_listener *listener;
    const struct web_site *site;
    struct place places[VISITORS_MAX];
    uint64_t visits;
};

struct web_server *web_server_new(struct io_loop *loop, const char *host, uint16_t port,
                                  const struct web_site *site, struct err *err)
{
    struct web_server *s = alloc_resize(NULL, sizeof *s);

    if (!s) {
        err_memory(err, "the web pages");
        return NULL;
    }
    *s = (struct web_server){ .site = site };
    s->listener = io_listen(loop, host, port, NULL, s, err);
    if (!s->listener) {
        alloc_free(s);
        return NULL;
    }
    return s;
}

static void leave(struct place *p)
{
    if (p->io)
        io_conn_close(p->io);
    buf_free(&p->head);
    *p = (struct place){ 0 };
}

void web_server_free(struct web_server *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < VISITORS_MAX; i++)
        leave(&s->places[i]);
    io_listener_close(s->listener);
    alloc_free(s);
}

uint16_t web_server_port(const struct web_server *s)
{
    return io_listener_port(s->listener);
}

/* A free place, or that of who came first. */
static struct place *place_of(struct web_server *s)
{
    struct place *oldest = &s->places[0];

    for (size_t i = 0; i < VISITORS_MAX; i++) {
        if (!s->places[i].io)
            return &s->places[i];
        if (s->places[i].came < oldest->came)
            oldest = &s->places[i];
    }
    leave(oldest);
    return oldest;
}

static void take_in(struct web_server *s, struct io_conn *io)
{
    struct place *p = place_of(s);

    p->io = io;
    p->came = s->visits++;
    buf_init(&p->head, HTTP1_HEAD_BYTES_MAX);
    io_conn_set_owner(io, p);
}

static void reply(struct web_server *s, struct place *p)
{
    struct http1_head head;
    struct violation why;
    struct buf out;
    size_t used;
    enum ws_status status = http1_decode(buf_bytes(&p->head), HTTP1_REQUEST,
                                         (struct http1_limits){ 0 }, &head, &used, &why);

    if (status == WS_MORE)
        return;
    buf_init(&out, FILE_MAX_BYTES + PAGE_MAX);
    struct web_request none = { .want = WEB_REFUSE };
    if (status == WS_OK ? web_site_answer(s->site, &head, &out)
                        : web_answer_error(&none, 400, &out))
        io_conn_send(p->io, buf_bytes(&out));
    buf_free(&out);
    io_conn_shutdown(p->io);
    p->answered = true;
}

bool web_server_take(struct web_server *s, const struct io_event *event)
{
    if (!s || event->family != s || !event->conn)
        return false;
    struct place *p = event->owner;
    if (event->kind == IO_ACCEPTED) {
        take_in(s, event->conn);
    } else if (event->kind == IO_ENDED) {
        leave(p);
    } else if (event->kind == IO_DATA && !p->answered) {
        if (buf_append(&p->head, bytes_of(event->data, event->len)))
            reply(s, p);
        else
            leave(p);
    }
    return true;
}
