/* SPDX-License-Identifier: MIT */
/*
 * For a class of sixteen boards: each has a process of its own that runs the verb
 * as ever, so none waits for another and none can stop another.
 */
#include "several.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local.h"
#include "protocol/error.h"
#include "session.h"
#include "several_line.h"

struct several_board {
	char			*name;
	pid_t			 pid;
	struct several_line	 out, err;
};

struct several {
	struct picoctl		*ctl;
	struct several_board	*boards;
	size_t			 count;
	int			 input;		/* what each has as its own */
};

bool
several_named(const struct picoctl *ctl)
{
	const char	*board = ctl->options.value[OPTION_BOARD];

	return board != NULL && (strchr(board, ',') != NULL ||
	    strcmp(board, "all") == 0);
}

bool
several_wanted(const struct picoctl *ctl)
{
	return !ctl->verb->itself && several_named(ctl);
}

static void
several_add(const char *name, size_t len, void *arg)
{
	struct several		*s = arg;
	struct several_board	*b;

	s->boards = reallocarray(s->boards, s->count + 1, sizeof *s->boards);
	if (s->boards == NULL)
		abort();
	b = &s->boards[s->count++];
	memset(b, 0, sizeof *b);
	b->name = strndup(name, len);
}

static int
several_split(struct picoctl *ctl, several_fn *add, void *arg)
{
	const char	*names = ctl->options.value[OPTION_BOARD], *name = names;
	size_t		 len;

	for (;; name += len + 1) {
		len = strcspn(name, ",");
		if (len == 0)
			return picoctl_usage(ctl->verb, "-b: there is no name "
			    "before or behind a comma of \"%s\"", names);
		add(name, len, arg);
		if (name[len] == '\0')
			return STATUS_OK;
	}
}

/* A board that is there and that picod serves. */
static bool
several_is_served(const json_t *board)
{
	const char	*state = output_string(board, "state");

	return strcmp(state, "absent") != 0 && strcmp(state, "unclaimed") != 0;
}

static int
several_all(struct picoctl *ctl, several_fn *add, void *arg)
{
	json_t		*reply, *board;
	const char	*name;
	size_t		 i, count = 0;
	int		 status = session_open(ctl);

	if (status == STATUS_OK)
		status = session_call(ctl, "io.picod.ListBoards",
		    json_object(), &reply);
	if (status != STATUS_OK)
		return status;
	json_array_foreach(json_object_get(reply, "boards"), i, board) {
		if (!several_is_served(board))
			continue;
		name = output_string(board, "name");
		add(name, strlen(name), arg);
		count++;
	}
	json_decref(reply);
	picod_close(ctl->picod);
	ctl->picod = NULL;
	if (count > 0)
		return STATUS_OK;
	picoctl_complain("there is no board to be had; \"picoctl list\" says "
	    "why");
	return error_status(ERROR_BOARD_ABSENT);
}

int
several_each(struct picoctl *ctl, several_fn *add, void *arg)
{
	return strcmp(ctl->options.value[OPTION_BOARD], "all") == 0 ?
	    several_all(ctl, add, arg) : several_split(ctl, add, arg);
}

static bool
several_takes_input(const struct picoctl *ctl)
{
	const char	*file = ctl->options.value[OPTION_FILE];
	int		 i, most = ctl->verb->input;

	if (file != NULL && strcmp(file, "-") == 0)
		return true;
	for (i = 0; i < ctl->operand_count && (most < 0 || i < most); i++)
		if (strcmp(ctl->operands[i], "-") == 0)
			return true;
	return false;
}

/* One standard input would be torn apart by them. */
static int
several_input(struct several *s)
{
	if (several_takes_input(s->ctl))
		return local_share_input(&s->input);
	s->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return STATUS_OK;
}

/* In the child: opened anew, it is read from its beginning. */
static void
several_have_input(int input)
{
	char	path[32];

	snprintf(path, sizeof path, "/proc/self/fd/%d", input);
	close(STDIN_FILENO);
	if (open(path, O_RDONLY) == STDIN_FILENO)
		return;
	picoctl_complain("cannot open %s: %s", path, strerror(errno));
	_exit(STATUS_FILE);
}

/* In the child: the verb, on one board. */
static void
several_child(const struct several *s, const struct several_board *b,
    const int out[2], const int err[2])
{
	struct picoctl	*ctl = s->ctl;
	int		 status;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	dup2(out[1], STDOUT_FILENO);
	dup2(err[1], STDERR_FILENO);
	close(out[0]), close(out[1]), close(err[0]), close(err[1]);
	several_have_input(s->input);
	ctl->options.value[OPTION_BOARD] = b->name;
	ctl->of_several = true;
	status = ctl->verb->run(ctl);
	output_flush(&ctl->output);
	_exit(status);
}

static void
several_start(struct several *s, struct several_board *b)
{
	int	out[2], err[2];

	if (pipe(out) < 0 || pipe(err) < 0)
		abort();
	fflush(NULL);
	b->pid = fork();
	if (b->pid < 0)
		abort();
	if (b->pid == 0)
		several_child(s, b, out, err);
	close(out[1]);
	close(err[1]);
	several_line_begin(&b->out, out[0], stdout,
	    options_given(&s->ctl->options, OPTION_JSON));
	several_line_begin(&b->err, err[0], stderr, false);
}

/* Until none of them has anything more to say. */
static void
several_listen(struct several *s)
{
	struct pollfd	*fds = calloc(2 * s->count, sizeof *fds);
	size_t		 i, open;

	if (fds == NULL)
		abort();
	for (;;) {
		for (i = open = 0; i < s->count; i++) {
			fds[2 * i] = (struct pollfd){ s->boards[i].out.fd,
			    POLLIN, 0 };
			fds[2 * i + 1] = (struct pollfd){ s->boards[i].err.fd,
			    POLLIN, 0 };
			open += (s->boards[i].out.fd >= 0) +
			    (s->boards[i].err.fd >= 0);
		}
		if (open == 0)
			break;
		if (poll(fds, 2 * s->count, -1) < 0)
			continue;
		for (i = 0; i < s->count; i++) {
			if (fds[2 * i].revents != 0)
				several_line_read(s->boards[i].name,
				    &s->boards[i].out);
			if (fds[2 * i + 1].revents != 0)
				several_line_read(s->boards[i].name,
				    &s->boards[i].err);
		}
	}
	free(fds);
}

static int
several_wait(struct several *s)
{
	size_t	i;
	int	first = STATUS_OK, status;

	for (i = 0; i < s->count; i++) {
		while (waitpid(s->boards[i].pid, &status, 0) < 0 &&
		    errno == EINTR)
			;
		status = WIFEXITED(status) ? WEXITSTATUS(status) :
		    STATUS_SIGNAL + WTERMSIG(status);
		if (first == STATUS_OK)
			first = status;
	}
	return first;
}

int
several_run(struct picoctl *ctl)
{
	struct several	 s = { .ctl = ctl, .input = -1 };
	size_t		 i;
	int		 status;

	if (ctl->verb->single)
		return picoctl_usage(ctl->verb, "%s is for one board at a time",
		    ctl->verb->name);
	status = several_each(ctl, several_add, &s);
	if (status == STATUS_OK)
		status = several_input(&s);
	for (i = 0; status == STATUS_OK && i < s.count; i++)
		several_start(&s, &s.boards[i]);
	if (s.input >= 0)
		close(s.input);
	if (status == STATUS_OK) {
		several_listen(&s);
		status = several_wait(&s);
	}
	for (i = 0; i < s.count; i++) {
		free(s.boards[i].name);
		several_line_finish(&s.boards[i].out);
		several_line_finish(&s.boards[i].err);
	}
	free(s.boards);
	return status;
}
