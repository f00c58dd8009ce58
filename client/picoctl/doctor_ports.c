/* SPDX-License-Identifier: MIT */
/*
 * Serial ports, by their files alone: opening one would reset a board.
 *
 * Ports at USB are for boards.  A UART at the header of a Raspberry Pi is as a
 * rule for a login prompt or the messages of the kernel, either of which talks
 * into whatever is wired to it; that matters once a board is said to be there.
 */
#include "doctor.h"

#include <glob.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/port/holder.h"

/* Boards' ports belong to a group, which picod's service is in. */
static void
ports_check_group(struct doctor *d, const char *path)
{
	const struct group	*group;
	struct stat		 st;

	if (stat(path, &st) < 0 ||
	    ((st.st_mode & 060) == 060 && st.st_gid != 0))
		return;
	group = getgrgid(st.st_gid);
	doctor_say(d, VERDICT_PROBLEM, path, "it belongs to the group %s; "
	    "picod wants dialout, which udev's rules give it: sudo udevadm "
	    "trigger %s", group != NULL ? group->gr_name : "?", path);
}

/* Who has it, and who beside picod. */
static void
ports_check_holder(struct doctor *d, const char *path)
{
	struct holder	holder;
	char		text[400];

	if (holder_find(path, 0, &holder) < 0)
		return;
	if (strcmp(holder.program, "picod") != 0)
		holder_describe(&holder, text, sizeof text);
	else if (holder_find(path, holder.pid, &holder) == 0)
		holder_describe_beside(&holder, text, sizeof text);
	else
		return;
	doctor_say(d, VERDICT_PROBLEM, path, "%s", text);
}

/* A UART that is not at USB may be the kernel's. */
static void
ports_check_uart(struct doctor *d, const char *path)
{
	char	text[400];

	if (holder_is_kernel(path, text, sizeof text))
		doctor_say(d, VERDICT_PROBLEM, path, "%s", text);
}

static void
ports_check(struct doctor *d, const char *path)
{
	ports_check_group(d, path);
	ports_check_holder(d, path);
}

/* Those of a pattern; how many. */
static size_t
ports_each(struct doctor *d, const char *pattern,
    void (*check)(struct doctor *, const char *))
{
	glob_t	ports;
	size_t	i, n = 0;

	if (glob(pattern, 0, NULL, &ports) == 0) {
		n = ports.gl_pathc;
		for (i = 0; i < n; i++)
			check(d, ports.gl_pathv[i]);
		globfree(&ports);
	}
	return n;
}

/* Boards wired to something else than USB are named in the configuration. */
static void
ports_check_configured(struct doctor *d)
{
	const json_t	*board;
	const char	*port;
	size_t		 i;

	json_array_foreach(d->boards, i, board) {
		port = output_string(board, "port");
		if (strncmp(port, "/dev/", 5) != 0 ||
		    strncmp(port, "/dev/ttyACM", 11) == 0 ||
		    strncmp(port, "/dev/ttyUSB", 11) == 0)
			continue;
		ports_check(d, port);
		ports_check_uart(d, port);
	}
}

/* Nobody looks for a board at a header's UART where there are others. */
static void
ports_tell_header(struct doctor *d, const char *path)
{
	if (!doctor_is_served(d, path))
		doctor_say(d, VERDICT_NOTE, path, "a UART of this machine; if "
		    "a board is wired to it, name it in /etc/picod/picod.conf: "
		    "[board NAME] and port = %s", path);
}

void
doctor_ports(struct doctor *d)
{
	size_t	seen = ports_each(d, "/dev/ttyACM*", ports_check) +
		    ports_each(d, "/dev/ttyUSB*", ports_check);

	ports_check_configured(d);
	if (doctor_has_boards(d))
		return;
	if (seen == 0)
		doctor_say(d, VERDICT_PROBLEM, "ports", "no serial port is at "
		    "USB: if a board is plugged in, its cable may be one that "
		    "only charges, try another; a Pico that shows up as a disk "
		    "waits for firmware: picoctl flash");
	ports_each(d, "/dev/serial[0-9]", ports_tell_header);
}
