#define _GNU_SOURCE /* symlink beside C11 */
#include "support/guard.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/web_site.h"
#include "io/file.h"

static struct web_request ask(const char *method, const char *target)
{
    char text[4096];
    static struct http1_head head;
    struct web_request request;
    struct violation why;
    size_t used;

    snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: a\r\n\r\n", method, target);
    cr_assert_eq(http1_decode(bytes_str(text), HTTP1_REQUEST, (struct http1_limits){ 0 }, &head,
                              &used, &why),
                 WS_OK);
    web_ask(&head, &request);
    return request;
}

Test(web, a_target_means_a_page_or_a_path)
{
    static const struct {
        const char *target;
        enum web_want want;
        const char *path;
        bool slash;
    } rows[] = {
        { "/", WEB_HOME, "", false },
        { "/?a=b", WEB_HOME, "", false },
        { "/anything", WEB_HOME, "", false },
        { "/test_browser.html", WEB_BROWSER, "", false },
        { "/test_browser.html?x", WEB_BROWSER, "", false },
        { "/cwd", WEB_CWD, "", false },
        { "/cwd/", WEB_CWD, "", true },
        { "/cwd/a/b%20c.html", WEB_CWD, "a/b c.html", false },
        { "/cwd/a/?x=/../", WEB_CWD, "a", true },
        { "/cwdx", WEB_HOME, "", false },
        { "/reports/index.html", WEB_REPORTS, "index.html", false },
        { "/cwd/a..b/c.", WEB_CWD, "a..b/c.", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct web_request r = ask("GET", rows[i].target);
        cr_expect_eq(r.want, rows[i].want, "%s", rows[i].target);
        cr_expect_str_eq(r.path, rows[i].path, "%s: %s", rows[i].target, r.path);
        cr_expect_eq(r.slash, rows[i].slash, "%s", rows[i].target);
    }
    cr_expect(ask("HEAD", "/").head);
}

Test(web, no_path_leads_out_or_to_hidden_files)
{
    static const char *const rows[] = {
        "/cwd/..",  "/cwd/../x",        "/cwd/%2e%2e/x", "/cwd/a/..%2fb", "/cwd/./a",
        "/cwd//a",  "/cwd/.git/config", "/cwd/a/.env",   "/cwd/a%5c..",   "/cwd/a%00b",
        "/cwd/%zz", "/cwd/a%2",         "/reports/..",   "/cwd/a//",
    };
    char longest[3000] = "/cwd/";

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct web_request r = ask("GET", rows[i]);
        cr_expect(r.want == WEB_REFUSE && r.status == 404, "%s: %s", rows[i], r.path);
    }
    memset(longest + 5, 'a', sizeof longest - 6);
    cr_expect_eq(ask("GET", longest).status, 404);
    cr_expect_eq(ask("POST", "/").status, 405);
    cr_expect_eq(ask("get", "/").status, 405);
}

Test(web, a_name_tells_its_type)
{
    cr_expect_str_eq(web_type("a/b.html"), "text/html; charset=utf-8");
    cr_expect_str_eq(web_type("index.json"), "application/json");
    cr_expect_str_eq(web_type("html"), "application/octet-stream");
    cr_expect_str_eq(web_type("a.html.gz"), "application/octet-stream");
}

static void expect_text(struct buf *b, const char *text)
{
    cr_assert(buf_push(b, 0));
    cr_expect_str_eq((char *)b->ptr, text, "%s", (char *)b->ptr);
    buf_clear(b);
}

Test(web, answers_are_whole_and_names_are_escaped)
{
    struct web_about about = { .version = "1", .scheme = "wss", .port = 9001 };
    struct web_request get = { .want = WEB_CWD, .path = "a b" };
    struct buf b;

    buf_init(&b, 1 << 16);
    cr_assert(web_answer(&get, 200, "text/plain", BYTES_LIT("hi"), &b));
    expect_text(&b, "HTTP/1.1 200 OK\r\nConnection: close\r\nServer: wsproof\r\n"
                    "Content-Type: text/plain\r\nContent-Length: 2\r\n"
                    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n\r\nhi");
    cr_assert(web_answer_moved(&get, &b));
    expect_text(&b, "HTTP/1.1 301 Moved Permanently\r\nConnection: close\r\nServer: wsproof\r\n"
                    "Location: /cwd/a%20b/\r\nContent-Length: 0\r\n\r\n");
    get.head = true;
    cr_assert(web_answer(&get, 404, "text/plain", BYTES_LIT("hi"), &b) && buf_push(&b, 0));
    cr_expect(strstr((char *)b.ptr, "Content-Length: 2\r\n") && !strstr((char *)b.ptr, "hi"));
    buf_clear(&b);
    cr_assert(web_fill(BYTES_LIT("a {{scheme}}://h:{{port}} {{x}} {{"), &about, &b));
    expect_text(&b, "a wss://h:9001 {{x}} {{");
    cr_assert(web_listing("", BYTES_LIT("a <b>&.txt\0dir/\0"), &b) && buf_push(&b, 0));
    cr_expect(strstr((char *)b.ptr, "<a href=\"./a%20%3Cb%3E%26.txt\">a &lt;b&gt;&amp;.txt</a>"));
    cr_expect(strstr((char *)b.ptr, "<a href=\"./dir/\">dir/</a>") &&
              !strstr((char *)b.ptr, "../"));
    buf_free(&b);
}

/* ---- with files ---- */

static unsigned status_of(const struct web_site *site, const char *target, const char *holds)
{
    char text[512];
    static struct http1_head head;
    struct violation why;
    struct buf out;
    size_t used;
    unsigned status = 0;

    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    cr_assert_eq(http1_decode(bytes_str(text), HTTP1_REQUEST, (struct http1_limits){ 0 }, &head,
                              &used, &why),
                 WS_OK);
    buf_init(&out, 1 << 20);
    cr_assert(web_site_answer(site, &head, &out) && buf_push(&out, 0));
    cr_assert_eq(sscanf((char *)out.ptr, "HTTP/1.1 %u", &status), 1);
    cr_expect(strstr((char *)out.ptr, holds), "%s: %s", target, (char *)out.ptr);
    buf_free(&out);
    return status;
}

Test(web_site, shows_files_of_its_folders_and_no_others)
{
    char dir[IO_DIR_PRIVATE_MAX], path[256];
    struct err err;

    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    snprintf(path, sizeof path, "%s/top/sub", dir);
    cr_assert(io_dir_make(path, &err));
    snprintf(path, sizeof path, "%s/secret", dir);
    cr_assert(io_file_write(path, BYTES_LIT("no"), &err));
    snprintf(path, sizeof path, "%s/top/out", dir);
    cr_assert_eq(symlink("../secret", path), 0);
    snprintf(path, sizeof path, "%s/top/sub/index.html", dir);
    cr_assert(io_file_write(path, BYTES_LIT("the index"), &err));
    snprintf(path, sizeof path, "%s/top", dir);
    struct web_site site = { .about = { "1", "ws", 1, 1, true, true },
                             .browser = BYTES_LIT("port {{port}}"),
                             .reports_dir = path,
                             .cwd = path };
    cr_expect_eq(status_of(&site, "/cwd/sub/index.html", "the index"), 200);
    cr_expect_eq(status_of(&site, "/cwd/sub", "Location: /cwd/sub/\r\n"), 301);
    cr_expect_eq(status_of(&site, "/cwd/", "sub/</a>"), 200);
    cr_expect_eq(status_of(&site, "/cwd/sub/", "index.html</a>"), 200);
    cr_expect_eq(status_of(&site, "/reports/sub/", "the index"), 200);
    cr_expect_eq(status_of(&site, "/cwd/out", "404"), 404);
    cr_expect_eq(status_of(&site, "/cwd/none", "404"), 404);
    cr_expect_eq(status_of(&site, "/cwd/../secret", "404"), 404);
    cr_expect_eq(status_of(&site, "/test_browser.html", "port 1"), 200);
    cr_expect_eq(status_of(&site, "/", "/cwd/"), 200);
    site.cwd = NULL;
    cr_expect_eq(status_of(&site, "/cwd/", "404"), 404);
    snprintf(path, sizeof path, "rm -r %s", dir);
    cr_assert_eq(system(path), 0);
}
