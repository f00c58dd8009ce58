/* SPDX-License-Identifier: MIT */
/*
 * picoctl forget: takes back what "picoctl adopt" did.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adopt.h"
#include "rules.h"
#include "session.h"

static int
verb_forget_file(struct picoctl *ctl, const char *file, const char *name)
{
	int	status = adopt_is_ours(file, name);

	if (status == STATUS_OK)
		status = session_open(ctl);
	if (status != STATUS_OK)
		return status;
	if (unlink(file) < 0) {
		picoctl_complain("cannot remove %s: %s", file, strerror(errno));
		return STATUS_FILE;
	}
	rules_remove(name);
	return adopt_reload(ctl);
}

static int
verb_forget_run(struct picoctl *ctl)
{
	const char	*name = ctl->operands[0];
	char		*file = adopt_find_section("board", name);
	int		 status;

	if (file == NULL) {
		picoctl_complain("no board is adopted as %s", name);
		return STATUS_FAILED;
	}
	status = adopt_may(ctl);
	if (status == STATUS_OK)
		status = verb_forget_file(ctl, file, name);
	free(file);
	return status;
}

const struct verb	verb_forget = {
	.name = "forget",
	.operands = "NAME",
	.summary = "take back what adopt did",
	.details =
"Removes the section that \"picoctl adopt\" or \"picoctl rename\" wrote for the\n"
"board NAME, and its rule of udev, and has picod read its configuration again.\n"
"Sections that somebody wrote by hand stay.  It wants root.\n",
	.least = 1,
	.most = 1,
	.run = verb_forget_run,
};
