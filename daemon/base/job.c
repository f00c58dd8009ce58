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
#include "job.h"

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

/* From TERM to KILL, and from the pid's end to giving up the pipe. */
#define GRACE_MS	2000

/* For the kernel to bury what was killed at once. */
#define KILL_MS		200

#define READ_SIZE	4096

extern char	**environ;

struct job {
	const struct job_handler *handler;
	void			*arg;
	pid_t			 pid;		/* 0: reaped */
	int			 pidfd;		/* -1: likewise */
	int			 pipe;		/* -1: its end came */
	unsigned		 stall_ms;
	struct event		*exited, *readable;
	struct event		*deadline, *stall, *grace;
	struct job_end		 end;
};

int
job_find(const char *program, char *path, size_t size)
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

/* The environment with the C locale, so that messages are those we know. */
static void
job_environment(void)
{
	unsetenv("LANGUAGE");
	setenv("LC_ALL", "C", 1);
}

/* Leaves open: nothing, the pipe, the pipe, and the file, if there is one. */
static void
job_descriptors(int pipe, int fd)
{
	int	null = open("/dev/null", O_RDWR);
	int	copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD, JOB_FD + 1);
	int	out = fcntl(pipe, F_DUPFD, JOB_FD + 1);

	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (copy >= 0)
		dup2(copy, JOB_FD);
	closefrom(copy >= 0 ? JOB_FD + 1 : JOB_FD);
}

static void __attribute__((noreturn))
job_child(const struct job_options *options, int pipe, pid_t parent)
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
	job_environment();
	job_descriptors(pipe, options->fd);
	execve(options->argv[0], (char *const *)(uintptr_t)options->argv,
	    environ);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", options->argv[0],
	    strerror(errno));
	_exit(127);
}

/* ------------------------------------------------------------ the parent */

static void
job_add_timer(struct event *timer, unsigned ms)
{
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(timer, &tv);
}

static void
job_signal(const struct job *job, int number)
{
	if (job->pid > 0)
		kill(-job->pid, number);
}

static void
job_free(struct job *job)
{
	struct event	*events[] = { job->exited, job->readable, job->deadline,
			    job->stall, job->grace };
	size_t		 i;

	for (i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (job->pidfd >= 0)
		close(job->pidfd);
	if (job->pipe >= 0)
		close(job->pipe);
	free(job);
}

/* Tells the end, if both of it have come. */
static void
job_check(struct job *job)
{
	if (job->pid != 0 || job->pipe >= 0)
		return;
	job->handler->ended(job->arg, &job->end);
	job_free(job);
}

static void
job_close_pipe(struct job *job)
{
	event_del(job->readable);
	event_del(job->stall);
	close(job->pipe);
	job->pipe = -1;
}

static void
job_readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct job	*job = arg;
	uint8_t		 buf[READ_SIZE];
	ssize_t		 n = read(fd, buf, sizeof buf);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		job_add_timer(job->stall, job->stall_ms);
		job->handler->bytes(job->arg, buf, (size_t)n);
		return;
	}
	job_close_pipe(job);
	if (job->pid != 0)	/* quiet from now on: only its end is wanted */
		job_add_timer(job->stall, job->stall_ms);
	job_check(job);
}

static void
job_reap(struct job *job)
{
	int	status;

	job_signal(job, SIGKILL);	/* whoever is left of its group */
	if (waitpid(job->pid, &status, 0) == job->pid) {
		job->end.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		job->end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	job->pid = 0;
	close(job->pidfd);
	job->pidfd = -1;
}

static void
job_exited_cb(evutil_socket_t fd, short what, void *arg)
{
	struct job	*job = arg;

	(void)fd, (void)what;
	event_del(job->exited);
	event_del(job->deadline);
	job_reap(job);
	job_add_timer(job->grace, GRACE_MS);
	job_check(job);
}

/* Since the TERM, or since its pid ended, enough time has passed. */
static void
job_grace_cb(evutil_socket_t fd, short what, void *arg)
{
	struct job	*job = arg;

	(void)fd, (void)what;
	job_signal(job, SIGKILL);
	if (job->pid == 0 && job->pipe >= 0)
		job_close_pipe(job);
	job_check(job);
}

static void
job_end(struct job *job, enum job_stop stop)
{
	if (job->end.stop != JOB_ENDED || job->pid == 0)
		return;
	job->end.stop = stop;
	event_del(job->stall);
	event_del(job->deadline);
	job_signal(job, SIGTERM);
	job_add_timer(job->grace, GRACE_MS);
}

static void
job_stall_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	job_end(arg, JOB_STALLED);
}

static void
job_deadline_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	job_end(arg, JOB_OVERDUE);
}

void
job_stop(struct job *job)
{
	job_end(job, JOB_STOPPED);
}

void
job_destroy(struct job *job)
{
	struct pollfd	over = { .fd = job == NULL ? -1 : job->pidfd,
			    .events = POLLIN };

	if (job == NULL)
		return;
	if (job->pid > 0) {
		job_signal(job, SIGKILL);
		/* One that hangs in the kernel is left to init. */
		poll(&over, 1, KILL_MS);
		waitpid(job->pid, NULL, WNOHANG);
	}
	job_free(job);
}

static int
job_listen(struct job *job, struct event_base *base,
    const struct job_options *options)
{
	job->readable = event_new(base, job->pipe, EV_READ | EV_PERSIST,
	    job_readable_cb, job);
	job->exited = event_new(base, job->pidfd, EV_READ, job_exited_cb, job);
	job->deadline = evtimer_new(base, job_deadline_cb, job);
	job->stall = evtimer_new(base, job_stall_cb, job);
	job->grace = evtimer_new(base, job_grace_cb, job);
	if (job->readable == NULL || job->exited == NULL ||
	    job->deadline == NULL || job->stall == NULL || job->grace == NULL)
		return -ENOMEM;
	event_add(job->readable, NULL);
	event_add(job->exited, NULL);
	job_add_timer(job->deadline, options->deadline_ms);
	job_add_timer(job->stall, options->stall_ms);
	return 0;
}

/* Forks; the parent's end of the pipe is job->pipe. */
static int
job_fork(struct job *job, const struct job_options *options)
{
	int		fds[2];
	pid_t		parent = getpid();
	sigset_t	all, mask;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	/* Until it has forgotten our handlers, its signals would be ours. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &mask);
	job->pid = fork();
	if (job->pid == 0)
		job_child(options, fds[1], parent);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(fds[1]);
	job->pipe = fds[0];
	fcntl(job->pipe, F_SETFL, O_NONBLOCK);
	if (job->pid < 0) {
		job->pid = 0;
		return -errno;
	}
	setpgid(job->pid, job->pid);	/* whichever of us is first */
	job->pidfd = (int)syscall(SYS_pidfd_open, job->pid, 0);
	return job->pidfd < 0 ? -errno : 0;
}

int
job_start(struct event_base *base, const struct job_options *options,
    const struct job_handler *handler, void *arg, struct job **result)
{
	struct job	*job = calloc(1, sizeof *job);
	int		 error;

	if (job == NULL)
		return -ENOMEM;
	job->handler = handler;
	job->arg = arg;
	job->pipe = job->pidfd = -1;
	job->end.status = -1;
	job->stall_ms = options->stall_ms;
	error = job_fork(job, options);
	if (error == 0)
		error = job_listen(job, base, options);
	if (error < 0) {
		job_destroy(job);
		return error;
	}
	*result = job;
	return 0;
}
