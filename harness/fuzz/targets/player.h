#ifndef FUZZ_TARGETS_PLAYER_H
#define FUZZ_TARGETS_PLAYER_H

#include "fuzz/targets/target.h"
#include "ws/conn.h"

/* One connection of ours that somebody plays to: what it told its application and what it sent. */
#define PLAYER_EVENTS_MAX 8192
#define PLAYER_OUT_MAX (4u << 20)
#define PLAYER_MESSAGE_MAX (64u << 10) /* of a connection's options: what comes back is limited */

struct player_event {
    enum ws_event_kind kind;
    uint8_t opcode;
    bool clean, has_code;
    uint16_t code;
    struct violation broken;
    uint64_t len, hash; /* of the data */
};

struct player {
    struct ws_conn conn;
    struct player_event events[PLAYER_EVENTS_MAX];
    size_t count;
    uint8_t out[PLAYER_OUT_MAX];
    size_t out_len;
    bool gave_in; /* there was no room for an answer: what came later was not looked at */
};

/* How the application and TCP behave, as far as the options do not say. */
struct player_facts {
    struct ws_conn_options options;
    const struct ws_conn *opened; /* begins as this one, of player_open; NULL: with the handshake */
    bool echo;
    bool closes;    /* with 1001, as soon as it is open */
    bool times_out; /* the peer says nothing more and does not end TCP either */
};

/* A connection with its handshake done, to begin with over and over: it owns nothing yet. False: it
 * did not open, or no memory. */
NODISCARD bool player_open(const struct ws_conn_options *options, struct bytes head,
                           struct ws_conn *out);

/* Plays `in` to a new connection, whole and cut as `way` says (target.h). Whole, the output is
 * looked at in the end; cut, it is sent as it comes. Traps when the two differ, when the connection
 * does what it never may, and when what it sent breaks a rule. Gives the one that was played whole,
 * until the next call. */
const struct player *player_play(const struct player_facts *facts, struct bytes in, unsigned way);

/* A part of that, player_judge.c: what the connection sent, its head and its frames. */
void player_judge(struct player *p, const struct player_facts *facts, struct bytes in);

/* The first event of one that began with the handshake. Each traps when it is another.
 *
 *   status, why  of the decoder, for the head that came to it; nothing is asked of a whole one
 *   refusal      what the law has against a whole one; WS_RULE_NONE: nothing
 *   let_in       and our policy has nothing against it either */
void player_check_head(const struct player *p, enum ws_status status, struct violation why);
void player_check_answer(const struct player *p, enum ws_rule refusal, bool let_in);

#endif
