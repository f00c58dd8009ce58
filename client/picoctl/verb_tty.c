/* SPDX-License-Identifier: MIT */
/*
 * picoctl tty: a tool that wants a serial port, on a board that others use too.
 *
 * The port is a pty of ours, joined to a shared console: what the tool says there
 * comes with the rights of whoever started it.  So that tools find it by
 * themselves, they get a /dev in which the name of the board's real port leads to
 * that pty.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "modem_lines.h"
#include "private_dev.h"
#include "program.h"
#include "session.h"

#define BUFFER	4096

/* One way between the tool and the board. */
struct flow {
	int	 from, to;
	char	 bytes[BUFFER];
	size_t	 at, len;
};

struct seat {
	struct picoctl	*ctl;
	int		 master, slave;
	int		 asked;		/* of its modem lines, or -1 */
	char		 pty[64];
	char		 name[64];	/* "ttyACM0": below the tool's /dev */
	struct flow	 to_board, to_tool;
};

/* Nothing is echoed or changed, whatever the tool sets. */
static int
seat_open(struct seat *s)
{
	struct termios	raw;

	if (openpty(&s->master, &s->slave, s->pty, NULL, NULL) < 0) {
		picoctl_complain("cannot make a pty: %s", strerror(errno));
		return STATUS_OWN_FAILURE;
	}
	tcgetattr(s->slave, &raw);
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	raw.c_lflag |= EXTPROC;
	tcsetattr(s->slave, TCSANOW, &raw);
	fcntl(s->master, F_SETFL, O_NONBLOCK);
	fcntl(s->master, F_SETFD, FD_CLOEXEC);
	fcntl(s->slave, F_SETFD, FD_CLOEXEC);
	return STATUS_OK;
}

/* What the tool is to find: the board's own port, or one that lists as such. */
static void
seat_name(struct seat *s, const char *board, const char *port)
{
	if (strncmp(port, "/dev/tty", 8) == 0 &&
	    strchr(port + 5, '/') == NULL)
		snprintf(s->name, sizeof s->name, "%.60s", port + 5);
	else
		snprintf(s->name, sizeof s->name, "ttyACM-%.50s", board);
}

/* The port of the board that is meant; picod knows which. */
static int
seat_find(struct seat *s, const char *board)
{
	json_t		*reply, *row;
	size_t		 i;
	int		 status;

	status = session_call(s->ctl, "io.picod.ListBoards", json_object(),
	    &reply);
	if (status != STATUS_OK)
		return status;
	json_array_foreach(json_object_get(reply, "boards"), i, row)
		if (strcmp(output_string(row, "name"), board) == 0)
			seat_name(s, board, output_string(row, "port"));
	json_decref(reply);
	return STATUS_OK;
}

/* A connection of its own becomes the board's face. */
static int
seat_take(struct seat *s)
{
	json_t		*parameters = session_parameters(s->ctl, true), *begun;
	const void	*bytes;
	struct picod	*asking = s->ctl->picod;
	size_t		 len;
	int		 status;

	if (parameters != NULL)
		json_object_set_new(parameters, "shared", json_true());
	status = session_upgrade(s->ctl, "io.picod.Console", parameters,
	    &begun, &bytes, &len);
	if (status != STATUS_OK)
		return status;
	s->to_board = (struct flow){ .from = s->master,
	    .to = picod_fd(s->ctl->picod) };
	s->to_tool = (struct flow){ .from = picod_fd(s->ctl->picod),
	    .to = s->master, .len = len < BUFFER ? len : BUFFER };
	memcpy(s->to_tool.bytes, bytes, s->to_tool.len);
	s->ctl->picod = NULL;
	status = session_open(s->ctl);
	if (status == STATUS_OK)
		status = seat_find(s, output_string(begun, "board"));
	picod_close(s->ctl->picod);
	s->ctl->picod = asking;
	json_decref(begun);
	return status;
}

/* false: that side is over. */
static bool
flow_read(struct flow *f)
{
	ssize_t	n = read(f->from, f->bytes, BUFFER);

	if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EIO))
		return true;
	f->at = 0;
	f->len = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static bool
flow_write(struct flow *f)
{
	ssize_t	n = write(f->to, f->bytes + f->at, f->len);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	f->at += (size_t)n;
	f->len -= (size_t)n;
	return true;
}

/* false: picod's side is over. */
static bool
seat_move(struct seat *s, short master, short picod)
{
	struct flow	*in = &s->to_tool, *out = &s->to_board;

	/* What screen(1) leaves behind would keep others out. */
	ioctl(s->slave, TIOCNXCL);
	if (master & POLLIN && !flow_read(out))
		return false;
	if (out->len > 0 && !flow_write(out))
		return false;
	if (in->len == 0 && picod & (POLLIN | POLLHUP) && !flow_read(in))
		return false;
	return in->len == 0 || flow_write(in);
}

static void
seat_answer(struct seat *s, short asked)
{
	if (asked & POLLIN)
		modem_lines_answer(s->asked, s->slave);
	else if (asked != 0) {		/* nobody is left who could ask */
		close(s->asked);
		s->asked = -1;
	}
}

/*
 * Carries both ways until the tool has ended.  Where picod ends first the tool goes
 * on, with whatever other ports it has, and must not wait for an answer.
 */
static void
seat_carry(struct seat *s, int tool)
{
	struct flow	*in = &s->to_tool, *out = &s->to_board;
	struct pollfd	 fds[4];
	bool		 go_on = true;

	while (go_on || (tool >= 0 && s->asked >= 0)) {
		fds[0] = (struct pollfd){ tool, POLLIN, 0 };
		fds[1] = (struct pollfd){ go_on ? s->master : -1, (short)
		    ((out->len == 0 ? POLLIN : 0) |
		    (in->len > 0 ? POLLOUT : 0)), 0 };
		fds[2] = (struct pollfd){ go_on ? out->to : -1, (short)
		    ((in->len == 0 ? POLLIN : 0) |
		    (out->len > 0 ? POLLOUT : 0)), 0 };
		fds[3] = (struct pollfd){ s->asked, POLLIN, 0 };
		if (poll(fds, 4, -1) < 0)
			continue;
		if (fds[0].revents != 0)
			return;
		seat_answer(s, fds[3].revents);
		if (go_on && !seat_move(s, fds[1].revents, fds[2].revents)) {
			go_on = false;
			picoctl_complain("picod ended the connection, or serves "
			    "the board no more");
		}
	}
}

/* In the child: the tool, with its port. */
static void
seat_exec(struct seat *s, int modem_lines)
{
	char	 port[80], **argv;
	int	 error = private_dev(s->name, s->pty);

	if (error < 0)
		picoctl_complain("the port is %s, and its name cannot be that of "
		    "the board's: %s", s->pty, strerror(-error));
	snprintf(port, sizeof port, "%s%s", error < 0 ? "" : "/dev/",
	    error < 0 ? s->pty : s->name);
	argv = program_words(s->ctl, port);
	setenv("PICOD_PORT", port, 1);
	modem_lines_give(modem_lines);
	execvp(argv[0], argv);
	error = errno;
	picoctl_complain("cannot run %s: %s", argv[0], strerror(error));
	_exit(error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN);
}

static int
seat_run(struct seat *s)
{
	pid_t	pid;
	int	tool, pair[2];

	fflush(NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
	    (pid = program_fork()) < 0) {
		picoctl_complain("cannot start a process: %s", strerror(errno));
		return STATUS_OWN_FAILURE;
	}
	if (pid == 0)
		seat_exec(s, pair[1]);
	close(pair[1]);
	signal(SIGPIPE, SIG_IGN);
	tool = program_pidfd(pid);
	s->asked = modem_lines_take(pair[0]);
	close(pair[0]);
	seat_carry(s, tool);
	if (s->asked >= 0)
		close(s->asked);
	close(tool);
	return program_wait(pid);
}

static int
verb_tty_run(struct picoctl *ctl)
{
	struct seat	s = { .ctl = ctl };

	program_lend_name(ctl->operands);
	if (session_open(ctl) != STATUS_OK || seat_take(&s) != STATUS_OK)
		return STATUS_OWN_FAILURE;
	if (seat_open(&s) != STATUS_OK)
		return STATUS_OWN_FAILURE;
	s.to_board.from = s.to_tool.to = s.master;
	return seat_run(&s);
}

const struct verb	verb_tty = {
	.name = "tty",
	.operands = "PROGRAM [ARGUMENT...]",
	.summary = "run a tool that wants a serial port, beside everybody else",
	.details =
"Runs PROGRAM with a serial port that behaves as the board does, while others go\n"
"on using the board.  There the port has the name of the board's own, so that\n"
"Thonny has it in its list, and settings and scripts go on as they are; each {}\n"
"in the arguments is replaced by it, and $PICOD_PORT has it, too.\n"
"\n"
"  picoctl tty -- thonny\n"
"  picoctl tty -b pico0 -- mpremote connect {} fs ls\n"
"\n"
"Ctrl-C in the tool stops only what came from it.  A soft reset that a tool\n"
"makes when it connects is only acted, so that nobody's variables are lost.\n"
"Programs that flash a board need the port itself: \"picoctl lend\".\n"
"\n"
"The exit status is that of PROGRAM, as with \"picoctl lend\".\n",
	.options = OPTION_BIT(BOARD),
	.least = 1,
	.most = -1,
	.program = true,
	.single = true,
	.run = verb_tty_run,
};
