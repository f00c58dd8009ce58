/* SPDX-License-Identifier: MIT */
/* Child processes: what they say, how they end, and that all of them do. */
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/child.h"
#include "tests/unit/suite.h"

static struct event_base	*base;
static struct child		*child;
static struct child_end		 end;
static bool			 ended;
static char			 said[65536];
static size_t			 said_len;
static const char		*stop_at;	/* child_stop() when it said that */

static void
child_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	(void)arg;
	ck_assert(!ended);
	if (len > sizeof said - 1 - said_len)
		len = sizeof said - 1 - said_len;
	memcpy(said + said_len, bytes, len);
	said_len += len;
	said[said_len] = '\0';
	if (stop_at != NULL && strstr(said, stop_at) != NULL)
		child_stop(child);
}

static void
child_over(void *arg, const struct child_end *e)
{
	(void)arg;
	ck_assert(!ended);
	ended = true;
	end = *e;
	event_base_loopbreak(base);
}

static const struct child_handler	handler = { child_bytes, child_over };

/*
 * A signal that comes to the child right after its birth, before it is anything
 * of its own: always, and not once in some hundred times.
 */
static int	birth_signal;

pid_t	fork(void);

pid_t
fork(void)
{
	pid_t	pid = _Fork();

	if (pid == 0 && birth_signal != 0)
		kill(getpid(), birth_signal);
	return pid;
}

static void
setup(void)
{
	base = event_base_new();
	ended = false;
	said_len = 0;
	said[0] = '\0';
	stop_at = NULL;
}

static void
teardown(void)
{
	event_base_free(base);
	/* No child is left, not even a zombie. */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}

static void
run(unsigned deadline_ms, unsigned stall_ms, int fd, const char *script)
{
	const char		*argv[] = { "/bin/sh", "-c", script, NULL };
	struct child_options	 options = { argv, fd, NULL, deadline_ms,
				    stall_ms };

	ck_assert_int_eq(child_start(base, &options, &handler, NULL, &child), 0);
	event_base_dispatch(base);
	ck_assert(ended);
}

START_TEST(test_output_and_status)
{
	run(60000, 60000, -1, "echo out; echo err >&2; echo $LC_ALL; cat; exit 3");
	ck_assert_str_eq(said, "out\nerr\nC\n");
	ck_assert_int_eq(end.stop, CHILD_ENDED);
	ck_assert_int_eq(end.status, 3);
	ck_assert_int_eq(end.signal, 0);
}
END_TEST

/* All that it printed is there before its end is told. */
START_TEST(test_last_words)
{
	run(60000, 60000, -1, "seq 1 9000; echo done; kill -9 $$");
	ck_assert_ptr_nonnull(strstr(said, "\n9000\ndone\n"));
	ck_assert_int_eq(end.signal, SIGKILL);
	ck_assert_int_eq(end.status, -1);
}
END_TEST

START_TEST(test_closes_descriptors)
{
	FILE	*file = tmpfile();
	int	 leaked = dup(fileno(file));

	fputs("the file\n", file);
	rewind(file);
	run(60000, 60000, fileno(file),
	    "cat /proc/self/fd/3; ls /proc/$$/fd");
	ck_assert_str_eq(said, "the file\n0\n1\n2\n3\n");
	close(leaked);
	fclose(file);
}
END_TEST

START_TEST(test_stopped)
{
	stop_at = "ready";
	run(60000, 60000, -1, "trap 'echo bye; exit 7' TERM; echo ready; "
	    "while :; do sleep 0.05; done");
	ck_assert_ptr_nonnull(strstr(said, "bye\n"));
	ck_assert_int_eq(end.stop, CHILD_STOPPED);
	ck_assert_int_eq(end.status, 7);
}
END_TEST

/* One that takes no notice of TERM is killed. */
START_TEST(test_killed)
{
	stop_at = "ready";
	run(60000, 60000, -1, "trap '' TERM; echo ready; while :; do :; done");
	ck_assert_int_eq(end.stop, CHILD_STOPPED);
	ck_assert_int_eq(end.signal, SIGKILL);
}
END_TEST

START_TEST(test_stalled)
{
	run(60000, 100, -1, "echo before; exec sleep 1000");
	ck_assert_int_eq(end.stop, CHILD_STALLED);
	ck_assert_int_eq(end.signal, SIGTERM);
	ck_assert_str_eq(said, "before\n");
}
END_TEST

START_TEST(test_overdue)
{
	run(100, 60000, -1, "while :; do echo still here; sleep 0.01; done");
	ck_assert_int_eq(end.stop, CHILD_OVERDUE);
}
END_TEST

/* Silent, and its pipe closed: it stalls all the same. */
START_TEST(test_closed_pipe)
{
	run(60000, 100, -1, "exec >&- 2>&-; exec sleep 1000");
	ck_assert_int_eq(end.stop, CHILD_STALLED);
}
END_TEST

/* Its own child has the pipe: that is ended too. */
START_TEST(test_grandchild)
{
	run(60000, 60000, -1, "sleep 1000 & echo $!; exit 0");
	ck_assert_int_eq(end.status, 0);
	ck_assert_int_eq(end.stop, CHILD_ENDED);
}
END_TEST

START_TEST(test_not_executable)
{
	const char		*argv[] = { "/etc/passwd", NULL };
	struct child_options	 options = { argv, -1, NULL, 60000,
				    60000 };

	ck_assert_int_eq(child_start(base, &options, &handler, NULL, &child), 0);
	event_base_dispatch(base);
	ck_assert_int_eq(end.status, 127);
	ck_assert_ptr_nonnull(strstr(said, "cannot run /etc/passwd"));
}
END_TEST

START_TEST(test_destroyed)
{
	const char		*argv[] = { "/bin/sleep", "1000", NULL };
	struct child_options	 options = { argv, -1, NULL, 60000,
				    60000 };

	ck_assert_int_eq(child_start(base, &options, &handler, NULL, &child), 0);
	child_destroy(child);
	ck_assert(!ended);
}
END_TEST

/* What picod was given by systemd, and whatever else is picod's, is not its. */
START_TEST(test_environment)
{
	const char		*argv[] = { "/usr/bin/env", NULL };
	struct child_options	 options = { .argv = argv, .fd = -1,
				    .deadline_ms = 60000, .stall_ms = 60000 };

	setenv("PATH", "/usr/bin:/bin", 1);
	setenv("LANGUAGE", "de", 1);
	setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
	ck_assert_int_eq(child_start(base, &options, &handler, NULL, &child), 0);
	event_base_dispatch(base);
	ck_assert_str_eq(said, "LC_ALL=C\nPATH=/usr/bin:/bin\n");
}
END_TEST

/* How much of it the kernel can; signals from 6 on. */
static long
landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

/* Its file, its device and the system are all that it can reach. */
START_TEST(test_confined)
{
	char			 folder[] = "/tmp/picod-child-XXXXXX", script[600];
	char			 device[64];
	const char		*argv[] = { "/bin/sh", "-c", script, NULL };
	FILE			*file = tmpfile();
	struct child_options	 options = { argv, fileno(file), device, 60000,
				    60000 };

	if (landlock_version() < 1)
		return;
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(device, sizeof device, "%s/device", folder);
	snprintf(script, sizeof script, "cd %s; cat /proc/self/fd/3 </etc/hostname"
	    " >/dev/null && echo read; echo x >device && cat device; "
	    "exec 2>/dev/null; (echo x >other) || echo no write; "
	    "(echo x >device2) || echo no file; cat other || echo no read; "
	    "ls . || echo no list; %s || echo no signal", folder,
	    landlock_version() < 6 ? "false" : "kill -0 $PPID");
	fclose(fopen(device, "w"));
	strcat(device, "2");
	fclose(fopen(device, "w"));
	device[strlen(device) - 1] = '\0';
	ck_assert_int_eq(child_start(base, &options, &handler, NULL, &child), 0);
	event_base_dispatch(base);
	ck_assert_str_eq(said, "read\nx\nno write\nno file\nno read\nno list\n"
	    "no signal\n");
	unlink(device);
	strcat(device, "2");
	unlink(device);
	rmdir(folder);
	fclose(file);
}
END_TEST

static void
ours_cb(evutil_socket_t number, short what, void *arg)
{
	(void)what;
	*(int *)arg = number;
}

static const int	signals[] = { SIGTERM, SIGINT, SIGHUP };

/* Its signals are its own from its first moment: it still has our handlers then. */
START_TEST(test_signal_at_birth)
{
	const char		*argv[] = { "/bin/sleep", "1000", NULL };
	struct child_options	 options = { argv, -1, NULL, 60000,
				    60000 };
	int			 seen = 0;
	struct event		*ours = evsignal_new(base, signals[_i], ours_cb,
				    &seen);

	evsignal_add(ours, NULL);
	birth_signal = signals[_i];
	ck_assert_int_eq(child_start(base, &options, &handler, NULL, &child), 0);
	birth_signal = 0;
	event_base_dispatch(base);
	ck_assert_int_eq(seen, 0);
	ck_assert(ended);
	ck_assert_int_eq(end.signal, signals[_i]);
	event_free(ours);
}
END_TEST

START_TEST(test_find)
{
	char	path[4096];

	ck_assert_int_eq(child_find("sh", path, sizeof path), 0);
	ck_assert_int_eq(access(path, X_OK), 0);
	ck_assert_int_eq(child_find("/bin/sh", path, sizeof path), 0);
	ck_assert_str_eq(path, "/bin/sh");
	ck_assert_int_eq(child_find("no-such-program", path, sizeof path),
	    -ENOENT);
	ck_assert_int_eq(child_find("/no/such", path, sizeof path), -ENOENT);
	ck_assert_int_eq(child_find("sh", path, 3), -ENOENT);
	setenv("PATH", "", 1);
	ck_assert_int_eq(child_find("sh", path, sizeof path), -ENOENT);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("child");
	TCase	*tc = tcase_create("child");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_output_and_status);
	tcase_add_test(tc, test_last_words);
	tcase_add_test(tc, test_closes_descriptors);
	tcase_add_test(tc, test_stopped);
	tcase_add_test(tc, test_killed);
	tcase_add_test(tc, test_stalled);
	tcase_add_test(tc, test_overdue);
	tcase_add_test(tc, test_closed_pipe);
	tcase_add_test(tc, test_grandchild);
	tcase_add_test(tc, test_not_executable);
	tcase_add_test(tc, test_destroyed);
	tcase_add_test(tc, test_environment);
	tcase_add_test(tc, test_confined);
	tcase_add_loop_test(tc, test_signal_at_birth, 0,
	    sizeof signals / sizeof *signals);
	tcase_add_test(tc, test_find);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
