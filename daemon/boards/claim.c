/* SPDX-License-Identifier: MIT */
/*
 * The order of trust: what must be left alone, what the configuration names,
 * what is a microcontroller by its identity, and the bridge chips, which may
 * lead to a printer as well and therefore are only shown.  Of USB devices without
 * a port only those in BOOTSEL are anything.
 */
#include "claim.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/usb/match.h"

/* A board whose port is this path, perhaps by another name of it. */
static bool
claim_is_port(const struct config_board *b, const struct hotplug_tty *tty)
{
	char	real[PATH_MAX];

	return b->port != NULL && b->port[0] == '/' &&
	    (strcmp(b->port, tty->node) == 0 ||
	    (realpath(b->port, real) != NULL && strcmp(real, tty->node) == 0));
}

struct claim
claim_decide(const struct config *config, const struct hotplug_tty *tty)
{
	struct claim			 claim = { .verdict = CLAIM_IGNORED };
	const struct config_board	*b = config->boards;
	bool				 bootsel;
	size_t				 i;

	claim.known = known_find(tty->vendor, tty->product);
	bootsel = claim.known != NULL && claim.known->kind == KNOWN_ROM;
	if (bootsel != (tty->node[0] == '\0'))
		return claim;
	for (i = 0; i < config->ignore_count; i++)
		if (match_tty(config->ignore[i], tty))
			return claim;
	for (; b < config->boards + config->board_count; b++)
		if (claim_is_port(b, tty) ||
		    (b->match != NULL && match_tty(b->match, tty))) {
			claim.verdict = bootsel ? CLAIM_BOOTSEL :
			    CLAIM_CONFIGURED;
			claim.config = b;
			return claim;
		}
	if (bootsel)
		claim.verdict = CLAIM_BOOTSEL;
	else if (claim.known != NULL)
		claim.verdict = claim.known->kind == KNOWN_BOARD ?
		    CLAIM_KNOWN : CLAIM_UNCLAIMED;
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
		    tty->path);
	for (i = 0; key[i] != '\0'; i++)
		if ((unsigned char)key[i] <= ' ' || key[i] == 0x7f)
			key[i] = '_';
}
