#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options/exit_code.h"

/* The sub-commands: each takes main's arguments and gives the exit code. */
int command_test(int argc, char **argv);
int command_test_client(int argc, char **argv);
int command_serve_cases(int argc, char **argv);
int command_fuzz(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_report(int argc, char **argv);
int command_cases(int argc, char **argv);
int command_requirements(int argc, char **argv);
int command_serve(int argc, char **argv);
int command_connect(int argc, char **argv);
int command_autobahn(int argc, char **argv);
int command_fuzz_engine(int argc, char **argv);

#endif
