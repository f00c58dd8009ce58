/* SPDX-License-Identifier: MIT */
/*
 * Behind another's hold a request stands still for as long as that lasts, and
 * who looks at an empty line wonders whether anything works.  Send is told by
 * picod.  Of other methods picod is asked after two seconds, on a connection of
 * its own, in which queue a request of ours waits, and the line is brought up to
 * date while it does.
 */
#include "waiting.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "picoctl.h"

#define WAITING_MS	2000

/* Ours, in the queue of a board; how many wait before it. */
static const json_t *
waiting_request(const json_t *board, size_t *before)
{
	const json_t	*request;
	size_t		 i;

	*before = 0;
	json_array_foreach(json_object_get(board, "requests"), i, request) {
		if (json_integer_value(json_object_get(json_object_get(request,
		    "client"), "pid")) == getpid())
			return request;
		*before += !json_is_true(json_object_get(request, "running"));
	}
	return NULL;
}

static const json_t *
waiting_running(const json_t *board)
{
	const json_t	*request;
	size_t		 i;

	json_array_foreach(json_object_get(board, "requests"), i, request)
		if (json_is_true(json_object_get(request, "running")))
			return json_object_get(request, "client");
	return NULL;
}

/* "calibrate.py (ben) since 10:02" */
static void
waiting_print_client(FILE *file, const json_t *client)
{
	const char	*program = output_string(client, "program");
	const char	*user = output_string(client, "user");
	time_t		 since = (time_t)(json_integer_value(
			    json_object_get(client, "since")) / 1000000);
	struct tm	 tm;
	char		 clock[8];

	output_escape(file, OUTPUT_LINE, program, strlen(program));
	fputs(" (", file);
	output_escape(file, OUTPUT_LINE, user, strlen(user));
	localtime_r(&since, &tm);
	strftime(clock, sizeof clock, "%H:%M", &tm);
	fprintf(file, ") since %s", clock);
}

static void
waiting_print(FILE *file, const json_t *waiting)
{
	const char	*name = output_string(waiting, "board");
	const char	*state = output_string(waiting, "state");
	const json_t	*holder = json_object_get(waiting, "holder");
	const json_t	*running = json_object_get(waiting, "running");
	json_int_t	 before = json_integer_value(
			    json_object_get(waiting, "before"));

	fputs("waiting: board ", file);
	output_escape(file, OUTPUT_LINE, name, strlen(name));
	if (json_is_object(holder) || json_is_object(running)) {
		fputs(!json_is_object(holder) ? " works for " :
		    strcmp(state, "lent") == 0 ? " is lent to " :
		    strcmp(state, "console") == 0 ? " is the console of " :
		    strcmp(state, "flashing") == 0 ? " is being flashed by " :
		    " is held by ", file);
		waiting_print_client(file, json_is_object(holder) ? holder :
		    running);
	} else if (strcmp(state, "absent") == 0) {
		fputs(" is not plugged in", file);
	} else {
		fputs(" is ", file);
		output_escape(file, OUTPUT_LINE, state, strlen(state));
	}
	if (before > 0)
		fprintf(file, ", %lld before you", (long long)before);
}

void
waiting_show(struct picoctl *ctl, const json_t *waiting)
{
	FILE	*err = ctl->output.err, *file;
	char	*text = NULL;
	size_t	 size;

	if (output_columns(err) == 0 || ctl->output.midline)
		return;
	file = open_memstream(&text, &size);
	if (file == NULL)
		return;
	waiting_print(file, waiting);
	fclose(file);
	fprintf(err, "\r%.*s\033[K", output_columns(err) - 1, text);
	fflush(err);
	free(text);
	ctl->waiting = true;
}

void
waiting_end(struct picoctl *ctl)
{
	if (!ctl->waiting)
		return;
	ctl->waiting = false;
	fputs("\r\033[K", ctl->output.err);
	fflush(ctl->output.err);
}

/* What waits for a board, as the interface has it, to be freed; or NULL. */
static json_t *
waiting_of(const json_t *board)
{
	const json_t	*request, *running = waiting_running(board);
	const json_t	*holder = json_object_get(board, "holder");
	size_t		 before;

	request = waiting_request(board, &before);
	if (request == NULL ||
	    json_is_true(json_object_get(request, "running")))
		return NULL;
	return json_pack("{s:O, s:O, s:I, s:O*, s:O*}",
	    "board", json_object_get(board, "name"),
	    "state", json_object_get(board, "state"),
	    "before", (json_int_t)before, "holder", holder,
	    "running", running);
}

/* Looks for a request of ours that waits; whether there is one. */
static bool
waiting_look(struct picoctl *ctl)
{
	struct picod	*p = NULL;
	json_t		*reply, *waiting = NULL;
	const json_t	*board;
	size_t		 i;

	if (picod_connect(ctl->options.value[OPTION_SOCKET], &p) == 0 &&
	    picod_json_call(p, "io.picod.ListBoards", json_pack("{s:b}",
	    "details", 1), &reply) == 0) {
		json_array_foreach(json_object_get(reply, "boards"), i, board) {
			waiting = waiting_of(board);
			if (waiting != NULL)
				break;
		}
		json_decref(reply);
	}
	picod_close(p);
	if (waiting == NULL)
		return false;
	waiting_show(ctl, waiting);
	json_decref(waiting);
	return true;
}

void
waiting_tell(struct picoctl *ctl)
{
	struct pollfd	answer = { picod_fd(ctl->picod), POLLIN, 0 };

	if (output_columns(ctl->output.err) == 0)
		return;
	while (poll(&answer, 1, WAITING_MS) == 0 && waiting_look(ctl))
		;
	waiting_end(ctl);
}
