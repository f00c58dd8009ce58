/* SPDX-License-Identifier: MIT */
/* What is made of every board that people have: tests/e2e/people_boards.txt. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "daemon/boards/claim.h"
#include "daemon/flash/flash_recipe.h"
#include "tests/unit/suite.h"

#define LIST "tests/e2e/people_boards.txt"

struct person {
	unsigned	 vendor, product;
	char		 port[16], says[32], name[24], state[16], language[16];
	char		 flasher[24];
};

static struct config	config;
static const char	*last = "";	/* the line, if it fails */

static struct hotplug_tty
plugged(const struct person *p, char *node, size_t size)
{
	struct hotplug_tty	tty = {
		.id = "/sys/1", .vendor = (uint16_t)p->vendor,
		.product = (uint16_t)p->product, .serial = "1", .path = "1-2",
		.place = "", .label = p->says, .maker = "", .role = "",
	};
	char			*underscore;

	snprintf(node, size, "%s%s", p->port[0] == '-' ? "" : "/dev/",
	    p->port[0] == '-' ? "" : p->port);
	tty.node = node;
	if (strcmp(p->says, "MicroPython") == 0)
		tty.maker = p->says;
	else if (strcmp(p->says, "CircuitPython") == 0)
		tty.role = "CircuitPython CDC control";
	else if (strcmp(p->says, "data") == 0)
		tty.role = "CircuitPython CDC2 control";
	while ((underscore = strchr(p->says, '_')) != NULL)
		*underscore = ' ';
	return tty;
}

static void
check_state(const struct person *p, const struct claim *claim)
{
	if (strcmp(p->state, "listening") == 0)
		ck_assert_msg(claim->verdict == CLAIM_KNOWN, "%s", last);
	else if (strcmp(p->state, "bootloader") == 0)
		ck_assert_msg(claim->verdict == CLAIM_BOOTSEL, "%s", last);
	else
		ck_assert_msg(claim->verdict == CLAIM_UNCLAIMED ||
		    claim->verdict == CLAIM_LOADER, "%s", last);
}

/* picod's own recipe, or the name of the program, or nothing. */
static void
check_flasher(const struct person *p, const struct claim *claim)
{
	const char			*flasher = claim->as.flasher;
	const struct flash_recipe	*recipe = flasher == NULL ? NULL :
					    flash_recipe_find(flasher);

	if (strcmp(p->flasher, "avrdude") == 0 ||
	    strcmp(p->flasher, "picotool") == 0) {
		ck_assert_msg(recipe != NULL && recipe->tool ==
		    (p->flasher[0] == 'a' ? FLASH_AVRDUDE : FLASH_PICOTOOL),
		    "%s", last);
	} else if (p->flasher[0] == '-')
		ck_assert_msg(flasher == NULL, "%s", last);
	else
		ck_assert_msg(flasher != NULL && recipe == NULL, "%s", last);
}

static void
check_person(struct person *p)
{
	char			 node[32];
	struct hotplug_tty	 tty = plugged(p, node, sizeof node);
	struct claim		 claim = claim_decide(&config, &tty);
	size_t			 len = strlen(p->name) - 1;

	check_state(p, &claim);
	check_flasher(p, &claim);
	if (strcmp(p->state, "unclaimed") == 0)
		return;
	ck_assert_msg(strlen(claim.as.prefix) == len &&
	    strncmp(p->name, claim.as.prefix, len) == 0, "%s", last);
	ck_assert_msg(strcmp(claim.as.driver->name, p->language) == 0, "%s",
	    last);
}

START_TEST(test_each_is_what_it_is)
{
	FILE		*file = fopen(LIST, "r");
	char		 line[256];
	struct person	 p;
	int		 count = 0;

	ck_assert_ptr_nonnull(file);
	config_init(&config);
	while (fgets(line, sizeof line, file) != NULL) {
		if (line[0] == '#')
			continue;
		ck_assert_int_eq(sscanf(line, "%x:%x %15s %31s %23s %15s %15s "
		    "%23s", &p.vendor, &p.product, p.port, p.says, p.name,
		    p.state, p.language, p.flasher), 8);
		last = line;
		check_person(&p);
		count++;
	}
	fclose(file);
	config_finish(&config);
	ck_assert_int_gt(count, 150);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("people_boards");
	TCase	*tc = tcase_create("people_boards");

	tcase_add_test(tc, test_each_is_what_it_is);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
