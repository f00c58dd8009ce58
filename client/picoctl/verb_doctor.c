/* SPDX-License-Identifier: MIT */
/*
 * picoctl doctor: what usually goes wrong between a board and its user, checked
 * in the order in which it would be met: the socket, picod, what picod says of
 * its boards, the ports, programs that take ports, and the tools for flashing.
 * Each finding says how to mend it.  It changes nothing, and opens no port: that
 * would reset boards.
 */
#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/port/holder.h"
#include "session.h"

static const char *const	port_patterns[] = {
	"/dev/ttyACM*", "/dev/ttyUSB*"
};

/* Programs that take ports unasked, and how to have them not do so. */
static const struct {
	const char	*program;
	const char	*cure;
} meddlers[] = {
	{ "ModemManager", "picod's udev rules keep it off known boards; without "
	    "modems: systemctl disable --now ModemManager" },
	{ "brltty", "it takes CH340 and CP210x chips for Braille displays; "
	    "without one: apt remove brltty" },
	{ "gpsd", "set USBAUTO=\"false\" in /etc/default/gpsd, if it takes "
	    "boards" },
};

static void
verb_doctor_say(const struct picoctl *ctl, const char *verdict,
    const char *what, const char *cure)
{
	fprintf(ctl->output.out, "%-8s %s%s%s\n", verdict, what,
	    cure[0] != '\0' ? ": " : "", cure);
}

/* 1 if picod cannot be asked; the complaint has the cure. */
static int
verb_doctor_boards(struct picoctl *ctl)
{
	json_t		*reply, *boards, *board;
	const char	*problem;
	char		 what[300];
	size_t		 i;
	int		 bad = 0;

	if (session_open(ctl) != STATUS_OK ||
	    session_call(ctl, "io.picod.ListBoards", json_object(),
	    &reply) != STATUS_OK)
		return 1;
	verb_doctor_say(ctl, "ok", "picod answers", "");
	boards = json_object_get(reply, "boards");
	json_array_foreach(boards, i, board) {
		problem = output_string(board, "problem");
		snprintf(what, sizeof what, "board %.64s is %.32s at %.128s",
		    output_string(board, "name"), output_string(board, "state"),
		    output_string(board, "port"));
		verb_doctor_say(ctl, *problem == '\0' ? "ok" : "problem", what,
		    problem);
		bad |= *problem != '\0';
	}
	json_decref(reply);
	return bad;
}

/* Boards' ports belong to a group, which picod's service is in. */
static int
verb_doctor_port(const struct picoctl *ctl, const char *path)
{
	struct holder		 holder;
	struct stat		 st;
	const struct group	*group;
	char			 text[300];
	int			 bad = 0;

	if (stat(path, &st) < 0)
		return 0;
	group = getgrgid(st.st_gid);
	if ((st.st_mode & 060) != 060 || st.st_gid == 0) {
		snprintf(text, sizeof text, "it belongs to the group %.64s; "
		    "picod wants dialout, which udev's rules give it: "
		    "udevadm trigger %.64s", group != NULL ? group->gr_name :
		    "?", path);
		verb_doctor_say(ctl, "problem", path, text);
		bad = 1;
	}
	if (holder_find(path, &holder) < 0) {
		verb_doctor_say(ctl, "ok", path, geteuid() == 0 ?
		    "no program has it" : "no program is seen to have it "
		    "(with sudo, more is seen)");
		return bad;
	}
	if (strcmp(holder.program, "picod") == 0) {
		verb_doctor_say(ctl, "ok", path, "picod has it");
		return bad;
	}
	holder_describe(&holder, text, sizeof text);
	verb_doctor_say(ctl, "problem", path, text);
	return 1;
}

static int
verb_doctor_ports(const struct picoctl *ctl)
{
	glob_t	ports;
	size_t	i, k, seen = 0;
	int	bad = 0;

	for (i = 0; i < sizeof port_patterns / sizeof *port_patterns; i++) {
		if (glob(port_patterns[i], 0, NULL, &ports) != 0)
			continue;
		for (k = 0; k < ports.gl_pathc; k++, seen++)
			bad |= verb_doctor_port(ctl, ports.gl_pathv[k]);
		globfree(&ports);
	}
	if (seen > 0)
		return bad;
	verb_doctor_say(ctl, "problem", "no serial port is there", "if a board "
	    "is plugged in, its cable may be one that only charges: try "
	    "another; a Pico that shows up as a disk waits for firmware: "
	    "picoctl flash");
	return 1;
}

/* Not a fault in itself: they may be wanted. */
static void
verb_doctor_meddlers(const struct picoctl *ctl)
{
	glob_t	names;
	char	comm[64];
	FILE	*file;
	size_t	i, k;

	if (glob("/proc/[0-9]*/comm", GLOB_NOSORT, NULL, &names) != 0)
		return;
	for (i = 0; i < names.gl_pathc; i++) {
		file = fopen(names.gl_pathv[i], "re");
		if (file == NULL)
			continue;
		if (fgets(comm, sizeof comm, file) == NULL)
			comm[0] = '\0';
		fclose(file);
		comm[strcspn(comm, "\n")] = '\0';
		for (k = 0; k < sizeof meddlers / sizeof *meddlers; k++)
			if (strcmp(comm, meddlers[k].program) == 0)
				verb_doctor_say(ctl, "note", comm,
				    meddlers[k].cure);
	}
	globfree(&names);
}

static void
verb_doctor_tool(const struct picoctl *ctl, const char *name,
    const char *boards)
{
	const char	*at = getenv("PATH");
	char		 path[4096], cure[128];
	size_t		 len;

	for (; at != NULL && *at != '\0'; at += len + (at[len] == ':')) {
		len = strcspn(at, ":");
		snprintf(path, sizeof path, "%.*s/%s", (int)len, at, name);
		if (access(path, X_OK) == 0) {
			verb_doctor_say(ctl, "ok", name, path);
			return;
		}
	}
	snprintf(cure, sizeof cure, "it is missing; to flash %s: apt install %s",
	    boards, name);
	verb_doctor_say(ctl, "note", name, cure);
}

static int
verb_doctor_run(struct picoctl *ctl)
{
	int	bad = verb_doctor_boards(ctl);

	bad |= verb_doctor_ports(ctl);
	verb_doctor_meddlers(ctl);
	verb_doctor_tool(ctl, "avrdude", "Arduinos");
	verb_doctor_tool(ctl, "picotool", "Picos");
	return bad ? STATUS_FAILED : STATUS_OK;
}

const struct verb	verb_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "find out what is wrong, and how to mend it",
	.details =
"Checks whether picod answers, what it says of its boards, the permissions of\n"
"serial ports, which programs have them, programs that take ports unasked, and\n"
"the tools for flashing.  It opens no port and changes nothing.  With sudo it\n"
"sees the programs of other users.\n"
"\n"
"Each line is a finding: ok, note, or problem, with what to do about it.  The\n"
"exit status is 0 if there is no problem, and 1 if there is one.\n",
	.run = verb_doctor_run,
};
