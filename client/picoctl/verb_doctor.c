/* SPDX-License-Identifier: MIT */
/*
 * picoctl doctor: what usually goes wrong between a board and its user, looked
 * for in the order in which it would be met: the socket, picod, what picod says of
 * its boards, their ports, and this machine.  What is well is not mentioned; each
 * finding says how to mend it.  It changes nothing, and opens no port: that would
 * reset boards.
 */
#include <limits.h>
#include <string.h>

#include "doctor.h"
#include "session.h"

static void
verb_doctor_unreachable(struct doctor *d, int error)
{
	const char	*path = d->ctl->options.value[OPTION_SOCKET];
	char		 buf[PATH_MAX], text[PATH_MAX + 300];

	if (picod_socket_path(path, buf, sizeof buf) == 0)
		path = buf;
	session_explain(path, error, text, sizeof text);
	doctor_say(d, VERDICT_PROBLEM, "picod", "%s", text);
}

/*
 * Asks over a connection of its own, since who may not use picod has one call.  What
 * is refused is told.
 */
static int
verb_doctor_call(struct doctor *d, const char *method, json_t **reply)
{
	struct picod	*picod = NULL;
	int		 error = picod_connect(
			    d->ctl->options.value[OPTION_SOCKET], &picod);

	if (error == 0)
		error = picod_json_call(picod, method, json_object(), reply);
	if (error > 0)
		doctor_say(d, VERDICT_PROBLEM, "picod", "%s",
		    picod_message(picod));
	else if (error < 0)
		verb_doctor_unreachable(d, error);
	picod_close(picod);
	return error;
}

/* The version and the boards. */
static void
verb_doctor_ask(struct doctor *d)
{
	json_t	*reply;

	if (verb_doctor_call(d, "org.varlink.service.GetInfo", &reply) != 0)
		return;
	snprintf(d->version, sizeof d->version, "%s",
	    output_string(reply, "version"));
	json_decref(reply);
	if (verb_doctor_call(d, "io.picod.ListBoards", &reply) != 0)
		return;
	d->boards = json_incref(json_object_get(reply, "boards"));
	json_decref(reply);
}

/* A board that is not plugged in is no fault of anybody's. */
static void
verb_doctor_boards(struct doctor *d)
{
	const json_t	*board;
	const char	*problem, *state;
	char		 about[100];
	size_t		 i;

	json_array_foreach(d->boards, i, board) {
		problem = output_string(board, "problem");
		state = output_string(board, "state");
		snprintf(about, sizeof about, "board %s",
		    output_string(board, "name"));
		if (problem[0] != '\0')
			doctor_say(d, strcmp(state, "absent") == 0 ?
			    VERDICT_NOTE : VERDICT_PROBLEM, about, "it is %s: "
			    "%s", state, problem);
	}
}

static int
verb_doctor_run(struct picoctl *ctl)
{
	struct doctor	d = { .ctl = ctl };

	verb_doctor_ask(&d);
	verb_doctor_boards(&d);
	doctor_ports(&d);
	doctor_machine(&d);
	doctor_report(&d);
	json_decref(d.boards);
	return d.problems > 0 ? STATUS_FAILED : STATUS_OK;
}

const struct verb	verb_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "find out what is wrong, and how to mend it",
	.details =
"Looks whether picod answers, what it says of its boards, who may use serial\n"
"ports and who has them, whether a login prompt or the kernel uses the port of a\n"
"board, for programs that take ports unasked, udev's rules, your groups and the\n"
"tools for flashing.  It opens no port and changes nothing.  With sudo it sees\n"
"the programs of other users.\n"
"\n"
"Each finding is a problem or a note, with what to do about it; what is well is\n"
"not mentioned.  At the end stands what belongs into a report of a bug.\n"
"\n"
"The exit status is 0 if there is no problem, and 1 if there is one.\n",
	.run = verb_doctor_run,
};
