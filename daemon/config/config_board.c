/* SPDX-License-Identifier: MIT */
/*
 * A table of settings, each with the function that checks and takes its value.
 * A new setting is a function and a line, and its paragraph in picod.conf(5).
 */
#include "config_board.h"

#include <ctype.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/base/memory.h"
#include "daemon/usb/match.h"
#include "protocol/limits.h"
#include "protocol/setting.h"

const char	config_no_setting[] = "it has port, match, driver, baud, "
    "interrupt, reports, flasher, part, programmer, flash-baud and tty";

static const char *
set_port(struct config_board *b, const char *value)
{
	free(b->port);
	b->port = xstrdup(value);	/* a wrong port is not a missing one */
	return setting_port(value);
}

static const char *
set_match(struct config_board *b, const char *value)
{
	free(b->match);
	b->match = xstrdup(value);
	return match_check(value);
}

static const char *
set_driver(struct config_board *b, const char *value)
{
	b->driver = driver_find(value);
	return setting_driver(value);
}

static const char *
set_baud(struct config_board *b, const char *value)
{
	const char	*why = setting_baud(value);

	b->baud = why == NULL ? (unsigned)strtoul(value, NULL, 10) : 0;
	return why;
}

static const char *
set_flash_baud(struct config_board *b, const char *value)
{
	if (strcmp(value, "auto") == 0 || setting_baud(value) != NULL)
		return "flash-baud is a number from 50 to 4000000";
	b->flash_baud = (unsigned)strtoul(value, NULL, 10);
	return NULL;
}

static const char *
set_flasher(struct config_board *b, const char *value)
{
	free(b->flasher);
	b->flasher = xstrdup(value);
	return setting_flasher(value);
}

/* The names of avrdude's parts and programmers: an argument, no option. */
static const char *
set_avrdude_name(char **name, const char *value)
{
	const char	*p;

	for (p = value; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && (p == value ||
		    strchr("-_.", *p) == NULL))
			break;
	if (*p != '\0' || p == value)
		return "this is a name as avrdude has it; see avrdude -p ? and "
		    "avrdude -c ?";
	if ((size_t)(p - value) > LIMIT_TOOL_NAME)
		return "this is longer than any name that avrdude has";
	free(*name);
	*name = xstrdup(value);
	return NULL;
}

static const char *
set_part(struct config_board *b, const char *value)
{
	return set_avrdude_name(&b->part, value);
}

static const char *
set_programmer(struct config_board *b, const char *value)
{
	return set_avrdude_name(&b->programmer, value);
}

static const char *
set_interrupt(struct config_board *b, const char *value)
{
	bool	yes = strcasecmp(value, "yes") == 0;

	if (!yes && strcasecmp(value, "no") != 0)
		return "interrupt is yes or no";
	b->interrupt = yes;
	return NULL;
}

static const char *
set_reports(struct config_board *b, const char *value)
{
	if (value[strspn(value, "abcdefghijklmnopqrstuvwxyz")] != '\0')
		return "reports are command letters, such as vw";
	free(b->reports);
	b->reports = xstrdup(value);
	return NULL;
}

const char *
config_tty_set(struct config_tty *tty, const char *value)
{
	const struct group	*group;

	if (strcmp(value, "no") == 0) {
		*tty = (struct config_tty){ .who = CONFIG_TTY_NONE };
		return NULL;
	}
	group = getgrnam(value);
	if (group == NULL)
		return "tty is no, or a group that there is";
	*tty = (struct config_tty){ .who = CONFIG_TTY_GROUP,
	    .group = group->gr_gid };
	return NULL;
}

static const char *
set_tty(struct config_board *b, const char *value)
{
	return config_tty_set(&b->tty, value);
}

static const struct {
	const char	*name;
	const char	*(*set)(struct config_board *, const char *value);
} settings[] = {
	{ "port", set_port },
	{ "match", set_match },
	{ "driver", set_driver },
	{ "baud", set_baud },
	{ "interrupt", set_interrupt },
	{ "reports", set_reports },
	{ "flasher", set_flasher },
	{ "part", set_part },
	{ "programmer", set_programmer },
	{ "flash-baud", set_flash_baud },
	{ "tty", set_tty },
};

const char *
config_board_set(struct config_board *b, const char *name, const char *value)
{
	size_t	i;

	for (i = 0; i < sizeof settings / sizeof *settings; i++)
		if (strcmp(settings[i].name, name) == 0)
			return settings[i].set(b, value);
	return config_no_setting;
}

void
config_board_finish(struct config_board *b)
{
	free(b->name);
	free(b->port);
	free(b->match);
	free(b->reports);
	free(b->flasher);
	free(b->part);
	free(b->programmer);
	free(b->where);
}
