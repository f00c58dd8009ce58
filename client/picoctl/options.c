/* SPDX-License-Identifier: MIT */
/*
 * getopt(3) would do, but for three things: options stand on both sides of the
 * verb, those of a program that "hold" runs are not ours, and a statement may
 * look like an option, which deserves a better answer than "invalid option".
 */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "duration.h"
#include "hints.h"
#include "picoctl.h"
#include "suggest.h"

const struct option	options_table[] = {
	{ OPTION_BOARD, 'b', "board", "BOARD",
	    "the board; not needed where there is one" },
	{ OPTION_SOCKET, 's', "socket", "PATH", "the socket of picod" },
	{ OPTION_JSON, '\0', "json", NULL, "one JSON object per line" },
	{ OPTION_TIMEOUT, '\0', "timeout", "TIME",
	    "how long it may run: 500ms, 2s, 1m" },
	{ OPTION_WAIT, '\0', "wait", "TIME",
	    "how long to wait for the board" },
	{ OPTION_MAX_AGE, '\0', "max-age", "TIME",
	    "share an answer that is no older" },
	{ OPTION_FILE, 'f', "file", "FILE",
	    "a program to send first; - is standard input" },
	{ OPTION_DETAILS, 'v', "verbose", NULL,
	    "everything, and what runs and waits" },
	{ OPTION_NAMES, '\0', "names", NULL, NULL },
	{ OPTION_HISTORY, '\0', "history", NULL,
	    "begin with what the board said before" },
	{ OPTION_HISTORY, '\0', "since-boot", NULL, "the same" },
	{ OPTION_HARD, '\0', "hard", NULL, "reset the chip" },
	{ OPTION_BOOTLOADER, '\0', "bootloader", NULL,
	    "make it ready for new firmware" },
	{ OPTION_WILL, '\0', "will", "TEXT",
	    "a statement to run should PROGRAM fail" },
	{ OPTION_MICROPYTHON, '\0', "micropython", NULL,
	    "FILE is MicroPython: put main.py on it, too" },
	{ OPTION_LONG, 'l', "long", NULL, "with sizes" },
	{ OPTION_RECURSIVE, 'r', "recursive", NULL,
	    "with all that is in directories" },
	{ OPTION_HASH, '\0', "hash", NULL, "with the SHA-256 of each file" },
	{ OPTION_DELETE, '\0', "delete", NULL,
	    "remove from the board what is not here" },
	{ OPTION_WATCH, '\0', "watch", NULL,
	    "go on with whatever is saved, or printed" },
	{ OPTION_EVERY, '\0', "every", "TIME",
	    "how long from one value to the next: 1s" },
	{ OPTION_FOR, '\0', "for", "TIME", "how long altogether" },
	{ OPTION_SIZE, '\0', "size", "KIB", "of a file, before it is put aside" },
	{ OPTION_LINES, '\0', "lines", NULL,
	    "only what boards print, by whole lines" },
	{ OPTION_OUTPUT, 'o', "output", "FILE", "draw into FILE.svg or .png" },
	{ OPTION_DRIVER, '\0', "driver", "DRIVER", "repl, piserial or auto" },
	{ OPTION_BAUD, '\0', "baud", "BAUD", "its speed, or auto" },
	{ OPTION_FLASHER, '\0', "flasher", "FLASHER",
	    "how to flash it: uno, nano, mega, ..." },
	{ OPTION_HELP, 'h', "help", NULL, "show help" },
	{ OPTION_VERSION, 'V', "version", NULL, "show the version" },
	{ OPTION_COUNT, '\0', NULL, NULL, NULL },
};

/* Where reading the command line stands. */
struct options_reader {
	struct picoctl	*ctl;
	char		**next;		/* the word after the one in work */
	bool		 ended;		/* only operands follow */
};

bool
options_given(const struct options *options, enum option_id id)
{
	return options->value[id] != NULL;
}

static int
options_set(struct options_reader *r, const struct option *option,
    const char *value)
{
	struct picoctl	*ctl = r->ctl;
	int		 error;

	if (option->argument != NULL && value == NULL) {
		value = *r->next;
		if (value == NULL)
			return picoctl_usage(ctl->verb, "--%s needs a %s",
			    option->name, option->argument);
		r->next++;
	}
	ctl->options.value[option->id] = value != NULL ? value : "";
	if (option->argument == NULL || strcmp(option->argument, "TIME") != 0)
		return 0;
	error = duration_parse(value, &ctl->options.ms[option->id]);
	if (error == -ERANGE)
		return picoctl_usage(ctl->verb,
		    "--%s: \"%s\" is more than a day", option->name, value);
	if (error < 0)
		return picoctl_usage(ctl->verb, "--%s: \"%s\" is no time; "
		    "500ms, 2s or 1m would be", option->name, value);
	return 0;
}

static int
options_unknown(struct options_reader *r, const char *word)
{
	const struct verb	*verb = r->ctl->verb;

	if (verb == NULL || verb == &verb_send)
		return picoctl_usage(verb, "there is no option \"%s\"; a "
		    "statement that begins with \"-\" comes after \"--\"", word);
	return picoctl_usage(verb, "there is no option \"%s\"", word);
}

static int
options_long(struct options_reader *r, const char *word)
{
	const struct option	*option;
	const char		*name = word + 2;
	size_t			 len = strcspn(name, "=");
	const char		*value = name[len] == '=' ? name + len + 1 : NULL;

	for (option = options_table; option->name != NULL; option++)
		if (strncmp(option->name, name, len) == 0 &&
		    option->name[len] == '\0')
			break;
	if (option->name == NULL)
		return options_unknown(r, word);
	if (value != NULL && option->argument == NULL)
		return picoctl_usage(r->ctl->verb, "--%s takes no value",
		    option->name);
	return options_set(r, option, value);
}

/* -v, -b pico0, -bpico0, -vb pico0. */
static int
options_short(struct options_reader *r, const char *word)
{
	const struct option	*option;
	const char		*p;
	int			 status;

	for (p = word + 1; *p != '\0'; p++) {
		for (option = options_table; option->name != NULL; option++)
			if (option->letter == *p)
				break;
		if (option->name == NULL)
			return options_unknown(r, word);
		if (option->argument != NULL && p[1] != '\0')
			return options_set(r, option, p + 1);
		status = options_set(r, option, NULL);
		if (status != 0)
			return status;
	}
	return 0;
}

static int
options_unknown_verb(const char *name)
{
	const struct verb *const	*verb, *const *best = NULL;
	unsigned			 distance, least = 0;
	const char			*hint = hints_find(name);

	if (hint != NULL) {
		picoctl_complain("there is no verb \"%s\"; %s", name, hint);
		return STATUS_USAGE;
	}
	for (verb = picoctl_verbs; *verb != NULL; verb++) {
		distance = suggest_distance(name, (*verb)->name);
		if (suggest_is_near(name, (*verb)->name) &&
		    (best == NULL || distance < least)) {
			best = verb;
			least = distance;
		}
	}
	if (best == NULL)
		return picoctl_usage(NULL, "there is no verb \"%s\"", name);
	picoctl_complain("there is no verb \"%s\"; did you mean \"%s\"?", name,
	    (*best)->name);
	return STATUS_USAGE;
}

static int
options_operand(struct options_reader *r, char *word)
{
	struct picoctl	*ctl = r->ctl;

	if (ctl->verb == NULL) {
		ctl->verb = picoctl_find_verb(word);
		return ctl->verb != NULL ? 0 : options_unknown_verb(word);
	}
	ctl->operands[ctl->operand_count++] = word;
	r->ended |= ctl->verb->program || ctl->verb->arguments;
	return 0;
}

static int
options_word(struct options_reader *r, char *word)
{
	if (r->ended || word[0] != '-' || word[1] == '\0')
		return options_operand(r, word);
	if (word[1] != '-')
		return options_short(r, word);
	if (word[2] != '\0')
		return options_long(r, word);
	r->ended = true;
	return 0;
}

/* Whether the verb takes what was given. */
static int
options_check(const struct picoctl *ctl)
{
	const struct verb	*verb = ctl->verb;
	const struct option	*option;
	unsigned		 taken = verb->options | OPTION_BIT(HELP) |
				    OPTION_BIT(VERSION) | OPTION_BIT(JSON) |
				    OPTION_BIT(SOCKET);

	for (option = options_table; option->name != NULL; option++)
		if (options_given(&ctl->options, option->id) &&
		    (taken & 1u << option->id) == 0)
			return picoctl_usage(verb, "%s takes no --%s",
			    verb->name, option->name);
	if (options_given(&ctl->options, OPTION_HELP))
		return 0;
	if (ctl->operand_count < verb->least)
		return picoctl_usage(verb, "%s needs %s", verb->name,
		    verb->operands);
	if (verb->most == 0 && ctl->operand_count > 0 &&
	    (taken & OPTION_BIT(BOARD)) != 0 &&
	    !options_given(&ctl->options, OPTION_BOARD))
		return picoctl_usage(verb, "a board is named by -b: picoctl %s "
		    "-b %s", verb->name, ctl->operands[0]);
	if (verb->most >= 0 && ctl->operand_count > verb->most)
		return picoctl_usage(verb, "%s does not know what to do with "
		    "\"%s\"", verb->name, ctl->operands[verb->most]);
	return 0;
}

int
options_parse(struct picoctl *ctl, int argc, char **argv)
{
	struct options_reader	 r = { ctl, argv + (argc > 0), false };
	int			 i, status = 0;

	for (i = 0; i < OPTION_COUNT; i++) {
		ctl->options.value[i] = NULL;
		ctl->options.ms[i] = -1;
	}
	ctl->operands = argv;	/* never more of them than words read */
	while (status == 0 && *r.next != NULL)
		status = options_word(&r, *r.next++);
	if (status == 0)
		ctl->operands[ctl->operand_count] = NULL;
	if (status != 0 || ctl->verb == NULL)
		return status;
	return options_check(ctl);
}
