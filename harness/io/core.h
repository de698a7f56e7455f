#ifndef IO_CORE_H
#define IO_CORE_H

/* Keeps this process, and what it starts from now on, to one of the processor cores that it may
 * use: the `nth`, counted round and round. Two that take turns wake each other much faster there
 * than across cores. Does nothing where that is not allowed. */
void io_keep_to_core(unsigned nth);

#endif
