/* SPDX-License-Identifier: MIT */
/*
 * A configuration is read again, or another board is plugged in where one was:
 * if nothing comes of it for the board, the board must not notice.  So what was
 * in force is kept, to be compared.
 */
#include "served.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "unit.h"

void
served_set(struct served *s, const struct board_config *config)
{
	char	*reports = config->reports == NULL ? NULL :
		    xstrdup(config->reports);

	free(s->reports);
	*s = (struct served){
		.driver = config->driver, .baud = config->baud,
		.find_baud = config->find_baud,
		.may_interrupt = config->may_interrupt,
		.drop_dtr = config->drop_dtr, .reports = reports,
	};
}

void
served_finish(struct served *s)
{
	free(s->reports);
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
served_differs(const struct served *s, const struct board_config *config)
{
	return s->driver != config->driver || s->baud != config->baud ||
	    s->find_baud != config->find_baud ||
	    s->may_interrupt != config->may_interrupt ||
	    s->drop_dtr != config->drop_dtr ||
	    !is_same_text(s->reports, config->reports);
}
