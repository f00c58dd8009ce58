/* SPDX-License-Identifier: MIT */
/*
 * A process that may read what is the system's, and write to one device.
 */
#ifndef PICOD_CONFINE_H
#define PICOD_CONFINE_H

/*
 * Confines this process, and all that it becomes, for good.  program: what it is
 * about to execute; device: a path that it may read and write; fd: a file that it
 * may read, or -1.  Where the kernel cannot (before Linux 5.13, or switched off)
 * it stays as it is: 0.  A negative errno if what should not fail has failed.
 */
int	confine_self(const char *program, const char *device, int fd);

#endif
