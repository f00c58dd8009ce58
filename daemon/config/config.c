/* SPDX-License-Identifier: MIT */
/*
 * The configuration.  Every mistake is told with its line, not only the first, and
 * a setting has one function whether it comes from a file or from the command line.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config_board.h"
#include "config_lines.h"
#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/usb/match.h"

void
config_init(struct config *config)
{
	*config = (struct config){ 0 };
	access_init(&config->access);
}

void
config_finish(struct config *config)
{
	struct config_board	*b;
	size_t			 i;

	for (b = config->boards; b < config->boards + config->board_count; b++)
		config_board_finish(b);
	while (config->ignore_count > 0)
		free(config->ignore[--config->ignore_count]);
	for (i = 0; i < FLASH_TOOL_COUNT; i++)
		free(config->tools[i]);
	access_finish(&config->access);
	*config = (struct config){ 0 };
}

void
config_error(struct config *config, const char *where, const char *format, ...)
{
	char	message[512];
	va_list	args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	log_error("%s: %s", where, message);
	config->errors++;
}

static void
config_set(struct config *config, struct config_board *b, const char *where,
    const char *name, const char *value)
{
	const char	*why = config_board_set(b, name, value);

	if (why == NULL)
		return;
	if (why == config_no_setting)
		config_error(config, where, "a board has no setting \"%s\"; %s",
		    name, why);
	else
		config_error(config, where, "%s = %s: %s", name, value, why);
}

static bool
config_name_is_good(const char *name)
{
	const char	*p;

	if (strlen(name) > LIMIT_BOARD_NAME || !isalnum((unsigned char)name[0]) ||
	    strcmp(name, "all") == 0)	/* which means all of them */
		return false;
	for (p = name; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("-_.", *p) == NULL)
			return false;
	return true;
}

/* Whether that is a name; otherwise the mistake is told. */
static bool
config_check_name(struct config *config, const char *name, const char *where)
{
	if (config_name_is_good(name))
		return true;
	config_error(config, where, "\"%s\" is no name for a board: letters, "
	    "digits, - _ and ., at most %d, and not \"all\"", name,
	    LIMIT_BOARD_NAME);
	return false;
}

/* The board of that name, new if need be; NULL with the mistake told. */
static struct config_board *
config_board(struct config *config, const char *name, const char *where)
{
	struct config_board	*b;

	for (b = config->boards; b < config->boards + config->board_count; b++)
		if (strcmp(b->name, name) == 0)
			return b;
	if (!config_check_name(config, name, where))
		return NULL;
	if (config->board_count == LIMIT_BOARDS) {
		config_error(config, where, "more than %d boards", LIMIT_BOARDS);
		return NULL;
	}
	config->board_count++;
	*b = (struct config_board){
		.name = xstrdup(name), .interrupt = true,
		.where = xstrdup(where),
	};
	return b;
}

/* [ports] */
static void
config_set_ports(struct config *config, const char *where, const char *name,
    const char *value)
{
	bool		 tty = strcmp(name, "tty") == 0;
	const char	*why = tty ? config_tty_set(&config->tty, value) :
			    match_check(value);

	if (!tty && strcmp(name, "ignore") != 0)
		config_error(config, where, "[ports] has no setting \"%s\"; it "
		    "has ignore and tty", name);
	else if (why != NULL)
		config_error(config, where, "%s = %s: %s", name, value, why);
	else if (tty)
		return;
	else if (config->ignore_count == LIMIT_IGNORED)
		config_error(config, where, "more than %d ports to ignore",
		    LIMIT_IGNORED);
	else
		config->ignore[config->ignore_count++] = xstrdup(value);
}

/* [tools] */
static void
config_set_tools(struct config *config, const char *where, const char *name,
    const char *value)
{
	static const char *const	names[FLASH_TOOL_COUNT] = {
		[FLASH_AVRDUDE] = "avrdude", [FLASH_PICOTOOL] = "picotool",
	};
	size_t				len = strlen(value), i;

	for (i = 0; i < FLASH_TOOL_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			break;
	if (i == FLASH_TOOL_COUNT)
		config_error(config, where, "[tools] has no setting \"%s\"; it "
		    "has avrdude and picotool", name);
	else if (value[0] != '/' || value[len - 1] == '/')
		config_error(config, where, "%s = %s: a tool is a path such as "
		    "/usr/local/bin/%s", name, value, name);
	else {
		free(config->tools[i]);
		config->tools[i] = xstrdup(value);
	}
}

/* [access], or [access BOARD]: rules for no board would leave one open. */
static void
config_set_access(struct config *config, const char *where, const char *board,
    const char *who, const char *what)
{
	const char	*why;

	if (board != NULL && !config_check_name(config, board, where))
		return;
	why = access_add(&config->access, board, who, what);
	if (why != NULL)
		config_error(config, where, "%s = %s: %s", who, what, why);
}

void
config_line(struct config *config, const char *where, const char *section,
    const char *name, const char *value)
{
	struct config_board	*b;

	if (strncmp(section, "board ", 6) == 0) {
		b = config_board(config, section + 6, where);
		if (b != NULL)
			config_set(config, b, where, name, value);
	} else if (strcmp(section, "access") == 0 ||
	    strncmp(section, "access ", 7) == 0)
		config_set_access(config, where,
		    section[6] == '\0' ? NULL : section + 7, name, value);
	else if (strcmp(section, "ports") == 0)
		config_set_ports(config, where, name, value);
	else if (strcmp(section, "tools") == 0)
		config_set_tools(config, where, name, value);
	else
		config_error(config, where, "there is no section [%s]; there "
		    "are [board NAME], [ports], [tools], [access] and "
		    "[access BOARD]", section);
}

int
config_add_board(struct config *config, const char *argument)
{
	struct config_board	*b;
	size_t			 before = config->errors;
	char			*copy = xstrdup(argument), *rest = copy;
	char			*name, *value;

	name = strsep(&rest, "=");
	value = strsep(&rest, ",");
	if (value == NULL) {
		config_error(config, "-b", "%s: want NAME=PORT", argument);
		free(copy);
		return -EINVAL;
	}
	b = config_board(config, name, "-b");
	if (b != NULL)
		config_set(config, b, "-b", "port", value);
	while (b != NULL && rest != NULL) {
		name = strsep(&rest, "=");
		value = strsep(&rest, ",");
		if (value == NULL)
			config_error(config, "-b", "%s: want NAME=VALUE", name);
		else
			config_set(config, b, "-b", name, value);
	}
	free(copy);
	return config->errors == before ? 0 : -EINVAL;
}

bool
config_tty(const struct config *config, const char *board, struct config_tty *tty)
{
	const struct config_board	*b = config->boards;
	const struct access		*access = &config->access;

	*tty = config->tty;
	for (; b < config->boards + config->board_count; b++)
		if (strcmp(b->name, board) == 0 && b->tty.who != CONFIG_TTY_USUAL)
			*tty = b->tty;
	if (tty->who == CONFIG_TTY_USUAL)
		tty->group = access->has_group ? access->group : (gid_t)-1;
	return tty->who == CONFIG_TTY_GROUP ||
	    (tty->who == CONFIG_TTY_USUAL && !access_has_rules(access, board));
}

/* Letters would grant nothing on a board that takes no commands. */
static void
config_check_letters(struct config *config, const struct config_board *b)
{
	const struct access_rule	*r = config->access.rules;

	for (; r < config->access.rules + config->access.count; r++)
		if (r->letters != NULL && r->board != NULL &&
		    strcmp(r->board, b->name) == 0 && b->driver == &driver_repl)
			config_error(config, b->where, "[access %s] grants "
			    "Send(%s), which is for PiSerial, but board %s has "
			    "driver = repl", b->name, r->letters, b->name);
}

void
config_check(struct config *config)
{
	struct config_board	*b, *other;
	struct config_board	*end = config->boards + config->board_count;

	for (b = config->boards; b < end; b++) {
		if (b->port == NULL && b->match == NULL)
			config_error(config, b->where, "board %s has neither "
			    "port nor match", b->name);
		if (b->port != NULL && b->match != NULL)
			config_error(config, b->where, "board %s has both port "
			    "and match", b->name);
		config_check_letters(config, b);
		for (other = config->boards; b->port != NULL && other < b; other++)
			if (other->port != NULL &&
			    strcmp(other->port, b->port) == 0)
				config_error(config, b->where,
				    "boards %s and %s have the same port",
				    other->name, b->name);
	}
}
