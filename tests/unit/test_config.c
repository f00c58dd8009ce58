/* SPDX-License-Identifier: MIT */
/* The configuration: what it takes, and what it says of mistakes. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config/config.h"
#include "tests/unit/suite.h"

static char		folder[64], path[128];
static struct config	config;

static void
setup(void)
{
	strcpy(folder, "/tmp/picod-config-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/picod.conf", folder);
	config_init(&config);
}

static void
teardown(void)
{
	char	drop_in[160];

	config_finish(&config);
	snprintf(drop_in, sizeof drop_in, "%s.d/10.conf", path);
	unlink(drop_in);
	snprintf(drop_in, sizeof drop_in, "%s.d", path);
	rmdir(drop_in);
	unlink(path);
	rmdir(folder);
}

static void
write_file(const char *file, const char *text)
{
	FILE	*f = fopen(file, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

/* Reads a text as the configuration; what is logged goes to a buffer. */
static char *
read_text(const char *text)
{
	static char	said[4096];
	FILE		*real = stderr;

	memset(said, 0, sizeof said);
	write_file(path, text);
	stderr = fmemopen(said, sizeof said - 1, "w");
	ck_assert_int_eq(config_read(&config, path), 0);
	config_check(&config);
	fclose(stderr);
	stderr = real;
	return said;
}

START_TEST(test_everything)
{
	struct config_board	*b;

	read_text("# a comment\n[board pico0]\nport = /dev/ttyACM0\n"
	    "[board uno0]\nport = tcp:lab:4000\ndriver = piserial\n"
	    "baud = 9600\ninterrupt = no\nreports = vw\nflasher = nano\n"
	    "part = m168p\nprogrammer = arduino\nflash-baud = 19200\n"
	    "[tools]\navrdude = /a\navrdude = /opt/bin/avrdude\n");
	ck_assert_uint_eq(config.errors, 0);
	ck_assert_uint_eq(config.board_count, 2);
	ck_assert_str_eq(config.tools[FLASH_AVRDUDE], "/opt/bin/avrdude");
	ck_assert_ptr_null(config.tools[FLASH_PICOTOOL]);
	b = &config.boards[0];
	ck_assert_str_eq(b->name, "pico0");
	ck_assert_ptr_null(b->driver);
	ck_assert_uint_eq(b->baud, 0);
	ck_assert(b->interrupt);
	b = &config.boards[1];
	ck_assert_str_eq(b->port, "tcp:lab:4000");
	ck_assert_ptr_eq(b->driver, &driver_piserial);
	ck_assert_uint_eq(b->baud, 9600);
	ck_assert(!b->interrupt);
	ck_assert_str_eq(b->reports, "vw");
	ck_assert_str_eq(b->flasher, "nano");
	ck_assert_str_eq(b->part, "m168p");
	ck_assert_str_eq(b->programmer, "arduino");
	ck_assert_uint_eq(b->flash_baud, 19200);
}
END_TEST

/* As people indent, and as some editors begin a file. */
START_TEST(test_what_stands_in_front_of_lines)
{
	read_text("\xef\xbb\xbf[board a]\n  port = /dev/x\n\tbaud = 9600\n"
	    "  # no more\n  [board b]\n  port = /dev/y\n");
	ck_assert_uint_eq(config.errors, 0);
	ck_assert_uint_eq(config.board_count, 2);
	ck_assert_str_eq(config.boards[0].port, "/dev/x");
	ck_assert_uint_eq(config.boards[0].baud, 9600);
	ck_assert_str_eq(config.boards[1].port, "/dev/y");
}
END_TEST

START_TEST(test_drop_in_goes_over_the_file)
{
	char	drop_in[160];

	snprintf(drop_in, sizeof drop_in, "%s.d", path);
	mkdir(drop_in, 0700);
	snprintf(drop_in, sizeof drop_in, "%s.d/10.conf", path);
	write_file(drop_in, "[board a]\nbaud = 9600\n");
	read_text("[board a]\nport = /dev/x\nbaud = 57600\n");
	ck_assert_uint_eq(config.errors, 0);
	ck_assert_uint_eq(config.boards[0].baud, 9600);
	ck_assert_str_eq(config.boards[0].port, "/dev/x");
}
END_TEST

START_TEST(test_a_speed_that_is_found_out_is_none_that_is_set)
{
	read_text("[board a]\nport = /dev/x\nbaud = 9600\nbaud = auto\n");
	ck_assert_uint_eq(config.errors, 0);
	ck_assert_uint_eq(config.boards[0].baud, 0);
}
END_TEST

START_TEST(test_who_may_open_a_port_for_tools)
{
	struct config_tty	tty;

	read_text("[ports]\ntty = daemon\n[board a]\nport = /dev/x\ntty = no\n"
	    "[access]\n* = Send\n");
	ck_assert_uint_eq(config.errors, 0);
	ck_assert(!config_tty(&config, "a", &tty));
	ck_assert(config_tty(&config, "b", &tty));
	ck_assert_uint_eq(tty.group, 1);
}
END_TEST

/* By itself, nobody has one to a board that he may not use. */
START_TEST(test_rules_of_access_are_no_ports_for_tools)
{
	struct config_tty	tty;

	read_text("[access a]\n* = Send\n");
	ck_assert(!config_tty(&config, "a", &tty));
	ck_assert(config_tty(&config, "b", &tty));
	ck_assert_int_eq(tty.who, CONFIG_TTY_USUAL);
}
END_TEST

static const struct {
	const char	*text;
	const char	*said;
} mistakes[] = {
	{ "[board a]\nport = ttyACM0\n", "line 2: port = ttyACM0: a port is" },
	{ "[board a]\nport = /dev/x\nspeed = 1\n",
	    "line 3: a board has no setting \"speed\"" },
	{ "[board a]\nport = /dev/x\nbaud = fast\n", "line 3: baud = fast" },
	{ "[board a]\nport = /dev/x\nbaud = 49\n", "line 3: baud = 49" },
	{ "[board a]\nport = /dev/x\nbaud = 4000001\n", "line 3: baud" },
	{ "[board a]\nport = /dev/x\ndriver = lisp\n", "line 3: driver = lisp" },
	{ "[board a]\nport = /dev/x\ninterrupt = maybe\n", "line 3: interrupt" },
	{ "[board a]\nport = /dev/x\nreports = V\n", "line 3: reports = V" },
	{ "[board a]\nport = /dev/x\nflasher = arduino\n",
	    "line 3: flasher = arduino" },
	{ "[board a]\nport = /dev/x\npart = -U\n", "line 3: part = -U" },
	{ "[board a]\nport = /dev/x\nprogrammer = a b\n",
	    "line 3: programmer = a b" },
	{ "[board a]\nport = /dev/x\nflash-baud = 0\n",
	    "line 3: flash-baud = 0" },
	{ "[board a]\nport = /dev/x\npart = "
	    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n",	/* LIMIT_TOOL_NAME + 1 */
	    "longer than any name" },
	{ "[board a b]\nport = /dev/x\n", "line 2: \"a b\" is no name" },
	{ "[board all]\nport = /dev/x\n", "line 2: \"all\" is no name" },
	{ "[access  a]\n* = all\n", "line 2: \" a\" is no name" },
	{ "[access ]\n* = all\n", "line 2: \"\" is no name" },
	{ "[access all]\n* = all\n", "line 2: \"all\" is no name" },
	{ "[port x]\ny = z\n", "line 2: there is no section [port x]" },
	{ "[board a]\n\nport\n", "line 3: this is neither" },
	{ "[board a]\nbaud = 9600\n", "line 2: board a has neither port nor match" },
	{ "[board a]\nport = /dev/x\nmatch = 1:2\n", "board a has both" },
	{ "[board a]\nmatch = pico\n", "line 2: match = pico: a pattern is" },
	{ "[ports]\nignore = printer\n", "line 2: ignore = printer" },
	{ "[ports]\nskip = 1:2\n", "line 2: [ports] has no setting" },
	{ "[ports]\ntty = nobodyatall\n", "line 2: tty = nobodyatall" },
	{ "[board a]\nport = /dev/x\ntty = yes\n", "line 3: tty = yes" },
	{ "[tools]\nesptool = /x\n",
	    "line 2: [tools] has no setting \"esptool\"" },
	{ "[tools]\n\navrdude = avrdude\n", "line 3: avrdude = avrdude: a" },
	{ "[tools]\npicotool = /opt/\n", "line 2: picotool = /opt/: a" },
	{ "[board a]\nport = /dev/x\n[board b]\nport = /dev/x\n",
	    "line 4: boards a and b have the same port" },
	{ "[access a]\n* = Send(c)\n[board a]\nport = /dev/x\ndriver = repl\n",
	    "line 4: [access a] grants Send(c), which is for PiSerial" },
};

START_TEST(test_mistakes)
{
	const char	*said = read_text(mistakes[_i].text);

	ck_assert_uint_eq(config.errors, 1);
	ck_assert_msg(strstr(said, mistakes[_i].said) != NULL, "said: %s", said);
	ck_assert_ptr_nonnull(strstr(said, path));
}
END_TEST

START_TEST(test_every_mistake_is_told)
{
	const char	*said = read_text("[board a]\nport = x\nbaud = y\n");

	ck_assert_uint_eq(config.errors, 2);
	ck_assert_ptr_nonnull(strstr(said, "line 2"));
	ck_assert_ptr_nonnull(strstr(said, "line 3"));
}
END_TEST

START_TEST(test_limit_of_boards)
{
	char	argument[32];
	int	i;

	for (i = 0; i < LIMIT_BOARDS; i++) {
		snprintf(argument, sizeof argument, "b%d=/dev/%d", i, i);
		ck_assert_int_eq(config_add_board(&config, argument), 0);
	}
	ck_assert_int_eq(config_add_board(&config, "more=/dev/x"), -EINVAL);
}
END_TEST

START_TEST(test_limit_of_ports_to_ignore)
{
	static const char	line[] = "ignore = /dev/x\n";
	char			text[(LIMIT_IGNORED + 2) * sizeof line];
	char			*p = stpcpy(text, "[ports]\n");
	int			i;

	for (i = 0; i < LIMIT_IGNORED; i++)
		p = stpcpy(p, line);
	read_text(text);
	ck_assert_uint_eq(config.errors, 0);
	ck_assert_uint_eq(config.ignore_count, LIMIT_IGNORED);
	config_finish(&config);
	config_init(&config);
	strcpy(p, line);
	ck_assert_ptr_nonnull(strstr(read_text(text), "ports to ignore"));
	ck_assert_uint_eq(config.errors, 1);
}
END_TEST

START_TEST(test_command_line)
{
	char	name[LIMIT_BOARD_NAME + 16];

	ck_assert_int_eq(config_add_board(&config,
	    "uno=/dev/ttyS0,driver=piserial,baud=9600"), 0);
	ck_assert_ptr_eq(config.boards[0].driver, &driver_piserial);
	ck_assert_int_eq(config_add_board(&config, "uno"), -EINVAL);
	ck_assert_int_eq(config_add_board(&config, "uno=x"), -EINVAL);
	ck_assert_int_eq(config_add_board(&config, "uno=/x,baud"), -EINVAL);
	ck_assert_int_eq(config_add_board(&config, "=/x"), -EINVAL);
	memset(name, 'n', LIMIT_BOARD_NAME);
	strcpy(name + LIMIT_BOARD_NAME, "=/y");
	ck_assert_int_eq(config_add_board(&config, name), 0);
	strcpy(name + LIMIT_BOARD_NAME, "n=/z");
	ck_assert_int_eq(config_add_board(&config, name), -EINVAL);
}
END_TEST

START_TEST(test_missing_file)
{
	ck_assert_int_eq(config_read(&config, "/nonexistent/picod.conf"),
	    -ENOENT);
	ck_assert_uint_eq(config.errors, 0);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("config");
	TCase	*tc = tcase_create("config");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_everything);
	tcase_add_test(tc, test_drop_in_goes_over_the_file);
	tcase_add_test(tc, test_what_stands_in_front_of_lines);
	tcase_add_test(tc, test_who_may_open_a_port_for_tools);
	tcase_add_test(tc, test_rules_of_access_are_no_ports_for_tools);
	tcase_add_test(tc, test_a_speed_that_is_found_out_is_none_that_is_set);
	tcase_add_loop_test(tc, test_mistakes, 0,
	    sizeof mistakes / sizeof *mistakes);
	tcase_add_test(tc, test_every_mistake_is_told);
	tcase_add_test(tc, test_limit_of_boards);
	tcase_add_test(tc, test_limit_of_ports_to_ignore);
	tcase_add_test(tc, test_command_line);
	tcase_add_test(tc, test_missing_file);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
