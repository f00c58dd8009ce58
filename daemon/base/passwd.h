/* SPDX-License-Identifier: MIT */
/*
 * The names of users without a name service.
 */
#ifndef PICOD_PASSWD_H
#define PICOD_PASSWD_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The name of a user in the text of a file like /etc/passwd, which ends with a
 * NUL; cut to fit.  0 or -ENOENT.
 */
int	passwd_find(const char *text, size_t len, uid_t, char *name, size_t size);

#endif
