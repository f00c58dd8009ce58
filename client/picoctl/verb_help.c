/* SPDX-License-Identifier: MIT */
/*
 * picoctl help: made of the same tables that the command line is read by.
 */
#include <string.h>

#include "session.h"

/* Options that every verb takes. */
#define VERB_HELP_ALWAYS \
	(OPTION_BIT(SOCKET) | OPTION_BIT(JSON) | OPTION_BIT(HELP) | \
	OPTION_BIT(VERSION))

static void
verb_help_option(FILE *out, const struct option *option)
{
	char	text[40];

	snprintf(text, sizeof text, "%c%c%s--%s%s%s",
	    option->letter != '\0' ? '-' : ' ',
	    option->letter != '\0' ? option->letter : ' ',
	    option->letter != '\0' ? ", " : "  ", option->name,
	    option->argument != NULL ? " " : "",
	    option->argument != NULL ? option->argument : "");
	fprintf(out, "    %-24s %s\n", text, option->help);
}

static void
verb_help_options(FILE *out, unsigned options)
{
	const struct option	*option;

	for (option = options_table; option->name != NULL; option++)
		if ((options & 1u << option->id) != 0 && option->help != NULL)
			verb_help_option(out, option);
}

static void
verb_help_verb(FILE *out, const struct verb *verb)
{
	fprintf(out, "Usage: picoctl [OPTION...] %s%s%s\n\n%s\nOptions:\n",
	    verb->name, verb->operands[0] != '\0' ? " " : "", verb->operands,
	    verb->details);
	verb_help_options(out, verb->options | VERB_HELP_ALWAYS);
}

static void
verb_help_all(FILE *out)
{
	const struct verb *const	*verb;

	fputs("Usage: picoctl [OPTION...] VERB [OPERAND...]\n\n"
	    "Talks to the microcontrollers that picod looks after, such as:\n\n"
	    "    picoctl send 'on()'\n\n"
	    "Verbs:\n", out);
	for (verb = picoctl_verbs; *verb != NULL; verb++)
		fprintf(out, "    %-12s %s\n", (*verb)->name,
		    (*verb)->summary);
	fputs("\nOptions that every verb takes, the first if it is about a "
	    "board:\n", out);
	verb_help_options(out, VERB_HELP_ALWAYS | OPTION_BIT(BOARD));
	fputs("\n\"picoctl help VERB\" tells more.\n", out);
}

static json_t *
verb_help_json_options(unsigned options)
{
	const struct option	*option;
	json_t			*array = json_array(), *json;

	for (option = options_table; option->name != NULL; option++) {
		if ((options & 1u << option->id) == 0 || option->help == NULL)
			continue;
		json = json_pack("{s:s, s:s*, s:s}", "name", option->name,
		    "argument", option->argument, "help", option->help);
		if (option->letter != '\0')
			json_object_set_new(json, "letter",
			    json_stringn(&option->letter, 1));
		json_array_append_new(array, json);
	}
	return array;
}

static void
verb_help_json(struct picoctl *ctl, const struct verb *verb)
{
	json_t	*json = json_pack("{s:s, s:s, s:s, s:s, s:o}", "name",
		    verb->name, "operands", verb->operands, "summary",
		    verb->summary, "details", verb->details, "options",
		    verb_help_json_options(verb->options | VERB_HELP_ALWAYS));

	ctl->output.ops->done(&ctl->output, json);
	json_decref(json);
}

/*
 * For the shells' completions, a line each: a verb and what it is for, or an
 * option, what it is for, its letter and its argument.
 */
static void
verb_help_words(FILE *out, const struct verb *one)
{
	const struct verb *const	*verb;
	const struct option		*option;
	unsigned			 options;

	for (verb = picoctl_verbs; one == NULL && *verb != NULL; verb++)
		fprintf(out, "%s\t%s\n", (*verb)->name, (*verb)->summary);
	options = one == NULL ? 0 : one->options | VERB_HELP_ALWAYS;
	for (option = options_table; option->name != NULL; option++)
		if ((options & 1u << option->id) != 0 && option->help != NULL)
			fprintf(out, "--%s\t%s\t%c\t%s\n", option->name,
			    option->help, option->letter == '\0' ? '-' :
			    option->letter, option->argument == NULL ? "" :
			    option->argument);
}

static int
verb_help_run(struct picoctl *ctl)
{
	const struct verb *const	*verb;
	const struct verb		*one = NULL;

	if (ctl->verb != NULL && ctl->verb != &verb_help) {
		one = ctl->verb;	/* "picoctl send --help" */
	} else if (ctl->operand_count > 0) {
		one = picoctl_find_verb(ctl->operands[0]);
		if (one == NULL)
			return picoctl_usage(NULL, "there is no verb \"%s\"",
			    ctl->operands[0]);
	}
	if (options_given(&ctl->options, OPTION_NAMES)) {
		verb_help_words(ctl->output.out, one);
		return STATUS_OK;
	}
	if (!options_given(&ctl->options, OPTION_JSON)) {
		if (one != NULL)
			verb_help_verb(ctl->output.out, one);
		else
			verb_help_all(ctl->output.out);
		return STATUS_OK;
	}
	for (verb = picoctl_verbs; *verb != NULL; verb++)
		if (one == NULL || one == *verb)
			verb_help_json(ctl, *verb);
	return STATUS_OK;
}

const struct verb	verb_help = {
	.name = "help",
	.operands = "[VERB]",
	.summary = "show the verbs, or what one does",
	.details =
"Without VERB, shows all verbs in a line each.\n",
	.options = OPTION_BIT(NAMES),
	.most = 1,
	.run = verb_help_run,
};
