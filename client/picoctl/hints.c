/* SPDX-License-Identifier: MIT */
/*
 * Verbs of mpremote, ampy, rshell and arduino-cli, and what else is tried.
 * Whoever knows one of these tools knows what he wants, and only lacks our word
 * for it.  A word that becomes a verb of ours leaves this table.
 */
#include "hints.h"

#include <stddef.h>
#include <string.h>

#define BOARD	"no board is connected to: \"-b BOARD\" names the one that " \
		"is meant, and \"picoctl list\" shows them"
#define LIST	"\"picoctl list\" shows the boards"
#define SEND	"\"picoctl send 'TEXT'\" sends statements, and shows values"
#define RUN	"\"picoctl run FILE\" runs a script of this machine"
#define FILES	"\"picoctl help\" has verbs for files: ls, cat, put, get, rm, " \
		"sync, ..."
#define REMOVE	"\"picoctl rm -r DIRECTORY\" removes one with all in it"
#define CONSOLE	"\"picoctl repl\" is the board's prompt"
#define MONITOR	"\"picoctl watch\" shows what boards print, and \"picoctl " \
		"repl\" lets you type as well"
#define RESET	"\"picoctl reset\" starts its program again, with --hard the " \
		"chip"
#define FLASH	"\"picoctl flash FILE\" writes firmware, and \"picoctl " \
		"firmware\" shows what comes with picod"
#define TOOL	"mpremote can do it: picoctl tty -- mpremote connect {} ..."
#define MOUNT	"mpremote can do it: picoctl tty -- mpremote connect {} " \
		"mount ."
#define SKETCH	"arduino-cli can do it; then \"picoctl flash FILE.hex\" " \
		"writes the sketch"
#define STOP	"\"picoctl interrupt\" stops what runs on a board"
#define SERVICE	"picod is a service: \"systemctl status picod\" tells how it is"

static const struct {
	const char	*words;		/* each between blanks */
	const char	*hint;
} hints[] = {
	{ " connect disconnect open close resume use ", BOARD },
	{ " boards board devs devices device ports scan ", LIST },
	{ " eval exec execute command print ", SEND },
	{ " script ", RUN },
	{ " shell terminal term prompt minicom screen picocom ", CONSOLE },
	{ " monitor serial read tail logs ", MONITOR },
	{ " soft-reset softreset restart reboot hard-reset ", RESET },
	{ " bootloader bootsel dfu ", "\"picoctl reset --bootloader\" makes a "
	    "board ready to be flashed" },
	{ " upload burn burn-bootloader program write ", FLASH },
	{ " mount umount ", MOUNT },
	{ " mip romfs ", TOOL },
	{ " fs sha256sum filesize filetype ", FILES },
	{ " rmdir ", REMOVE },
	{ " rsync ", "\"picoctl sync DIRECTORY\" does that" },
	{ " compile build sketch core lib ", SKETCH },
	{ " stop kill break ", STOP },
	{ " status start enable ", SERVICE },
	{ " version ", "\"picoctl --version\" tells it" },
	{ " sleep ", "the shell has \"sleep\" between two picoctl" },
	{ " lock ", "\"picoctl hold\" has a board to itself while a program "
	    "runs" },
};

const char *
hints_find(const char *word)
{
	size_t		 i, len = strlen(word);
	const char	*at;

	if (len == 0 || strchr(word, ' ') != NULL)
		return NULL;
	for (i = 0; i < sizeof hints / sizeof *hints; i++)
		for (at = hints[i].words; (at = strstr(at, word)) != NULL; at++)
			if (at[-1] == ' ' && at[len] == ' ')
				return hints[i].hint;
	return NULL;
}
