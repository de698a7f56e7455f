#ifndef DRIVE_WEB_SITE_H
#define DRIVE_WEB_SITE_H

#include "drive/web.h"
#include "io/tcp.h"

/* The pages of drive/web with what they show, and a port of their own for them. */
struct web_site {
    struct web_about about;
    struct bytes browser;    /* the page on which a browser tests itself */
    const char *reports_dir; /* behind /reports/ */
    const char *cwd;         /* behind /cwd/; NULL: not to be had */
};

/* The whole answer to a request. Files are read while the caller waits. False: no memory. */
NODISCARD bool web_site_answer(const struct web_site *site, const struct http1_head *head,
                               struct buf *out);

struct web_server;

/* `site` must outlive it. */
NODISCARD struct web_server *web_server_new(struct io_loop *loop, const char *host, uint16_t port,
                                            const struct web_site *site, struct err *err);
void web_server_free(struct web_server *s); /* NULL is fine */
uint16_t web_server_port(const struct web_server *s);

/* Takes what is its own. */
bool web_server_take(struct web_server *s, const struct io_event *event);

#endif
