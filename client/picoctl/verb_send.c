/* SPDX-License-Identifier: MIT */
/*
 * picoctl send: statements, programs and commands to a board.
 *
 * Every text is a call of its own, and the next is sent when the one before has
 * succeeded.  As text, output is asked for in pieces and shown as it comes; as
 * JSON, an answer is one object, which is what a script wants to read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/limits.h"
#include "session.h"

/* name: what it is called in a complaint. */
static int
verb_send_text(struct picoctl *ctl, const char *text, size_t len,
    const char *name)
{
	json_t	*parameters, *json = json_stringn(text, len);

	if (json == NULL) {
		picoctl_complain("%s is not UTF-8, and a board takes nothing "
		    "else", name);
		return STATUS_USAGE;
	}
	parameters = session_parameters(ctl, true);
	if (parameters == NULL) {
		json_decref(json);
		return STATUS_USAGE;
	}
	json_object_set_new(parameters, "text", json);
	session_add_time(ctl, parameters, OPTION_TIMEOUT, "timeout");
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	return session_stream(ctl, "io.picod.Send", parameters,
	    ctl->output.ops != &output_json, ctl->output.ops->answer);
}

/* Reads up to size bytes; how many, or a negative errno. */
static ssize_t
verb_send_read(int fd, char *buf, size_t size)
{
	size_t	len = 0;
	ssize_t	n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Sends what comes from fd as one program. */
static int
verb_send_stream(struct picoctl *ctl, int fd, const char *name)
{
	char	*text = malloc(LIMIT_STATEMENT + 1);
	ssize_t	 n = text == NULL ? -ENOMEM :
		    verb_send_read(fd, text, LIMIT_STATEMENT + 1);
	size_t	 skip;
	int	 status;

	if (n < 0) {
		picoctl_complain("cannot read %s: %s", name,
		    strerror((int)-n));
		status = STATUS_FILE;
	} else if (n > LIMIT_STATEMENT) {
		picoctl_complain("%s is too long: a program may have %d bytes",
		    name, LIMIT_STATEMENT);
		status = STATUS_USAGE;
	} else {
		/* Some editors put a mark before it, which is no Python. */
		skip = n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
		status = verb_send_text(ctl, text + skip, (size_t)n - skip,
		    name);
	}
	free(text);
	return status;
}

static int
verb_send_file(struct picoctl *ctl, const char *path)
{
	int	fd, status;

	if (strcmp(path, "-") == 0)
		return verb_send_stream(ctl, STDIN_FILENO, "standard input");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		picoctl_complain("cannot open %s: %s", path, strerror(errno));
		return STATUS_FILE;
	}
	status = verb_send_stream(ctl, fd, path);
	close(fd);
	return status;
}

static int
verb_send_nothing(const struct picoctl *ctl)
{
	if (isatty(STDIN_FILENO))
		return picoctl_usage(ctl->verb, "send needs a TEXT");
	return picoctl_usage(ctl->verb, "send needs a TEXT; \"-\" sends "
	    "standard input as a program");
}

static int
verb_send_run(struct picoctl *ctl)
{
	const char	*file = ctl->options.value[OPTION_FILE];
	const char	*text;
	int		 i, status;

	if (file == NULL && ctl->operand_count == 0)
		return verb_send_nothing(ctl);
	status = session_open(ctl);
	if (status == STATUS_OK && file != NULL)
		status = verb_send_file(ctl, file);
	for (i = 0; status == STATUS_OK && i < ctl->operand_count; i++) {
		text = ctl->operands[i];
		status = strcmp(text, "-") == 0 ? verb_send_file(ctl, text) :
		    verb_send_text(ctl, text, strlen(text), "that");
	}
	return status;
}

const struct verb	verb_send = {
	.name = "send",
	.operands = "TEXT...",
	.summary = "send statements or commands to a board",
	.details =
"Each TEXT is a statement of MicroPython or CircuitPython, or a command of a\n"
"PiSerial board, on its own.  They are sent in order, and the first that fails\n"
"is the last.  \"-\" stands for standard input, and -f FILE, which is sent before\n"
"any TEXT, for a script: each is sent as one program.  A TEXT that begins with\n"
"\"-\" comes after \"--\".\n"
"\n"
"What the board prints goes to standard output as it comes; tracebacks and\n"
"errors go to standard error.  A PiSerial board's OK is printed, or its RR,\n"
"with exit status 1.\n"
"\n"
"--timeout counts from the start on the board; without it a statement takes as\n"
"long as it takes.  --wait is for the time before: in the queue, or until the\n"
"board is plugged in.  Ctrl-C stops the statement on the board too.\n"
"\n"
"A board that ran a program of its own (main.py) has been stopped for this, and\n"
"stays so until \"picoctl reset\" starts it again.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(FILE) | OPTION_BIT(TIMEOUT) |
	    OPTION_BIT(WAIT),
	.most = -1,
	.run = verb_send_run,
};
