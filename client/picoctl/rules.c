/* SPDX-License-Identifier: MIT */
/*
 * A file's name comes after brltty's rules, some of which it has to undo.  udev
 * reads it at once; what it says is so from when the board is plugged in next.
 *
 * Where there is no folder for rules, there is no udev.  A picod with another
 * configuration is somebody's own, and none of the machine's rules are its.
 */
#include "rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adopt.h"
#include "local.h"
#include "program.h"

/* The file of a board, to be freed; NULL: there are to be none. */
static char *
rules_path(const char *name)
{
	const char	*folder = getenv("PICOD_RULES");
	char		*path;

	if (folder == NULL && getenv("PICOD_CONFIG") == NULL)
		folder = "/etc/udev/rules.d";
	if (folder == NULL || access(folder, F_OK) < 0)
		return NULL;
	if (asprintf(&path, "%s/91-picod-%s.rules", folder, name) < 0)
		abort();
	return path;
}

static void
rules_reload(void)
{
	pid_t	pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		execlp("udevadm", "udevadm", "control", "--reload",
		    (char *)NULL);
		_exit(STATUS_NOT_FOUND);
	}
	if (pid < 0 || program_wait(pid) != 0)
		picoctl_complain("udev was not told: \"sudo udevadm control "
		    "--reload\"");
}

static bool
rules_is_ours(const char *path)
{
	char	begin[sizeof SECTION_MARK] = "";
	FILE	*file = fopen(path, "re");

	if (file == NULL)
		return false;
	if (fgets(begin, sizeof begin, file) == NULL)
		begin[0] = '\0';
	fclose(file);
	return strcmp(begin, SECTION_MARK) == 0;
}

void
rules_write(const struct section *s)
{
	char	text[2048], *path = rules_path(s->name);
	int	len = section_rule(text, sizeof text, s);

	if (path != NULL && len > 0 &&
	    adopt_write(path, text, (size_t)len) == STATUS_OK) {
		picoctl_complain("%s keeps ModemManager and brltty off it, from "
		    "when it is plugged in next", path);
		rules_reload();
	}
	free(path);
}

void
rules_remove(const char *name)
{
	char	*path = rules_path(name);

	if (path != NULL && rules_is_ours(path)) {
		if (unlink(path) == 0)
			rules_reload();
		else
			picoctl_complain("cannot remove %s: %s", path,
			    strerror(errno));
	}
	free(path);
}

void
rules_rename(const char *old, const char *name)
{
	char	*path = rules_path(old), *to = rules_path(name);

	if (path != NULL && to != NULL && rules_is_ours(path) &&
	    rename(path, to) < 0)
		picoctl_complain("cannot rename %s: %s", path, strerror(errno));
	free(path);
	free(to);
}
