/* SPDX-License-Identifier: MIT */
/* Who a client is: the kernel's word, and names that are fit to be read. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/passwd.h"
#include "daemon/base/client.h"
#include "daemon/base/process.h"
#include "protocol/command_line.h"
#include "tests/unit/suite.h"

/* This process as its peer sees it, under that name. */
static struct client
meet(const char *comm)
{
	struct client	client;
	int		fds[2];

	ck_assert_int_eq(prctl(PR_SET_NAME, comm), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(client_init(&client, fds[0]), 0);
	client_name(&client);
	close(fds[0]);
	close(fds[1]);
	return client;
}

START_TEST(test_kernels_word)
{
	struct client	client = meet("a program");

	ck_assert_int_eq(client.pid, getpid());
	ck_assert_uint_eq(client.uid, getuid());
	ck_assert_uint_eq(client.gid, getgid());
	ck_assert_str_eq(client.program, "a program");
	ck_assert_str_eq(client.user, getpwuid(getuid())->pw_name);
}
END_TEST

/* Who has a port open makes no connection; the pid may be gone, or nobody's. */
START_TEST(test_a_process)
{
	static const pid_t	nobody[] = { 0, -1, INT32_MAX };
	struct client		client;
	size_t			i;

	client_init_process(&client, getpid(), "a tool");
	ck_assert_int_eq(client.pid, getpid());
	ck_assert_uint_eq(client.uid, getuid());
	ck_assert_str_eq(client.user, getpwuid(getuid())->pw_name);
	ck_assert_uint_gt(client.since_us, 0);
	for (i = 0; i < sizeof nobody / sizeof *nobody; i++) {
		client_init_process(&client, nobody[i], "a tool");
		ck_assert_int_eq(client.pid, 0);
		ck_assert_uint_eq(client.uid, (uid_t)-1);
		ck_assert_str_eq(client.user, "?");
		ck_assert_str_eq(client.program, "a tool");
	}
}
END_TEST

START_TEST(test_called)
{
	struct client	client = { .pid = 4194304 };
	char		text[CLIENT_CALLED_SIZE];

	memset(client.user, 'u', sizeof client.user - 1);
	memset(client.program, 'p', sizeof client.program - 1);
	ck_assert_uint_lt(strlen(client_called(&client, text)), sizeof text);
	ck_assert_ptr_nonnull(strstr(text, "p (pid 4194304, user u"));
	client = (struct client){ .pid = 7, .program = "a.py", .user = "ben" };
	ck_assert_str_eq(client_called(&client, text), "a.py (pid 7, user ben)");
	client.pid = 0;
	ck_assert_str_eq(client_called(&client, text), "picod");
}
END_TEST

/* Whatever a process calls itself, no terminal obeys it and JSON can carry it. */
START_TEST(test_program_is_cleaned)
{
	static const char *const	names[][2] = {
		{ "\033]0;own\a\033[31m", "?]0;own??[31m" },
		{ "two\nlines", "two?lines" },
		{ "bad\xff\xc3", "bad??" },
		{ "c1\xc2\x9b" "31m", "c1?31m" },
		{ "gr\xc3\xbcn", "gr\xc3\xbcn" },
		/* The kernel cuts at 15 bytes, within a character. */
		{ "abcdefghijklmn\xc3\xbc", "abcdefghijklmn?" },
		{ "\x7f", "?" },
	};

	ck_assert_str_eq(meet(names[_i][0]).program, names[_i][1]);
}
END_TEST

/* A script goes by its own name, whatever runs it. */
START_TEST(test_scripts_have_their_names)
{
	static const struct {
		const char	*words[5], *name;
	} cases[] = {
		{ { "sh", "FILE" }, "calibrate" },
		{ { "sh", "-u", "FILE", "-x" }, "calibrate" },
		{ { "sh", "-c", ". FILE" }, "sh" },
		{ { "sh", "-s" }, "sh" },
	};
	char	 folder[] = "/tmp/picod-client-XXXXXX", path[64], text[80];
	char	*words[5] = { NULL }, name[32], byte;
	int	 in[2], out[2], i;
	FILE	*file;
	pid_t	 pid;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/calibrate", folder);
	file = fopen(path, "w");
	fputs("echo\nread x\n", file);
	fclose(file);
	snprintf(text, sizeof text, ". %s", path);
	for (i = 0; cases[_i].words[i] != NULL; i++)
		words[i] = strcmp(cases[_i].words[i], "FILE") == 0 ? path :
		    strstr(cases[_i].words[i], "FILE") != NULL ? text :
		    (char *)(uintptr_t)cases[_i].words[i];
	ck_assert_int_eq(pipe(in) | pipe(out), 0);
	pid = fork();
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		execvp(words[0], words);
		_exit(127);
	}
	if (strcmp(cases[_i].words[1], "-s") == 0)
		ck_assert_int_eq(write(in[1], "echo\n", 5), 5);
	ck_assert_int_eq(read(out[0], &byte, 1), 1);
	process_name(pid, name, sizeof name);
	close(in[1]);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	waitpid(pid, NULL, 0);
	unlink(path);
	rmdir(folder);
	ck_assert_str_eq(name, cases[_i].name);
}
END_TEST

/* Names as in /proc/PID/cmdline, a "|" for each NUL. */
START_TEST(test_command_lines)
{
	static const char *const	cases[][2] = {
		{ "python3|/home/ben/calibrate.py|", "calibrate.py" },
		{ "/usr/bin/python3.11|-u|-B|x.py|-c|", "x.py" },
		{ "python3|-m|http.server|", "http.server" },
		{ "python3|-m|", NULL }, { "python3|", NULL }, { "python3", NULL },
		{ "python3|-c|import x|", NULL }, { "perl|-e|1|", NULL },
		{ "bash|", NULL }, { "sh|./run.sh|", "run.sh" },
		{ "share.py|x|", NULL }, { "shutdown|now|", NULL },
		{ "picoctl|hold|", NULL }, { "|", NULL },
		{ "python3||", NULL }, { "python3|folder/|", NULL },
	};
	char				 words[80];
	size_t				 i, len = strlen(cases[_i][0]);
	const char			*name;

	for (i = 0; i <= len; i++)
		words[i] = cases[_i][0][i] == '|' ? '\0' : cases[_i][0][i];
	name = command_line_script(words, len);
	ck_assert_pstr_eq(name, cases[_i][1]);
}
END_TEST

/* Who only calls itself as an interpreter is has no script. */
START_TEST(test_who_is_called_as_an_interpreter)
{
	ck_assert_str_eq(meet("python3").program, "python3");
}
END_TEST

START_TEST(test_nobody_is_left_of_it)
{
	struct client	client = { .pid = 0x3fffffff, .uid = 4000000000u };

	client_name(&client);
	ck_assert_str_eq(client.program, "?");
	ck_assert_str_eq(client.user, "4000000000");
}
END_TEST

static void
check_user(const char *text, uid_t uid, const char *name)
{
	char	got[16] = "none";
	int	error;

	error = passwd_find(text, strlen(text), uid, got, sizeof got);
	ck_assert_int_eq(error, name == NULL ? -ENOENT : 0);
	ck_assert_str_eq(got, name == NULL ? "none" : name);
}

START_TEST(test_users_of_a_file)
{
	static const char	file[] =
	    "root:x:0:0:root:/root:/bin/sh\n"
	    "+nis\n"
	    "\n"
	    ":x:5:5::/:\n"
	    "bad:x:\n"
	    "worse:x:12\n"
	    "none:x::7:\n"
	    "minus:x:-7:7:\n"
	    "much-too-long-a-name-for-it:x:14:14::/:\n"
	    "jo:x:100:100:Jo:/home/jo:/bin/sh\n"
	    "again:x:100:100::/:\n"
	    "last:x:101:1";

	check_user(file, 0, "root");
	check_user(file, 100, "jo");
	check_user(file, 10, NULL);		/* no part of 100 */
	check_user(file, 5, NULL);
	check_user(file, 7, NULL);
	check_user(file, 12, NULL);
	check_user(file, (uid_t)-7, NULL);
	check_user(file, 14, "much-too-long-a");
	check_user(file, 101, "last");
	check_user("", 0, NULL);
}
END_TEST

/* The cache tells one user from another, and all of them as getpwuid() would. */
START_TEST(test_users_of_this_machine)
{
	struct client	client = { .pid = getpid() };
	struct passwd	*pw;
	FILE		*file = fopen("/etc/passwd", "r");
	int		 count = 0;

	ck_assert_ptr_nonnull(file);
	while ((pw = fgetpwent(file)) != NULL) {
		client.uid = pw->pw_uid;
		client_name(&client);
		ck_assert_str_eq(client.user, getpwuid(client.uid)->pw_name);
		count++;
	}
	fclose(file);
	ck_assert_int_gt(count, 1);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("client");
	TCase	*tc = tcase_create("client");

	tcase_add_test(tc, test_kernels_word);
	tcase_add_test(tc, test_a_process);
	tcase_add_test(tc, test_called);
	tcase_add_loop_test(tc, test_program_is_cleaned, 0, 7);
	tcase_add_loop_test(tc, test_scripts_have_their_names, 0, 4);
	tcase_add_loop_test(tc, test_command_lines, 0, 16);
	tcase_add_test(tc, test_who_is_called_as_an_interpreter);
	tcase_add_test(tc, test_nobody_is_left_of_it);
	tcase_add_test(tc, test_users_of_a_file);
	tcase_add_test(tc, test_users_of_this_machine);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
