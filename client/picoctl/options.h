/* SPDX-License-Identifier: MIT */
/*
 * The options of picoctl.  They may stand before or after the verb; an option
 * means the same with every verb that takes it.
 */
#ifndef PICOD_OPTIONS_H
#define PICOD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_id {
	OPTION_BOARD, OPTION_SOCKET, OPTION_JSON, OPTION_TIMEOUT, OPTION_WAIT,
	OPTION_FILE, OPTION_DETAILS, OPTION_NAMES, OPTION_HISTORY, OPTION_HARD,
	OPTION_BOOTLOADER, OPTION_WILL, OPTION_MICROPYTHON, OPTION_LONG,
	OPTION_RECURSIVE, OPTION_HASH, OPTION_DELETE, OPTION_WATCH,
	OPTION_EVERY, OPTION_FOR, OPTION_OUTPUT, OPTION_SIZE, OPTION_LINES,
	OPTION_MAX_AGE, OPTION_DRIVER, OPTION_BAUD, OPTION_FLASHER, OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT
};

#define OPTION_BIT(id)	(1u << OPTION_##id)

struct option {
	enum option_id	 id;
	char		 letter;	/* '\0' for none */
	const char	*name;		/* without its dashes */
	const char	*argument;	/* "TIME" is checked; NULL for none */
	const char	*help;		/* NULL: not shown */
};

/* All options, ended by one without a name; some have two entries. */
extern const struct option options_table[];

struct options {
	const char	*value[OPTION_COUNT];	/* NULL where not given */
	int		 ms[OPTION_COUNT];	/* of times; -1 where not given */
};

struct picoctl;

bool	options_given(const struct options *, enum option_id);

/*
 * Reads the command line: sets the verb, the options and the operands of a
 * picoctl; argv is rearranged.  0, or the exit status after a complaint.  The
 * verb is NULL where none was given.
 */
int	options_parse(struct picoctl *, int argc, char **argv);

#endif
