#ifndef FUZZ_TARGETS_MUTATOR_H
#define FUZZ_TARGETS_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's custom mutator and crossover for inputs that have a form: two bytes that steer the
 * run (target.h), and behind them
 *   session   a struct fuzz_session, encoded
 *   frames    frames as they are on the wire
 *   head      an HTTP head, or the value of one header
 * Now and then libFuzzer's own mutations are let at all of it. */
#define MUTATOR_STEER 2

#define FUZZ_MUTATOR(name)                                                                         \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t cap, unsigned seed);         \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t cap, unsigned seed)          \
    {                                                                                              \
        return mutator_change(&form_##name, data, size, cap, seed);                                \
    }                                                                                              \
    size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b,            \
                                     size_t b_size, uint8_t *out, size_t cap, unsigned seed);      \
    size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b,            \
                                     size_t b_size, uint8_t *out, size_t cap, unsigned seed)       \
    {                                                                                              \
        return mutator_cross(&form_##name, a, a_size, b, b_size, out, cap, seed);                  \
    }

/* libFuzzer's, or without it (replay_main.c) one that changes nothing. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t cap);

struct form;
extern const struct form form_session, form_frames, form_head;

/* As libFuzzer asks for them: in place, or into `out`; the new size, at most `cap`. */
size_t mutator_change(const struct form *form, uint8_t *data, size_t size, size_t cap,
                      unsigned seed);
size_t mutator_cross(const struct form *form, const uint8_t *a, size_t a_size, const uint8_t *b,
                     size_t b_size, uint8_t *out, size_t cap, unsigned seed);

#endif
