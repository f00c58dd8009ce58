/* SPDX-License-Identifier: MIT */
/*
 * The board echoes what it wants to be seen, so the terminal must not, and gives
 * each key at once.  Ctrl-C and its like go on meaning what they mean here.  The
 * terminal is set back whatever ends or stops us but SIGKILL and SIGSTOP.
 *
 * What was typed ahead of a statement that is over soon is for the shell.
 */
#include "typing.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "picoctl.h"
#include "protocol/text.h"

/* What runs so long may wait for somebody who types. */
#define PATIENCE_MS	200

struct typing {
	struct picoctl	*ctl;
	struct picod	*picod;		/* a connection of its own; or NULL */
	json_int_t	 request;	/* whose input it is; 0: not known */
	bool		 on;		/* the terminal is ours */
};

static const int	typing_signals[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP
};
#define SIGNALS (sizeof typing_signals / sizeof *typing_signals)

static struct termios	typing_saved;

/* Ends or stops us, as the signal does by itself. */
static void
typing_signal_cb(int number)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &typing_saved);
	signal(number, SIG_DFL);
	raise(number);
}

static void
typing_catch(void (*handler)(int))
{
	struct sigaction	old;
	size_t			i;

	for (i = 0; i < SIGNALS; i++) {
		sigaction(typing_signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			signal(typing_signals[i], handler);
	}
}

/* Behind a shell's back the terminal is somebody else's. */
static bool
typing_is_ours(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void
typing_set(struct typing *t, bool on)
{
	struct termios	keys;

	if (t->on == on || (on && (!typing_is_ours() ||
	    tcgetattr(STDIN_FILENO, &typing_saved) < 0)))
		return;
	t->on = on;
	if (!on) {
		typing_catch(SIG_DFL);
		tcsetattr(STDIN_FILENO, TCSANOW, &typing_saved);
		return;
	}
	keys = typing_saved;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	typing_catch(typing_signal_cb);
	tcsetattr(STDIN_FILENO, TCSANOW, &keys);
}

struct typing *
typing_create(struct picoctl *ctl)
{
	struct typing	*t;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return NULL;
	t = calloc(1, sizeof *t);
	if (t == NULL)
		abort();
	t->ctl = ctl;
	return t;
}

void
typing_destroy(struct typing *t)
{
	if (t == NULL)
		return;
	typing_set(t, false);
	picod_close(t->picod);
	free(t);
}

/* That it is over meanwhile, or reads nothing, is no news for who types. */
static void
typing_send(struct typing *t, const char *bytes, size_t len)
{
	json_t	*parameters = picod_json_parameters(
		    t->ctl->options.value[OPTION_BOARD], true), *reply;
	char	*data = text_base64(bytes, len);

	if (t->picod == NULL && picod_connect(
	    t->ctl->options.value[OPTION_SOCKET], &t->picod) < 0)
		t->request = 0;
	if (parameters == NULL || data == NULL || t->picod == NULL) {
		json_decref(parameters);
	} else {
		json_object_set_new(parameters, "request",
		    json_integer(t->request));
		json_object_set_new(parameters, "data", json_string(data));
		if (picod_json_call(t->picod, "io.picod.Input", parameters,
		    &reply) == 0)
			json_decref(reply);
	}
	free(data);
}

static void
typing_read(struct typing *t)
{
	char	bytes[256], *newline;
	ssize_t	n = read(STDIN_FILENO, bytes, sizeof bytes);

	if (n <= 0) {
		t->request = 0;		/* the terminal is gone */
		return;
	}
	/* Before the terminal was ours it made another line end of it. */
	while ((newline = memchr(bytes, '\n', (size_t)n)) != NULL)
		*newline = '\r';
	typing_send(t, bytes, (size_t)n);
}

int
typing_next(struct typing *t, json_t **reply, bool *continues)
{
	struct pollfd	fds[2] = { { picod_fd(t->ctl->picod), POLLIN, 0 },
			    { STDIN_FILENO, POLLIN, 0 } };
	const json_t	*request;
	int		 failure, n;

	for (;;) {
		failure = picod_json_try(t->ctl->picod, reply, continues);
		request = failure != 0 ? NULL :
		    json_object_get(*reply, "request");
		if (request != NULL && *continues) {
			t->request = json_integer_value(request);
			json_decref(*reply);
			continue;
		}
		if (failure != -EAGAIN)
			return failure;
		n = poll(fds, t->on && t->request != 0 ? 2 : 1,
		    t->on || t->request == 0 ? -1 : PATIENCE_MS);
		if (n == 0)
			typing_set(t, true);
		else if (n > 0 && t->on && fds[1].revents != 0 &&
		    typing_is_ours())
			typing_read(t);
		fds[1].revents = 0;
	}
}
