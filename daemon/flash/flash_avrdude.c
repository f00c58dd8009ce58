/* SPDX-License-Identifier: MIT */
/*
 * avrdude: of the boards' boot loaders none erases the chip by itself, hence -D.
 * A board that is silent is asked three times instead of ten, which takes 17 s
 * instead of a minute; the others' boot loaders have no such setting.
 */
#include "flash_tool.h"

#include <stdio.h>
#include <string.h>

static const char *
avrdude_explain(const char *log, const struct child_end *end)
{
	if (end->status == 127)
		return "it could not be started";
	if (strstr(log, "signature") != NULL && (strstr(log, "xpected") != NULL ||
	    strstr(log, "ouble check chip") != NULL))
		return "the board has another chip than this kind of board "
		    "should have; see flasher and part in picod.conf(5)";
	if (strstr(log, "verification mismatch") != NULL ||
	    strstr(log, "verification error") != NULL)
		return "what the board has is not what was written; try again";
	if (strstr(log, "not in sync") != NULL ||
	    strstr(log, "not responding") != NULL ||
	    strstr(log, "timeout") != NULL)
		return "its boot loader does not answer; is it this kind of "
		    "board? (see flasher in picod.conf(5)), or try again";
	if (strstr(log, "cannot open port") != NULL ||
	    strstr(log, "an't open device") != NULL)
		return "its port could not be opened";
	return NULL;
}

/*
 * The boot loader was asked in the middle of its start, and answers each question
 * with the answer to the one before.
 */
static bool
avrdude_again(const char *log)
{
	return strstr(log, "protocol expects") != NULL &&
	    strstr(log, "not in sync") == NULL;
}

/*
 * A page takes a fraction of a second; the longest silence is that before a
 * board is given up.  A Mega at 115200 is written and read in 1.5 minutes.
 */
const struct flash_tool_ops flash_avrdude = {
	.program = "avrdude",
	.missing = "avrdude is not installed: sudo apt install avrdude",
	.deadline_ms = 10 * 60 * 1000,
	.stall_ms = 20 * 1000,
	.explain = avrdude_explain,
	.again = avrdude_again,
};

void
flash_avrdude_command(struct flash_command *c, const char *path,
    const struct flash_recipe *recipe, const char *port)
{
	const char	**arg = c->argv;

	c->device = port;
	*arg++ = path;
	*arg++ = "-p";
	*arg++ = recipe->part;
	*arg++ = "-c";
	*arg++ = recipe->programmer;
	if (strcmp(recipe->programmer, "arduino") == 0) {
		*arg++ = "-x";
		*arg++ = "attempts=3";
	}
	if (recipe->baud != 0) {
		snprintf(c->text[0], sizeof c->text[0], "%u", recipe->baud);
		*arg++ = "-b";
		*arg++ = c->text[0];
	}
	*arg++ = "-P";
	*arg++ = port;
	*arg++ = "-D";
	*arg++ = "-U";
	snprintf(c->text[1], sizeof c->text[1], "flash:w:/proc/self/fd/%d:i",
	    CHILD_FD);
	*arg++ = c->text[1];
	*arg = NULL;
}
