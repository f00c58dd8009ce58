/* SPDX-License-Identifier: MIT */
/* The rules of access: who may do what on which board. */
#include <check.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/server/access.h"
#include "tests/unit/suite.h"

static struct access		access_rules;
static struct client		daemon_user, stranger = { .uid = 12345 };
static const struct client	root = { .uid = 0 };
static gid_t			mail;
static const struct access_groups nothing;

static void
setup(void)
{
	access_init(&access_rules);
	daemon_user.uid = getpwnam("daemon")->pw_uid;
	daemon_user.gid = 54321;
	mail = getgrnam("mail")->gr_gid;
}

static void
teardown(void)
{
	access_finish(&access_rules);
}

static void
add(const char *board, const char *who, const char *what)
{
	const char	*why = access_add(&access_rules, board, who, what);

	ck_assert_msg(why == NULL, "%s = %s: %s", who, what, why);
}

static bool
may(const struct client *client, const char *board, const char *method,
    const char *text)
{
	struct access_ask	ask = {
		.board = board, .method = method, .text = text,
		.len = text == NULL ? 0 : strlen(text), .is_command = true,
	};

	return access_permits(&access_rules, client, &nothing, &ask);
}

START_TEST(test_without_rules_everything)
{
	ck_assert(may(&stranger, "b", "Send", "1"));
}
END_TEST

START_TEST(test_rules_for_all_boards)
{
	add(NULL, "daemon", "Send Watch");
	ck_assert(may(&daemon_user, "b", "Send", "1"));
	ck_assert(may(&daemon_user, "b", "Watch", NULL));
	ck_assert(!may(&daemon_user, "b", "Reset", NULL));
	ck_assert(!may(&stranger, "b", "Send", "1"));
	ck_assert(may(&root, "b", "Reset", NULL));
}
END_TEST

START_TEST(test_rules_of_a_board_replace_them)
{
	add(NULL, "*", "all");
	add("b", "daemon", "Watch");
	add("b", "daemon", "Reset");
	ck_assert(may(&stranger, "other", "Send", "1"));
	ck_assert(!may(&stranger, "b", "Send", "1"));
	ck_assert(!may(&daemon_user, "b", "Send", "1"));
	ck_assert(may(&daemon_user, "b", "Watch", NULL));
	ck_assert(may(&daemon_user, "b", "Reset", NULL));
}
END_TEST

START_TEST(test_groups)
{
	struct client		member = { .uid = 7, .gid = mail };
	struct access_groups	others = { .ids = (gid_t[]){ 9, mail },
				    .count = 2 };

	add(NULL, "@mail", "Send");
	ck_assert(may(&member, "b", "Send", "1"));
	ck_assert(!may(&stranger, "b", "Send", "1"));
	ck_assert(access_permits(&access_rules, &stranger, &others,
	    &(struct access_ask){ .board = "b", .method = "Send" }));
}
END_TEST

START_TEST(test_letters)
{
	add(NULL, "*", "Watch Send(rg)");
	ck_assert(may(&stranger, "b", "Send", "rFF"));
	ck_assert(may(&stranger, "b", "Send", "g00"));
	ck_assert(!may(&stranger, "b", "Send", "bFF"));
	ck_assert(!may(&stranger, "b", "Send", ""));
	ck_assert(may(&stranger, "b", "Watch", NULL));
}
END_TEST

/* As lines do. */
START_TEST(test_letters_add_up)
{
	add("b", "*", "Send(c) Watch Send(d)");
	ck_assert(may(&stranger, "b", "Send", "c1"));
	ck_assert(may(&stranger, "b", "Send", "d1"));
	ck_assert(!may(&stranger, "b", "Send", "e1"));
	add("all", "*", "Send(c) Send");
	ck_assert(may(&stranger, "all", "Send", "e1"));
}
END_TEST

/* To a Python board, or one that may be one, a letter is the begin of anything. */
START_TEST(test_letters_grant_commands_only)
{
	struct access_ask	ask = {
		.board = "b", .method = "Send", .text = "c=1;steal()", .len = 11,
	};

	add(NULL, "*", "Send(c) Hold");
	ck_assert(!access_permits(&access_rules, &stranger, &nothing, &ask));
	ask.is_command = true;
	ck_assert(access_permits(&access_rules, &stranger, &nothing, &ask));
	ask.text = "\0c";
	ask.len = 2;
	ck_assert(!access_permits(&access_rules, &stranger, &nothing, &ask));
	ask.len = 0;
	ck_assert(!access_permits(&access_rules, &stranger, &nothing, &ask));
	ask.method = "Hold";		/* its will is another question */
	ck_assert(access_permits(&access_rules, &stranger, &nothing, &ask));
}
END_TEST

/* What needs no board is granted by a right on any. */
START_TEST(test_on_any_board)
{
	ck_assert(may(&stranger, NULL, "Upload", NULL));
	add("b", "daemon", "Flash");
	ck_assert(may(&stranger, NULL, "Flash", NULL));	/* on the others */
	add(NULL, "*", "Watch");
	ck_assert(!may(&stranger, NULL, "Flash", NULL));
	ck_assert(may(&daemon_user, NULL, "Flash", NULL));
	ck_assert(may(&stranger, NULL, "Watch", NULL));
	ck_assert(may(&root, NULL, "Flash", NULL));
}
END_TEST

START_TEST(test_none)
{
	add(NULL, "*", "none");
	ck_assert(!may(&stranger, "b", "Send", "1"));
	ck_assert(may(&root, "b", "Send", "1"));
}
END_TEST

static const struct {
	const char	*who, *what, *why;
} mistakes[] = {
	{ "no-such-user", "all", "no such user" },
	{ "@no-such-group", "all", "no such group" },
	{ "*", "Sned", "a method is" }, { "*", "Send()", "Send(abc)" },
	{ "*", "Send(A)", "Send(abc)" }, { "*", "Send(a", "Send(abc)" },
	{ "*", "Send(a)b", "Send(abc)" }, { "*", "Watch(a)", "Send(abc)" },
};

START_TEST(test_mistakes)
{
	const char	*why = access_add(&access_rules, NULL, mistakes[_i].who,
			    mistakes[_i].what);

	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, mistakes[_i].why) != NULL, "%s", why);
}
END_TEST

START_TEST(test_limit_of_rules)
{
	int	i;

	for (i = 0; i < LIMIT_RULES; i++)
		add(NULL, "*", "all");
	ck_assert_ptr_nonnull(access_add(&access_rules, NULL, "*", "all"));
}
END_TEST

START_TEST(test_peer_groups)
{
	struct access_groups	groups;
	int			fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	access_groups_init(&groups, fds[0]);
	ck_assert_uint_eq(groups.count, (size_t)getgroups(0, NULL));
	access_groups_finish(&groups);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(test_connect)
{
	struct client	self = { .uid = geteuid() };

	ck_assert(access_may_connect(&access_rules, &root, &nothing));
	ck_assert(access_may_connect(&access_rules, &self, &nothing));
	ck_assert(!access_may_connect(&access_rules, &stranger, &nothing));
	access_rules.has_group = true;
	access_rules.group = mail;
	stranger.gid = mail;
	ck_assert(access_may_connect(&access_rules, &stranger, &nothing));
	stranger.gid = 0;
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("access");
	TCase	*tc = tcase_create("access");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_without_rules_everything);
	tcase_add_test(tc, test_rules_for_all_boards);
	tcase_add_test(tc, test_rules_of_a_board_replace_them);
	tcase_add_test(tc, test_groups);
	tcase_add_test(tc, test_letters);
	tcase_add_test(tc, test_letters_add_up);
	tcase_add_test(tc, test_letters_grant_commands_only);
	tcase_add_test(tc, test_on_any_board);
	tcase_add_test(tc, test_none);
	tcase_add_loop_test(tc, test_mistakes, 0,
	    sizeof mistakes / sizeof *mistakes);
	tcase_add_test(tc, test_limit_of_rules);
	tcase_add_test(tc, test_peer_groups);
	tcase_add_test(tc, test_connect);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
