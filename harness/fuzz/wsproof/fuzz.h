#ifndef WSPROOF_FUZZ_H
#define WSPROOF_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fuzz your own WebSocket implementation, in process, against the reference engine of wsproof.
 *
 * Define `wsp_implementation`, link with wsproof-fuzz and -fsanitize=fuzzer, and run it: libFuzzer
 * sends handshake-less streams of frames, whole and cut, and each run compares what your code did
 * with what RFC 6455 and RFC 7692 allow. A finding is written as a small .case file that `wsproof
 * test` runs, and ends the program as a crash does; with WSPROOF_FINDINGS=DIR in the environment
 * it goes on instead and collects them there.
 *
 * (The four functions, the facts about the implementation and the report follow.) */

#endif
