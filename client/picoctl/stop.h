/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C and SIGTERM, for a verb that has something to do at its end: they end
 * what it waits for, whenever they come, and nothing else.
 */
#ifndef PICOD_STOP_H
#define PICOD_STOP_H

#include <poll.h>
#include <stdbool.h>

/* From now on.  Without it they end picoctl, as ever. */
void	stop_catch(void);

/* The wait is over: they end programs again that are run from now on. */
void	stop_release(void);

/* Whether one of them came. */
bool	stop_asked(void);

/*
 * As poll(2), until that time of clock_ms(), or for ever if it is negative; 0 also
 * if it is to stop.
 */
int	stop_poll(struct pollfd *, nfds_t, long long until_ms);

#endif
