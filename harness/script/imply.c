#include "script/parser.h"

/* Puts in what nobody writes: the connect before the first step that needs a connection, and the
 * `expect open` behind each connect that has no expectation of its own about the handshake. */

struct implier {
    struct arena *arena;
    const struct step *in;
    bool raw; /* the case writes the handshake itself */
    unsigned line;
    struct step *out;
    size_t n, cap;
};

/* Said before the connection, for the next one. A client's request is looked at before our answer.
 */
static bool is_prelude(const struct implier *im, const struct step *s)
{
    switch (s->op) {
    case OP_RAW:
    case OP_REQUEST:
    case OP_RESPONSE:
    case OP_EXTENSION:
    case OP_SUBPROTOCOL:
    case OP_TLS:
    case OP_URL:
    case OP_HEADER:
    case OP_LISTEN: return true;
    case OP_EXPECT: return s->as.expect.kind == EXPECT_REQUEST && !im->raw;
    case OP_CONNECT:
    case OP_RECONNECT:
    case OP_SEND:
    case OP_SEND_MORE:
    case OP_TOGETHER:
    case OP_REPEAT:
    case OP_EACH:
    case OP_WAIT:
    case OP_READ:
    case OP_DROP:
    case OP_SHUTDOWN:
    case OP_MEASURE:
    case OP_PROVOKE:
    case OP_CLOSE:
    case OP_UNORDERED:
    case OP_EITHER:
    case OP_PREFER:
    case OP_BRANCH:
    case OP_COUNT: return false;
    }
    return false;
}

static size_t behind(const struct step *steps, size_t i)
{
    return script_op_is_block(steps[i].op) ? steps[i].end : i + 1;
}

/* A connect, or a case that is about a client which does not come. */
static bool says_who_connects(const struct step *s)
{
    return s->op == OP_CONNECT || (s->op == OP_EXPECT && s->as.expect.kind == EXPECT_NO_REQUEST);
}

/* Is there a connect in [from, to), those of `each` aside? */
static bool has_connect(const struct implier *im, size_t from, size_t to)
{
    for (size_t i = from; i < to; i = im->in[i].op == OP_EACH ? im->in[i].end : i + 1)
        if (says_who_connects(&im->in[i]))
            return true;
    return false;
}

/* About the target as a whole. */
static bool needs_no_connection(const struct step *s)
{
    enum expect_kind kind = s->as.expect.kind;

    return s->op == OP_WAIT ||
           (s->op == OP_EXPECT && (kind == EXPECT_ALIVE || kind == EXPECT_MEMORY ||
                                   kind == EXPECT_CPU || kind == EXPECT_REPORT));
}

/* Where the implied connect of [from, to) goes; SIZE_MAX: nowhere. Each round of `each` has its
 * own, and what is asked about the target behind the rounds needs none. */
static size_t connect_place(const struct implier *im, size_t from, size_t to)
{
    bool rounds = false;
    size_t i = from;

    if (has_connect(im, from, to))
        return SIZE_MAX;
    for (; i < to; i = behind(im->in, i)) {
        rounds = rounds || im->in[i].op == OP_EACH;
        if (im->in[i].op != OP_EACH && !is_prelude(im, &im->in[i]) &&
            !(rounds && needs_no_connection(&im->in[i])))
            return i;
    }
    return rounds ? SIZE_MAX : i;
}

static bool about_handshake(const struct implier *im, size_t i, size_t to)
{
    if (i >= to)
        return false;
    const struct step *s = &im->in[i];
    if (s->proves) /* what `expect model` has become is about frames */
        return false;
    if (s->op == OP_EITHER || s->op == OP_PREFER || s->op == OP_UNORDERED || s->op == OP_BRANCH)
        return about_handshake(im, i + 1, s->end);
    if (s->op != OP_EXPECT)
        return false;
    switch (s->as.expect.kind) {
    case EXPECT_OPEN:
    case EXPECT_REFUSED:
    case EXPECT_RESPONSE:
    case EXPECT_REQUEST:
    case EXPECT_EOF:
    case EXPECT_FAIL:
    case EXPECT_ALIVE:
    case EXPECT_NOTHING:
    case EXPECT_NO_REQUEST:
    case EXPECT_ANOTHER: return true;
    case EXPECT_TEXT:
    case EXPECT_BINARY:
    case EXPECT_ECHO:
    case EXPECT_PING:
    case EXPECT_PONG:
    case EXPECT_FRAME:
    case EXPECT_CLOSE:
    case EXPECT_MEMORY:
    case EXPECT_CPU:
    case EXPECT_REPORT: return false;
    }
    return false;
}

static struct step *put(struct implier *im, const struct step *s)
{
    if (!arena_grow(im->arena, (void **)&im->out, &im->cap, im->n + 1, sizeof *im->out))
        return NULL;
    im->out[im->n] = *s;
    return &im->out[im->n++];
}

static bool put_open(struct implier *im, const struct step *connect)
{
    struct step open = { .op = OP_EXPECT, .line = connect->line, .col = connect->col };

    open.implied = true;
    open.as.expect = (struct expect){ .kind = EXPECT_OPEN,
                                      .implied = true,
                                      .opcode = -1,
                                      .fin = -1,
                                      .rsv = -1,
                                      .masked = -1,
                                      .len_form = -1 };
    return put(im, &open);
}

/* A connect, and its expect open unless what follows in [next, to) speaks of the handshake. */
static bool put_connect(struct implier *im, const struct step *connect, size_t next, size_t to,
                        bool together)
{
    if (!put(im, connect))
        return false;
    if (im->raw || together || about_handshake(im, next, to))
        return true;
    return put_open(im, connect);
}

static bool put_implied_connect(struct implier *im, size_t next, size_t to)
{
    struct step connect = { .op = OP_CONNECT, .line = im->line, .col = 1, .implied = true };

    if (next < to) {
        connect.line = im->in[next].line;
        connect.col = im->in[next].col;
    }
    return put_connect(im, &connect, next, to, false);
}

/* The steps of [from, to); `place` is where the implied connect goes. */
static bool put_range(struct implier *im, size_t from, size_t to, size_t place, bool together)
{
    for (size_t i = from; i < to; i = behind(im->in, i)) {
        const struct step *s = &im->in[i];
        if (i == place && !put_implied_connect(im, i, to))
            return false;
        if (s->op == OP_CONNECT || s->op == OP_RECONNECT) {
            if (!put_connect(im, s, i + 1, to, together))
                return false;
            continue;
        }
        size_t at = im->n;
        if (!put(im, s))
            return false;
        if (!script_op_is_block(s->op))
            continue;
        size_t inner = s->op == OP_EACH ? connect_place(im, i + 1, s->end) : SIZE_MAX;
        if (!put_range(im, i + 1, s->end, inner, together || s->op == OP_TOGETHER))
            return false;
        im->out[at].end = im->n;
    }
    return place != to || put_implied_connect(im, to, to);
}

bool script_imply(struct arena *a, unsigned line, bool raw, struct step **steps, size_t *count)
{
    struct implier im = { .arena = a, .in = *steps, .raw = raw, .line = line };

    if (!put_range(&im, 0, *count, connect_place(&im, 0, *count), false))
        return false;
    *steps = im.out;
    *count = im.n;
    return true;
}
