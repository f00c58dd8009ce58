/* SPDX-License-Identifier: MIT */
/*
 * Ports that are nobody's.  Nothing is invisible: each is listed under its own
 * name, with what it is, and with what to type that makes it a board.
 */
#include "attach.h"

#include <stdio.h>
#include <string.h>

/* What is said of a port before the lines that would claim it. */
#define NOBODY_PROBLEM	200

static const char *
nobody_node(const struct hotplug_tty *tty)
{
	return strrchr(tty->node, '/') + 1;
}

/* The name of a port, or one like it if a board has that. */
static void
nobody_name(struct attach *at, const struct hotplug_tty *tty, char *name,
    size_t size)
{
	const char	*base = nobody_node(tty);
	unsigned	 n = 1;

	snprintf(name, size, "%.30s", base);
	while (attach_configuration(at, name) != NULL ||
	    attach_named(at, name) != NULL)
		snprintf(name, size, "%.30s-%u", base, ++n);
}

static struct board *
nobody_list(struct attach *at, const struct hotplug_tty *tty,
    const char *problem)
{
	struct board_config	config = attach_config(NULL, NULL);
	struct board		*b;
	char			name[LIMIT_BOARD_NAME + 1];

	nobody_name(at, tty, name, sizeof name);
	config.name = name;
	b = attach_board(at, &config);
	if (b != NULL)
		unit_disown(b, problem);
	return b;
}

/*
 * Listed, with the lines that make it a board beside another; a second port of the
 * same device is meant by its interface.
 */
static struct board *
nobody_list_beside(struct attach *at, const struct hotplug_tty *tty,
    const char *problem, bool is_second)
{
	char	lines[384], interface[8] = "";

	if (is_second)
		snprintf(interface, sizeof interface, " if:%02x",
		    tty->interface & 0xff);
	snprintf(lines, sizeof lines, "%s, add to /etc/picod/picod.conf: [board "
	    "NAME] and match = %04x:%04x path:%s%s", problem, tty->vendor,
	    tty->product, tty->place[0] != '\0' ? tty->place : tty->path,
	    interface);
	return nobody_list(at, tty, lines);
}

/* By its own word, or udev's; it may say anything. */
static const char *
nobody_calls_itself(const struct hotplug_tty *tty)
{
	if (tty->label[0] != '\0')
		return tty->label;
	return tty->model[0] != '\0' ? tty->model : "USB serial port";
}

struct board *
attach_unclaimed(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	char	problem[NOBODY_PROBLEM];

	if (claim_is_data(tty)) {
		snprintf(problem, sizeof problem, "the port of a CircuitPython "
		    "program, beside its console; to send to it what the "
		    "program expects");
		return nobody_list_beside(at, tty, problem, true);
	}
	if (claim->verdict == CLAIM_LOADER) {
		snprintf(problem, sizeof problem, "%s: its reset button ends "
		    "that, if there is a program; to use it anyway",
		    claim->as.what);
		return nobody_list_beside(at, tty, problem, false);
	}
	if (claim->is_known)
		snprintf(problem, sizeof problem, "%s: it may lead to anything; "
		    "to use it: sudo picoctl adopt %s NAME", claim->as.what,
		    nobody_node(tty));
	else
		snprintf(problem, sizeof problem, "\"%.60s\", of which picod "
		    "knows nothing; to use it: sudo picoctl adopt %s NAME",
		    nobody_calls_itself(tty), nobody_node(tty));
	return nobody_list(at, tty, problem);
}

struct board *
attach_spare(struct attach *at, const struct board *b,
    const struct hotplug_tty *tty)
{
	char	problem[NOBODY_PROBLEM];

	snprintf(problem, sizeof problem, "it fits board %s, which is at %s, and "
	    "takes over when that is pulled; to use it beside that",
	    board_name(b), board_port(b));
	return nobody_list_beside(at, tty, problem, false);
}

struct board *
attach_beside(struct attach *at, const struct board *b,
    const struct hotplug_tty *tty)
{
	char	problem[NOBODY_PROBLEM];

	snprintf(problem, sizeof problem, "another port of board %s, which is "
	    "left to its program; to use it beside that", board_name(b));
	return nobody_list_beside(at, tty, problem, true);
}
