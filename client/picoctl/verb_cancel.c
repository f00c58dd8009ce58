/* SPDX-License-Identifier: MIT */
/*
 * picoctl cancel: takes a request out of a board's queue.
 */
#include <limits.h>

#include "numbers.h"
#include "session.h"

static int
verb_cancel_run(struct picoctl *ctl)
{
	const char	*word = ctl->operands[0];
	long long	 id;
	json_t		*parameters;
	int		 status;

	if (!number_count(word, LLONG_MAX, &id))
		return picoctl_usage(ctl->verb, "\"%s\" is no number of a "
		    "request; \"picoctl list -v\" shows them", word);
	status = session_open(ctl);
	if (status != STATUS_OK)
		return status;
	parameters = session_parameters(ctl, true);
	if (parameters != NULL)
		json_object_set_new(parameters, "id", json_integer(id));
	return session_do(ctl, "io.picod.Cancel", parameters);
}

const struct verb	verb_cancel = {
	.name = "cancel",
	.operands = "REQUEST",
	.summary = "take a waiting request out of the queue",
	.details =
"REQUEST is a number that \"picoctl list -v\" shows.  A request that waits is\n"
"taken out, one that runs is stopped; whoever sent it is told.\n",
	.options = OPTION_BIT(BOARD),
	.least = 1,
	.most = 1,
	.single = true,
	.run = verb_cancel_run,
};
