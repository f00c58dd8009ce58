/* SPDX-License-Identifier: MIT */
/*
 * Behind another's hold a request stands still for as long as that lasts, and
 * who looks at an empty line wonders whether anything works.  So after two
 * seconds picod is asked, on a connection of its own, in which queue a request of
 * ours waits, and the line is brought up to date while it does.
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
waiting_print(FILE *file, const json_t *board, size_t before)
{
	const char	*name = output_string(board, "name");
	const char	*state = output_string(board, "state");
	const json_t	*holder = json_object_get(board, "holder");
	const json_t	*running = waiting_running(board);

	fputs("waiting: board ", file);
	output_escape(file, OUTPUT_LINE, name, strlen(name));
	if (json_is_object(holder) || running != NULL) {
		fputs(json_is_object(holder) ? " is held by " : " works for ",
		    file);
		waiting_print_client(file, json_is_object(holder) ? holder :
		    running);
	} else if (strcmp(state, "absent") == 0) {
		fputs(" is not plugged in", file);
	} else {
		fputs(" is ", file);
		output_escape(file, OUTPUT_LINE, state, strlen(state));
	}
	if (before > 0)
		fprintf(file, ", %zu before you", before);
}

/* What is waited for, to be freed; NULL: it waits no more, or nobody knows. */
static char *
waiting_describe(struct picoctl *ctl)
{
	struct picod	*p = NULL;
	json_t		*reply = NULL;
	const json_t	*board, *request = NULL;
	char		*text = NULL;
	size_t		 i, size, before;
	FILE		*file;

	if (picod_connect(ctl->options.value[OPTION_SOCKET], &p) == 0 &&
	    picod_json_call(p, "io.picod.ListBoards", json_pack("{s:b}",
	    "details", 1), &reply) == 0) {
		json_array_foreach(json_object_get(reply, "boards"), i, board) {
			request = waiting_request(board, &before);
			if (request != NULL)
				break;
		}
		file = request != NULL && !json_is_true(json_object_get(request,
		    "running")) ? open_memstream(&text, &size) : NULL;
		if (file != NULL) {
			waiting_print(file, board, before);
			fclose(file);
		}
		json_decref(reply);
	}
	picod_close(p);
	return text;
}

void
waiting_tell(struct picoctl *ctl)
{
	struct pollfd	 answer = { picod_fd(ctl->picod), POLLIN, 0 };
	FILE		*err = ctl->output.err;
	char		*text;
	bool		 told = false;

	if (!isatty(fileno(err)) || ctl->output.midline)
		return;
	while (poll(&answer, 1, WAITING_MS) == 0) {
		text = waiting_describe(ctl);
		if (text == NULL)
			break;
		fprintf(err, "\r%.*s\033[K", output_columns(err) - 1, text);
		fflush(err);
		free(text);
		told = true;
	}
	if (told) {
		fputs("\r\033[K", err);
		fflush(err);
	}
}
