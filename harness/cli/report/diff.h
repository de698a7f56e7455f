#ifndef CLI_REPORT_DIFF_H
#define CLI_REPORT_DIFF_H

/* `wsproof report --diff OLD NEW`: main's arguments in, exit code out. */
int command_report_diff(int argc, char **argv);

#endif
