/* SPDX-License-Identifier: MIT */
/*
 * A child process in the loop.  It is over when both its pid and its pipe's end
 * have come: the last lines, which say what went wrong, are often still in the
 * pipe when the pid is gone.  Whoever else has the pipe (a child of the child)
 * is killed with the group, and not waited for much longer.
 *
 * No shell is involved: the path is found here and given to execve(), since
 * execvp() would try a file that is no program as a shell script.
 */
#include "child.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "memory.h"

/* From TERM to KILL, and from the pid's end to giving up the pipe. */
#define GRACE_MS	2000

/* For the kernel to bury what was killed at once. */
#define KILL_MS		200

#define READ_SIZE	4096

struct child {
	const struct child_handler *handler;
	void			*arg;
	pid_t			 pid;		/* 0: reaped */
	int			 pidfd;		/* -1: likewise */
	int			 pipe;		/* -1: its end came */
	unsigned		 stall_ms;
	struct event		*exited, *readable;
	struct event		*deadline, *stall, *grace;
	struct child_end		 end;
};

int
child_find(const char *program, char *path, size_t size)
{
	const char	*list = getenv("PATH");
	int		 error = -ENOENT;
	size_t		 len;

	if (strchr(program, '/') != NULL) {
		if ((size_t)snprintf(path, size, "%s", program) >= size)
			return -ENAMETOOLONG;
		return access(path, X_OK) < 0 ? -errno : 0;
	}
	for (; list != NULL; list = list[len] == ':' ? list + len + 1 : NULL) {
		len = strcspn(list, ":");
		if (len == 0 || (size_t)snprintf(path, size, "%.*s/%s",
		    (int)len, list, program) >= size)
			continue;
		if (access(path, X_OK) == 0)
			return 0;
		if (errno == EACCES)
			error = -EACCES;
	}
	return error;
}

/* ------------------------------------------------------------- the child */

/* Leaves open: nothing, the pipe, the pipe, and the file, if there is one. */
static void
child_descriptors(int pipe, int fd)
{
	int	null = open("/dev/null", O_RDWR);
	int	copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD, CHILD_FD + 1);
	int	out = fcntl(pipe, F_DUPFD, CHILD_FD + 1);

	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (copy >= 0)
		dup2(copy, CHILD_FD);
	closefrom(copy >= 0 ? CHILD_FD + 1 : CHILD_FD);
}

/*
 * systemd's sockets, and whatever else is picod's, are none of its.  In the C locale
 * messages are those we know.  Returns if that fails.
 */
static void
child_execute(const char *const *argv)
{
	const char	*found = getenv("PATH");
	char		*environment[] = { (char[]){ "LC_ALL=C" }, NULL, NULL };

	if (found != NULL && asprintf(&environment[1], "PATH=%s", found) < 0)
		return;
	execve(argv[0], (char *const *)(uintptr_t)argv, environment);
}

static void __attribute__((noreturn))
child_become(const struct child_options *options, int pipe, pid_t parent)
{
	sigset_t	none;
	int		number;

	setpgid(0, 0);
	for (number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);		/* it died in between */
	child_descriptors(pipe, options->fd);
	errno = options->device == NULL ? 0 : -confine_self(options->argv[0],
	    options->device, options->fd < 0 ? -1 : CHILD_FD);
	if (errno == 0)
		child_execute(options->argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", options->argv[0],
	    strerror(errno));
	_exit(127);
}

/* ------------------------------------------------------------ the parent */

static void
child_add_timer(struct event *timer, unsigned ms)
{
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(timer, &tv);
}

static void
child_signal(const struct child *child, int number)
{
	if (child->pid > 0)
		kill(-child->pid, number);
}

static void
child_free(struct child *child)
{
	struct event	*events[] = { child->exited, child->readable, child->deadline,
			    child->stall, child->grace };
	size_t		 i;

	for (i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (child->pidfd >= 0)
		close(child->pidfd);
	if (child->pipe >= 0)
		close(child->pipe);
	free(child);
}

/* Tells the end, if both of it have come. */
static void
child_check(struct child *child)
{
	if (child->pid != 0 || child->pipe >= 0)
		return;
	child->handler->ended(child->arg, &child->end);
	child_free(child);
}

static void
child_close_pipe(struct child *child)
{
	event_del(child->readable);
	event_del(child->stall);
	close(child->pipe);
	child->pipe = -1;
}

static void
child_readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct child	*child = arg;
	uint8_t		 buf[READ_SIZE];
	ssize_t		 n = read(fd, buf, sizeof buf);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		child_add_timer(child->stall, child->stall_ms);
		child->handler->bytes(child->arg, buf, (size_t)n);
		return;
	}
	child_close_pipe(child);
	if (child->pid != 0)	/* quiet from now on: only its end is wanted */
		child_add_timer(child->stall, child->stall_ms);
	child_check(child);
}

static void
child_reap(struct child *child)
{
	int	status;

	child_signal(child, SIGKILL);	/* whoever is left of its group */
	if (waitpid(child->pid, &status, 0) == child->pid) {
		child->end.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		child->end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	child->pid = 0;
	close(child->pidfd);
	child->pidfd = -1;
}

static void
child_exited_cb(evutil_socket_t fd, short what, void *arg)
{
	struct child	*child = arg;

	(void)fd, (void)what;
	event_del(child->exited);
	event_del(child->deadline);
	child_reap(child);
	child_add_timer(child->grace, GRACE_MS);
	child_check(child);
}

/* Since the TERM, or since its pid ended, enough time has passed. */
static void
child_grace_cb(evutil_socket_t fd, short what, void *arg)
{
	struct child	*child = arg;

	(void)fd, (void)what;
	child_signal(child, SIGKILL);
	if (child->pid == 0 && child->pipe >= 0)
		child_close_pipe(child);
	child_check(child);
}

static void
child_end(struct child *child, enum child_stop stop)
{
	if (child->end.stop != CHILD_ENDED || child->pid == 0)
		return;
	child->end.stop = stop;
	event_del(child->stall);
	event_del(child->deadline);
	child_signal(child, SIGTERM);
	child_add_timer(child->grace, GRACE_MS);
}

static void
child_stall_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	child_end(arg, CHILD_STALLED);
}

static void
child_deadline_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	child_end(arg, CHILD_OVERDUE);
}

void
child_stop(struct child *child)
{
	child_end(child, CHILD_STOPPED);
}

void
child_destroy(struct child *child)
{
	struct pollfd	over = { .fd = child == NULL ? -1 : child->pidfd,
			    .events = POLLIN };

	if (child == NULL)
		return;
	if (child->pid > 0) {
		child_signal(child, SIGKILL);
		/* One that hangs in the kernel is left to init. */
		poll(&over, 1, KILL_MS);
		waitpid(child->pid, NULL, WNOHANG);
	}
	child_free(child);
}

static void
child_listen(struct child *child, struct event_base *base,
    const struct child_options *options)
{
	child->readable = event_new(base, child->pipe, EV_READ | EV_PERSIST,
	    child_readable_cb, child);
	child->exited = event_new(base, child->pidfd, EV_READ, child_exited_cb, child);
	child->deadline = evtimer_new(base, child_deadline_cb, child);
	child->stall = evtimer_new(base, child_stall_cb, child);
	child->grace = evtimer_new(base, child_grace_cb, child);
	event_add(child->readable, NULL);
	event_add(child->exited, NULL);
	child_add_timer(child->deadline, options->deadline_ms);
	child_add_timer(child->stall, options->stall_ms);
}

/* Forks; the parent's end of the pipe is child->pipe. */
static int
child_fork(struct child *child, const struct child_options *options)
{
	int		fds[2], error;
	pid_t		parent = getpid(), pid;
	sigset_t	all, mask;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	/* Until it has forgotten our handlers, its signals would be ours. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &mask);
	pid = fork();
	error = pid < 0 ? -errno : 0;
	if (pid == 0)
		child_become(options, fds[1], parent);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(fds[1]);
	child->pipe = fds[0];
	fcntl(child->pipe, F_SETFL, O_NONBLOCK);
	if (error < 0)
		return error;
	child->pid = pid;
	setpgid(child->pid, child->pid);	/* whichever of us is first */
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	return child->pidfd < 0 ? -errno : 0;
}

int
child_start(struct event_base *base, const struct child_options *options,
    const struct child_handler *handler, void *arg, struct child **result)
{
	struct child	*child = xcalloc(1, sizeof *child);
	int		 error;

	child->handler = handler;
	child->arg = arg;
	child->pipe = child->pidfd = -1;
	child->end.status = -1;
	child->stall_ms = options->stall_ms;
	error = child_fork(child, options);
	if (error < 0) {
		child_destroy(child);
		return error;
	}
	child_listen(child, base, options);
	*result = child;
	return 0;
}
