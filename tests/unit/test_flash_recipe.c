/* SPDX-License-Identifier: MIT */
/* How each kind of board is flashed. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/flash/flash_recipe.h"
#include "daemon/usb/known.h"
#include "protocol/setting.h"
#include "tests/unit/suite.h"

static struct flash_recipe	recipe;
static char			why[FLASH_WHY_MAX];

/* The recipe of a board with that identity and those settings. */
static int
get(const struct board_usb *usb, const struct board_flash *flash)
{
	const struct board_options	 options = {
		.name = "b", .driver = &driver_auto, .flash = *flash,
	};
	struct board			*b = board_create(&options, 1);
	int				 error;

	board_set_port(b, "/dev/ttyACM0", usb);
	error = flash_recipe_get(b, &recipe, why);
	board_end(b);
	board_destroy(b);
	return error;
}

static const struct {
	uint16_t		 vendor, product;
	struct board_flash	 flash;
	const char		*part, *programmer;	/* NULL: refused */
	unsigned		 baud;
	uint64_t		 size;
	const char		*images;
} cases[] = {
	{ 0x2341, 0x0043, { 0 }, "m328p", "arduino", 115200, 32256, "uno" },
	{ 0x2341, 0x0042, { 0 }, "m2560", "wiring", 115200, 253952, "mega" },
	{ 0x2341, 0x8036, { 0 }, "m32u4", "avr109", 57600, 28672, "leonardo" },
	{ 0x1a86, 0x7523, { 0 }, NULL, NULL, 0, 0, NULL },
	{ 0x1a86, 0x7523, { "nano", NULL, NULL, 0 }, "m328p", "arduino",
	    115200, 30720, "nano" },
	{ 0x1a86, 0x7523, { "nano-old", NULL, NULL, 0 }, "m328p", "arduino",
	    57600, 30720, "nano" },
	{ 0x1a86, 0x7523, { "nano", NULL, NULL, 38400 }, "m328p", "arduino",
	    38400, 30720, "nano" },
	{ 0x2341, 0x0043, { NULL, "m168p", NULL, 0 }, "m168p", "arduino",
	    115200, 0x800000, "uno" },
	{ 0, 0, { "avrdude", "m88", "urclock", 0 }, "m88", "urclock", 0, 0x800000,
	    "" },
	{ 0, 0, { "avrdude", "m88", NULL, 0 }, NULL, NULL, 0, 0, NULL },
	{ 0, 0, { 0 }, NULL, NULL, 0, 0, NULL },
};

START_TEST(test_cases)
{
	struct board_usb	usb = { .vendor = cases[_i].vendor,
				    .product = cases[_i].product };
	int			error;

	error = get(&usb, &cases[_i].flash);
	if (cases[_i].part == NULL) {
		ck_assert_int_lt(error, 0);
		ck_assert_ptr_nonnull(strstr(why, "picod.conf"));
		return;
	}
	ck_assert_int_eq(error, 0);
	ck_assert_int_eq(recipe.tool, FLASH_AVRDUDE);
	ck_assert_str_eq(recipe.part, cases[_i].part);
	ck_assert_str_eq(recipe.programmer, cases[_i].programmer);
	ck_assert_uint_eq(recipe.baud, cases[_i].baud);
	ck_assert_uint_eq(recipe.chip.size, cases[_i].size);
	ck_assert_str_eq(recipe.images, cases[_i].images);
}
END_TEST

/* What a section may name as its flasher is a recipe, and needs no more settings. */
START_TEST(test_what_sections_may_name)
{
	static const char	list[] = SETTING_FLASHERS;
	char			 word[32];
	const char		*at = list;
	size_t			 len;

	for (;; at += len + 2) {
		len = strcspn(at, ",");
		snprintf(word, sizeof word, "%.*s", (int)len, at);
		ck_assert_ptr_null(setting_flasher(word));
		ck_assert_ptr_nonnull(flash_recipe_find(word));
		ck_assert_uint_gt(strlen(flash_recipe_find(word)->programmer) +
		    strlen(flash_recipe_find(word)->images), 0);
		if (at[len] == '\0')
			break;
	}
	ck_assert_ptr_null(setting_flasher("avrdude"));
	ck_assert_ptr_nonnull(flash_recipe_find("avrdude"));
	ck_assert_ptr_nonnull(setting_flasher(""));
	ck_assert_ptr_nonnull(setting_flasher("un"));
	ck_assert_ptr_nonnull(setting_flasher("uno,"));
	ck_assert_ptr_nonnull(setting_flasher("uno, nano"));
}
END_TEST

/* What the table of boards says of flashing is a recipe, or another's work. */
START_TEST(test_known)
{
	const struct known	*k;
	struct board_flash	 none = { 0 };
	struct board_usb	 usb = { 0 };
	unsigned		 i, count = 0;

	for (i = 0; (k = known_get(i)) != NULL; i++) {
		if (k->flasher == NULL)
			continue;
		usb.vendor = k->vendor;
		usb.product = k->product;
		if (flash_recipe_find(k->flasher) == NULL) {
			ck_assert_int_eq(get(&usb, &none), -ENOTSUP);
			ck_assert_ptr_nonnull(strstr(why, k->what));
			continue;
		}
		ck_assert_int_eq(get(&usb, &none), 0);
		ck_assert_str_eq(recipe.name, k->flasher);
		ck_assert(k->kind != KNOWN_ROM || recipe.drive != NULL);
		count++;
	}
	ck_assert_uint_gt(count, 15);
}
END_TEST

/* The same of a board of somebody else's that has said what it is. */
static int
get_of_banner(const char *banner)
{
	const struct board_options	 options = {
		.name = "b", .driver = &driver_repl,
	};
	struct board_usb		 usb = { .vendor = 0x1b4f, .product = 0x99 };
	struct board			*b = board_create(&options, 1);
	const uint8_t			*bytes = (const uint8_t *)banner;
	size_t				 len = strlen(banner), n;
	struct board_event		 event;
	int				 error;

	board_set_port(b, "/dev/ttyACM0", &usb);
	board_opened(b, 0, false, 0);
	for (; len > 0; bytes += n, len -= n) {
		n = board_feed(b, bytes, len, 0);
		while (board_event_next(b, &event))
			;
	}
	error = flash_recipe_get(b, &recipe, why);
	board_end(b);
	board_destroy(b);
	return error;
}

/* Whoever made the board. */
START_TEST(test_a_repl_that_names_its_chip)
{
	ck_assert_int_eq(get_of_banner("\r\nAdafruit CircuitPython 10.0.3 on "
	    "2025-10-17; SparkFun Pro Micro RP2350 with rp2350a\r\n>>> "), 0);
	ck_assert_int_eq(recipe.tool, FLASH_PICOTOOL);
	ck_assert_int_eq(get_of_banner("\r\nMicroPython v1.25.0 on 2025-04-15; "
	    "SparkFun Thing Plus with RP2040\r\nType \"help()\" for more "
	    "information.\r\n>>> "), 0);
	ck_assert_int_eq(recipe.tool, FLASH_PICOTOOL);
	ck_assert_int_lt(get_of_banner("\r\nMicroPython v1.25.0 on 2025-04-15; "
	    "Generic ESP32 module with ESP32\r\nType \"help()\" for more "
	    "information.\r\n>>> "), 0);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("flash_recipe");
	TCase	*tc = tcase_create("flash_recipe");

	tcase_add_loop_test(tc, test_cases, 0, sizeof cases / sizeof *cases);
	tcase_add_test(tc, test_what_sections_may_name);
	tcase_add_test(tc, test_known);
	tcase_add_test(tc, test_a_repl_that_names_its_chip);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
