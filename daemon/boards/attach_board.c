/* SPDX-License-Identifier: MIT */
/*
 * From what is at a port to a board: how it is served, and under which name.  A
 * name in the configuration is that board's alone; a board that had it before, by
 * itself, gets a new one.
 */
#include "attach.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/usb/names.h"

/*
 * What the port's board is known by.  A serial number that two boards have had at
 * the same time is never trusted again: both are known by where they are plugged
 * in, and the first keeps the name that it has.
 */
void
attach_key(struct attach *at, const struct hotplug_tty *tty, char *key,
    size_t size)
{
	const struct attached	*twin = attach_find_twin(at, tty);
	char			 instead[512];

	claim_key(tty, false, key, size);
	if (tty->serial[0] == '\0')
		return;
	if (twin != NULL && !names_is_shared(at->names, key)) {
		claim_key(&twin->tty, true, instead, sizeof instead);
		names_share(at->names, key, instead);
	}
	claim_key(tty, names_is_shared(at->names, key), key, size);
}

const struct config_board *
attach_configuration(const struct attach *at, const char *name)
{
	const struct config_board	*b = at->config->boards;

	for (; b < at->config->boards + at->config->board_count; b++)
		if (strcmp(b->name, name) == 0)
			return b;
	return NULL;
}

static bool
attach_name_is_taken(const char *name, void *arg)
{
	struct attach	*at = arg;

	return attach_configuration(at, name) != NULL ||
	    attach_named(at, name) != NULL;
}

/* Whether its speed is found out, unless somebody says it: sketches have any. */
static bool
attach_finds_baud(const struct board_config *config, const struct known *known)
{
	return config->driver != &driver_repl &&
	    (known == NULL || known->baud != 0) &&
	    (config->port == NULL || config->port[0] == '/');
}

struct board_config
attach_config(const struct config_board *b, const struct claim *claim)
{
	const struct known	*known = claim == NULL ? NULL :
				    claim_known(claim);
	struct board_config	config = {
		.driver = &driver_auto,
		.baud = CONFIG_BAUD_DEFAULT,
		.may_interrupt = true,
	};

	if (known != NULL) {
		config.driver = known->driver;
		config.baud = known->baud != 0 ? known->baud : config.baud;
		config.drop_dtr = known->native_usb;
		config.boot_greedy = known->boot_greedy;
		config.reports = known->reports;
	}
	if (claim != NULL)
		config.flash.flasher = claim->udev_flasher;
	if (b == NULL) {
		config.find_baud = attach_finds_baud(&config, known);
		return config;
	}
	config.name = b->name;
	config.configured = true;
	config.port = b->port;
	if (b->flasher != NULL) {
		config.boot_greedy = strcmp(b->flasher, "mega") == 0;
		config.flash.flasher = b->flasher;
	}
	config.driver = b->driver != NULL ? b->driver : config.driver;
	config.baud = b->baud != 0 ? b->baud : config.baud;
	config.may_interrupt = b->interrupt;
	config.reports = b->reports != NULL ? b->reports : config.reports;
	config.flash.part = b->part;
	config.flash.programmer = b->programmer;
	config.flash.baud = b->flash_baud;
	config.find_baud = b->baud == 0 && attach_finds_baud(&config, known);
	return config;
}

struct board *
attach_named(struct attach *at, const char *name)
{
	struct board	*b;
	size_t		 i;

	for (i = 0; (b = boards_get(at->boards, i)) != NULL; i++)
		if (strcmp(board_name(b), name) == 0)
			return b;
	return NULL;
}

struct board *
attach_board(struct attach *at, const struct board_config *config)
{
	struct board	*b = attach_named(at, config->name);
	int		 error;

	if (b != NULL)
		return b;
	error = boards_add(at->boards, config);
	if (error == -ENOSPC)
		log_error("board %s is not served: there are %d already, all of "
		    "them plugged in, configured, held or waited for",
		    config->name, LIMIT_BOARDS);
	else if (error < 0)
		log_error("board %s: %s", config->name, strerror(-error));
	return attach_named(at, config->name);
}

struct board *
attach_section(struct attach *at, const struct claim *claim)
{
	struct board_config	config = attach_config(claim->config, claim);

	return attach_board(at, &config);
}

struct board *
attach_keyed(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty, const char *key)
{
	struct board_config	 config = attach_config(NULL, claim);
	const char		*name = names_known(at->names, key);
	const struct attached	*other = name == NULL ? NULL :
				    attach_find_board(at, attach_named(at, name));

	if ((name != NULL && attach_configuration(at, name) != NULL) ||
	    (other != NULL && strcmp(other->usb.path, tty->path) != 0))
		names_drop(at->names, key);
	config.name = names_get(at->names, key, claim->as.prefix,
	    attach_name_is_taken, at);
	return config.name == NULL ? NULL : attach_board(at, &config);
}

struct board *
attach_known(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	char	key[512];

	attach_key(at, tty, key, sizeof key);
	return attach_keyed(at, claim, tty, key);
}

/* Whether the board that has that port now is kept, and the port with it. */
static bool
attach_port_is_kept(struct attach *at, const char *port)
{
	struct board	*b;
	char		 real[PATH_MAX];
	size_t		 i;

	if (port == NULL)
		return false;
	if (realpath(port, real) == NULL)
		snprintf(real, sizeof real, "%s", port);
	for (i = 0; (b = boards_get(at->boards, i)) != NULL; i++)
		if (boards_is_kept(at->boards, b) &&
		    (strcmp(board_port(b), port) == 0 ||
		    strcmp(board_port(b), real) == 0))
			return true;
	return false;
}

int
attach_configured(struct attach *at)
{
	const struct config_board	*b = at->config->boards;
	struct board_config		 config;
	int				 error;

	for (; b < at->config->boards + at->config->board_count; b++) {
		if (attach_named(at, b->name) != NULL ||
		    attach_port_is_kept(at, b->port))
			continue;
		config = attach_config(b, NULL);
		error = boards_add(at->boards, &config);
		if (error < 0) {
			log_error("board %s: %s", b->name, strerror(-error));
			return error;
		}
	}
	return 0;
}
