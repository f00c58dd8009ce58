/* SPDX-License-Identifier: MIT */
/*
 * picoctl install: the scripts that come with picod, onto a board.
 *
 * MicroPython runs main.py and the prompt in the same namespace, CircuitPython
 * from 9 on runs repl.py whenever the prompt comes: what these define is there.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "local.h"
#include "remote.h"
#include "session.h"
#include "transfer.h"

/* A file of a script: what it is called here, below its language, and there. */
struct script_file {
	const char	*file;
	const char	*path;
};

static const struct script {
	const char		*name;
	struct script_file	 micropython[3], circuitpython[3];
	const char		*say;	/* what can be said then */
} scripts[] = {
	{ "on-off", { { "main.py", "main.py" } },
	    { { "led.py", "led.py" }, { "repl.py", "repl.py" } },
	    "picoctl send 'on()'" },
	{ "sensors", { { "sensors.py", "sensors.py" } },
	    { { "sensors.py", "sensors.py" } },
	    "picoctl send 'from sensors import *' 'temperature()'" },
};

#define SCRIPTS	(sizeof scripts / sizeof scripts[0])

static const struct script *
verb_install_find(const char *name)
{
	size_t	i;

	for (i = 0; i < SCRIPTS; i++)
		if (strcmp(scripts[i].name, name) == 0)
			return &scripts[i];
	picoctl_complain("there is no script \"%s\"; there are: on-off, "
	    "sensors", name);
	return NULL;
}

/* What the board says of itself, once it was asked for something. */
static int
verb_install_language(struct picoctl *ctl, bool *is_circuitpython)
{
	json_t	*parameters = session_parameters(ctl, true), *reply;
	int	 status;

	if (parameters != NULL)
		json_object_set_new(parameters, "text", json_string(
		    "print(__import__('sys').implementation[0])"));
	status = session_call(ctl, "io.picod.Send", parameters, &reply);
	if (status != STATUS_OK)
		return status;
	*is_circuitpython = strncmp(output_string(reply, "output"),
	    "circuit", 7) == 0;
	json_decref(reply);
	return STATUS_OK;
}

/* Whether the board has a file just like that. */
static int
verb_install_compare(struct picoctl *ctl, const char *local,
    const struct remote_file *there, bool *same)
{
	void	*ours, *theirs;
	size_t	 our_len, their_len;
	int	 status = local_read(local, &ours, &our_len);

	if (status != STATUS_OK)
		return status;
	*same = !there->is_directory && there->size == our_len;
	if (*same) {
		status = remote_read(ctl, there->path, false, &theirs,
		    &their_len);
		*same = status == STATUS_OK && their_len == our_len &&
		    memcmp(ours, theirs, our_len) == 0;
		if (status == STATUS_OK)
			free(theirs);
	}
	free(ours);
	return status;
}

/* What is there may be the very program that the board is for, and stays. */
static int
verb_install_look(struct picoctl *ctl, const char *local, const char *path)
{
	struct remote_file	there = { 0 };
	bool			same = true;
	int			status = remote_stat(ctl, path, false, &there);

	if (status == REMOTE_ABSENT)
		return STATUS_OK;
	if (status == STATUS_OK)
		status = verb_install_compare(ctl, local, &there, &same);
	if (status == STATUS_OK && !same) {
		picoctl_complain("there is another %s on the board, which stays: "
		    "\"picoctl mv :%s :NAME\" keeps it under another name, "
		    "\"picoctl rm :%s\" removes it", path, path, path);
		status = STATUS_FILE;
	}
	free(there.path);
	free(there.hash);
	return status;
}

/* Puts each file of a script there; count NULL: only looks whether it may. */
static int
verb_install_each(struct picoctl *ctl, const struct script *script,
    bool circuitpython, struct transfer_count *count)
{
	const struct script_file	*file = circuitpython ?
					    script->circuitpython :
					    script->micropython;
	const char			*folder = getenv("PICOD_FIRMWARE");
	char				 local[PATH_MAX];
	int				 status = STATUS_OK;

	for (; status == STATUS_OK && file->file != NULL; file++) {
		snprintf(local, sizeof local, "%s/%s/%s", folder != NULL ?
		    folder : PICOD_DATADIR "/firmware", circuitpython ?
		    "circuitpython" : "micropython", file->file);
		status = count == NULL ?
		    verb_install_look(ctl, local, file->path) :
		    transfer_put_file(ctl, local, file->path, count);
	}
	return status;
}

static int
verb_install_script(struct picoctl *ctl, const struct script *script,
    bool circuitpython)
{
	struct transfer_count	count = { 0 };
	int			status;

	status = verb_install_each(ctl, script, circuitpython, NULL);
	if (status == STATUS_OK)
		status = verb_install_each(ctl, script, circuitpython, &count);
	if (status == STATUS_OK && count.changed > 0)
		picoctl_complain("it is on the board; after \"picoctl reset\": "
		    "%s", script->say);
	else if (status == STATUS_OK)
		picoctl_complain("it is on the board already: %s", script->say);
	return status;
}

static int
verb_install_run(struct picoctl *ctl)
{
	const struct script	*script;
	bool			 circuitpython;
	int			 i, status;

	for (i = 0; i < ctl->operand_count; i++)
		if (verb_install_find(ctl->operands[i]) == NULL)
			return STATUS_USAGE;
	status = session_open(ctl);
	if (status == STATUS_OK)
		status = verb_install_language(ctl, &circuitpython);
	for (i = 0; status == STATUS_OK && i < ctl->operand_count; i++) {
		script = verb_install_find(ctl->operands[i]);
		status = verb_install_script(ctl, script, circuitpython);
	}
	return status;
}

const struct verb	verb_install = {
	.name = "install",
	.operands = "SCRIPT...",
	.summary = "put scripts that come with picod on a board",
	.details =
"on-off gives a board on() and off() for its LED, at every start: a main.py, or\n"
"for CircuitPython a repl.py, which it heeds from version 9 on.  sensors is a\n"
"module with temperature() and what else the chip can measure, which on-off\n"
"imports at every start, if it is there.\n"
"\n"
"A file of that name which is another one is not replaced: \"picoctl mv\" gives\n"
"it another name, \"picoctl rm\" removes it.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.run = verb_install_run,
};
