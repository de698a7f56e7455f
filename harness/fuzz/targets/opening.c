#include "fuzz/targets/opening.h"

#include "fuzz/session/head.h"
#include "fuzz/session/wire.h"

/* Payload of a session's frames: it could ask for 64 MiB, and large ones are slow. */
#define PAYLOAD_MAX (70u << 10)
#define PAYLOAD_USUAL (1u << 10)
#define STREAM_MAX (1u << 20)
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

enum { DEFLATES = OPENING_DEFLATES, ECHOES = 2, CLOSES = 4, TIMES_OUT = 8 };
enum { SMALL = 16, CAREFUL = 32, LARGE = 0xC8 };
enum { EDITED = 0xE0 | DEFLATES }; /* all of them: there are targets for handshakes */

static const struct ws_conn_deflate plain_deflate;
static const struct ws_conn_deflate careful_deflate = {
    .wanted = { .server_no_takeover = true, .client_bits = 10 },
    .level = 1,
    .min_size = 16,
    .ratio_max = 20,
};

static struct player_facts facts_of(enum case_role role, unsigned flags)
{
    static const char *const protocols[] = { "chat" };
    const struct ws_conn_deflate *deflate = flags & CAREFUL ? &careful_deflate : &plain_deflate;
    const struct ws_conn_options options = {
        .server = role == ROLE_SERVER,
        .target = BYTES_LIT("/"),
        .host = BYTES_LIT("localhost"),
        .protocols = protocols,
        .n_protocols = 1,
        .deflate = flags & DEFLATES ? deflate : NULL,
        .message_max = flags & SMALL ? 100 : PLAYER_MESSAGE_MAX,
        .fragments_max = flags & SMALL ? 8 : 0,
        .out_max = PLAYER_OUT_MAX - 1,
        .seed = 1,
    };

    return (struct player_facts){
        .options = options,
        .echo = flags & ECHOES,
        .closes = flags & CLOSES,
        .times_out = flags & TIMES_OUT,
    };
}

static void limit(struct fuzz_session *s, size_t left)
{
    for (size_t i = 0; i < s->n_steps; i++) {
        struct fuzz_step *step = &s->steps[i];
        size_t times = step->times > 0 ? step->times : 1;
        if (step->payload.len > 0 && times > left / step->payload.len)
            times = step->times = (uint32_t)(left / step->payload.len);
        step->payload = bytes_take(step->payload, left);
        step->cut = 0; /* the player cuts */
        left -= step->payload.len * times;
    }
}

/* The request that our client makes with these options is always the same. */
static bool our_request(const struct ws_conn_options *options, struct http1_head *out)
{
    static struct ws_conn asking;
    struct violation why;
    size_t used;

    ws_conn_free(&asking); /* the last one, which `out` looked into */
    return ws_conn_init(&asking, options, 0) &&
           http1_decode(ws_conn_out(&asking), HTTP1_REQUEST, (struct http1_limits){ 0 }, out, &used,
                        &why) == WS_OK;
}

struct head {
    uint8_t memory[STREAM_MAX];
    struct buf bytes; /* in there; the frames may follow */
    struct ws_permessage agreed;
    bool offered;
};

static bool make_head(const struct fuzz_session *s, enum case_role role,
                      const struct ws_conn_options *options, struct head *out)
{
    static struct http1_head request;
    struct fuzz_head_facts facts = { .role = role, .path = "/", .host = "localhost", .key = KEY };

    if (role == ROLE_CLIENT && !our_request(options, &request))
        return false;
    facts.request = role == ROLE_CLIENT ? &request : NULL;
    out->bytes = (struct buf){ .ptr = out->memory, .cap = STREAM_MAX, .max = STREAM_MAX };
    return fuzz_head_make(s, &facts, &out->bytes, &out->offered, &out->agreed);
}

/* What compressed steps are compressed with; NULL where there are none: making that takes time. */
static const struct ws_permessage *packing(const struct fuzz_session *s, unsigned flags,
                                           bool offered, const struct ws_permessage *agreed)
{
    bool needed = false;

    for (size_t i = 0; i < s->n_steps; i++)
        needed = needed || s->steps[i].deflate;
    return offered && needed && flags & DEFLATES ? agreed : NULL;
}

/* Connections that are open already, one for each handshake that is as it should be: a handshake
 * takes longer than most of what comes behind it. The other ones are tried by other targets, too.
 */
struct opened {
    bool tried, open, offered;
    struct ws_permessage agreed;
    struct ws_conn conn;
};

static const struct opened *opened(const struct fuzz_session *s, enum case_role role,
                                   unsigned flags, const struct ws_conn_options *options)
{
    static struct opened kept[ROLE_BOTH][FUZZ_EXTENSIONS][2][2][2];
    static struct head head;
    struct opened *o =
        &kept[role][s->extension][!!(flags & DEFLATES)][!!(flags & SMALL)][!!(flags & CAREFUL)];

    if (s->n_edits > 0)
        return NULL;
    if (!o->tried) {
        o->tried = true;
        o->open = make_head(s, role, options, &head) &&
                  player_open(options, buf_bytes(&head.bytes), &o->conn);
        o->offered = head.offered;
        o->agreed = head.agreed;
    }
    return o->open ? o : NULL;
}

bool opening_make(struct bytes session, enum case_role role, unsigned flags, struct opening *out)
{
    static struct fuzz_session s;
    static struct fuzz_wire wire;
    static struct head head;

    out->facts = facts_of(role, flags);
    fuzz_session_decode(session, &s);
    limit(&s, (flags & LARGE) == LARGE ? PAYLOAD_MAX : PAYLOAD_USUAL);
    if ((flags & EDITED) != EDITED)
        s.n_edits = 0;
    const struct opened *known = opened(&s, role, flags, &out->facts.options);
    if (known) {
        out->facts.opened = &known->conn;
        const bool ok =
            fuzz_wire_make(&s, role, packing(&s, flags, known->offered, &known->agreed), 1, &wire);
        out->stream = buf_bytes(&wire.bytes);
        return ok;
    }
    const bool ok =
        make_head(&s, role, &out->facts.options, &head) &&
        fuzz_wire_make(&s, role, packing(&s, flags, head.offered, &head.agreed), 1, &wire) &&
        buf_append(&head.bytes, buf_bytes(&wire.bytes));
    out->stream = buf_bytes(&head.bytes);
    return ok;
}

void opening_play(const struct opening *o, unsigned way)
{
    (void)player_play(&o->facts, o->stream, way);
}
