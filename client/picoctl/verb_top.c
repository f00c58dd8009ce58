/* SPDX-License-Identifier: MIT */
/*
 * picoctl top: who uses the boards, as it changes.
 *
 * Events of Watch say when to look again, by ListBoards on a second connection,
 * and bring the lines that boards print.  Who joins a queue, or holds a board that
 * does nothing, makes no event, so it looks now and then, too.  What looks as before
 * is not drawn again.
 *
 * The picture stands below the line where the cursor was and changes nothing of the
 * terminal, so that nothing needs to be put right however picoctl ends.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "lines.h"
#include "session.h"
#include "top_picture.h"

#define TOP_LEAST_MS	250	/* from one look to the next */
#define TOP_MOST_MS	1000
#define TOP_SETTLE_MS	50	/* before the first */
#define TOP_FIRST_MS	1000	/* for what boards said before */

struct top_view {
	struct picoctl	*ctl;		/* its connection is for questions */
	struct picod	*watch;
	char		*board;		/* NULL: all */
	struct lines	*lines;
	json_t		*said;		/* last, by board */
	char		*shown;		/* what is on the terminal */
	size_t		 height;
};

static void
top_said(const char *board, const char *line, long long time_us, void *arg)
{
	struct top_view	*view = arg;

	(void)time_us;
	/* A prompt is nothing that somebody's program printed. */
	if (line[0] != '\0' && strcmp(line, ">>> ") != 0)
		json_object_set_new_nocheck(view->said, board,
		    json_string_nocheck(line));
}

/* Takes one event, if it is there: 1; 0 if not; or a negative exit status. */
static int
top_hear(struct top_view *view)
{
	struct picoctl	*ctl = view->ctl;
	json_t		*event;
	bool		 continues;
	int		 failure = picod_json_try(view->watch, &event,
			    &continues);

	if (failure == -EAGAIN)
		return 0;
	if (failure != 0) {
		picod_close(ctl->picod);
		ctl->picod = view->watch;
		view->watch = NULL;
		return -session_failed(ctl, failure, true);
	}
	lines_feed(view->lines, event);
	json_decref(event);
	return 1;
}

static int
top_look(struct top_view *view, json_t **boards)
{
	json_t	*reply;
	int	 status = session_call(view->ctl, "io.picod.ListBoards",
		    json_pack("{s:b}", "details", 1), &reply);

	if (status != STATUS_OK)
		return status;
	*boards = json_incref(json_object_get(reply, "boards"));
	json_decref(reply);
	if (view->board != NULL)
		session_select(*boards, view->board);
	return STATUS_OK;
}

/* ---------------------------------------------------------------- once */

static int
top_once(struct top_view *view)
{
	struct picoctl	*ctl = view->ctl;
	struct pollfd	 fd = { picod_fd(view->watch), POLLIN, 0 };
	json_t		*boards;
	char		*text;
	int		 heard, status = top_look(view, &boards);

	if (status != STATUS_OK)
		return status;
	if (json_array_size(boards) > 0)
		poll(&fd, 1, TOP_FIRST_MS);
	json_decref(boards);
	/* When this is answered, picod has said what was said before. */
	status = top_look(view, &boards);
	if (status != STATUS_OK)
		return status;
	while ((heard = top_hear(view)) > 0)
		;
	if (heard == 0 && options_given(&ctl->options, OPTION_JSON)) {
		ctl->output.ops->boards(&ctl->output, boards, true);
	} else if (heard == 0) {
		text = top_picture(&ctl->output, boards, view->said);
		fputs(text, ctl->output.out);
		free(text);
	}
	json_decref(boards);
	return -heard;
}

/* ---------------------------------------------------------------- live */

static void
top_resized(int signal)
{
	(void)signal;
}

/* A smaller terminal has broken the lines anew: nothing is where it was. */
static void
top_measure(struct top_view *view)
{
	struct output	*o = &view->ctl->output;
	int		 columns = output_columns(o->out);

	if (columns == o->columns)
		return;
	o->columns = columns;
	if (view->height > 0)
		fputs("\x1b[H\x1b[2J", o->out);
	view->height = 0;
	free(view->shown);
	view->shown = NULL;
}

static size_t
top_rows(FILE *out)
{
	int	rows = output_rows(out);

	return rows > 2 ? (size_t)rows : 24;
}

/* The picture over the one before; what does not fit is counted. */
static void
top_draw(struct top_view *view, const char *text)
{
	FILE		*out = view->ctl->output.out;
	const char	*end;
	size_t		 room = top_rows(out) - 2, left = 0;

	if (view->height > 0)
		fprintf(out, "\x1b[%zuA", view->height);
	fputs("\r\x1b[?7l", out);	/* a wide character breaks no line */
	for (view->height = 0; (end = strchr(text, '\n')) != NULL;
	    text = end + 1) {
		if (view->height == room) {
			left++;
			continue;
		}
		/* Cleared first: at its end, in the last column, stands text. */
		fprintf(out, "\x1b[K%.*s\n", (int)(end - text), text);
		view->height++;
	}
	if (left > 0) {
		fprintf(out, "\x1b[K... and %zu lines more\n", left);
		view->height++;
	}
	fputs("\x1b[J\x1b[?7h", out);
	output_flush(&view->ctl->output);
}

static int
top_show(struct top_view *view)
{
	json_t	*boards;
	char	*text;
	int	 status = top_look(view, &boards);

	if (status != STATUS_OK)
		return status;
	top_measure(view);
	text = top_picture(&view->ctl->output, boards, view->said);
	json_decref(boards);
	if (view->shown != NULL && strcmp(text, view->shown) == 0) {
		free(text);
		return STATUS_OK;
	}
	top_draw(view, text);
	free(view->shown);
	view->shown = text;
	return STATUS_OK;
}

/* Waits for an event, or so long; a resized terminal ends it too. */
static bool
top_wait(const struct top_view *view, long long ms, const sigset_t *mask)
{
	struct pollfd	fd = { picod_fd(view->watch), POLLIN, 0 };
	struct timespec	t = { ms / 1000, ms % 1000 * 1000000 };

	return ppoll(&fd, 1, &t, mask) < 0;
}

static int
top_live(struct top_view *view)
{
	struct sigaction action = { .sa_handler = top_resized };
	sigset_t	 resizes, before;
	long long	 now, looked = 0, due = clock_ms() + TOP_SETTLE_MS;
	int		 heard, status = STATUS_OK;

	sigaction(SIGWINCH, &action, NULL);
	sigemptyset(&resizes);
	sigaddset(&resizes, SIGWINCH);
	sigprocmask(SIG_BLOCK, &resizes, &before);
	while (status == STATUS_OK && view->ctl->output.error == 0) {
		heard = top_hear(view);
		if (heard < 0)
			return -heard;
		if (heard > 0 && looked > 0 && due > looked + TOP_LEAST_MS)
			due = looked + TOP_LEAST_MS;
		now = clock_ms();
		if (now >= due) {
			status = top_show(view);
			looked = clock_ms();	/* picod may be slow */
			due = looked + TOP_MOST_MS;
		} else if (heard == 0 && top_wait(view, due - now, &before))
			due = now;
	}
	return status;
}

static int
top_watch(struct top_view *view)
{
	struct picoctl	*ctl = view->ctl;
	json_t		*parameters = session_parameters(ctl, false);
	const char	*board = json_string_value(json_object_get(parameters,
			    "board"));
	int		 failure, status;

	if (parameters == NULL)
		return STATUS_USAGE;
	view->board = board == NULL ? NULL : strdup(board);
	json_object_set_new(parameters, "history", json_true());
	failure = picod_json_begin(ctl->picod, "io.picod.Watch", parameters,
	    true);
	if (failure != 0)
		return session_failed(ctl, failure, false);
	view->watch = ctl->picod;
	ctl->picod = NULL;
	status = session_open(ctl);
	if (status != STATUS_OK)
		return status;
	return output_obeys(ctl->output.out) &&
	    !options_given(&ctl->options, OPTION_JSON) ? top_live(view) :
	    top_once(view);
}

static int
verb_top_run(struct picoctl *ctl)
{
	struct top_view	view = { .ctl = ctl };
	int		status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	view.said = json_object();
	view.lines = lines_create(top_said, &view);
	status = top_watch(&view);
	picod_close(view.watch);
	lines_destroy(view.lines);
	json_decref(view.said);
	free(view.board);
	free(view.shown);
	return status;
}

const struct verb	verb_top = {
	.name = "top",
	.operands = "",
	.summary = "show who uses the boards, as it changes",
	.details =
"Shows each board with its state and the line that it printed last, or what is\n"
"wrong with it, and under it who holds it, what runs, and who waits, since when.\n"
"On a terminal it is drawn again when that changes, until Ctrl-C.  Elsewhere,\n"
"and with --json, it is shown once.  With -b, only that board.\n",
	.options = OPTION_BIT(BOARD),
	.single = true,
	.run = verb_top_run,
};
