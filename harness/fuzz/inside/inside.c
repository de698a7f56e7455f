#include "fuzz/inside/inside.h"

#include <string.h>

#include "base/alloc.h"
#include "ws/mask.h"

#define DRAIN_BYTES (64u << 10)
#define DRAINED_MAX (16u << 20) /* of one run: who says more never ends */
#define SPREAD_MAX (80u << 10)  /* bytes of one step */
#define SMALL_ALL 2048u         /* writes: longer wires are fed in larger parts than a byte */

struct wsp_report {
    struct fuzz_account *account;
    bool failed; /* the adapter, or our memory */
};

/* One connection. */
struct run {
    struct fuzz_inside *in;
    const struct wsp_implementation *implementation;
    struct wsp_report report;
    struct fuzz_listener *listener;
    void *connection;
    size_t drained, given; /* bytes */
    bool wants_more;
};

void wsp_message(struct wsp_report *report, bool text, const void *data, size_t size)
{
    report->failed |=
        !fuzz_account_message(report->account, text ? WS_TEXT : WS_BINARY, bytes_of(data, size));
}

void wsp_closed(struct wsp_report *report, unsigned code)
{
    if (report->account->told)
        return;
    report->account->told = true;
    report->account->told_code = (uint16_t)code;
}

void wsp_failed(struct wsp_report *report)
{
    report->failed = true;
}

/* -- the implementation -- */

bool fuzz_inside_init(struct fuzz_inside *in, const struct wsp_implementation *i, const char *role,
                      const char **why)
{
    const bool client = role ? strcmp(role, "client") == 0 : !(i->roles & WSP_SERVER);

    *in = (struct fuzz_inside){ .implementation = i, .role = client ? ROLE_CLIENT : ROLE_SERVER };
    *why = "wsp_under_test lacks name, open, feed, drain or close";
    if (!i->name || !i->open || !i->feed || !i->drain || !i->close)
        return false;
    *why = "WSPROOF_ROLE is neither server nor client";
    if (role && !client && strcmp(role, "server") != 0)
        return false;
    *why = "wsp_under_test.roles does not have the role";
    if (!(i->roles & (client ? WSP_CLIENT : WSP_SERVER)))
        return false;
    *why = "no memory";
    in->drained = alloc_resize(NULL, DRAIN_BYTES);
    return in->drained != NULL;
}

void fuzz_inside_free(struct fuzz_inside *in)
{
    fuzz_wire_free(&in->wire);
    for (size_t i = 0; i < FUZZ_CUTS; i++)
        fuzz_account_free(&in->accounts[i]);
    alloc_free(in->drained);
    *in = (struct fuzz_inside){ 0 };
}

static enum wsp_extension extension_of(enum fuzz_extension e)
{
    switch (e) {
    case FUZZ_DEFLATE: return WSP_DEFLATE;
    case FUZZ_DEFLATE_NO_TAKEOVER: return WSP_DEFLATE_NO_TAKEOVER;
    case FUZZ_DEFLATE_SMALL_WINDOW: return WSP_DEFLATE_SMALL_WINDOW;
    case FUZZ_PLAIN:
    case FUZZ_EXTENSIONS: break;
    }
    return WSP_PLAIN;
}

/* Enough for a length of 64 bits. More of the same shows nothing new and takes its time. */
static void fit_step(struct fuzz_step *step)
{
    const size_t most = SPREAD_MAX / (step->payload.len > 0 ? step->payload.len : 1);

    if (step->times > most)
        step->times = most > 0 ? (uint32_t)most : 1;
}

void fuzz_inside_fit(const struct fuzz_inside *in, struct fuzz_session *s)
{
    s->n_edits = 0;
    for (size_t i = 0; i < s->n_steps; i++)
        fit_step(&s->steps[i]);
    if (!(in->implementation->extensions & extension_of(s->extension)))
        s->extension = FUZZ_PLAIN;
    fuzz_session_tidy(s);
}

/* -- one run -- */

static void drain(struct run *r)
{
    size_t n;

    while (!r->report.failed && r->drained < DRAINED_MAX &&
           (n = r->implementation->drain(r->connection, r->in->drained, DRAIN_BYTES)) > 0) {
        r->drained += n;
        r->report.failed |=
            n > DRAIN_BYTES ||
            !fuzz_listener_feed(r->listener, bytes_of(r->in->drained, n), r->report.account);
    }
}

/* A block of just that size, so that a sanitizer sees who reads on. */
static void feed(struct run *r, struct bytes in)
{
    uint8_t *block = alloc_resize(NULL, in.len > 0 ? in.len : 1);

    if (!block) {
        r->report.failed = true;
        return;
    }
    memcpy(block, in.ptr, in.len);
    if (!fuzz_account_close(r->report.account))
        r->report.account->close_from = r->given;
    r->given += in.len;
    r->wants_more = r->implementation->feed(r->connection, block, in.len);
    alloc_free(block);
    drain(r);
}

static size_t small_piece(size_t len)
{
    return len <= SMALL_ALL ? 1 : len / SMALL_ALL + 1;
}

/* Where the write that begins at `at` ends, the `number`th of its kind. */
static size_t end_of_write(const struct fuzz_wire *w, enum fuzz_inside_cut cut, size_t at,
                           size_t number)
{
    switch (cut) {
    case FUZZ_CUT_SMALL: return at + small_piece(w->bytes.len);
    case FUZZ_CUT_WRITTEN: return number < w->n_ends ? w->ends[number] : w->bytes.len;
    case FUZZ_CUT_WHOLE:
    case FUZZ_CUTS: break;
    }
    return w->bytes.len;
}

static void feed_wire(struct run *r, enum fuzz_inside_cut cut)
{
    const struct fuzz_wire *w = &r->in->wire;
    size_t at = 0, end;

    for (size_t i = 0; at < w->bytes.len && r->wants_more && !r->report.failed; i++, at = end) {
        end = end_of_write(w, cut, at, i);
        feed(r, bytes_take(bytes_skip(buf_bytes(&w->bytes), at), end - at));
    }
}

/* Close 1000, where one can stand and is awaited. */
static bool say_close(struct run *r, const struct fuzz_session *s, enum fuzz_inside_cut cut)
{
    static const uint8_t from_client[] = { 0x88, 0x82, 1, 2, 3, 4, 0x03 ^ 1, 0xe8 ^ 2 };
    static const uint8_t from_server[] = { 0x88, 0x02, 0x03, 0xe8 };
    const struct fuzz_wire *w = &r->in->wire;
    const struct bytes all = r->in->role == ROLE_SERVER ? bytes_of(from_client, sizeof from_client)
                                                        : bytes_of(from_server, sizeof from_server);
    const size_t piece = cut == FUZZ_CUT_SMALL ? 1 : all.len;

    if (s->end != FUZZ_END_USUAL || !w->whole || w->says_close || !r->wants_more ||
        fuzz_account_close(r->report.account))
        return false;
    for (size_t at = 0; at < all.len && r->wants_more && !r->report.failed; at += piece)
        feed(r, bytes_take(bytes_skip(all, at), piece));
    return true;
}

static void run_session(struct run *r, const struct fuzz_session *s, enum fuzz_inside_cut cut,
                        bool *closed)
{
    drain(r); /* a client may speak first */
    feed_wire(r, cut);
    *closed = say_close(r, s, cut);
    if (!r->wants_more)
        r->report.failed |= !fuzz_account_end(r->report.account);
}

static bool run_cut(struct fuzz_inside *in, const struct fuzz_session *s, enum fuzz_inside_cut cut,
                    bool *closed)
{
    const struct wsp_options options = { in->role == ROLE_SERVER ? WSP_SERVER : WSP_CLIENT,
                                         extension_of(s->extension) };
    struct run r = { .in = in,
                     .implementation = in->implementation,
                     .report = { .account = &in->accounts[cut] },
                     .wants_more = true };

    *closed = false;
    r.report.account->open = true;
    r.listener = fuzz_listener_new(in->role, s->extension != FUZZ_PLAIN, false);
    r.connection = r.listener ? in->implementation->open(&r.report, &options) : NULL;
    if (r.connection) {
        run_session(&r, s, cut, closed);
        in->implementation->close(r.connection);
    }
    fuzz_listener_free(r.listener);
    return r.connection && !r.report.failed;
}

/* -- the judgement -- */

static bool is_known(const struct fuzz_inside *in, const struct fuzz_finding *f)
{
    const char *const *known = in->implementation->known;

    for (size_t i = 0; known && known[i]; i++)
        if (strcmp(known[i], f->signature) == 0)
            return true;
    return false;
}

static bool shows(const struct fuzz_inside *in, struct fuzz_finding *f)
{
    if (f->difference != FUZZ_SAME && !is_known(in, f))
        return true;
    *f = (struct fuzz_finding){ .difference = FUZZ_SAME };
    return false;
}

/* Of two cuts that differ, the one that the RFC does not like; and if it likes both, the whole. */
static bool blame_a_cut(struct fuzz_inside *in, struct fuzz_terms terms, enum fuzz_inside_cut cut)
{
    struct fuzz_finding with_cut;

    terms.strict = true;
    if (!fuzz_oracle(buf_bytes(&in->wire.bytes), &terms, &in->accounts[cut], &with_cut))
        return false;
    in->shown_by = with_cut.difference == FUZZ_SAME ? FUZZ_CUT_WHOLE : cut;
    return true;
}

static bool judge(struct fuzz_inside *in, const struct ws_permessage *agreed,
                  enum fuzz_inside_cut cut, bool closed, struct fuzz_finding *out)
{
    const struct fuzz_terms terms = {
        .role = in->role,
        .agreed = agreed,
        .messages = true,
        .linked = true,
        .closed = closed,
        .patient = true,
        .strict = in->implementation->strict,
        .ignores_utf8 = in->implementation->ignores_utf8,
        .message_max = in->implementation->message_max,
    };

    in->shown_by = cut;
    if (cut != FUZZ_CUT_WHOLE)
        fuzz_oracle_cuts(&in->accounts[FUZZ_CUT_WHOLE], &in->accounts[cut], out);
    if (cut != FUZZ_CUT_WHOLE && shows(in, out))
        return blame_a_cut(in, terms, cut);
    if (!fuzz_oracle(buf_bytes(&in->wire.bytes), &terms, &in->accounts[cut], out))
        return false;
    (void)shows(in, out);
    return true;
}

/* A cut that makes no other writes than one before it says nothing new, and very many small writes
 * are what the small cut is for. */
static bool is_new_cut(const struct fuzz_inside *in, enum fuzz_inside_cut cut)
{
    return cut == FUZZ_CUT_WHOLE ||
           (cut == FUZZ_CUT_WRITTEN && in->wire.n_ends > 1 && in->wire.n_ends <= SMALL_ALL) ||
           (cut == FUZZ_CUT_SMALL && in->wire.bytes.len > 1);
}

bool fuzz_inside_try(struct fuzz_inside *in, const struct fuzz_session *s, struct fuzz_finding *out)
{
    const struct ws_permessage p = fuzz_wire_permessage(s->extension, in->role);
    const struct ws_permessage *agreed = s->extension == FUZZ_PLAIN ? NULL : &p;
    bool closed;

    *out = (struct fuzz_finding){ .difference = FUZZ_SAME };
    for (size_t i = 0; i < FUZZ_CUTS; i++)
        fuzz_account_clear(&in->accounts[i]);
    if (!fuzz_wire_make(s, in->role, agreed, 1, &in->wire))
        return false;
    for (enum fuzz_inside_cut cut = 0; cut < FUZZ_CUTS && out->difference == FUZZ_SAME; cut++)
        if (is_new_cut(in, cut) &&
            (!run_cut(in, s, cut, &closed) || !judge(in, agreed, cut, closed, out)))
            return false;
    return true;
}
