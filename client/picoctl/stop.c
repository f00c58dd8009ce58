/* SPDX-License-Identifier: MIT */
/*
 * They are blocked but for the wait itself: none is lost that comes between a look
 * at whether one came, and the wait.
 */
#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "clock.h"

static volatile sig_atomic_t	stop_came;
static sigset_t			stop_before;
static bool			stop_caught;

static void
stop_note(int signal)
{
	(void)signal;
	stop_came = 1;
}

void
stop_catch(void)
{
	struct sigaction	action = { .sa_handler = stop_note };
	sigset_t		signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &stop_before);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	stop_caught = true;
}

void
stop_release(void)
{
	if (stop_caught)
		sigprocmask(SIG_SETMASK, &stop_before, NULL);
	stop_caught = false;
}

bool
stop_asked(void)
{
	return stop_came;
}

int
stop_poll(struct pollfd *fds, nfds_t count, long long until_ms)
{
	struct timespec	t;
	long long	left;
	int		n;

	do {
		if (stop_came)
			return 0;
		left = until_ms - clock_ms();
		if (left < 0)
			left = 0;
		t = (struct timespec){ left / 1000, left % 1000 * 1000000 };
		n = ppoll(fds, count, until_ms < 0 ? NULL : &t,
		    stop_caught ? &stop_before : NULL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? 0 : n;
}
