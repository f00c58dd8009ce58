/* SPDX-License-Identifier: MIT */
/*
 * picoctl console: a terminal on a board.
 *
 * The connection becomes the board's bytes, which are copied both ways as they
 * are.  A terminal is set to raw mode, so that Ctrl-C goes to the board, and set
 * back whatever ends us but SIGKILL.  A PiSerial board that is shared shows nothing
 * of what is typed: there the terminal does, and edits it by lines.
 *
 * Where standard input is no terminal, its end is told to picod, which hands all
 * of it to the board, however long that takes, waits for the board's answer, and
 * then ends the connection.  That looks like a board that went away in between;
 * so picod is asked afterwards whether it is still the same boot.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "console.h"
#include "protocol/error.h"
#include "session.h"

#define LEAVE_KEY	0x1d	/* Ctrl-] */
#define DROP_KEY	0x03	/* Ctrl-C */
#define READ_SIZE	4096

struct console {
	int		 fd;		/* the board's bytes */
	bool		 terminal;	/* standard input is one */
	bool		 input_over;
	bool		 left;		/* by the user */
	char		 typed[READ_SIZE];	/* what the board is still to take */
	size_t		 typed_at, typed_len;
	bool		 by_lines;	/* it has commands, and no prompt */
	unsigned	 asked;		/* of these, without a status yet */
	char		 said[2];	/* the begin of the line that it says, */
	size_t		 said_len;	/* and how long that is by now */
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

static void
verb_console_by_lines(struct console *c)
{
	struct termios	lines = c->saved;

	lines.c_iflag |= ICRNL;
	lines.c_oflag |= OPOST | ONLCR;
	lines.c_lflag |= ICANON | ECHO | ECHOE | ECHOK;
	lines.c_lflag &= (tcflag_t)~ISIG;
	lines.c_cc[VEOL] = LEAVE_KEY;
	lines.c_cc[VKILL] = DROP_KEY;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &lines);
	c->by_lines = true;
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

/* Takes what is typed, up to the key that leaves. */
static void
verb_console_read(struct console *c)
{
	const char	*leave = NULL;
	ssize_t		 n = read(STDIN_FILENO, c->typed, sizeof c->typed);

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		c->input_over = true;
		c->left = c->terminal;
		shutdown(c->fd, SHUT_WR);
		return;
	}
	if (c->terminal)
		leave = memchr(c->typed, LEAVE_KEY, (size_t)n);
	c->left = leave != NULL;
	c->typed_at = 0;
	c->typed_len = leave != NULL ? (size_t)(leave - c->typed) : (size_t)n;
	c->asked += c->typed_len > 1;
}

/* Sends what the socket takes, without waiting: the board may have to speak. */
static bool
verb_console_type(struct console *c)
{
	ssize_t	n;

	if (c->typed_len == 0)
		return true;
	n = send(c->fd, c->typed + c->typed_at, c->typed_len, MSG_DONTWAIT);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	c->typed_at += (size_t)n;
	c->typed_len -= (size_t)n;
	return true;
}

/* Whether a command's "OK" or "RR" is whole: it has no end of a line. */
static bool
verb_console_is_status(const struct console *c)
{
	return c->asked > 0 && c->said_len == sizeof c->said &&
	    (memcmp(c->said, "OK", 2) == 0 || memcmp(c->said, "RR", 2) == 0);
}

/* Each line that says something, without what the terminal does at its end. */
static bool
verb_console_show_lines(struct console *c, const char *bytes, size_t len)
{
	char	text[2 * READ_SIZE];
	size_t	n = 0, i;

	for (i = 0; i < len; i++) {
		if (bytes[i] == '\r' || (bytes[i] == '\n' && c->said_len == 0))
			continue;
		text[n++] = bytes[i];
		if (c->said_len < sizeof c->said)
			c->said[c->said_len] = bytes[i];
		c->said_len = bytes[i] == '\n' ? 0 : c->said_len + 1;
		if (verb_console_is_status(c)) {
			c->asked--;
			c->said_len = 0;
			text[n++] = '\n';
		}
	}
	return verb_console_write(STDOUT_FILENO, text, n);
}

static bool
verb_console_show(struct console *c)
{
	char	buf[READ_SIZE];
	ssize_t	n = read(c->fd, buf, sizeof buf);

	if (n <= 0)
		return n < 0 && errno == EINTR;
	return c->by_lines ? verb_console_show_lines(c, buf, (size_t)n) :
	    verb_console_write(STDOUT_FILENO, buf, (size_t)n);
}

/* Copies both ways until one of both sides is over. */
static void
verb_console_copy(struct console *c)
{
	struct pollfd	fds[2] = { { .fd = c->fd }, { .fd = STDIN_FILENO } };
	bool		go_on = true;

	while (go_on && !c->left && verb_console_signal == 0) {
		fds[0].events = c->typed_len > 0 ? POLLIN | POLLOUT : POLLIN;
		fds[1].events = POLLIN;
		if (poll(fds, c->input_over || c->typed_len > 0 ? 1 : 2,
		    -1) < 0)
			continue;	/* a signal */
		if (fds[0].revents & POLLOUT)
			go_on = verb_console_type(c);
		if (fds[0].revents & ~POLLOUT)
			go_on = verb_console_show(c);
		else if (!c->input_over && c->typed_len == 0 &&
		    fds[1].revents != 0) {
			verb_console_read(c);
			go_on = verb_console_type(c);
		}
	}
}

static const char *
verb_console_string(const json_t *object, const char *name)
{
	const char	*s = json_string_value(json_object_get(object, name));

	return s == NULL ? "" : s;
}

/*
 * What picod says of the console's board, on another connection; NULL if it is gone,
 * {} if picod does not say.
 */
static json_t *
verb_console_row(struct picoctl *ctl, const json_t *begun)
{
	const char	*board = verb_console_string(begun, "board");
	struct picod	*picod;
	json_t		*reply, *row, *found = NULL;
	size_t		 i;

	if (picod_connect(ctl->options.value[OPTION_SOCKET], &picod) < 0)
		return NULL;
	if (picod_json_call(picod, "io.picod.ListBoards", json_object(),
	    &reply) == 0) {
		json_array_foreach(json_object_get(reply, "boards"), i, row)
			if (strcmp(verb_console_string(row, "name"), board) == 0)
				found = json_incref(row);
		json_decref(reply);
	} else
		found = json_object();
	picod_close(picod);
	return found;
}

/* Whether the board is in the boot that the console began with. */
static bool
verb_console_stayed(struct picoctl *ctl, const json_t *begun)
{
	json_t	*row = verb_console_row(ctl, begun), *boot;
	bool	 stayed;

	boot = json_object_get(row, "boot");
	stayed = row != NULL && strcmp(verb_console_string(row, "state"),
	    "absent") != 0 && (boot == NULL ||
	    json_equal(boot, json_object_get(begun, "boot")));
	json_decref(row);
	return stayed;
}

/* A person wants to see a prompt, or else what he types. */
static void
verb_console_share(struct picoctl *ctl, struct console *c, const json_t *begun)
{
	json_t	*row = verb_console_row(ctl, begun);

	if (strcmp(verb_console_string(row, "driver"), "piserial") == 0)
		verb_console_by_lines(c);
	else {
		c->typed[0] = '\r';
		c->typed_len = 1;
	}
	json_decref(row);
}

/* The exit status of a console that is over. */
static int
verb_console_end(struct picoctl *ctl, const struct console *c,
    const json_t *begun)
{
	if (verb_console_signal != 0)
		return STATUS_SIGNAL + verb_console_signal;
	if (c->left || (c->input_over && verb_console_stayed(ctl, begun)))
		return STATUS_OK;
	picoctl_complain("the console is over: the board went away, or picod "
	    "ended");
	return error_status(ERROR_DISCONNECTED);
}

int
console_run(struct picoctl *ctl, bool shared)
{
	struct console	 c = { 0 };
	const void	*bytes;
	json_t		*parameters, *begun;
	size_t		 len;
	int		 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	parameters = session_parameters(ctl, true);
	if (parameters != NULL)
		session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	if (parameters != NULL && shared)
		json_object_set_new(parameters, "shared", json_true());
	status = session_upgrade(ctl, "io.picod.Console", parameters, &begun,
	    &bytes, &len);
	if (status != STATUS_OK)
		return status;
	c.fd = picod_fd(ctl->picod);
	verb_console_catch();
	verb_console_raw(&c);
	if (c.terminal && shared)
		verb_console_share(ctl, &c, begun);
	if (c.terminal)
		fprintf(stderr, "This is the board%s; Ctrl-] leaves.%s\n",
		    shared ? ", and you share it" : "", c.by_lines ? "" : "\r");
	if (verb_console_write(STDOUT_FILENO, bytes, len))
		verb_console_copy(&c);
	if (c.terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &c.saved);
	if (c.terminal)
		fputc('\n', stderr);
	status = verb_console_end(ctl, &c, begun);
	json_decref(begun);
	return status;
}

static int
verb_console_run(struct picoctl *ctl)
{
	return console_run(ctl, false);
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
"second after the last byte of it; a prompt there wants lines that end with CR:\n"
"\n"
"  printf '2 + 2\\r' | picoctl console\n"
"\n"
"\"picoctl repl\" takes lines as they are.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.single = true,
	.run = verb_console_run,
};
