/* SPDX-License-Identifier: MIT */
/* What is done with ports that appear, and the names boards get. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/boards/claim.h"
#include "daemon/usb/match.h"
#include "daemon/usb/names.h"
#include "daemon/usb/place.h"
#include "tests/unit/suite.h"

static const struct hotplug_tty	pico = {
	.id = "/sys/1", .node = "/dev/ttyACM0", .vendor = 0x2e8a,
	.product = 0x0005, .serial = "E660D4A0A75B3B2C", .path = "1-2.3",
	.place = "pci-0000:00:14.0-usb-0:2.3", .interface = 2,
	.label = "Board in FS mode",
};
static const struct hotplug_tty	bridge = {
	.id = "/sys/2", .node = "/dev/ttyUSB0", .vendor = 0x1a86,
	.product = 0x7523, .serial = "", .path = "1-4", .place = "",
	.label = "",
};
static const struct hotplug_tty	modem = {
	.id = "/sys/3", .node = "/dev/ttyACM1", .vendor = 0x1199,
	.product = 0x9071, .serial = "x", .path = "1-5", .place = "",
	.label = "",
};

static const struct {
	const char	*patterns;
	bool		 fits;
} matches[] = {
	{ "/dev/ttyACM0", true }, { "/dev/ttyACM*", true },
	{ "/dev/ttyUSB*", false }, { "2e8a:0005", true },
	{ "2E8A:0005", true }, { "2e8a:*", true }, { "2e8a:000a", false },
	{ "serial:E660*", true }, { "serial:X*", false }, { "path:1-2.3", true },
	{ "path:1-2*", true }, { "path:1-3", false },
	{ "path:pci-*-usb-0:2.3", true }, { "path:pci-*-usb-0:2", false },
	{ "if:02", true }, { "if:00", false }, { "2e8a:* if:0?", true },
	{ "2e8a:0005 path:1-2.3", true }, { "2e8a:0005 path:1-9", false },
	{ " 2e8a:0005  serial:* ", true }, { "", false },
};

START_TEST(test_match)
{
	ck_assert_int_eq(match_tty(matches[_i].patterns, &pico),
	    matches[_i].fits);
}
END_TEST

START_TEST(test_no_serial_matches_no_pattern)
{
	ck_assert(!match_tty("serial:*", &bridge));
}
END_TEST

START_TEST(test_known)
{
	const struct known	*k, *other;
	unsigned		 i, n;

	ck_assert_str_eq(known_find(0x2e8a, 5)->prefix, "pico");
	ck_assert_str_eq(known_find(0x2341, 0x43)->prefix, "uno");
	ck_assert_str_eq(known_find(0x239a, 0x80f4)->prefix, "circuitpy");
	ck_assert_int_eq(known_find(0x1a86, 0x7523)->kind, KNOWN_BRIDGE);
	ck_assert_ptr_null(known_find(0x1199, 0x9071));
	for (i = 0; (k = known_get(i)) != NULL; i++) {
		ck_assert_ptr_nonnull(k->driver);
		ck_assert_uint_gt(strlen(k->prefix), 0);
		for (n = 0; n < i; n++) {
			other = known_get(n);
			ck_assert_msg(k->mask != other->mask ||
			    k->vendor != other->vendor ||
			    k->product != other->product, "%04x:%04x twice",
			    k->vendor, k->product);
		}
	}
}
END_TEST

static struct hotplug_tty
device(uint16_t vendor, uint16_t product)
{
	return (struct hotplug_tty){
		.id = "/sys/4", .node = "", .vendor = vendor,
		.product = product, .serial = "E0C9125B0D9B", .path = "1-6",
		.place = "", .label = "RP2 Boot",
	};
}

/* A configuration of lines as the command line has them. */
static struct config	config;

static void
setup(void)
{
	config_init(&config);
}

static void
teardown(void)
{
	config_finish(&config);
}

START_TEST(test_decide)
{
	struct claim	claim = claim_decide(&config, &pico);

	ck_assert_int_eq(claim.verdict, CLAIM_KNOWN);
	ck_assert_int_eq(claim_decide(&config, &bridge).verdict, CLAIM_UNCLAIMED);
	ck_assert_int_eq(claim_decide(&config, &modem).verdict, CLAIM_UNCLAIMED);

	ck_assert_int_eq(config_add_board(&config, "a=/dev/ttyUSB0"), 0);
	claim = claim_decide(&config, &bridge);
	ck_assert_int_eq(claim.verdict, CLAIM_CONFIGURED);
	ck_assert_str_eq(claim.config->name, "a");

	config.boards[0].match = strdup("1199:*");
	ck_assert_int_eq(claim_decide(&config, &modem).verdict, CLAIM_CONFIGURED);

	config.ignore[config.ignore_count++] = strdup("*:*");
	ck_assert_int_eq(claim_decide(&config, &modem).verdict, CLAIM_IGNORED);
	ck_assert_int_eq(claim_decide(&config, &pico).verdict, CLAIM_IGNORED);
}
END_TEST

/* Of devices without a port only a boot ROM is anything. */
START_TEST(test_decide_bootsel)
{
	struct hotplug_tty	rom = device(0x2e8a, 0x0003);
	struct hotplug_tty	mouse = device(0x046d, 0xc077);
	struct hotplug_tty	with_port = device(0x2e8a, 0x0005);
	struct claim		claim = claim_decide(&config, &rom);

	ck_assert_int_eq(claim.verdict, CLAIM_BOOTSEL);
	ck_assert_ptr_null(claim.config);
	ck_assert_int_eq(claim_decide(&config, &mouse).verdict, CLAIM_IGNORED);
	ck_assert_int_eq(claim_decide(&config, &with_port).verdict,
	    CLAIM_IGNORED);

	ck_assert_int_eq(config_add_board(&config, "a=/dev/ttyACM0"), 0);
	config.boards[0].match = strdup("path:1-6");
	claim = claim_decide(&config, &rom);
	ck_assert_int_eq(claim.verdict, CLAIM_BOOTSEL);
	ck_assert_str_eq(claim.config->name, "a");
	ck_assert_int_eq(claim_decide(&config, &mouse).verdict, CLAIM_IGNORED);

	config.ignore[config.ignore_count++] = strdup("2e8a:*");
	ck_assert_int_eq(claim_decide(&config, &rom).verdict, CLAIM_IGNORED);
}
END_TEST

/* A sketch may have the identity of the boot ROM; one with a port is none. */
START_TEST(test_what_has_a_port_is_not_in_bootsel)
{
	struct hotplug_tty	sketch = device(0x2e8a, 0x000f);
	struct claim		claim;

	sketch.label = "Pico 2";
	ck_assert_int_eq(claim_decide(&config, &sketch).verdict, CLAIM_IGNORED);
	sketch.node = "/dev/ttyACM0";
	claim = claim_decide(&config, &sketch);
	ck_assert_int_eq(claim.verdict, CLAIM_KNOWN);
	ck_assert_ptr_eq(claim.as.driver, &driver_auto);
	sketch.label = "RP2350 Boot";
	ck_assert_int_eq(claim_decide(&config, &sketch).verdict, CLAIM_KNOWN);
}
END_TEST

/* Whatever its identity: the interface's string, or the maker. */
START_TEST(test_what_the_device_says)
{
	struct hotplug_tty	board = device(0x04d8, 0xed94);
	struct claim		claim;

	board.node = "/dev/ttyACM0";
	board.role = "CircuitPython CDC control";
	claim = claim_decide(&config, &board);
	ck_assert_int_eq(claim.verdict, CLAIM_KNOWN);
	ck_assert_ptr_eq(claim.as.driver, &driver_repl);
	ck_assert_str_eq(claim.as.prefix, "circuitpy");
	ck_assert(claim.as.native_usb);
	ck_assert(!claim_is_data(&board));

	board.role = "CircuitPython CDC2 control";
	ck_assert_int_eq(claim_decide(&config, &board).verdict, CLAIM_UNCLAIMED);
	ck_assert(claim_is_data(&board));

	board.role = "Board CDC";
	board.maker = "MicroPython";
	claim = claim_decide(&config, &board);
	ck_assert_int_eq(claim.verdict, CLAIM_KNOWN);
	ck_assert_ptr_eq(claim.as.driver, &driver_repl);
	ck_assert_str_eq(claim.as.prefix, "micropython");

	board.vendor = 0x303a;		/* a sketch has the same identity */
	claim = claim_decide(&config, &board);
	ck_assert_ptr_eq(claim.as.driver, &driver_repl);
	ck_assert_str_eq(claim.as.prefix, "esp");
	board.maker = "Espressif";
	ck_assert_ptr_eq(claim_decide(&config, &board).as.driver, &driver_auto);
}
END_TEST

/* The identity for tests is everybody's. */
START_TEST(test_a_pin_server_says_so)
{
	struct hotplug_tty	board = device(0x1209, 0x0001);

	board.node = "/dev/ttyACM0";
	board.label = "My keyboard";
	ck_assert_int_eq(claim_decide(&config, &board).verdict, CLAIM_UNCLAIMED);
	board.label = "PinServer Pico";
	ck_assert_int_eq(claim_decide(&config, &board).verdict, CLAIM_KNOWN);
	ck_assert_ptr_nonnull(claim_decide(&config, &board).as.reports);
}
END_TEST

/* A section that means a data port names its interface. */
START_TEST(test_a_data_port_is_meant_by_its_interface)
{
	struct hotplug_tty	data = device(0x239a, 0x80f4);

	data.node = "/dev/ttyACM1";
	data.role = "CircuitPython CDC2 control";
	data.interface = 2;
	ck_assert_int_eq(config_add_board(&config, "a=/dev/ttyUSB7"), 0);
	free(config.boards[0].port);
	config.boards[0].port = NULL;
	config.boards[0].match = strdup("239a:80f4");
	ck_assert_int_eq(claim_decide(&config, &data).verdict, CLAIM_UNCLAIMED);
	free(config.boards[0].match);
	config.boards[0].match = strdup("239a:80f4 if:02");
	ck_assert_int_eq(claim_decide(&config, &data).verdict, CLAIM_CONFIGURED);
}
END_TEST

/* An administrator, or a distribution, adds a board without a build. */
START_TEST(test_what_udev_says)
{
	struct hotplug_tty	board = bridge;
	struct claim		claim;

	board.udev[HOTPLUG_BOARD] = "1";
	board.udev[HOTPLUG_DRIVER] = "piserial";
	board.udev[HOTPLUG_BAUD] = "9600";
	board.udev[HOTPLUG_FLASHER] = "nano";
	claim = claim_decide(&config, &board);
	ck_assert_int_eq(claim.verdict, CLAIM_KNOWN);
	ck_assert_ptr_eq(claim.as.driver, &driver_piserial);
	ck_assert_uint_eq(claim.as.baud, 9600);
	ck_assert_str_eq(claim.udev_flasher, "nano");

	board = modem;			/* one that the table has not */
	board.udev[HOTPLUG_DRIVER] = "repl";
	claim = claim_decide(&config, &board);
	ck_assert_int_eq(claim.verdict, CLAIM_KNOWN);
	ck_assert_str_eq(claim.as.prefix, "board");

	board.udev[HOTPLUG_DRIVER] = "perl";
	board.udev[HOTPLUG_BAUD] = "49";
	board.udev[HOTPLUG_FLASHER] = "bossac";
	claim = claim_decide(&config, &board);
	ck_assert_int_eq(claim.verdict, CLAIM_UNCLAIMED);
	ck_assert_uint_eq(claim.as.baud, 115200);
	ck_assert_ptr_null(claim.udev_flasher);

	board = pico;
	board.udev[HOTPLUG_BOARD] = "0";
	ck_assert_int_eq(claim_decide(&config, &board).verdict, CLAIM_UNCLAIMED);
}
END_TEST

START_TEST(test_place)
{
	static const struct {
		const char	*syspath, *place;
	} cases[] = {
		{ "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.3",
		    "pci-0000:00:14.0-usb-0:2.3" },
		{ "/sys/devices/pci0000:00/0000:00:14.0/usb3/3-2/3-2.3",
		    "pci-0000:00:14.0-usb-0:2.3" },
		{ "/sys/devices/platform/soc/3f980000.usb/usb1/1-1",
		    "platform-3f980000.usb-usb-0:1" },
		{ "/sys/devices/usbhub/tty", "" }, { "", "" },
	};
	char	place[PLACE_MAX];
	size_t	i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		usb_place(cases[i].syspath, place, sizeof place);
		ck_assert_str_eq(place, cases[i].place);
	}
	usb_place(cases[0].syspath, place, 8);
	ck_assert_str_eq(place, "pci-000");
}
END_TEST

START_TEST(test_key)
{
	struct hotplug_tty	odd = pico;
	char			key[128];

	claim_key(&pico, false, key, sizeof key);
	ck_assert_str_eq(key, "2e8a:0005:E660D4A0A75B3B2C");
	claim_key(&pico, true, key, sizeof key);
	ck_assert_str_eq(key, "2e8a:0005@pci-0000:00:14.0-usb-0:2.3");
	claim_key(&bridge, false, key, sizeof key);
	ck_assert_str_eq(key, "1a86:7523@1-4");
	odd.serial = "a b\n";
	claim_key(&odd, false, key, sizeof key);
	ck_assert_str_eq(key, "2e8a:0005:a_b_");
}
END_TEST

static bool
taken(const char *name, void *arg)
{
	return strcmp(name, arg) == 0;
}

static bool
free_name(const char *name, void *arg)
{
	(void)name, (void)arg;
	return false;
}

START_TEST(test_names_stay)
{
	char		 folder[] = "/tmp/picod-names-XXXXXX", path[64];
	char		 two[] = "pico2";
	struct names	*names;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/names", folder);
	names = names_open(path);
	ck_assert_str_eq(names_get(names, "k1", "pico", free_name, NULL), "pico0");
	ck_assert_str_eq(names_get(names, "k2", "pico", free_name, NULL), "pico1");
	ck_assert_str_eq(names_get(names, "k3", "uno", free_name, NULL), "uno0");
	names_close(names);
	names = names_open(path);
	ck_assert_str_eq(names_get(names, "k2", "pico", free_name, NULL), "pico1");
	names_set(names, "k9", "pico1");
	ck_assert_str_eq(names_get(names, "k9", "uno", free_name, NULL), "pico1");
	ck_assert_str_eq(names_get(names, "k2", "pico", free_name, NULL), "pico1");
	ck_assert_str_eq(names_get(names, "k1", "pico", free_name, NULL), "pico0");
	ck_assert_str_eq(names_get(names, "k4", "pico", taken, two),
	    "pico3");
	ck_assert_str_eq(names_known(names, "k4"), "pico3");
	names_drop(names, "k4");
	ck_assert_ptr_null(names_known(names, "k4"));
	names_drop(names, "k4");
	ck_assert_str_eq(names_get(names, "k5", "pico", taken, two),
	    "pico3");
	names_close(names);
	unlink(path);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(test_names_of_twins)
{
	struct names	*names = names_open(NULL);

	ck_assert_str_eq(names_get(names, "s", "uno", free_name, NULL), "uno0");
	ck_assert(!names_is_shared(names, "s"));
	names_share(names, "s", "@1-2");
	ck_assert(names_is_shared(names, "s"));
	ck_assert_str_eq(names_get(names, "@1-2", "uno", free_name, NULL), "uno0");
	ck_assert_str_eq(names_get(names, "@1-3", "uno", free_name, NULL), "uno1");
	names_share(names, "unseen", "@1-4");
	ck_assert(names_is_shared(names, "unseen"));
	ck_assert_str_eq(names_get(names, "@1-4", "uno", free_name, NULL), "uno2");
	names_close(names);
}
END_TEST

START_TEST(test_names_limit)
{
	struct names	*names = names_open(NULL);
	char		 key[16], first[16];
	int		 i;

	strcpy(first, names_get(names, "first", "b", free_name, NULL));
	for (i = 0; i < LIMIT_NAMES - 1; i++) {
		snprintf(key, sizeof key, "k%d", i);
		names_get(names, key, "b", free_name, NULL);
	}
	ck_assert_str_eq(names_get(names, "first", "b", free_name, NULL), first);
	names_get(names, "more", "b", free_name, NULL);	/* k0 gives way */
	ck_assert_str_eq(names_get(names, "first", "b", free_name, NULL), first);
	ck_assert_ptr_null(names_known(names, "k0"));
	ck_assert_str_eq(names_get(names, "k1", "b", free_name, NULL), "b2");
	names_set(names, "another", "mine");
	ck_assert_ptr_null(names_known(names, "k2"));
	ck_assert_str_eq(names_known(names, "k3"), "b4");
	names_close(names);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("claim");
	TCase	*tc = tcase_create("claim");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_match, 0, sizeof matches / sizeof *matches);
	tcase_add_test(tc, test_no_serial_matches_no_pattern);
	tcase_add_test(tc, test_known);
	tcase_add_test(tc, test_decide);
	tcase_add_test(tc, test_decide_bootsel);
	tcase_add_test(tc, test_what_has_a_port_is_not_in_bootsel);
	tcase_add_test(tc, test_what_the_device_says);
	tcase_add_test(tc, test_a_pin_server_says_so);
	tcase_add_test(tc, test_a_data_port_is_meant_by_its_interface);
	tcase_add_test(tc, test_what_udev_says);
	tcase_add_test(tc, test_place);
	tcase_add_test(tc, test_key);
	tcase_add_test(tc, test_names_stay);
	tcase_add_test(tc, test_names_of_twins);
	tcase_add_test(tc, test_names_limit);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
