#include "io/link.h"

void link_init(struct link *l)
{
    l->next = l->prev = l;
}

bool link_alone(const struct link *l)
{
    return l->next == l;
}

void link_add(struct link *before, struct link *l)
{
    l->prev = before->prev;
    l->next = before;
    before->prev->next = l;
    before->prev = l;
}

void link_remove(struct link *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
    link_init(l);
}

struct link *link_pop(struct link *head)
{
    struct link *l = head->next;

    if (l == head)
        return NULL;
    link_remove(l);
    return l;
}

void link_move_all(struct link *to, struct link *from)
{
    if (link_alone(from))
        return;
    from->next->prev = to->prev;
    from->prev->next = to;
    to->prev->next = from->next;
    to->prev = from->prev;
    link_init(from);
}
