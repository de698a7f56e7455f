#ifndef IO_SOCKET_H
#define IO_SOCKET_H

/* Inside of io: a new stream socket as every one of ours is: no Nagle, no blocking, not for
 * children. `family` as socket(2) has it. -1 with errno. */
int socket_new(int family);
void socket_no_delay(int fd);

#endif
