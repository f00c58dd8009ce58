/* SPDX-License-Identifier: MIT */
/*
 * Runs commands in turn and takes the time of each: from before its process
 * starts until its output has ended.
 *
 *	stopwatch COUNT COMMAND... [-- COMMAND...]...
 *
 * Each is run COUNT times, one of each in turn, so that all see the same state
 * of the machine.  For each run a line tells which command it was, the time in
 * ns, the bytes of output, and a sum over them.  A command that fails is the
 * end.  It is in C because starting a process from Python takes longer than
 * what is measured.
 */
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 8

extern char **environ;

static long long
stopwatch_now(void)
{
	struct timespec	now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static pid_t
stopwatch_spawn(char **argv, int output)
{
	posix_spawn_file_actions_t	actions;
	pid_t				pid;
	int				error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	if (error != 0)
		errx(1, "%s: %s", argv[0], strerror(error));
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Lines of terminals end in CR LF, picoctl's do not: CR does not count. */
static void
stopwatch_run(int number, char **argv)
{
	char		 buf[65536];
	int		 fds[2], status;
	ssize_t		 n, i;
	size_t		 len = 0;
	uint32_t	 sum = 0;
	long long	 start = stopwatch_now();
	pid_t		 pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		err(1, "pipe");
	pid = stopwatch_spawn(argv, fds[1]);
	close(fds[1]);
	while ((n = read(fds[0], buf, sizeof buf)) > 0)
		for (i = 0; i < n; i++)
			if (buf[i] != '\r') {
				sum = sum * 31 + (unsigned char)buf[i];
				len++;
			}
	start = stopwatch_now() - start;
	close(fds[0]);
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		errx(1, "%s failed", argv[0]);
	printf("%d %lld %zu %u\n", number, start, len, (unsigned)sum);
}

int
main(int argc, char **argv)
{
	char	**commands[COMMANDS_MAX];
	int	  i, n = 0;
	long	  count = argc > 2 ? atol(argv[1]) : 0;

	if (count <= 0)
		errx(2, "usage: stopwatch COUNT COMMAND... [-- COMMAND...]...");
	commands[n++] = argv + 2;
	for (i = 2; i < argc; i++)
		if (strcmp(argv[i], "--") == 0 && n < COMMANDS_MAX) {
			argv[i] = NULL;
			commands[n++] = argv + i + 1;
		}
	while (count-- > 0)
		for (i = 0; i < n; i++)
			stopwatch_run(i, commands[i]);
	return 0;
}
