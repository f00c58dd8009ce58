/* SPDX-License-Identifier: MIT */
/*
 * Each expression of each board has a connection of its own, so that a board that
 * does not answer keeps no other waiting.  An expression that is still being
 * answered when its turn comes again is not asked again.
 */
#include "sampler.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "numbers.h"
#include "protocol/error.h"
#include "session.h"
#include "several.h"
#include "stop.h"

struct source {
	char		*name;
	const char	*board;		/* NULL: the one there is */
	const char	*text;
	struct picod	*picod;
	bool		 asked;		/* its answer is to come */
	bool		 late;		/* that of an earlier sample */
	bool		 known;		/* picod had such a board */
	char		*complaint;	/* what was told last */
};

struct sampler {
	struct picoctl	*ctl;
	char		**boards;
	size_t		 board_count;
	struct source	*sources;
	double		*values;
	size_t		 count;
	long long	 period_ms, start_ms, end_ms;
	long long	 turn;		/* of the next sample */
	int		 end;		/* the status, where it is of no use */
};

static void
sampler_add_board(const char *name, size_t len, void *arg)
{
	struct sampler	*s = arg;

	s->boards = reallocarray(s->boards, s->board_count + 1,
	    sizeof *s->boards);
	if (s->boards == NULL)
		abort();
	s->boards[s->board_count++] = name == NULL ? NULL : strndup(name, len);
}

static int
sampler_find_boards(struct sampler *s)
{
	const char	*name = s->ctl->options.value[OPTION_BOARD];

	if (several_named(s->ctl))
		return several_each(s->ctl, sampler_add_board, s);
	sampler_add_board(name, name == NULL ? 0 : strlen(name), s);
	return STATUS_OK;
}

static void
sampler_add(struct sampler *s, const char *board, const char *text)
{
	bool		 several = several_named(s->ctl);
	struct source	*source;

	s->sources = reallocarray(s->sources, s->count + 1,
	    sizeof *s->sources);
	if (s->sources == NULL)
		abort();
	source = &s->sources[s->count++];
	memset(source, 0, sizeof *source);
	source->text = text;
	source->board = board;
	if (asprintf(&source->name, "%s%s%s", several ? board : "",
	    several ? " " : "", text) < 0)
		abort();
}

static void
sampler_add_all(struct sampler *s)
{
	size_t	i;
	int	text;

	for (text = 0; text < s->ctl->operand_count; text++)
		for (i = 0; i < s->board_count; i++)
			sampler_add(s, s->boards[i], s->ctl->operands[text]);
	s->values = calloc(s->count, sizeof *s->values);
	if (s->values == NULL)
		abort();
}

int
sampler_create(struct picoctl *ctl, struct sampler **sampler)
{
	const int	*ms = ctl->options.ms;
	struct sampler	*s;
	int		 status;

	if (ms[OPTION_EVERY] == 0)
		return picoctl_usage(ctl->verb, "--every: there has to be time "
		    "from one moment to the next");
	s = calloc(1, sizeof *s);
	if (s == NULL)
		abort();
	s->ctl = ctl;
	status = sampler_find_boards(s);
	if (status == STATUS_OK)
		status = session_open(ctl);
	if (status != STATUS_OK) {
		sampler_destroy(s);
		return status;
	}
	sampler_add_all(s);
	s->period_ms = ms[OPTION_EVERY] > 0 ? ms[OPTION_EVERY] : 1000;
	s->start_ms = clock_ms();
	s->end_ms = ms[OPTION_FOR] >= 0 ? s->start_ms + ms[OPTION_FOR] : -1;
	*sampler = s;
	return STATUS_OK;
}

void
sampler_destroy(struct sampler *s)
{
	size_t	i;

	if (s == NULL)
		return;
	for (i = 0; i < s->count; i++) {
		picod_close(s->sources[i].picod);
		free(s->sources[i].name);
		free(s->sources[i].complaint);
	}
	for (i = 0; i < s->board_count; i++)
		free(s->boards[i]);
	free(s->boards);
	free(s->sources);
	free(s->values);
	free(s);
}

const char *
sampler_name(const struct sampler *s, size_t i)
{
	return s->sources[i].name;
}

size_t
sampler_count(const struct sampler *s)
{
	return s->count;
}

/* Once for each reason, not once a second. */
static void
source_complain(struct source *source, const char *why)
{
	if (source->complaint != NULL && strcmp(source->complaint, why) == 0)
		return;
	free(source->complaint);
	source->complaint = strdup(why);
	picoctl_complain("%s: %s", source->name, why);
}

static void
source_drop(struct source *source)
{
	picod_close(source->picod);
	source->picod = NULL;
	source->asked = source->late = false;
}

/* picod may have been restarted: then the next sample finds it again. */
static void
source_ask(struct sampler *s, struct source *source)
{
	json_t	*parameters;

	if (source->asked) {
		source->late = true;
		return;
	}
	if (source->picod == NULL && picod_connect(
	    s->ctl->options.value[OPTION_SOCKET], &source->picod) < 0) {
		source_complain(source, "picod is not there");
		return;
	}
	parameters = picod_json_parameters(source->board, true);
	if (parameters == NULL || json_object_set_new(parameters, "text",
	    json_string(source->text)) < 0) {
		json_decref(parameters);
		source_complain(source, "that is not UTF-8");
		return;
	}
	session_add_time(s->ctl, parameters, OPTION_TIMEOUT, "timeout");
	source->asked = picod_json_begin(source->picod, "io.picod.Send",
	    parameters, false) == 0;
	if (!source->asked)
		source_drop(source);
}

/* Of an exception its own line, which says more than that there was one. */
static void
source_complain_of_board(struct source *source)
{
	const char	*trace = output_string(picod_json_error(source->picod),
			    "traceback");
	size_t		 end = strlen(trace), begin;
	char		 why[256];

	while (end > 0 && strchr("\r\n", trace[end - 1]) != NULL)
		end--;
	for (begin = end; begin > 0 && trace[begin - 1] != '\n'; )
		begin--;
	snprintf(why, sizeof why, "%.*s", (int)(end - begin), trace + begin);
	source_complain(source, end > 0 ? why : picod_message(source->picod));
}

/*
 * Boards come and go, rights do not; and which board is meant is known at the begin,
 * or never.
 */
static void
source_failed(struct sampler *s, struct source *source, int failure)
{
	bool	nobody = failure == PICOD_NO_SUCH_BOARD ||
		    failure == PICOD_AMBIGUOUS_BOARD;

	if (failure == PICOD_PERMISSION_DENIED || (nobody && !source->known))
		s->end = error_status(error_find(
		    picod_error_name(source->picod)));
	source->known |= failure > 0;
	source_complain_of_board(source);
	if (failure < 0)
		source_drop(source);
}

/* Its answer is there: the value, unless it is of an earlier sample. */
static void
source_answer(struct sampler *s, struct source *source, double *value)
{
	json_t	*reply;
	bool	 continues, late = source->late;
	int	 failure = picod_json_try(source->picod, &reply, &continues);

	if (failure == -EAGAIN)
		return;
	source->asked = source->late = false;
	if (failure != 0) {
		source_failed(s, source, failure);
		return;
	}
	source->known = true;
	if (!late && !number_value(output_string(reply, "output"), value))
		source_complain(source, "its value is no number");
	else if (!late) {
		free(source->complaint);
		source->complaint = NULL;
	}
	json_decref(reply);
}

/* Answers until all are there, or the next turn comes, or it is to stop. */
static void
sampler_collect(struct sampler *s, long long until_ms)
{
	struct pollfd	*fds = calloc(s->count, sizeof *fds);
	size_t		 i, open;

	if (fds == NULL)
		abort();
	for (;;) {
		for (i = open = 0; i < s->count; i++) {
			fds[i].fd = s->sources[i].asked ?
			    picod_fd(s->sources[i].picod) : -1;
			fds[i].events = POLLIN;
			/* A late one too: only who is read is asked again. */
			open += fds[i].fd >= 0;
		}
		if (open == 0 || clock_ms() >= until_ms || stop_asked())
			break;
		if (stop_poll(fds, s->count, until_ms) == 0)
			continue;
		for (i = 0; i < s->count; i++)
			if (fds[i].revents != 0)
				source_answer(s, &s->sources[i],
				    &s->values[i]);
	}
	free(fds);
}

int
sampler_next(struct sampler *s, struct sample *sample)
{
	struct timespec	t;
	long long	at = s->start_ms + s->turn * s->period_ms;
	size_t		i;

	if (s->end_ms >= 0 && at >= s->end_ms)
		return -1;
	stop_poll(NULL, 0, at);
	if (stop_asked())
		return -1;
	clock_gettime(CLOCK_REALTIME, &t);
	for (i = 0; i < s->count; i++) {
		s->values[i] = NAN;
		source_ask(s, &s->sources[i]);
	}
	sampler_collect(s, at + s->period_ms);
	if (s->end != STATUS_OK)
		return s->end;
	sample->time_us = t.tv_sec * 1000000LL + t.tv_nsec / 1000;
	sample->seconds = (double)(s->turn * s->period_ms) / 1000;
	sample->count = s->count;
	sample->values = s->values;
	s->turn++;
	return STATUS_OK;
}
