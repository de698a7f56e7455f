#include "drive/further.h"

#define FIRST_MAX (1u << 20) /* one read of the loop is less */

static void remove_at(struct further_list *l, size_t i)
{
    if (i < l->n_spoken)
        l->n_spoken--;
    l->count--;
    for (; i < l->count; i++)
        l->items[i] = l->items[i + 1];
}

static void drop_at(struct further_list *l, size_t i)
{
    io_conn_close(l->items[i].conn);
    buf_free(&l->items[i].first);
    remove_at(l, i);
}

static size_t find(const struct further_list *l, const struct io_conn *conn)
{
    size_t i = 0;

    while (i < l->count && l->items[i].conn != conn)
        i++;
    return i;
}

void further_accept(struct further_list *l, struct io_conn *conn, void *owner)
{
    if (l->count == FURTHER_MAX) {
        io_conn_close(conn);
        return;
    }
    io_conn_set_owner(conn, owner);
    l->items[l->count].conn = conn;
    buf_init(&l->items[l->count].first, FIRST_MAX);
    l->count++;
}

bool further_owns(const struct further_list *l, const struct io_conn *conn)
{
    return find(l, conn) < l->count;
}

/* Behind those that have spoken already. */
static void note_spoken(struct further_list *l, size_t i)
{
    struct further item = l->items[i];

    l->items[i] = l->items[l->n_spoken];
    l->items[l->n_spoken++] = item;
}

bool further_event(struct further_list *l, const struct io_event *event)
{
    size_t i = find(l, event->conn);

    if (event->kind == IO_ENDED) {
        drop_at(l, i);
        return false;
    }
    if (event->kind != IO_DATA)
        return false;
    if (!buf_append(&l->items[i].first, bytes_of(event->data, event->len))) {
        drop_at(l, i);
        return false;
    }
    io_conn_read(l->items[i].conn, false);
    note_spoken(l, i);
    return true;
}

bool further_take(struct further_list *l, struct further *out)
{
    if (l->n_spoken == 0)
        return false;
    *out = l->items[0];
    remove_at(l, 0);
    return true;
}

void further_forget(struct further_list *l)
{
    while (l->count > 0)
        drop_at(l, 0);
}
