#ifndef CLI_OPTIONS_EXIT_CODE_H
#define CLI_OPTIONS_EXIT_CODE_H

/* What every command ends with, as DESIGN section 5 has it. */
enum exit_code { EXIT_OK = 0, EXIT_UNEXPECTED = 1, EXIT_USAGE = 2, EXIT_TARGET = 3, EXIT_BUG = 4 };

#endif
