#ifndef DRIVE_WEB_H
#define DRIVE_WEB_H

#include "base/buf.h"
#include "ws/http1.h"

/* A few pages for people: what runs here, the page on which a browser tests itself, and files below
 * one or two folders. Nothing here does I/O: a request is taken apart, somebody fetches what it
 * asks for, and the answer is put together. HTTP/1.1, GET and HEAD, one request a connection. */
#define WEB_PATH_MAX 1024

enum web_want {
    WEB_HOME,    /* / */
    WEB_BROWSER, /* /test_browser.html */
    WEB_CWD,     /* /cwd/PATH: below the working folder */
    WEB_REPORTS, /* /reports/PATH: below the folder of reports */
    WEB_REFUSE   /* `status` says why */
};

struct web_request {
    enum web_want want;
    unsigned status;         /* of WEB_REFUSE: 404, 405 */
    bool head;               /* without the body */
    bool slash;              /* the path ended in one: it means a folder */
    char path[WEB_PATH_MAX]; /* "a/b c.html", "": the folder itself. No part of it begins with a
                                dot, or is empty */
};

void web_ask(const struct http1_head *head, struct web_request *out);

/* "text/html; charset=utf-8" by the ending of a name; what is unknown is bytes. */
const char *web_type(const char *path);

/* A whole answer. */
NODISCARD bool web_answer(const struct web_request *request, unsigned status, const char *type,
                          struct bytes body, struct buf *out);
NODISCARD bool web_answer_error(const struct web_request *request, unsigned status,
                                struct buf *out);
/* A folder was asked for without the slash. */
NODISCARD bool web_answer_moved(const struct web_request *request, struct buf *out);

/* What the home page says. */
struct web_about {
    const char *version;
    const char *scheme; /* "ws" or "wss" */
    unsigned port;      /* of the fuzzing server */
    size_t n_cases;
    bool reports, cwd; /* can be had: /reports/, /cwd/ */
};

NODISCARD bool web_home(const struct web_about *about, struct buf *out);
/* A page in which {{port}} and {{scheme}} are filled in. */
NODISCARD bool web_fill(struct bytes page, const struct web_about *about, struct buf *out);
/* A folder's names as io_dir_names gives them; `path` as in the request. */
NODISCARD bool web_listing(const char *path, struct bytes names, struct buf *out);

#endif
