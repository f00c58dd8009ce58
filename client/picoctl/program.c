/* SPDX-License-Identifier: MIT */
/*
 * The program belongs to the user and picoctl stays behind it: whoever holds or
 * borrows a board does so by picoctl's connection, so picoctl must not end before
 * the program does.
 */
#include "program.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/command_line.h"

#define PLACE	"{}"

extern char	**environ;

/* The first two a terminal sends to both; the others are passed on. */
static const int	program_ends[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
#define ENDS (sizeof program_ends / sizeof *program_ends)

/* For the signals that are passed on; 0 while there is nobody. */
static volatile sig_atomic_t	program_child;

static void
program_signal_cb(int signal_number)
{
	int	saved = errno;

	if (program_child > 0)
		kill((pid_t)program_child, signal_number);
	errno = saved;
}

bool
program_is_there(const char *name)
{
	const char	*at = getenv("PATH");
	char		 path[4096];
	size_t		 len;

	for (; at != NULL && *at != '\0'; at += len + (at[len] == ':')) {
		len = strcspn(at, ":");
		snprintf(path, sizeof path, "%.*s/%s", (int)len, at, name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

void
program_lend_name(char *const argv[])
{
	char		 words[1024];
	size_t		 len = 0, n;
	const char	*name;

	for (; *argv != NULL && (n = strlen(*argv) + 1) <= sizeof words - len;
	    argv++) {
		memcpy(words + len, *argv, n);
		len += n;
	}
	if (len == 0)
		return;
	name = command_line_script(words, len);
	if (name == NULL) {
		name = strrchr(words, '/');
		name = name == NULL ? words : name + 1;
	}
	prctl(PR_SET_NAME, name);
}

int
program_socket_path(const struct picoctl *ctl, char path[PATH_MAX])
{
	char	found[PATH_MAX];
	int	error = picod_socket_path(ctl->options.value[OPTION_SOCKET],
		    found, sizeof found);

	if (error < 0)
		return error;
	return realpath(found, path) != NULL ? 0 : -errno;
}

/* A word with each {} replaced; NULL when memory is short. */
static char *
program_word(const char *word, const char *port)
{
	size_t		 size = strlen(word) + 1;
	const char	*at, *from;
	char		*made, *to;

	for (at = word; (at = strstr(at, PLACE)) != NULL; at += strlen(PLACE))
		size += strlen(port);
	made = malloc(size);
	if (made == NULL)
		return NULL;
	to = made;
	for (from = word; (at = strstr(from, PLACE)) != NULL;
	    from = at + strlen(PLACE)) {
		to = mempcpy(to, from, (size_t)(at - from));
		to = stpcpy(to, port);
	}
	strcpy(to, from);
	return made;
}

void
program_words_free(char **argv)
{
	size_t	i;

	for (i = 0; argv != NULL && argv[i] != NULL; i++)
		free(argv[i]);
	free(argv);
}

char **
program_words(const struct picoctl *ctl, const char *port)
{
	char	**argv = calloc((size_t)ctl->operand_count + 1, sizeof *argv);
	int	 i;

	for (i = 0; argv != NULL && i < ctl->operand_count; i++) {
		argv[i] = i == 0 ? strdup(ctl->operands[0]) :
		    program_word(ctl->operands[i], port);
		if (argv[i] == NULL) {
			program_words_free(argv);
			return NULL;
		}
	}
	return argv;
}

int
program_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/*
 * picoctl outlives Ctrl-C and Ctrl-\, which a terminal sends to both, and passes
 * on what is sent to it alone.  *defaults: those that the program gets as they
 * were; an ignored one stays ignored.  All are held back until it is known whom
 * to pass them to; *mask is what there was before.
 */
static void
program_signals(sigset_t *mask, sigset_t *defaults)
{
	struct sigaction	 action = { .sa_flags = SA_RESTART }, old;
	sigset_t		 all;
	size_t			 i;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, mask);
	sigemptyset(defaults);
	for (i = 0; i < ENDS; i++) {
		sigaction(program_ends[i], NULL, &old);
		if (old.sa_handler == SIG_IGN)
			continue;
		sigaddset(defaults, program_ends[i]);
		action.sa_handler = i < 2 ? SIG_IGN : program_signal_cb;
		sigaction(program_ends[i], &action, NULL);
	}
}

pid_t
program_fork(void)
{
	sigset_t	mask, defaults;
	size_t		i;
	pid_t		pid;

	program_signals(&mask, &defaults);
	pid = fork();
	for (i = 0; pid == 0 && i < ENDS; i++)
		if (sigismember(&defaults, program_ends[i]))
			signal(program_ends[i], SIG_DFL);
	program_child = pid;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return pid;
}

static int
program_spawn(char *const *argv, pid_t *pid, const sigset_t *defaults,
    const sigset_t *mask)
{
	posix_spawnattr_t	attributes;
	int			error = posix_spawnattr_init(&attributes);

	if (error != 0)
		return error;
	posix_spawnattr_setsigdefault(&attributes, defaults);
	posix_spawnattr_setsigmask(&attributes, mask);
	posix_spawnattr_setflags(&attributes,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	error = posix_spawnp(pid, argv[0], NULL, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	return error;
}

/*
 * Starts the program.  posix_spawnp(), unlike execvp(), starts no shell for a
 * file that is no program.
 */
int
program_start(char *const argv[], pid_t *pid)
{
	sigset_t	mask, defaults;
	int		error;

	program_signals(&mask, &defaults);
	error = program_spawn(argv, pid, &defaults, &mask);
	if (error == 0)
		program_child = *pid;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (error == 0)
		return STATUS_OK;
	picoctl_complain("cannot run %s: %s", argv[0], strerror(error));
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

/*
 * picod says nothing on this connection but that it is over.  Without
 * pidfd_open() (before Linux 5.3) that is noticed at the end only.
 */
void
program_guard(struct picoctl *ctl, pid_t pid, const char *argv0,
    const char *lost, const char *then)
{
	int		pidfd = program_pidfd(pid);
	struct pollfd	fds[2] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = picod_fd(ctl->picod), .events = POLLIN },
	};

	if (pidfd < 0)
		return;
	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	close(pidfd);
	if (fds[0].revents == 0 && fds[1].revents != 0)
		picoctl_complain("%s, %s %s: picod ended the connection", lost,
		    argv0, then);
}

int
program_wait(pid_t pid)
{
	int	status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return STATUS_OWN_FAILURE;
	program_child = 0;
	return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) :
	    WEXITSTATUS(status);
}
