/* SPDX-License-Identifier: MIT */
/*
 * What udev says, by a kernel that has a queue for it and drops what does not fit:
 * in a network of its own, where the test is the one who says it.
 */
#include <arpa/inet.h>
#include <check.h>
#include <event2/event.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apart.h"
#include "daemon/base/log.h"
#include "daemon/usb/hotplug.h"
#include "tests/unit/suite.h"

#define ID	"/sys/devices/platform/x/usb1/1-1/1-1:1.0/tty/ttyACM7"
#define FROM_UDEV	2		/* the group */
#define TTY_HASH	0x8afa90c8u	/* of "tty", as who filters has it */
#define FILLING		16000
/* More than any queue that picod asks for. */
#define BURST		3000

/* What udev puts before a message; numbers are in network order, but sizes. */
struct udev_header {
	char		prefix[8];
	uint32_t	magic, size, offset, len, subsystem, rest[3];
};

static struct event_base	*base;
static struct hotplug		*hotplug;
static unsigned			 appeared, missed, vanished;
static int			 udev = -1;

static void
on_appeared(void *arg, const struct hotplug_tty *tty)
{
	(void)arg, (void)tty;
	appeared++;
}

static void
on_vanished(void *arg, const char *id)
{
	(void)arg;
	ck_assert_str_eq(id, ID);
	vanished++;
}

static void
on_missed(void *arg)
{
	(void)arg;
	missed++;
	ck_assert_int_eq(hotplug_enumerate(hotplug), 0);
}

static const struct hotplug_handler handler = {
	on_appeared, on_vanished, on_missed
};

/* False where the system does not let us. */
static bool
enter_own_network(void)
{
	/* Without its socket udev is taken for not running. */
	if (!apart_enter() || !apart_empty("/run") ||
	    mkdir("/run/udev", 0755) < 0)
		return false;
	apart_write("/run/udev/control", "");
	udev = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_KOBJECT_UEVENT);
	return udev >= 0;
}

static void
say(const char *action, size_t filling)
{
	static char		message[sizeof(struct udev_header) + FILLING +
	    512];
	struct udev_header	*header = (struct udev_header *)message;
	struct sockaddr_nl	 to = { .nl_family = AF_NETLINK,
				     .nl_groups = FROM_UDEV };
	char			*p = message + sizeof *header;

	p += 1 + sprintf(p, "ACTION=%s", action);
	p += 1 + sprintf(p, "DEVPATH=%s", &ID[strlen("/sys")]);
	p += 1 + sprintf(p, "SUBSYSTEM=tty");
	p += 1 + sprintf(p, "SEQNUM=1");
	p += sprintf(p, "FILLING=");
	memset(p, 'x', filling);
	p += filling;
	*p++ = '\0';
	*header = (struct udev_header){
		"libudev", htonl(0xfeedcafe), sizeof *header, sizeof *header,
		(uint32_t)(p - message - (long)sizeof *header),
		htonl(TTY_HASH), { 0 },
	};
	ck_assert_int_eq(sendto(udev, message, (size_t)(p - message), 0,
	    (struct sockaddr *)&to, sizeof to), p - message);
}

static void
turn(void)
{
	ck_assert_int_ge(event_base_loop(base, EVLOOP_NONBLOCK), 0);
}

static void
setup(void)
{
	log_init(false);
	appeared = missed = vanished = 0;
	if (!enter_own_network())
		return;
	base = event_base_new();
	event_base_priority_init(base, 2);
	hotplug = hotplug_create(base, &handler, NULL);
	ck_assert_ptr_nonnull(hotplug);
}

static void
teardown(void)
{
	if (udev < 0)
		return;
	hotplug_destroy(hotplug);
	event_base_free(base);
	close(udev);
}

START_TEST(test_what_goes_is_told)
{
	if (udev < 0)
		return;
	say("remove", 0);
	turn();
	ck_assert_uint_eq(vanished, 1);
	ck_assert_uint_eq(missed, 0);
}
END_TEST

START_TEST(test_a_burst_is_made_up_for)
{
	unsigned	i, there = appeared;

	if (udev < 0)
		return;
	say("remove", 0);
	for (i = 0; i < BURST; i++)
		say("change", FILLING);
	turn();
	ck_assert_uint_eq(vanished, 1);
	ck_assert_uint_eq(missed, 1);
	ck_assert_uint_eq(appeared, 2 * there);
	say("remove", 0);
	turn();
	ck_assert_uint_eq(vanished, 2);
	ck_assert_uint_eq(missed, 1);
}
END_TEST

int
main(void)
{
	Suite	*s = suite_create("hotplug");
	TCase	*t = tcase_create("hotplug");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_what_goes_is_told);
	tcase_add_test(t, test_a_burst_is_made_up_for);
	suite_add_tcase(s, t);
	return suite_run(s);
}
