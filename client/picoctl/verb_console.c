/* SPDX-License-Identifier: MIT */
/*
 * picoctl console: a terminal on a board.
 *
 * The connection becomes the board's bytes, which are copied both ways as they
 * are.  A terminal is set to raw mode, so that Ctrl-C goes to the board, and set
 * back whatever ends us but SIGKILL.  Where standard input is no terminal, its
 * end is not the end: the board's answer to what was typed last is still to come.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "session.h"

#define LEAVE_KEY	0x1d	/* Ctrl-] */

/* After the end of input: a board that is quiet for so long has answered. */
#define QUIET_MS	1000

struct console {
	int		 fd;		/* the board's bytes */
	bool		 terminal;	/* standard input is one */
	bool		 input_over;
	bool		 left;		/* by the user */
	struct termios	 saved;
};

static volatile sig_atomic_t	verb_console_signal;

static void
verb_console_signal_cb(int number)
{
	verb_console_signal = number;
}

static void
verb_console_catch(void)
{
	static const int	numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction	action = { .sa_handler = verb_console_signal_cb };
	size_t			i;

	for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
verb_console_raw(struct console *c)
{
	struct termios	raw;

	c->terminal = tcgetattr(STDIN_FILENO, &c->saved) == 0;
	if (!c->terminal)
		return;
	raw = c->saved;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

static bool
verb_console_write(int fd, const char *bytes, size_t len)
{
	ssize_t	n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n < 0 && (errno != EINTR || verb_console_signal != 0))
			return false;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* What is typed goes to the board; false at the end. */
static bool
verb_console_type(struct console *c)
{
	char		 buf[1024];
	const char	*leave = NULL;
	ssize_t		 n = read(STDIN_FILENO, buf, sizeof buf);

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0) {
		c->input_over = true;
		c->left = c->terminal;
		return !c->terminal;
	}
	if (c->terminal)
		leave = memchr(buf, LEAVE_KEY, (size_t)n);
	if (!verb_console_write(c->fd, buf, leave != NULL ?
	    (size_t)(leave - buf) : (size_t)n))
		return false;
	c->left = leave != NULL;
	return !c->left;
}

static bool
verb_console_show(const struct console *c)
{
	char	buf[4096];
	ssize_t	n = read(c->fd, buf, sizeof buf);

	if (n < 0 && errno == EINTR)
		return true;
	return n > 0 && verb_console_write(STDOUT_FILENO, buf, (size_t)n);
}

static void
verb_console_copy(struct console *c)
{
	struct pollfd	fds[2] = {
		{ .fd = c->fd, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	bool		go_on = true;
	int		n;

	while (go_on && verb_console_signal == 0) {
		n = poll(fds, c->input_over ? 1 : 2,
		    c->input_over ? QUIET_MS : -1);
		if (n == 0)
			c->left = true;
		if (n == 0 || (n < 0 && errno != EINTR))
			return;
		if (n > 0 && fds[0].revents != 0)
			go_on = verb_console_show(c);
		else if (n > 0)
			go_on = verb_console_type(c);
	}
}

static int
verb_console_run(struct picoctl *ctl)
{
	struct console	 c = { 0 };
	const void	*bytes;
	json_t		*parameters;
	size_t		 len;
	int		 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	parameters = session_parameters(ctl, true);
	if (parameters != NULL)
		session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	status = session_upgrade(ctl, "io.picod.Console", parameters, &bytes,
	    &len);
	if (status != STATUS_OK)
		return status;
	c.fd = picod_fd(ctl->picod);
	verb_console_catch();
	verb_console_raw(&c);
	if (c.terminal)
		fputs("This is the board; Ctrl-] leaves.\r\n", stderr);
	if (verb_console_write(STDOUT_FILENO, bytes, len))
		verb_console_copy(&c);
	if (c.terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &c.saved);
	if (c.terminal)
		fputc('\n', stderr);
	if (verb_console_signal != 0)
		return STATUS_SIGNAL + verb_console_signal;
	if (c.left)
		return STATUS_OK;
	picoctl_complain("the console is over: the board went away, or picod "
	    "ended");
	return 7;	/* as the error Disconnected */
}

const struct verb	verb_console = {
	.name = "console",
	.operands = "",
	.summary = "be a terminal on a board",
	.details =
"What you type goes to the board, and what the board says is shown, both as\n"
"they are, Ctrl-C too.  Ctrl-] leaves.  The board is yours until then: other\n"
"clients wait, and are answered afterwards.  Without a terminal, it copies\n"
"standard input to the board, and ends when the board has been quiet for a\n"
"second after that.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.run = verb_console_run,
};
