/* SPDX-License-Identifier: MIT */
/*
 * picoctl log: what boards print, kept in a file.
 *
 * It goes on for weeks: a board that was pulled is logged again when it is back,
 * and so is everything after a restart of picod.  A file that is full is put aside
 * under a number, as logrotate(8) does it.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csv.h"
#include "lines.h"
#include "numbers.h"
#include "session.h"

#define KEPT		5		/* full files: FILE.1 to FILE.5 */
#define DEFAULT_KIB	(10 * 1024)

/* How long to wait for picod to come back, at first and at most. */
#define AGAIN_MS	100
#define AGAIN_MAX_MS	5000

struct log {
	struct picoctl	*ctl;
	json_t		*parameters;	/* of Watch */
	const char	*path;		/* NULL: standard output */
	FILE		*file;
	long long	 limit;		/* bytes of a file */
	int		 error;		/* of writing, as errno; then it is over */
};

static void
log_open(struct log *l)
{
	l->file = l->path == NULL ? l->ctl->output.out : fopen(l->path, "ae");
	if (l->file == NULL)
		l->error = errno;
	else if (l->path != NULL && ftell(l->file) == 0 &&
	    !options_given(&l->ctl->options, OPTION_JSON) &&
	    (fputs("time,board,line\n", l->file) < 0 || fflush(l->file) != 0))
		l->error = errno;
}

/* FILE.4 becomes FILE.5, and so on, and FILE becomes FILE.1. */
static void
log_rotate(struct log *l)
{
	char	*from, *to;
	int	 i;

	fclose(l->file);
	for (i = KEPT; i > 0; i--) {
		if (asprintf(&to, "%s.%d", l->path, i) < 0 || (i > 1 ?
		    asprintf(&from, "%s.%d", l->path, i - 1) :
		    asprintf(&from, "%s", l->path)) < 0)
			abort();
		if (rename(from, to) < 0 && errno != ENOENT)
			l->error = errno;
		free(from);
		free(to);
	}
	if (l->error == 0)
		log_open(l);
}

static void
log_write(struct log *l, const char *board, const char *line, const char *time)
{
	json_t	*json;

	if (!options_given(&l->ctl->options, OPTION_JSON)) {
		fprintf(l->file, "%s,", time);
		csv_field(l->file, board);
		fputc(',', l->file);
		csv_field(l->file, line);
	} else {
		json = json_pack("{s:s, s:s, s:s}", "time", time, "board",
		    board, "line", line);
		json_dumpf(json, l->file, JSON_COMPACT);
		json_decref(json);
	}
	fputc('\n', l->file);
	if (fflush(l->file) != 0)
		l->error = errno;
}

static void
log_line(const char *board, const char *line, long long time_us, void *arg)
{
	struct log	*l = arg;
	char		 time[40];

	if (l->error != 0)
		return;
	lines_time(time_us, time);
	log_write(l, board, line, time);
	if (l->error == 0 && l->path != NULL && ftell(l->file) >= l->limit)
		log_rotate(l);
}

/* Until picod ends the connection, or the file cannot be written. */
static int
log_listen(struct log *l)
{
	struct picoctl	*ctl = l->ctl;
	struct lines	*lines = lines_create(log_line, l);
	json_t		*event;
	bool		 continues = true;
	int		 failure;

	failure = picod_json_begin(ctl->picod, "io.picod.Watch",
	    json_incref(l->parameters), true);
	while (failure == 0 && continues && l->error == 0) {
		failure = picod_json_next(ctl->picod, &event, &continues);
		if (failure != 0)
			break;
		lines_feed(lines, event);
		json_decref(event);
	}
	lines_flush(lines);
	lines_destroy(lines);
	return failure;
}

/* Connects again, for as long as it takes. */
static void
log_await(struct picoctl *ctl)
{
	unsigned	ms = AGAIN_MS;

	picod_close(ctl->picod);
	ctl->picod = NULL;
	while (picod_connect(ctl->options.value[OPTION_SOCKET],
	    &ctl->picod) < 0) {
		usleep(ms * 1000);
		ms = ms * 2 < AGAIN_MAX_MS ? ms * 2 : AGAIN_MAX_MS;
	}
}

static int
log_end(struct log *l, int failure)
{
	if (l->path != NULL && l->file != NULL)
		fclose(l->file);
	if (l->error == 0)
		return failure == 0 ? STATUS_OK :
		    session_failed(l->ctl, failure, true);
	picoctl_complain("cannot write %s: %s", l->path == NULL ?
	    "standard output" : l->path, strerror(l->error));
	return STATUS_FILE;
}

static int
verb_log_run(struct picoctl *ctl)
{
	struct log	 l = { .ctl = ctl };
	const char	*size = ctl->options.value[OPTION_SIZE];
	long long	 kib = DEFAULT_KIB;
	int		 failure = 0, status;

	if (ctl->operand_count > 0 && strcmp(ctl->operands[0], "-") != 0)
		l.path = ctl->operands[0];
	if (size != NULL && (!number_count(size, LLONG_MAX / 1024, &kib) ||
	    kib == 0))
		return picoctl_usage(ctl->verb, "--size: \"%s\" is no number "
		    "of KiB; 5120 would be 5 MiB", size);
	l.limit = kib * 1024;
	status = session_open(ctl);
	if (status != STATUS_OK)
		return status;
	l.parameters = session_parameters(ctl, false);
	if (l.parameters == NULL)
		return STATUS_USAGE;
	log_open(&l);
	while (l.error == 0) {
		failure = log_listen(&l);
		if (failure != -ECONNRESET)
			break;
		log_await(ctl);
	}
	json_decref(l.parameters);
	return log_end(&l, failure);
}

const struct verb	verb_log = {
	.name = "log",
	.operands = "[FILE]",
	.summary = "keep what boards print in a file",
	.details =
"Writes each line that boards print unasked to FILE, or to standard output, as\n"
"CSV: time, board, line; with --json as an object a line.  It goes on when a\n"
"board was pulled and comes back, and when picod was restarted.\n"
"\n"
"A FILE that has 10 MiB, or as many KiB as --size says, becomes FILE.1, that\n"
"one FILE.2, and so on; five are kept.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(SIZE),
	.most = 1,
	.single = true,
	.run = verb_log_run,
};
