#include "drive/growth.h"

static const struct io_process *process_of(const struct slot *s)
{
    return s->target->options.role == ROLE_CLIENT ? s->process : s->target->process;
}

void growth_mark(struct slot *s)
{
    const struct io_process *process = process_of(s);
    bool watched =
        script_case_expects(s->c, EXPECT_MEMORY) || script_case_expects(s->c, EXPECT_CPU);

    if (!process || !watched || !io_process_mark(process, &s->mark))
        s->mark = (struct io_mark){ 0 };
}

struct io_growth growth_of(const struct slot *s)
{
    const struct io_process *process = process_of(s);
    struct io_growth growth;

    if (!process || s->mark.count == 0 || !io_process_since(process, &s->mark, &growth))
        return (struct io_growth){ 0 };
    return growth;
}
