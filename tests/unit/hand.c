/* SPDX-License-Identifier: MIT */
/*
 * The driver knows no language: what the board "says" is an event, its letter and
 * then its data.  The world around the board does at once what the board wants,
 * as a unit does.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hand.h"

/* ------------------------------------------------------ a driver by hand */

struct fake	*fake;	/* the one of the test that runs */

static struct driver *
fake_create(const struct driver_options *options)
{
	(void)options;
	fake = calloc(1, sizeof *fake);
	fake->over_at = DRIVER_NEVER;
	return &fake->driver;
}

static void
fake_destroy(struct driver *d)
{
	free(d);
}

static int
fake_check(const char *text, size_t len, const char **why)
{
	*why = "it begins with a bang";
	return len > 0 && text[0] == '!' ? -EINVAL : 0;
}

static void
fake_open(struct driver *d, uint64_t settle_ms, bool ask, uint64_t now)
{
	(void)d, (void)settle_ms, (void)ask, (void)now;
}

static void
fake_close(struct driver *d)
{
	(void)d;
	fake->busy = fake->in_step = false;
}

static int
fake_run(struct driver *d, const struct driver_job *job, uint64_t now)
{
	(void)d, (void)now;
	ck_assert(!fake->busy);
	if (fake->refuse < 0)
		return fake->refuse;
	if (fake->said != NULL)
		memset(fake->said, '?', strlen(fake->said));
	fake->busy = true;
	fake->task = job->task;
	snprintf(fake->text, sizeof fake->text, "%.*s", (int)job->len,
	    job->text == NULL ? "" : job->text);
	return 0;
}

static void
fake_interrupt(struct driver *d, uint64_t now)
{
	(void)d, (void)now;
	fake->interrupts++;
}

/* What the board "says" is an event: its letter, then its data. */
static size_t
fake_feed(struct driver *d, const uint8_t *buf, size_t len, uint64_t now,
    struct driver_event *event)
{
	static const struct { char c; enum driver_event_type type;
	    enum driver_outcome outcome; } letters[] = {
		{ 'S', DRIVER_STARTED, 0 }, { 'O', DRIVER_OUTPUT, 0 },
		{ 'U', DRIVER_UNASKED, 0 }, { 'B', DRIVER_RESTARTED, 0 },
		{ 'd', DRIVER_DONE, DRIVER_OK }, { 'e', DRIVER_DONE, DRIVER_RAISED },
		{ 'r', DRIVER_DONE, DRIVER_REJECTED },
		{ 'i', DRIVER_DONE, DRIVER_INTERRUPTED },
		{ 'b', DRIVER_DONE, DRIVER_BOARD_RESTARTED },
		{ 'L', DRIVER_LOST, 0 }, { 'T', DRIVER_STEP, 0 },
		{ 'F', DRIVER_LOST, DRIVER_FOREIGN },
	};
	size_t	i;

	(void)d, (void)now;
	*event = (struct driver_event){ .data = buf + 1, .len = len - 1 };
	for (i = 0; letters[i].c != buf[0]; i++)
		ck_assert_uint_lt(i, sizeof letters / sizeof *letters);
	event->type = letters[i].type;
	event->outcome = letters[i].outcome;
	if (event->type == DRIVER_DONE || event->type == DRIVER_LOST) {
		fake->busy = false;
		fake->in_step = event->type == DRIVER_DONE;
	}
	return len;
}

static void
fake_tick(struct driver *d, uint64_t now, struct driver_event *event)
{
	(void)d, (void)now;
	*event = (struct driver_event){ .type = DRIVER_NONE };
	if (fake->busy) {
		event->type = DRIVER_DONE;
		fake->busy = false;
		fake->over_at = DRIVER_NEVER;
	}
}

static uint64_t
fake_deadline(const struct driver *d)
{
	(void)d;
	return fake->over_at;
}

static size_t
fake_output(const struct driver *d, const uint8_t **bytes)
{
	(void)d, (void)bytes;
	return 0;
}

static void
fake_sent(struct driver *d, size_t n, uint64_t now)
{
	(void)d, (void)n, (void)now;
}

static const char *
fake_about(const struct driver *d)
{
	(void)d;
	return NULL;
}

static bool
fake_hears(const struct driver *d)
{
	(void)d;
	return fake->busy;
}

static bool
fake_in_step(const struct driver *d)
{
	(void)d;
	return fake->in_step;
}

static void
fake_fed(struct driver *d)
{
	(void)d;
}

static enum driver_program
fake_program(const struct driver *d)
{
	(void)d;
	return fake->program;
}

static const char *
fake_language(const struct driver *d)
{
	(void)d;
	return fake->language != NULL ? fake->language : "fake";
}

static const struct driver_ops fake_driver = {
	.name = "fake", .create = fake_create, .destroy = fake_destroy,
	.check = fake_check, .open = fake_open, .close = fake_close,
	.run = fake_run, .interrupt = fake_interrupt, .feed = fake_feed,
	.tick = fake_tick, .deadline = fake_deadline, .output = fake_output,
	.sent = fake_sent, .about = fake_about, .in_step = fake_in_step,
	.hears = fake_hears, .fed = fake_fed, .program = fake_program,
	.language = fake_language,
};

/* -------------------------------------------------------- board and host */

struct board	*board;
int		 host_restarts;
int		 host_closes;
int		 host_drops;
uint64_t		 host_now;
bool		 host_opens;	/* its port, when it is given back */
char		 told[1024];	/* states and steps, in words */
char		 will_told[512];	/* what was said of a last will */

static void
host_notice(const struct board_notice *notice)
{
	if (notice->kind == NOTICE_WILL)
		snprintf(will_told, sizeof will_told, "%s", notice->reason);
	strcat(strcat(told, notice->kind == NOTICE_STATE ?
	    board_state_name(notice->state) :
	    board_notice_name(notice->kind)), " ");
}

static void
host_output(struct request *r)
{
	struct asker	*a;

	TAILQ_FOREACH(a, &r->askers, entry)
		if (a->sink->output != NULL && !a->sink->output(a))
			board_overflow(board, host_now);
}

static void
host_act(const struct board_event *event)
{
	switch (event->type) {
	case BOARD_CLOSE_PORT:
		host_closes++;
		break;
	case BOARD_DROP_UNSENT:
		host_drops++;
		break;
	case BOARD_CHANGE_SPEED:
	case BOARD_LEFT:
		break;
	case BOARD_OPEN_PORT:
		if (!host_opens)
			board_failed(board, "it is unplugged");
		break;
	case BOARD_RESET_PORT:
		board_resetting(board, host_restarts-- > 0, host_now);
		break;
	case BOARD_NOTICE:
		host_notice(&event->notice);
		break;
	case BOARD_OUTPUT:
		host_output(event->request);
		break;
	case BOARD_FED:
		request_fed(event->request);
		break;
	case BOARD_ENDED:
		if (request_next(event->request))
			board_proceed(board, host_now);
		else
			board_dismiss(board, host_now);
		break;
	case BOARD_FINISHED:
		request_finish(event->request);
		break;
	case BOARD_HEARD:
		event->console->bytes(event->console_arg, event->bytes,
		    event->len);
		break;
	case BOARD_ROOM:
		event->console->room(event->console_arg);
		break;
	case BOARD_HUNG_UP:
		event->console->ended(event->console_arg);
		break;
	}
}

/* Takes what the board wants, as a unit does. */
void
pump(void)
{
	static bool		pumping;
	struct board_event	event;

	if (pumping)
		return;
	pumping = true;
	while (board_event_next(board, &event))
		host_act(&event);
	pumping = false;
}

void
tick(uint64_t now)
{
	bool	more = true;

	host_now = now;
	while (more) {
		more = board_tick(board, now);
		pump();
	}
}

void
opened(uint64_t now)
{
	host_now = now;
	board_opened(board, 0, false, now);
	pump();
}

void
closed(const char *reason, uint64_t now)
{
	tick(now);
	board_closed(board, reason, now);
	pump();
}

void
failed(const char *reason)
{
	board_failed(board, reason);
	pump();
}

void
submit(struct request *r, uint64_t now)
{
	host_now = now;
	board_submit(board, r, now);
	pump();
}

void
withdraw(struct request *r)
{
	board_withdraw(board, request_maker(r), host_now);
	pump();
}

void
abandon(struct request *r)
{
	board_abandon(board, request_maker(r), host_now);
	pump();
}

int
interrupt(void)
{
	int	error = board_interrupt(board, host_now);

	pump();
	return error;
}

int
cancel(uint64_t id)
{
	int	error = board_cancel(board, id, host_now);

	pump();
	return error;
}

int
release(const char *token, bool lost, uint64_t now)
{
	int	error;

	host_now = now;
	error = board_release(board, token, lost, now);
	pump();
	return error;
}

void
give(uint64_t now)
{
	host_now = now;
	board_return(board, now);
	pump();
}

void
leave(void)
{
	board_leave(board, host_now);
	pump();
}

void
destroy(void)
{
	board_end(board);
	pump();
	board_destroy(board);
	board = NULL;
}

void
create(struct driver_options driver_options)
{
	struct board_options	options = { .name = "b", .port = "/p",
	    .driver = &fake_driver, .driver_options = driver_options };

	told[0] = will_told[0] = '\0';
	host_restarts = 0;
	host_opens = true;
	board = board_create(&options, 100);
	opened(0);
}

void
setup(void)
{
	create((struct driver_options){ .may_interrupt = true });
}

void
teardown(void)
{
	destroy();
}

/* ------------------------------------------------------------- requests */

bool	streamer_is_full;

static bool
streamer_output(struct asker *a)
{
	(void)a;
	return !streamer_is_full;
}

void
someone_finish(struct asker *asker, const struct request_result *result)
{
	struct someone	*a = asker->arg;
	size_t		 len = evbuffer_get_length(asker->output);

	a->answers++;
	a->error = result->error;
	a->started = result->started;
	a->holder = result->holder == NULL ? 0 : result->holder->pid;
	if (len < sizeof a->output)
		evbuffer_copyout(asker->output, a->output, len);
	memcpy(a->token, asker->request->token, sizeof a->token);
	snprintf(a->traceback, sizeof a->traceback, "%.*s",
	    (int)result->traceback_len, result->traceback_len == 0 ? "" :
	    result->traceback);
	snprintf(a->message, sizeof a->message, "%s", result->message);
	snprintf(a->notice, sizeof a->notice, "%s", result->notice == NULL ? "" :
	    result->notice);
}

const struct request_sink someone_sink = { .finish = someone_finish };
const struct request_sink streamer_sink = {
	.output = streamer_output, .finish = someone_finish,
};

struct request *
make_for(const struct request_sink *sink, struct someone *a,
    enum request_kind kind, const char *text)
{
	static const struct client	client = { .pid = 7, .user = "u" };

	*a = (struct someone){ 0 };
	return request_create(kind, sink, a, &client, text, strlen(text));
}

struct request *
make(struct someone *a, enum request_kind kind, const char *text)
{
	return make_for(&someone_sink, a, kind, text);
}

struct request *
ask(struct someone *a, const char *text)
{
	struct request	*r = make(a, REQUEST_RUN, text);

	submit(r, 0);
	return r;
}

void
say(const char *text, uint64_t now)
{
	const uint8_t	*bytes = (const uint8_t *)text;
	size_t		 len = strlen(text), n;

	host_now = now;
	for (; len > 0; bytes += n, len -= n) {
		n = board_feed(board, bytes, len, now);
		pump();
	}
}

/* Somebody holds the board; returns his token. */
void
hold(struct someone *a, const char *will, uint64_t lasting_ms)
{
	struct request	*r = make(a, REQUEST_HOLD, will);

	r->lasting_ms = lasting_ms;
	submit(r, 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(a->answers, 1);
	ck_assert_uint_eq(strlen(a->token), REQUEST_TOKEN_SIZE - 1);
}

/* Somebody is lent the board under a hold; he has it on return. */
void
lend(struct someone *a, const struct someone *holder)
{
	struct request	*r = make(a, REQUEST_LEND, "");

	memcpy(r->token, holder->token, sizeof r->token);
	submit(r, 0);
	say("d", 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_LENT);
}
