/* SPDX-License-Identifier: MIT */
/*
 * picoctl rename: another name for a board, for good.
 *
 * The drop-in gets its new text, then its new name: whenever it is read between,
 * the board has one section.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adopt.h"
#include "local.h"
#include "rules.h"
#include "session.h"

static int
verb_rename_text(const char *file, const char *old, const char *name)
{
	char	*bytes, text[4096];
	size_t	 size;
	void	*read;
	int	 len, status = local_read(file, &read, &size);

	if (status != STATUS_OK)
		return status;
	bytes = read;
	bytes[size] = '\0';
	len = section_rename(text, sizeof text, bytes, old, name);
	free(bytes);
	if (len >= 0)
		return adopt_write(file, text, (size_t)len);
	picoctl_complain("%s is longer than \"picoctl adopt\" writes; edit it",
	    file);
	return STATUS_FAILED;
}

static int
verb_rename_file(struct picoctl *ctl, const char *file, const char *old,
    const char *name)
{
	char	*to = adopt_path(name), state[32];
	int	 status = verb_rename_text(file, old, name);

	if (status == STATUS_OK && rename(file, to) < 0) {
		picoctl_complain("cannot rename %s: %s", file, strerror(errno));
		status = STATUS_FILE;
	}
	free(to);
	if (status == STATUS_OK) {
		rules_rename(old, name);
		status = adopt_reload_for(ctl, name, state, sizeof state);
	}
	if (status == STATUS_OK)
		picoctl_complain("board %s is %s", name, state[0] != '\0' ?
		    state : "not known to picod, whose log says why");
	return status == STATUS_OK && state[0] == '\0' ? STATUS_FAILED : status;
}

static int
verb_rename_run(struct picoctl *ctl)
{
	const char	*old = ctl->operands[0], *name = ctl->operands[1];
	char		*file = adopt_find_section("board", old);
	int		 status;

	if (file == NULL)
		return adopt_do(ctl, old, name);
	status = adopt_may(ctl);
	if (status == STATUS_OK)
		status = adopt_is_ours(file, old);
	if (status == STATUS_OK)
		status = adopt_check_name(ctl, name, old);
	if (status == STATUS_OK)
		status = verb_rename_file(ctl, file, old, name);
	free(file);
	return status;
}

const struct verb	verb_rename = {
	.name = "rename",
	.operands = "OLD NEW",
	.summary = "give a board another name, for good",
	.details =
"The board OLD, which was adopted, or got its name from picod, is NEW from now\n"
"on.  Of one that somebody named by hand it says which file to edit.  It wants\n"
"root.\n",
	.least = 2,
	.most = 2,
	.run = verb_rename_run,
};
