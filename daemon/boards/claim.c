/* SPDX-License-Identifier: MIT */
/*
 * The order of trust: what must be left alone, what the configuration names, what
 * an administrator told udev, what the device says of itself, and what its
 * identity is in the table.  All other ports may lead to a printer as well, and
 * are only shown.  Of USB devices without a port only those in BOOTSEL are
 * anything; one that has a port is not in it, whatever its identity, which some
 * sketches share with the boot ROM.
 */
#include "claim.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/flash/flash_recipe.h"
#include "daemon/usb/match.h"
#include "protocol/setting.h"

/* What is not in the table, but says what it is, or is said to be one by udev. */
static const struct known	stranger = {
	.kind = KNOWN_BRIDGE, .prefix = "board", .driver = &driver_auto,
	.baud = CONFIG_BAUD_DEFAULT, .what = "",
};

static bool
claim_says(const char *text, const char *word)
{
	return text != NULL && strstr(text, word) != NULL;
}

/* "1" of a property, which may be missing. */
static const char *
claim_udev(const struct hotplug_tty *tty, enum hotplug_udev property)
{
	const char	*value = tty->udev[property];

	return value == NULL || value[0] == '\0' ? NULL : value;
}

bool
claim_is_data(const struct hotplug_tty *tty)
{
	return claim_says(tty->role, "CircuitPython CDC2");
}

/* A board with a REPL, of any vendor; it has that name if the table has none. */
static void
claim_repl(struct claim *claim, const char *prefix, const char *what)
{
	struct known	*k = &claim->as;

	if (k->kind == KNOWN_BRIDGE && (!claim->is_known || k->mask == 0))
		k->prefix = prefix;
	k->kind = KNOWN_BOARD;
	k->driver = &driver_repl;
	k->native_usb = true;
	k->baud = 0;
	k->reports = NULL;
	k->what = what;
	claim->is_known = true;
}

/* What the device says of itself: most boards need no table. */
static void
claim_hear(struct claim *claim, const struct hotplug_tty *tty)
{
	if (claim_says(tty->role, "CircuitPython CDC")) {
		if (claim->as.mask == 0)
			claim->as.prefix = "circuitpy";
		claim_repl(claim, "circuitpy", "CircuitPython");
	} else if (claim_says(tty->maker, "MicroPython") &&
	    claim->as.kind != KNOWN_LOADER)
		claim_repl(claim, "micropython", "MicroPython");
	else if (claim->as.kind == KNOWN_ROM && tty->node[0] != '\0') {
		claim->as.kind = KNOWN_BOARD;
		claim->as.flasher = "pico";
		claim->as.what = "a program on RP2040 or RP2350";
	} else if (claim->as.reports != NULL &&
	    !claim_says(tty->label, "PinServer")) {
		claim->as.kind = KNOWN_BRIDGE;
		claim->as.driver = &driver_auto;
		claim->as.reports = NULL;
		claim->as.what = "a device with the identity for tests";
	}
}

/* What an administrator or a distribution says of it, by udev. */
static void
claim_obey_udev(struct claim *claim, const struct hotplug_tty *tty)
{
	const char			*board = claim_udev(tty, HOTPLUG_BOARD);
	const char			*driver = claim_udev(tty, HOTPLUG_DRIVER);
	const char			*baud = claim_udev(tty, HOTPLUG_BAUD);
	const char			*flasher = claim_udev(tty, HOTPLUG_FLASHER);
	const struct driver_ops		*ops = driver == NULL ? NULL :
					    driver_find(driver);
	long				 n = baud == NULL ? 0 :
					    strtol(baud, NULL, 10);

	if (claim->as.kind == KNOWN_ROM || claim->as.kind == KNOWN_LOADER)
		return;
	if (board != NULL && strcmp(board, "0") == 0)
		claim->as.kind = KNOWN_BRIDGE;
	else if (board != NULL || ops != NULL) {
		claim->as.kind = KNOWN_BOARD;
		claim->is_known = true;
	}
	if (ops != NULL)
		claim->as.driver = ops;
	if (n >= SETTING_BAUD_MIN && n <= SETTING_BAUD_MAX)
		claim->as.baud = (unsigned)n;
	if (flasher != NULL && flash_recipe_find(flasher) != NULL)
		claim->udev_flasher = flasher;
}

const struct known *
claim_known(const struct claim *claim)
{
	return claim->is_known ? &claim->as : NULL;
}

/* A board whose port is this path, perhaps by another name of it. */
static bool
claim_is_port(const struct config_board *b, const struct hotplug_tty *tty)
{
	char	real[PATH_MAX];

	return b->port != NULL && b->port[0] == '/' &&
	    (strcmp(b->port, tty->node) == 0 ||
	    (realpath(b->port, real) != NULL && strcmp(real, tty->node) == 0));
}

static bool
claim_is_matched(const struct config_board *b, const struct hotplug_tty *tty)
{
	return b->match != NULL && match_tty(b->match, tty) &&
	    (!claim_is_data(tty) || match_names_interface(b->match));
}

/* The section that means it, or NULL. */
static const struct config_board *
claim_section(const struct config *config, const struct hotplug_tty *tty)
{
	const struct config_board	*b = config->boards;

	for (; b < config->boards + config->board_count; b++)
		if (claim_is_port(b, tty) || claim_is_matched(b, tty))
			return b;
	return NULL;
}

static bool
claim_is_ignored(const struct config *config, const struct hotplug_tty *tty)
{
	size_t	i;

	for (i = 0; i < config->ignore_count; i++)
		if (match_tty(config->ignore[i], tty))
			return true;
	return false;
}

static enum claim_verdict
claim_verdict(const struct claim *claim, const struct hotplug_tty *tty)
{
	if (claim->as.kind == KNOWN_ROM)
		return CLAIM_BOOTSEL;
	if (claim->as.kind == KNOWN_LOADER)
		return CLAIM_LOADER;
	if (claim->config != NULL)
		return CLAIM_CONFIGURED;
	return claim->as.kind == KNOWN_BOARD && !claim_is_data(tty) ?
	    CLAIM_KNOWN : CLAIM_UNCLAIMED;
}

/* The boot ROM calls itself so; what has its identity only may be a sketch. */
static bool
claim_is_rom(const struct claim *claim, const struct hotplug_tty *tty)
{
	return claim->as.kind == KNOWN_ROM && (tty->label[0] == '\0' ||
	    (claim_says(tty->label, "RP2") && claim_says(tty->label, "Boot")));
}

struct claim
claim_decide(const struct config *config, const struct hotplug_tty *tty)
{
	const struct known	*known = known_find(tty->vendor, tty->product);
	struct claim		 claim = {
		.verdict = CLAIM_IGNORED, .is_known = known != NULL,
		.as = known != NULL ? *known : stranger,
	};

	if (tty->node[0] == '\0' && !claim_is_rom(&claim, tty))
		return claim;
	claim_hear(&claim, tty);
	claim_obey_udev(&claim, tty);
	if (claim_is_ignored(config, tty))
		return claim;
	claim.config = claim_section(config, tty);
	claim.verdict = claim_verdict(&claim, tty);
	return claim;
}

void
claim_key(const struct hotplug_tty *tty, bool is_shared, char *key, size_t size)
{
	size_t	i;

	if (tty->serial[0] != '\0' && !is_shared)
		snprintf(key, size, "%04x:%04x:%s", tty->vendor, tty->product,
		    tty->serial);
	else
		snprintf(key, size, "%04x:%04x@%s", tty->vendor, tty->product,
		    tty->place[0] != '\0' ? tty->place : tty->path);
	for (i = 0; key[i] != '\0'; i++)
		if ((unsigned char)key[i] <= ' ' || key[i] == 0x7f)
			key[i] = '_';
}
