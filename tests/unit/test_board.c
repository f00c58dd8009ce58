/* SPDX-License-Identifier: MIT */
/*
 * The policy of a board, with a driver that does as the test says: each test
 * moves time by hand and sees what every request got.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/board/board.h"
#include "protocol/limits.h"

/* ------------------------------------------------------ a driver by hand */

struct fake {
	struct driver	 driver;
	bool		 busy;
	enum driver_task task;
	char		 text[64];
	int		 refuse;	/* what run() returns */
	int		 interrupts;
	bool		 in_step;
	uint64_t	 over_at;	/* when its job is over by itself */
	const char	*language;	/* NULL: its own */
	char		*said;		/* what its next job overwrites */
};

static struct fake	*fake;	/* the one of the test that runs */

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
	.hears = fake_hears,
	.language = fake_language,
};

/* -------------------------------------------------------- board and host */

static struct board	*board;
static bool		 host_paused;
static int		 host_restarts;
static int		 host_closes;
static uint64_t		 host_now;
static bool		 host_opens;	/* its port, when it is given back */
static char		 told[1024];	/* states and steps, in words */
static char		 will_told[512];	/* what was said of a last will */

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
			board_pause(board);
}

static void
host_act(const struct board_event *event)
{
	switch (event->type) {
	case BOARD_CLOSE_PORT:
		host_closes++;
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
		if (!event->console->bytes(event->console_arg, event->bytes,
		    event->len))
			board_pause(board);
		break;
	case BOARD_ROOM:
		event->console->room(event->console_arg);
		break;
	case BOARD_HUNG_UP:
		event->console->ended(event->console_arg);
		break;
	case BOARD_PAUSE:
		host_paused = event->pause;
		break;
	}
}

/* Takes what the board wants, as a unit does. */
static void
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

static void
tick(uint64_t now)
{
	bool	more = true;

	host_now = now;
	while (more) {
		more = board_tick(board, now);
		pump();
	}
}

static void
opened(uint64_t now)
{
	host_now = now;
	board_opened(board, 0, false, now);
	pump();
}

static void
closed(const char *reason, uint64_t now)
{
	tick(now);
	board_closed(board, reason, now);
	pump();
}

static void
failed(const char *reason)
{
	board_failed(board, reason);
	pump();
}

static void
submit(struct request *r, uint64_t now)
{
	host_now = now;
	board_submit(board, r, now);
	pump();
}

static void
withdraw(struct request *r)
{
	board_withdraw(board, request_maker(r), host_now);
	pump();
}

static int
interrupt(void)
{
	int	error = board_interrupt(board, host_now);

	pump();
	return error;
}

static int
cancel(uint64_t id)
{
	int	error = board_cancel(board, id, host_now);

	pump();
	return error;
}

static int
release(const char *token, bool lost, uint64_t now)
{
	int	error;

	host_now = now;
	error = board_release(board, token, lost, now);
	pump();
	return error;
}

static void
give(uint64_t now)
{
	host_now = now;
	board_return(board, now);
	pump();
}

static void
leave(void)
{
	board_leave(board, host_now);
	pump();
}

static void
resume(void)
{
	board_resume(board);
	pump();
}

static void
destroy(void)
{
	board_end(board);
	pump();
	board_destroy(board);
	board = NULL;
}

static void
create(struct driver_options driver_options)
{
	struct board_options	options = { .name = "b", .port = "/p",
	    .driver = &fake_driver, .driver_options = driver_options };

	told[0] = will_told[0] = '\0';
	host_restarts = 0;
	host_opens = true;
	host_paused = false;
	board = board_create(&options, 100);
	opened(0);
}

static void
setup(void)
{
	create((struct driver_options){ .may_interrupt = true });
}

static void
teardown(void)
{
	destroy();
}

/* ------------------------------------------------------------- requests */

struct someone {
	int		 answers;
	enum error_code	 error;
	bool		 started;
	char		 output[64];
	char		 token[REQUEST_TOKEN_SIZE];
	char		 message[256];
	char		 traceback[32];
	pid_t		 holder;
};

static bool	streamer_is_full;

static bool
streamer_output(struct asker *a)
{
	(void)a;
	return !streamer_is_full;
}

static void
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
}

static const struct request_sink someone_sink = { NULL, NULL, someone_finish };
static const struct request_sink streamer_sink = {
	streamer_output, NULL, someone_finish
};

static struct request *
make_for(const struct request_sink *sink, struct someone *a,
    enum request_kind kind, const char *text)
{
	static const struct client	client = { .pid = 7, .user = "u" };

	*a = (struct someone){ 0 };
	return request_create(kind, sink, a, &client, text, strlen(text));
}

static struct request *
make(struct someone *a, enum request_kind kind, const char *text)
{
	return make_for(&someone_sink, a, kind, text);
}

static struct request *
ask(struct someone *a, const char *text)
{
	struct request	*r = make(a, REQUEST_RUN, text);

	submit(r, 0);
	return r;
}

static void
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

/* ---------------------------------------------------------------- tests */

START_TEST(test_order)
{
	static struct someone	a, b, c;

	ask(&a, "1");
	ask(&b, "2");
	ask(&c, "3");
	ck_assert_str_eq(fake->text, "1");
	say("S", 0);
	say("Oone", 0);
	say("d", 0);
	ck_assert_int_eq(a.answers, 1);
	ck_assert_str_eq(a.output, "one");
	ck_assert_str_eq(fake->text, "2");
	say("d", 0);
	say("e", 0);
	ck_assert_int_eq(b.error, ERROR_NONE);
	ck_assert_int_eq(c.error, ERROR_STATEMENT_FAILED);
	ck_assert_int_eq(b.answers + c.answers, 2);
	ck_assert_int_eq(board_state(board), BOARD_READY);
}
END_TEST

static void	hold(struct someone *, const char *, uint64_t);

/* A maker with three jobs: the letters that are left, each a job. */
static const char	*jobs;

static bool
maker_next(struct asker *a, const struct request_result *result)
{
	if (result->error != ERROR_NONE || jobs[0] == '\0')
		return false;
	request_renew(a->request, REQUEST_RUN, jobs++, 1, 100);
	return true;
}

static const struct request_sink maker_sink = {
	NULL, maker_next, someone_finish
};

START_TEST(test_jobs_of_a_request_are_one_turn)
{
	static struct someone	 a, b, holder;
	struct request		*r = make_for(&maker_sink, &a, REQUEST_RUN, "x");

	jobs = "yz";
	submit(r, 0);
	ask(&b, "b");
	submit(make(&holder, REQUEST_HOLD, ""), 0);
	say("S", 0);
	say("Oone", 0);
	say("d", 0);
	ck_assert_str_eq(fake->text, "y");
	ck_assert_int_eq(a.answers, 0);
	say("S", 0);
	ck_assert_uint_eq(board_deadline(board), 100);	/* each has its time */
	say("d", 0);
	ck_assert_str_eq(fake->text, "z");
	say("Othree", 0);
	say("d", 0);
	ck_assert_int_eq(a.answers, 1);
	ck_assert_str_eq(a.output, "three");
	ck_assert_str_eq(fake->text, "b");
	ck_assert_int_eq(holder.answers, 0);
	say("d", 0);
	ck_assert_int_eq(b.answers + holder.answers, 2);
}
END_TEST

START_TEST(test_job_that_fails_ends_the_request)
{
	static struct someone	a, b;

	jobs = "yz";
	submit(make_for(&maker_sink, &a, REQUEST_RUN, "x"), 0);
	ask(&b, "b");
	say("d", 0);
	say("e", 0);
	ck_assert_int_eq(a.error, ERROR_STATEMENT_FAILED);
	ck_assert_str_eq(fake->text, "b");
}
END_TEST

START_TEST(test_next_job_waits_for_a_board_that_was_reset)
{
	static struct someone	 a, b;
	struct request		*r = make_for(&maker_sink, &a,
				    REQUEST_SOFT_RESET, "");

	jobs = "y";
	r->wait_given = true;
	r->wait_ms = 50;
	submit(r, 0);
	ask(&b, "b");
	say("S", 0);
	closed("it restarted", 10);	/* as a board with USB of its own does */
	ck_assert_int_eq(a.answers, 0);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
	ck_assert_uint_eq(board_deadline(board), 60);
	opened(20);
	ck_assert_str_eq(fake->text, "y");
	say("d", 20);
	ck_assert_int_eq(a.answers, 1);
	ck_assert_int_eq(a.error, ERROR_NONE);
}
END_TEST

/* Its will is ahead of the next job of what the holder began. */
START_TEST(test_will_goes_before_the_next_job)
{
	static struct someone	 a, holder;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make_for(&maker_sink, &a, REQUEST_RUN, "x");
	memcpy(r->token, holder.token, sizeof r->token);
	jobs = "yz";
	submit(r, 0);
	say("S", 0);
	board_feed(board, (const uint8_t *)"d", 1, 0);	/* not told yet */
	release(holder.token, true, 0);
	ck_assert_str_eq(fake->text, "stop()");
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ck_assert_int_eq(a.answers, 1);
}
END_TEST

START_TEST(test_maker_that_left_has_no_next_job)
{
	static struct someone	 a, b;
	struct request		*r = make_for(&maker_sink, &a, REQUEST_RUN, "x");

	jobs = "yz";
	submit(r, 0);
	ask(&b, "b");
	withdraw(r);
	say("i", 0);
	ck_assert_str_eq(fake->text, "b");
	ck_assert_int_eq(a.answers, 0);
	ck_assert_str_eq(jobs, "yz");
}
END_TEST

START_TEST(test_several_askers_have_one_answer)
{
	static struct someone	 a, b, c;
	struct request		*r = make(&a, REQUEST_RUN, "1");
	struct asker		*second;

	b = c = (struct someone){ 0 };
	submit(r, 0);
	second = request_join(r, &someone_sink, &b);
	ck_assert_ptr_nonnull(second);
	say("S", 0);
	say("Oone", 0);
	ck_assert_ptr_null(request_join(r, &someone_sink, &c));	/* too late */
	withdraw(r);				/* its maker */
	ck_assert_int_eq(fake->interrupts, 0);
	say("Otwo", 0);
	say("d", 0);
	ck_assert_int_eq(a.answers, 0);
	ck_assert_int_eq(b.answers, 1);
	ck_assert_str_eq(b.output, "onetwo");
}
END_TEST

START_TEST(test_last_asker_that_leaves_interrupts)
{
	static struct someone	 a, b;
	struct request		*r = make(&a, REQUEST_RUN, "1");

	submit(r, 0);
	request_join(r, &someone_sink, &b);
	withdraw(r);
	ck_assert_int_eq(fake->interrupts, 0);
	withdraw(r);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(board_state(board), BOARD_READY);
}
END_TEST

/* Who leaves before he is told has nothing, and keeps nothing from others. */
START_TEST(test_what_was_granted_and_not_told_is_taken_back)
{
	static struct someone	 a, b;
	struct request		*r = make(&a, _i == 0 ? REQUEST_HOLD :
				    _i == 1 ? REQUEST_LEND : REQUEST_CONSOLE, "");

	if (_i == 0)
		board_submit(board, r, 0);
	else {
		submit(r, 0);
		board_feed(board, (const uint8_t *)"d", 1, 0);
	}
	ck_assert_int_eq(r->place, REQUEST_OVER);
	withdraw(r);
	ck_assert_int_eq(a.answers, 0);
	ck_assert_ptr_null(board_holder(board));
	ck_assert(!board_is_away(board));
	if (_i == 1)
		opened(0);
	ask(&b, "b");
	ck_assert_str_eq(fake->text, "b");
}
END_TEST

START_TEST(test_timeout_counts_from_the_start)
{
	static struct someone	 a;
	struct request	*r = make(&a, REQUEST_RUN, "1");

	r->timeout_ms = 100;
	submit(r, 0);
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
	say("S", 1000);
	ck_assert_uint_eq(board_deadline(board), 1100);
	tick(1099);
	ck_assert_int_eq(fake->interrupts, 0);
	tick(1100);
	ck_assert_int_eq(fake->interrupts, 1);
	ck_assert_int_eq(a.answers, 0);
	say("Opart", 1101);
	say("i", 1102);
	ck_assert_int_eq(a.error, ERROR_TIMED_OUT);
	ck_assert(a.started);
	ck_assert_str_eq(a.output, "part");
}
END_TEST

START_TEST(test_wait)
{
	static struct someone	 a, b;
	struct request	*r = make(&b, REQUEST_RUN, "2");

	ask(&a, "1");
	r->wait_ms = 50;
	r->wait_given = true;
	submit(r, 10);
	ck_assert_uint_eq(board_deadline(board), 60);
	tick(60);
	ck_assert_int_eq(b.error, ERROR_BOARD_BUSY);
	ck_assert_int_eq(b.holder, 7);
	ck_assert_int_eq(a.answers, 0);
}
END_TEST

START_TEST(test_absent)
{
	static struct someone	 a, b, c, d;
	struct request	*r = make(&c, REQUEST_RUN, "3");

	ask(&a, "1");
	ask(&b, "2");
	r->wait_ms = 5000;
	r->wait_given = true;
	submit(r, 0);
	say("S", 0);
	closed("unplugged", 10);
	ck_assert_int_eq(a.error, ERROR_DISCONNECTED);
	ck_assert(a.started);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
	ck_assert_int_eq(c.answers, 0);
	ask(&d, "4");
	ck_assert_int_eq(d.error, ERROR_BOARD_ABSENT);
	opened(20);
	ck_assert_str_eq(fake->text, "3");
	say("d", 30);
	ck_assert_int_eq(c.error, ERROR_NONE);
}
END_TEST

START_TEST(test_invalid_is_not_sent)
{
	static struct someone	a;

	ask(&a, "!boom");
	ck_assert_int_eq(a.error, ERROR_INVALID_COMMAND);
	ck_assert_ptr_nonnull(strstr(a.message, "begins with a bang"));
	ck_assert(!fake->busy);
}
END_TEST

/* A driver that finds out the language later cannot check the text before. */
START_TEST(test_invalid_for_the_language_found)
{
	static struct someone	a;

	fake->refuse = -EINVAL;
	fake->language = "piserial";
	ask(&a, "print()");
	ck_assert_int_eq(a.error, ERROR_INVALID_COMMAND);
	ck_assert_ptr_nonnull(strstr(a.message, "board b: a command is"));
	ck_assert(!a.started);
}
END_TEST

START_TEST(test_will_goes_before_what_goes_first)
{
	static struct someone	 holder, flasher, follow, other;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&flasher, REQUEST_FLASH, "");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	say("d", 0);
	ask(&other, "other");
	release(holder.token, true, 0);
	r = make(&follow, REQUEST_RUN, "proof");
	r->rank = REQUEST_FIRST;
	r->wait_given = true;
	submit(r, 0);
	give(10);
	opened(20);
	ck_assert_str_eq(fake->text, "stop()");
	say("d", 20);
	ck_assert_str_eq(fake->text, "proof");
	say("d", 20);
	ck_assert_str_eq(fake->text, "other");
}
END_TEST

/* Those who wait cannot keep out what belongs to a turn that was had. */
START_TEST(test_queue_limit_is_not_for_what_goes_first)
{
	static struct someone	 askers[LIMIT_QUEUE + 1], first;
	struct request		*r = make(&first, REQUEST_RUN, "first");
	int			 i;

	for (i = 0; i < LIMIT_QUEUE + 1; i++)
		ask(&askers[i], "1");
	r->rank = REQUEST_FIRST;
	submit(r, 0);
	ck_assert_int_eq(first.answers, 0);
	say("d", 0);
	ck_assert_str_eq(fake->text, "first");
}
END_TEST

START_TEST(test_queue_limit)
{
	static struct someone	askers[LIMIT_QUEUE + 2];
	int			i;

	for (i = 0; i < LIMIT_QUEUE + 1; i++)
		ask(&askers[i], "1");
	ck_assert_uint_eq(board_waiting(board), LIMIT_QUEUE);
	ask(&askers[i], "1");
	ck_assert_int_eq(askers[i].error, ERROR_LIMIT_EXCEEDED);
	ck_assert_int_eq(askers[i - 1].answers, 0);
}
END_TEST

START_TEST(test_output_limit)
{
	static struct someone	 a;
	char		*much = malloc(LIMIT_OUTPUT + 2);

	memset(much, 'O', LIMIT_OUTPUT + 1);
	much[LIMIT_OUTPUT + 1] = '\0';
	ask(&a, "1");
	say("S", 0);
	say(much, 0);			/* its first letter is the event */
	ck_assert_int_eq(fake->interrupts, 0);
	say("Ox", 0);			/* one past the edge */
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_OUTPUT_TOO_LARGE);
	free(much);
}
END_TEST

/* A Ctrl-C is not repeated for each piece of what is still printed after it. */
START_TEST(test_much_output_after_a_timeout)
{
	static struct someone	 a;
	struct request		*r = make(&a, REQUEST_RUN, "1");
	char			*much = malloc(LIMIT_OUTPUT + 2);

	memset(much, 'O', LIMIT_OUTPUT + 1);
	much[LIMIT_OUTPUT + 1] = '\0';
	r->timeout_ms = 100;
	submit(r, 0);
	say("S", 0);
	tick(100);
	say(much, 101);
	say("Ox", 102);
	say("Oy", 103);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 104);
	ck_assert_int_eq(a.error, ERROR_TIMED_OUT);
	free(much);
}
END_TEST

/* Whoever catches it and goes on is no exception: his output has no hole. */
START_TEST(test_limits_hold_after_an_interrupt_that_was_caught)
{
	static struct someone	 a, b;
	struct request		*r = make(&b, REQUEST_RUN, "2");
	char			*much = malloc(LIMIT_OUTPUT + 2);

	memset(much, 'O', LIMIT_OUTPUT + 1);
	much[LIMIT_OUTPUT + 1] = '\0';
	ask(&a, "1");
	say("S", 0);
	interrupt();
	say(much, 1);
	ck_assert_int_eq(fake->interrupts, 1);
	say("Ox", 1);
	say("Oy", 1);
	ck_assert_int_eq(fake->interrupts, 2);
	say("d", 2);
	ck_assert_int_eq(a.error, ERROR_OUTPUT_TOO_LARGE);

	r->timeout_ms = 100;
	submit(r, 10);
	say("S", 10);
	interrupt();
	tick(110);
	ck_assert_int_eq(fake->interrupts, 4);
	say("i", 120);
	ck_assert_int_eq(b.error, ERROR_TIMED_OUT);
	free(much);
}
END_TEST

START_TEST(test_interrupted_is_not_granted)
{
	static struct someone	a;

	submit(make(&a, REQUEST_LEND, ""), 0);
	ck_assert_int_eq(interrupt(), 0);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ck_assert_int_eq(board_state(board), BOARD_READY);
}
END_TEST

/* The driver's words are gone once it was given the next job. */
START_TEST(test_traceback_outlives_the_driver)
{
	static struct someone	 a, b;
	char			 said[] = "eValueError";

	ask(&a, "1");
	fake->said = said;
	ask(&b, "2");
	say(said, 0);
	ck_assert_str_eq(fake->text, "2");
	ck_assert_int_eq(a.error, ERROR_STATEMENT_FAILED);
	ck_assert_str_eq(a.traceback, "ValueError");
	fake->said = NULL;
}
END_TEST

START_TEST(test_slow_client_pauses_the_board)
{
	static struct someone	 a;
	struct request	*r = make_for(&streamer_sink, &a, REQUEST_RUN, "1");

	streamer_is_full = false;
	submit(r, 0);
	say("Ox", 0);
	ck_assert(!host_paused);
	streamer_is_full = true;
	say("Oy", 0);
	ck_assert(host_paused);
	resume();
	ck_assert(!host_paused);
	say("Oz", 0);
	ck_assert(host_paused);
	withdraw(r);	/* it left: its end must be heard */
	ck_assert(!host_paused);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(a.answers, 0);
}
END_TEST

START_TEST(test_leaving_client_starts_the_next)
{
	static struct someone	 a, b, c;
	struct request	*first = ask(&a, "1"), *second = ask(&b, "2");

	ask(&c, "3");
	withdraw(second);
	withdraw(first);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_str_eq(fake->text, "3");
	say("d", 0);
	ck_assert_int_eq(a.answers + b.answers, 0);
	ck_assert_int_eq(c.answers, 1);
}
END_TEST

START_TEST(test_interrupt)
{
	static struct someone	a;

	ask(&a, "1");
	say("S", 0);
	ck_assert_int_eq(interrupt(), 0);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ask(&a, "2");			/* it caught the interrupt and went on */
	ck_assert_int_eq(interrupt(), 0);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_NONE);
	destroy();
	create((struct driver_options){ .may_interrupt = false });
	ck_assert_int_eq(interrupt(), -ENOTSUP);
}
END_TEST

START_TEST(test_cancel)
{
	static struct someone	 a, b;
	uint64_t	 running, waiting;

	running = ask(&a, "1")->id;
	waiting = ask(&b, "2")->id;
	ck_assert_int_eq(cancel(waiting + 1), -ENOENT);
	ck_assert_int_eq(cancel(waiting), 0);
	ck_assert_int_eq(b.error, ERROR_INTERRUPTED);
	ck_assert(!b.started);
	ck_assert_int_eq(cancel(running), 0);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
}
END_TEST

/* Somebody holds the board; returns his token. */
static void
hold(struct someone *a, const char *will, uint64_t lasting_ms)
{
	struct request	*r = make(a, REQUEST_HOLD, will);

	r->lasting_ms = lasting_ms;
	submit(r, 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(a->answers, 1);
	ck_assert_uint_eq(strlen(a->token), REQUEST_TOKEN_SIZE - 1);
}

START_TEST(test_hold)
{
	static struct someone	 holder, other, mine, second;
	struct request	*r;

	hold(&holder, "", REQUEST_NO_LIMIT);
	ask(&other, "other");
	ck_assert(!fake->busy);
	r = make(&mine, REQUEST_RUN, "mine");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	ck_assert_str_eq(fake->text, "mine");
	say("d", 0);
	ck_assert_int_eq(mine.answers, 1);
	submit(make(&second, REQUEST_HOLD, ""), 0);
	ck_assert_int_eq(second.error, ERROR_BOARD_BUSY);
	ck_assert_int_eq(second.holder, 7);
	ck_assert_int_eq(release("nonsense", false, 0), -ENOENT);
	ck_assert_int_eq(release(holder.token, false, 0), 0);
	ck_assert_str_eq(fake->text, "other");
	say("d", 0);
	ck_assert_int_eq(other.answers, 1);
}
END_TEST

START_TEST(test_will_runs_before_others)
{
	static struct someone	 holder, running, other;
	struct request	*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&running, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	ask(&other, "other");
	release(holder.token, true, 0);
	ck_assert_int_eq(fake->interrupts, 1);	/* the motor first */
	say("i", 0);
	ck_assert_str_eq(fake->text, "stop()");
	ck_assert_ptr_nonnull(board_holder(board));
	say("d", 0);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_str_eq(fake->text, "other");
}
END_TEST

/* Somebody is lent the board under a hold; he has it on return. */
static void
lend(struct someone *a, const struct someone *holder)
{
	struct request	*r = make(a, REQUEST_LEND, "");

	memcpy(r->token, holder->token, sizeof r->token);
	submit(r, 0);
	say("d", 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_LENT);
}

/* The board is lent, one waits for it, and it is given back at 10. */
static void
give_back(struct someone *waiting)
{
	static struct someone	nobody, borrower;

	lend(&borrower, &nobody);
	ask(waiting, "1");
	give(10);
}

START_TEST(test_one_that_is_unplugged_as_it_is_taken_is_given_back)
{
	static struct someone	flasher, a;

	submit(make(&flasher, REQUEST_FLASH, ""), 0);
	fake->over_at = 10;
	closed("unplugged", 10);
	ck_assert_int_eq(flasher.answers, 1);
	ck_assert_int_eq(flasher.error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_FLASHING);
	give(20);
	opened(30);
	ask(&a, "1");
	ck_assert_str_eq(fake->text, "1");
}
END_TEST

START_TEST(test_who_comes_while_it_is_given_back_waits)
{
	static struct someone	a, b;

	give_back(&a);
	ask(&b, "2");
	ck_assert_int_eq(a.answers + b.answers, 0);
	opened(20);
	ck_assert_str_eq(fake->text, "1");
	say("d", 20);
	ck_assert_str_eq(fake->text, "2");
	ck_assert_int_ne((int)board_deadline(board), 10 + 5000);
}
END_TEST

START_TEST(test_who_waits_for_a_port_that_does_not_open_is_told)
{
	static struct someone	a, b, late;

	host_opens = _i != 2;
	give_back(&a);
	ck_assert_int_eq(a.answers, _i == 2);	/* it is unplugged */
	ask(&b, "2");
	if (_i == 0)
		failed("another program has its port");
	tick(10 + 4999);
	ck_assert_int_eq(a.answers, _i != 1);
	tick(10 + 5000);
	ck_assert_int_eq(a.error, ERROR_BOARD_ABSENT);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
	ck_assert_ptr_nonnull(strstr(b.message, _i == 0 ? "another program" :
	    _i == 1 ? "given back" : "unplugged"));
	ask(&late, "3");
	ck_assert_int_eq(late.error, ERROR_BOARD_ABSENT);
}
END_TEST

START_TEST(test_a_flashed_board_is_given_time_to_come_back)
{
	static struct someone	flasher, a, b;

	submit(make(&flasher, REQUEST_FLASH, ""), 0);
	say("d", 0);
	ck_assert_int_eq(board_state(board), BOARD_FLASHING);
	ask(&a, "1");
	host_opens = false;
	give(10);
	failed("it is unplugged");
	ask(&b, "2");
	tick(10 + 19999);
	ck_assert_int_eq(a.answers + b.answers, 0);
	tick(10 + 20000);
	ck_assert_int_eq(a.error, ERROR_BOARD_ABSENT);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
}
END_TEST

START_TEST(test_will_waits_for_a_lent_board)
{
	static struct someone	holder, borrower, other;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	ask(&other, "other");
	lend(&borrower, &holder);
	give(10);		/* his connection ends: */
	release(holder.token, true, 10);
	ck_assert_ptr_nonnull(board_holder(board));
	opened(20);
	ck_assert_str_eq(fake->text, "stop()");
	say("S", 20);
	say("d", 20);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_null(strstr(told, "will"));
	ck_assert_str_eq(fake->text, "other");
}
END_TEST

START_TEST(test_will_waits_for_an_absent_board)
{
	static struct someone	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	closed("unplugged", 0);
	release(holder.token, true, 0);
	ck_assert_ptr_nonnull(board_holder(board));
	opened(1000);
	ck_assert_str_eq(fake->text, "stop()");
	closed("unplugged", 1000);	/* it has not begun */
	opened(2000);
	ck_assert_str_eq(fake->text, "stop()");
	say("S", 2000);
	say("d", 2000);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_null(strstr(told, "will"));
}
END_TEST

START_TEST(test_will_that_cannot_run_is_told)
{
	static struct someone	holder;
	uint64_t		deadline;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	closed("unplugged", 0);
	release(holder.token, true, 1000);
	deadline = board_deadline(board);
	ck_assert_uint_ne(deadline, DRIVER_NEVER);
	tick(deadline - 1);
	ck_assert_ptr_nonnull(board_holder(board));
	tick(deadline);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_nonnull(strstr(told, "will"));
	ck_assert_ptr_nonnull(strstr(will_told, ") did not run: board b "
	    "did not come back in time: unplugged"));
}
END_TEST

START_TEST(test_will_that_fails_is_told)
{
	static struct someone	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	release(holder.token, true, 0);
	say("S", 0);
	say("eTraceback:\r\n  File 1\r\nNameError: stop\r\n", 0);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_nonnull(strstr(will_told, "(pid 7, "));
	ck_assert_ptr_nonnull(strstr(will_told, " failed: the statement raised "
	    "an exception: NameError: stop"));
	ck_assert_str_eq(strrchr(will_told, ' '), " stop");
}
END_TEST

START_TEST(test_will_has_a_try_of_its_own_on_a_silent_board)
{
	static struct someone	 holder, mine, other;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&mine, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	ask(&other, "other");
	release(holder.token, true, 0);
	say("Lno answer", 0);
	ck_assert_int_eq(other.error, ERROR_BOARD_SILENT);
	ck_assert_str_eq(fake->text, "stop()");
	ck_assert_ptr_nonnull(board_holder(board));
	say("Lno answer", 0);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_nonnull(strstr(will_told, "did not run: board b does not "
	    "answer: no answer"));
}
END_TEST

START_TEST(test_will_that_waits_is_told_when_picod_ends)
{
	static struct someone	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	closed("unplugged", 0);
	release(holder.token, true, 0);
	leave();
	ck_assert(!board_left(board));	/* it may come back in time */
	opened(10);
	ck_assert_str_eq(fake->text, "stop()");
	closed("unplugged", 20);
	destroy();
	ck_assert_ptr_nonnull(strstr(will_told, "did not run: "));
	setup();
}
END_TEST

START_TEST(test_will_of_a_board_that_is_dropped_is_told)
{
	static struct someone	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	destroy();
	ck_assert_ptr_nonnull(strstr(will_told, "did not run: "));
	setup();
}
END_TEST

START_TEST(test_hold_ends_by_itself)
{
	static struct someone	holder;

	hold(&holder, "stop()", 500);
	ck_assert_uint_eq(board_deadline(board), 500);
	tick(499);
	ck_assert(!fake->busy);
	tick(500);
	ck_assert_str_eq(fake->text, "stop()");
	say("d", 501);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_int_eq(release(holder.token, true, 502), -ENOENT);
}
END_TEST

START_TEST(test_silent_and_back)
{
	static struct someone	a, b;
	uint64_t	probe;

	ask(&a, "1");
	ask(&b, "2");
	say("Lno answer", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	ck_assert_int_eq(b.error, ERROR_BOARD_SILENT);
	ck_assert_int_eq(board_state(board), BOARD_SILENT);
	ck_assert_str_eq(board_problem(board), "no answer");
	probe = board_deadline(board);
	ck_assert_uint_ne(probe, DRIVER_NEVER);
	tick(probe);
	ck_assert_int_eq(fake->task, DRIVER_SYNC);
	say("Lstill nothing", probe);
	ck_assert_uint_gt(board_deadline(board) - probe, probe);	/* rarer */
	tick(board_deadline(board));
	say("d", 0);
	ck_assert_int_eq(board_state(board), BOARD_READY);
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
}
END_TEST

/* Whoever comes while picod asks for itself waits for what it hears. */
START_TEST(test_requests_wait_for_a_probe)
{
	static struct someone	a, b, c;

	ask(&a, "1");
	say("Lno answer", 0);
	tick(board_deadline(board));
	ck_assert_int_eq(fake->task, DRIVER_SYNC);
	ask(&b, "2");
	ck_assert_int_eq(b.answers, 0);
	say("d", 0);
	ck_assert_str_eq(fake->text, "2");
	say("Lno answer", 0);
	tick(board_deadline(board));
	ask(&c, "3");
	say("Lnone", 0);
	ck_assert_int_eq(c.error, ERROR_BOARD_SILENT);
}
END_TEST

/* A probe that failed is followed by a reset if somebody waits for it. */
START_TEST(test_reset_through_the_port_after_a_probe)
{
	static struct someone	a, b;

	fake->language = "repl";
	ask(&a, "1");
	say("Lno answer", 0);
	tick(board_deadline(board));
	ask(&b, "2");
	host_restarts = 1;
	say("Lnone", 0);
	opened(100);
	ck_assert_str_eq(fake->text, "2");
	say("d", 200);
	ck_assert_int_eq(b.error, ERROR_NONE);
}
END_TEST

START_TEST(test_silent_board_speaks)
{
	static struct someone	a;

	ask(&a, "1");
	say("L", 0);
	say("Uhello", 0);
	ck_assert_int_eq(board_state(board), BOARD_LISTENING);
}
END_TEST

START_TEST(test_reset_through_the_port_is_the_last_step)
{
	static struct someone	a, b;

	fake->language = "repl";
	host_restarts = 2;
	ask(&a, "1");
	say("L", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	ck_assert_int_ne(board_state(board), BOARD_SILENT);
	opened(100);
	ask(&b, "2");
	say("L", 200);			/* not twice in a row */
	ck_assert_int_eq(board_state(board), BOARD_SILENT);
	ck_assert_int_eq(host_restarts, 1);
}
END_TEST

/* It is listed with what to do about it, and not asked again and again. */
START_TEST(test_a_board_that_speaks_something_else)
{
	static struct someone	a, b;

	ask(&a, "1");
	ask(&b, "2");
	say("Fit prints", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	ck_assert_ptr_nonnull(strstr(a.message, ": it prints"));
	ck_assert_int_eq(b.error, ERROR_BOARD_SILENT);
	ck_assert_int_eq(board_state(board), BOARD_LISTENING);
	say("Utemp 21", 0);
	ck_assert_str_eq(board_problem(board), "it prints");
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
	ask(&a, "1");
	say("S", 0);
	ck_assert_str_eq(board_problem(board), "");
}
END_TEST

/* It may be moving something; so may a board whose language is not known. */
START_TEST(test_a_sketch_is_not_reset_unasked)
{
	static const char *const	languages[] = { "piserial", "auto" };
	static struct someone		a;
	size_t				i;

	host_restarts = 1;
	for (i = 0; i < 2; i++) {
		fake->language = languages[i];
		ask(&a, "1");
		say("L", 0);
		ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
		ck_assert_int_eq(board_state(board), BOARD_SILENT);
	}
	ck_assert_int_eq(host_restarts, 1);
}
END_TEST

START_TEST(test_reset_through_the_port_spares_who_has_not_begun)
{
	static struct someone	 a, b, c;
	struct request		*r;

	fake->language = "repl";
	host_restarts = 1;
	ask(&a, "1");
	r = make(&b, REQUEST_RUN, "2");
	r->wait_ms = 60000;
	r->wait_given = true;
	submit(r, 0);
	ask(&c, "3");
	say("L", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	opened(100);
	ck_assert_str_eq(fake->text, "2");
	say("S", 200);
	say("d", 200);
	ck_assert_int_eq(b.answers, 1);
	ck_assert_int_eq(b.error, ERROR_NONE);
	ck_assert_str_eq(fake->text, "3");
	say("S", 300);			/* whoever has begun is not spared */
	opened(400);
	ck_assert_int_eq(c.error, ERROR_DISCONNECTED);
	ck_assert(c.started);
}
END_TEST

START_TEST(test_boot_count)
{
	static struct someone	 a;
	uint64_t	 boot = board_boot(board);

	ck_assert_uint_eq(boot, 101);
	say("B", 0);
	ck_assert_uint_eq(board_boot(board), boot + 1);
	ask(&a, "1");
	say("B", 0);
	say("b", 0);
	ck_assert_int_eq(a.error, ERROR_DISCONNECTED);
	ck_assert_uint_eq(board_boot(board), boot + 2);
	closed("x", 0);
	opened(0);
	ck_assert_uint_eq(board_boot(board), boot + 3);
}
END_TEST

START_TEST(test_resets)
{
	static struct someone	a;

	submit(make(&a, REQUEST_SOFT_RESET, ""), 0);
	ck_assert_int_eq(fake->task, DRIVER_SOFT_RESET);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_NONE);

	submit(make(&a, REQUEST_HARD_RESET, ""), 0);
	ck_assert_ptr_nonnull(strstr(fake->text, "machine"));
	closed("it went away", 0);	/* as a USB board does */
	ck_assert_int_eq(a.error, ERROR_NONE);
	opened(0);

	host_restarts = 1;
	submit(make(&a, REQUEST_HARD_RESET, ""), 0);
	ck_assert_int_eq(a.answers, 0);
	opened(0);
	ck_assert_int_eq(a.error, ERROR_NONE);

	fake->refuse = -ENOTSUP;
	submit(make(&a, REQUEST_BOOTLOADER, ""), 0);
	ck_assert_int_eq(a.error, ERROR_UNSUPPORTED);
	fake->refuse = -EACCES;
	ask(&a, "1");
	ck_assert_int_eq(a.error, ERROR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(a.message, "interrupt = no"));
	fake->refuse = 0;
}
END_TEST

static int	consoles_ended;

static bool
console_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	(void)arg, (void)bytes, (void)len;
	return false;			/* he reads nothing */
}

/* Its connection ends, and with it what it has of the board. */
static void
console_ended(void *arg)
{
	(void)arg;
	consoles_ended++;
	give(0);
}

static int	console_rooms;

static void
console_room(void *arg)
{
	(void)arg;
	console_rooms++;
}

static const struct board_console console = {
	console_bytes, console_room, console_ended
};

/* Somebody gets the board's console. */
static void
open_console(struct someone *a)
{
	submit(make(a, REQUEST_CONSOLE, ""), 0);
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
	say("d", 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_CONSOLE);
	board_set_console(board, &console, NULL);
}

START_TEST(test_what_was_typed_is_not_for_the_next)
{
	static struct someone	 a, b;
	const uint8_t		*bytes;

	open_console(&a);
	board_type(board, (const uint8_t *)"c00FF00", 7);
	ck_assert_uint_eq(board_output(board, &bytes), 7);
	consoles_ended = 0;
	closed("unplugged", 0);
	ck_assert_int_eq(consoles_ended, 1);
	opened(0);
	open_console(&b);
	ck_assert_uint_eq(board_output(board, &bytes), 0);
	give(0);
	ck_assert_int_eq(consoles_ended, 1);
}
END_TEST

START_TEST(test_console_is_paced_by_the_port)
{
	static const uint8_t	 much[65536];
	static struct someone	 a;
	const uint8_t		*bytes;
	size_t			 taken, len;

	open_console(&a);
	console_rooms = 0;
	taken = board_type(board, much, sizeof much);
	ck_assert_uint_gt(taken, 0);
	ck_assert_uint_lt(taken, sizeof much);
	ck_assert_uint_eq(board_type(board, much, 1), 0);
	len = board_output(board, &bytes);
	board_sent(board, len - 1, 0);
	pump();
	ck_assert_int_eq(console_rooms, 0);	/* not before all was taken */
	while ((len = board_output(board, &bytes)) > 0)
		board_sent(board, len, 0);
	pump();
	ck_assert_int_eq(console_rooms, 1);
	ck_assert_uint_eq(board_type(board, much, 1), 1);
	give(0);
	/* Over, it takes everything, for nobody. */
	ck_assert_uint_eq(board_type(board, much, sizeof much), sizeof much);
}
END_TEST

/* Interrupted while the board is left for it, it was not taken. */
START_TEST(test_who_is_interrupted_has_no_board)
{
	static const enum request_kind	kinds[] = {
		REQUEST_CONSOLE, REQUEST_LEND, REQUEST_FLASH
	};
	static struct someone		a, b;

	submit(make(&a, kinds[_i], ""), 0);
	ck_assert_int_eq(interrupt(), 0);
	say("d", 0);			/* the driver left it all the same */
	ck_assert_int_eq(a.answers, 1);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ck_assert(!board_is_away(board));
	ask(&b, "1");
	say("S", 0);
	say("d", 0);
	ck_assert_int_eq(b.error, ERROR_NONE);
}
END_TEST

/* The driver has no say before it is given back. */
START_TEST(test_console_outlives_a_reset)
{
	static struct someone	 a;
	const uint8_t		*bytes;
	uint64_t		 boot;

	open_console(&a);
	boot = board_boot(board);
	consoles_ended = 0;
	board_type(board, (const uint8_t *)"c0", 2);
	opened(10);
	ck_assert_uint_eq(board_boot(board), boot + 1);
	ck_assert_int_eq(board_state(board), BOARD_CONSOLE);
	ck_assert_uint_eq(board_output(board, &bytes), 2);
	ck_assert_int_eq(consoles_ended, 0);
	give(20);
	ck_assert_int_eq(board_state(board), BOARD_LISTENING);
}
END_TEST

START_TEST(test_port_that_opens_while_it_is_lent_is_closed)
{
	static struct someone	nobody, a;

	lend(&a, &nobody);
	host_closes = 0;
	opened(10);
	ck_assert_int_eq(host_closes, 1);
	ck_assert_int_eq(board_state(board), BOARD_LENT);
}
END_TEST

START_TEST(test_slow_console_pauses_nobody_after_it)
{
	static struct someone	a;

	open_console(&a);
	say("boo", 0);
	ck_assert(host_paused);
	closed("unplugged", 0);
	opened(0);
	ck_assert(!host_paused);
}
END_TEST

START_TEST(test_history)
{
	char	got[8] = "";

	say("Uabc", 0);
	say("Udef", 0);
	ck_assert_uint_eq(board_history(board)->len, 6);
	history_copy(board_history(board), got);
	ck_assert_str_eq(got, "abcdef");
	say("B", 0);
	ck_assert_uint_eq(board_history(board)->len, 0);
}
END_TEST

START_TEST(test_leave)
{
	static struct someone	a, b, c;

	ask(&a, "1");
	ask(&b, "2");
	leave();
	ck_assert_int_eq(fake->interrupts, 1);
	ck_assert(!board_left(board));
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
	ask(&c, "3");
	ck_assert_int_eq(c.error, ERROR_DISCONNECTED);
	say("d", 0);
	ck_assert(board_left(board));
	ck_assert_int_eq(b.answers, 0);	/* destroying it answers */
	destroy();
	ck_assert_int_eq(b.error, ERROR_DISCONNECTED);
	setup();
}
END_TEST

START_TEST(test_will_runs_when_picod_ends)
{
	static struct someone	 holder, running;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&running, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	release(holder.token, true, 0);	/* its connection */
	leave();
	say("i", 0);
	ck_assert_str_eq(fake->text, "stop()");
	ck_assert(!board_left(board));
	say("d", 0);
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
	say("d", 0);
	ck_assert(board_left(board));
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("board");
	TCase	*tc = tcase_create("board");
	SRunner	*runner = srunner_create(suite);
	int	 failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_jobs_of_a_request_are_one_turn);
	tcase_add_test(tc, test_job_that_fails_ends_the_request);
	tcase_add_test(tc, test_next_job_waits_for_a_board_that_was_reset);
	tcase_add_test(tc, test_will_goes_before_the_next_job);
	tcase_add_test(tc, test_maker_that_left_has_no_next_job);
	tcase_add_test(tc, test_several_askers_have_one_answer);
	tcase_add_test(tc, test_last_asker_that_leaves_interrupts);
	tcase_add_loop_test(tc,
	    test_what_was_granted_and_not_told_is_taken_back, 0, 3);
	tcase_add_test(tc, test_timeout_counts_from_the_start);
	tcase_add_test(tc, test_wait);
	tcase_add_test(tc, test_absent);
	tcase_add_test(tc, test_invalid_is_not_sent);
	tcase_add_test(tc, test_invalid_for_the_language_found);
	tcase_add_test(tc, test_will_goes_before_what_goes_first);
	tcase_add_test(tc, test_queue_limit_is_not_for_what_goes_first);
	tcase_add_test(tc, test_queue_limit);
	tcase_add_test(tc, test_output_limit);
	tcase_add_test(tc, test_much_output_after_a_timeout);
	tcase_add_test(tc, test_limits_hold_after_an_interrupt_that_was_caught);
	tcase_add_test(tc, test_interrupted_is_not_granted);
	tcase_add_test(tc, test_traceback_outlives_the_driver);
	tcase_add_test(tc, test_slow_client_pauses_the_board);
	tcase_add_test(tc, test_leaving_client_starts_the_next);
	tcase_add_test(tc, test_interrupt);
	tcase_add_test(tc, test_cancel);
	tcase_add_test(tc, test_hold);
	tcase_add_test(tc, test_will_runs_before_others);
	tcase_add_test(tc,
	    test_one_that_is_unplugged_as_it_is_taken_is_given_back);
	tcase_add_test(tc, test_who_comes_while_it_is_given_back_waits);
	tcase_add_loop_test(tc,
	    test_who_waits_for_a_port_that_does_not_open_is_told, 0, 3);
	tcase_add_test(tc, test_a_flashed_board_is_given_time_to_come_back);
	tcase_add_test(tc, test_will_waits_for_a_lent_board);
	tcase_add_test(tc, test_will_waits_for_an_absent_board);
	tcase_add_test(tc, test_will_that_cannot_run_is_told);
	tcase_add_test(tc, test_will_that_fails_is_told);
	tcase_add_test(tc, test_will_has_a_try_of_its_own_on_a_silent_board);
	tcase_add_test(tc, test_will_that_waits_is_told_when_picod_ends);
	tcase_add_test(tc, test_will_of_a_board_that_is_dropped_is_told);
	tcase_add_test(tc, test_hold_ends_by_itself);
	tcase_add_test(tc, test_silent_and_back);
	tcase_add_test(tc, test_requests_wait_for_a_probe);
	tcase_add_test(tc, test_reset_through_the_port_after_a_probe);
	tcase_add_test(tc, test_silent_board_speaks);
	tcase_add_test(tc, test_reset_through_the_port_is_the_last_step);
	tcase_add_test(tc, test_a_sketch_is_not_reset_unasked);
	tcase_add_test(tc, test_a_board_that_speaks_something_else);
	tcase_add_test(tc, test_reset_through_the_port_spares_who_has_not_begun);
	tcase_add_test(tc, test_boot_count);
	tcase_add_test(tc, test_resets);
	tcase_add_test(tc, test_what_was_typed_is_not_for_the_next);
	tcase_add_test(tc, test_console_outlives_a_reset);
	tcase_add_test(tc, test_port_that_opens_while_it_is_lent_is_closed);
	tcase_add_test(tc, test_slow_console_pauses_nobody_after_it);
	tcase_add_test(tc, test_history);
	tcase_add_test(tc, test_leave);
	tcase_add_test(tc, test_will_runs_when_picod_ends);
	tcase_add_test(tc, test_console_is_paced_by_the_port);
	tcase_add_loop_test(tc, test_who_is_interrupted_has_no_board, 0, 3);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
