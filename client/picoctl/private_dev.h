/* SPDX-License-Identifier: MIT */
/*
 * A /dev of a program's own, in which the name of a serial port leads elsewhere.
 */
#ifndef PICOD_PRIVATE_DEV_H
#define PICOD_PRIVATE_DEV_H

/*
 * From here on this process, and what it executes, sees target at /dev/NAME; all
 * else of /dev is as it was.  A negative errno where the kernel does not let an
 * ordinary user do that; then nothing has changed.
 */
int	private_dev(const char *name, const char *target);

#endif
