#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/file.h"
#include "io/pair.h"
#include "io/process.h"

static char dir[IO_DIR_PRIVATE_MAX], path[IO_DIR_PRIVATE_MAX + 8];

static struct io_loop *set(void)
{
    struct err err = { 0 };

    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    snprintf(path, sizeof path, "%s/s", dir);
    return pair_loop();
}

static void clear(struct io_loop *loop)
{
    io_loop_free(loop);
    io_dir_remove(dir);
    cr_expect_eq(io_file_kind(dir), IO_FILE_NONE);
}

static struct io_listener *listen_there(struct io_loop *loop, const struct io_tls *tls)
{
    struct err err = { 0 };
    struct io_listener *l = io_listen(loop, path, 0, tls, NULL, &err);

    cr_assert(l, "%s", err.text);
    return l;
}

static enum err_code listen_error(struct io_loop *loop, const char *where, struct err *err)
{
    *err = (struct err){ 0 };
    cr_assert_null(io_listen(loop, where, 0, NULL, NULL, err));
    return err->code;
}

/* A socket's file without anybody behind it: what a killed server leaves. */
static void leave_stale(void)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(name.sun_path, path, strlen(path) + 1);
    cr_assert_eq(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    close(fd);
}

Test(io_local, bytes_go_both_ways_and_half_closing_works)
{
    struct io_loop *loop = set();
    struct err err = { 0 };
    struct io_listener *l = listen_there(loop, NULL);
    struct io_conn *c = io_connect(loop, path, 9, NULL, NULL, NULL, &err);

    cr_assert_eq(io_listener_port(l), 0);
    cr_assert_eq(io_conn_send(c, BYTES_LIT("eager")), IO_WAITS);
    io_conn_shutdown(c);
    struct io_conn *s = pair_wait(loop, IO_ACCEPTED).conn;
    struct io_event e = pair_wait(loop, IO_DATA);
    cr_assert(e.conn == s && e.len == 5);
    cr_assert_eq(pair_wait(loop, IO_ENDED).end, IO_END_FIN);
    cr_assert_eq(io_conn_send(s, BYTES_LIT("late")), IO_SENT_ALL);
    cr_assert_eq(pair_wait(loop, IO_DATA).conn, c);
    io_conn_reset(s);
    e = pair_wait(loop, IO_ENDED);
    cr_assert(e.conn == c && e.end == IO_END_FIN, "no reset exists there");
    clear(loop);
}

Test(io_local, over_tls_it_is_called_localhost)
{
    struct io_loop *loop = set();
    struct err err = { 0 };
    struct io_tls *server = io_tls_new(&(struct io_tls_options){ .server = true }, &err);
    struct io_tls *client = io_tls_new(&(struct io_tls_options){ .insecure = true }, &err);

    cr_assert(server && client, "%s", err.text);
    listen_there(loop, server);
    struct io_conn *c = io_connect(loop, path, 0, client, NULL, NULL, &err);
    cr_assert_str_eq(io_conn_sni(pair_wait(loop, IO_ACCEPTED).conn), "localhost");
    cr_assert(io_conn_tls_name(c));
    io_loop_free(loop);
    io_tls_free(server);
    io_tls_free(client);
    io_dir_remove(dir);
}

Test(io_local, the_file_goes_with_the_listener)
{
    struct io_loop *loop = set();
    struct io_listener *l = listen_there(loop, NULL);

    cr_assert_eq(io_file_kind(path), IO_FILE_OTHER);
    io_listener_close(l);
    cr_assert_eq(io_file_kind(path), IO_FILE_NONE);
    l = listen_there(loop, NULL);
    cr_assert_eq(unlink(path), 0);
    leave_stale(); /* somebody else's by now */
    io_listener_close(l);
    cr_expect_eq(io_file_kind(path), IO_FILE_OTHER);
    clear(loop);
}

Test(io_local, a_stale_socket_is_replaced_and_nothing_else)
{
    struct io_loop *loop = set();
    struct err err = { 0 };

    leave_stale();
    struct io_listener *l = listen_there(loop, NULL);
    cr_expect_eq(listen_error(loop, path, &err), ERR_SYSTEM);
    cr_expect(strstr(err.text, path) && strstr(err.text, "in use"), "%s", err.text);
    cr_expect_eq(io_file_kind(path), IO_FILE_OTHER, "somebody listens there");
    io_listener_close(l);
    cr_assert(io_file_write(path, BYTES_LIT("mine"), &err));
    cr_expect_eq(listen_error(loop, path, &err), ERR_SYSTEM);
    cr_expect_eq(io_file_kind(path), IO_FILE_PLAIN);
    cr_expect_eq(unlink(path), 0);
    cr_expect_eq(listen_error(loop, "/nonexistent/s", &err), ERR_SYSTEM);
    clear(loop);
}

Test(io_local, a_path_that_is_too_long_is_told)
{
    struct io_loop *loop = set();
    char much[IO_LOCAL_MAX + 2];
    struct err err = { 0 };

    memset(much, '/', sizeof much);
    much[IO_LOCAL_MAX + 1] = '\0';
    cr_expect_eq(listen_error(loop, much, &err), ERR_USAGE);
    cr_expect(strstr(err.text, "107 bytes, this one has 108"), "%s", err.text);
    cr_assert_null(io_connect(loop, much, 0, NULL, NULL, NULL, &err));
    cr_expect_eq(err.code, ERR_USAGE);
    clear(loop);
}

Test(io_local, where_nobody_is_the_path_and_the_reason_are_told)
{
    struct io_loop *loop = set();
    struct err err = { 0 };
    struct io_event e;

    cr_assert(io_connect(loop, path, 0, NULL, NULL, NULL, &err));
    e = pair_wait(loop, IO_ENDED);
    cr_expect_eq(e.end, IO_END_NOT_REACHED);
    cr_expect(strstr(e.why, path) && strstr(e.why, "no such file"), "%s", e.why);
    leave_stale();
    cr_assert(io_connect(loop, path, 0, NULL, NULL, NULL, &err));
    e = pair_wait(loop, IO_ENDED);
    cr_expect_eq(e.end, IO_END_NOT_REACHED);
    cr_expect(strstr(e.why, "refused"), "%s", e.why);
    clear(loop);
}

/* TCP lets a client wait; here the kernel says no, and it is asked again until there is room. */
Test(io_local, a_full_queue_is_waited_for)
{
    enum { MANY = 6 };
    struct io_loop *loop = set();
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    struct err err = { 0 };
    struct io_event e;
    size_t up = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(name.sun_path, path, strlen(path) + 1);
    cr_assert_eq(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    cr_assert_eq(listen(fd, 1), 0);
    for (int i = 0; i < MANY; i++)
        cr_assert(io_connect(loop, path, 0, NULL, NULL, NULL, &err));
    for (;;) {
        cr_assert(io_loop_next(loop, io_now_ms() + 30, &e, &err), "%s", err.text);
        if (e.kind == IO_TIME)
            break;
        cr_assert_eq(e.kind, IO_CONNECTED, "%s", e.why);
        up++;
    }
    cr_assert(up > 0 && up < MANY, "%zu", up);
    for (int i = 0; i < MANY; i++) {
        while (up <= (size_t)i && up < MANY) {
            e = pair_wait(loop, IO_CONNECTED);
            up++;
        }
        cr_assert_geq(accept(fd, NULL, NULL), 0);
    }
    while (up < MANY) {
        pair_wait(loop, IO_CONNECTED);
        up++;
    }
    close(fd);
    clear(loop);
}

Test(io_local, a_private_folder_is_ours_alone)
{
    char other[IO_DIR_PRIVATE_MAX];
    struct err err = { 0 };
    struct stat st;

    cr_assert(io_dir_private(dir, &err) && io_dir_private(other, &err), "%s", err.text);
    cr_expect_str_neq(dir, other);
    cr_assert_eq(stat(dir, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0700);
    snprintf(path, sizeof path, "%s/.f", dir);
    cr_assert(io_file_write(path, BYTES_LIT("x"), &err));
    io_dir_remove(dir);
    io_dir_remove(other);
    io_dir_remove(other); /* harmless */
    cr_expect_eq(io_file_kind(dir), IO_FILE_NONE);
    setenv("TMPDIR", "/a/folder/that/is/much/too/long/for/a/socket/to/have/a/name/in/it/as/well",
           1);
    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    cr_expect(strncmp(dir, "/tmp", 4) == 0, "%s", dir);
    io_dir_remove(dir);
    setenv("TMPDIR", "/nonexistent/a b", 1);
    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    io_dir_remove(dir);
    setenv("TMPDIR", "/nonexistent", 1);
    cr_assert_not(io_dir_private(dir, &err));
    cr_expect(strstr(err.text, "/nonexistent/"), "%s", err.text);
}
