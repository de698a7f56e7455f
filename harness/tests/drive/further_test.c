#include "drive/further.h"

#include <criterion/criterion.h>

#include "tests/io/pair.h"

static struct io_loop *loop;
static struct io_listener *listener;
static struct further_list list;

/* A client that has connected, as the list holds it and as its own side. */
static struct io_conn *come(void)
{
    struct err err = { 0 };
    struct io_conn *c =
        io_connect(loop, "127.0.0.1", io_listener_port(listener), NULL, NULL, NULL, &err);

    cr_assert(c, "%s", err.text);
    further_accept(&list, pair_wait(loop, IO_ACCEPTED).conn, &list);
    return c;
}

/* The next event of a listed connection. True: it spoke for the first time. */
static bool listed_event(void)
{
    struct io_event event;

    do
        event = pair_next(loop);
    while (!event.conn || !further_owns(&list, event.conn));
    return further_event(&list, &event);
}

static void say(struct io_conn *c, const char *text)
{
    cr_assert_eq(io_conn_send(c, bytes_str(text)), IO_SENT_ALL);
    cr_expect(listed_event());
}

static void expect_next(const char *text)
{
    struct further next;

    cr_assert(further_take(&list, &next));
    cr_expect(bytes_eq_str(buf_bytes(&next.first), text), "%.*s",
              BYTES_ARG(buf_bytes(&next.first)));
    buf_free(&next.first);
    io_conn_close(next.conn);
}

static void begin(void)
{
    struct err err = { 0 };

    loop = pair_loop();
    listener = io_listen(loop, "127.0.0.1", 0, NULL, NULL, &err);
    cr_assert(listener, "%s", err.text);
}

Test(further, those_who_speak_are_taken_in_that_order)
{
    struct further none;

    begin();
    come();
    struct io_conn *second = come(), *third = come();
    cr_expect_not(further_take(&list, &none), "nobody has spoken");
    say(third, "three");
    say(second, "two");
    expect_next("three");
    expect_next("two");
    cr_expect_not(further_take(&list, &none));
    cr_expect_eq(list.count, 1);
    further_forget(&list);
    cr_expect_eq(list.count, 0);
    io_loop_free(loop);
}

/* What a client does who tries two addresses and goes on with the first that answers. */
Test(further, who_goes_without_a_word_was_never_there)
{
    begin();
    io_conn_close(come());
    cr_expect_not(listed_event());
    cr_expect_eq(list.count, 0);
    io_loop_free(loop);
}

Test(further, has_room_for_some_and_hangs_up_on_the_rest)
{
    begin();
    for (unsigned i = 0; i < FURTHER_MAX; i++)
        come();
    struct io_conn *more = come();
    cr_expect_eq(list.count, FURTHER_MAX);
    cr_expect_eq(pair_wait(loop, IO_ENDED).conn, more);
    further_forget(&list);
    io_loop_free(loop);
}
