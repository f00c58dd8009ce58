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
static bool		 host_opens;	/* its port, when it is given back */
static char		 told[1024];	/* states and steps, in words */
static char		 will_told[512];	/* what was said of a last will */

static void
host_wake(struct board *b, void *arg)
{
	(void)b, (void)arg;
}

static void
host_notice(struct board *b, const struct board_notice *notice, void *arg)
{
	(void)arg;
	if (notice->kind == NOTICE_TRACE)
		return;
	if (notice->kind == NOTICE_WILL)
		snprintf(will_told, sizeof will_told, "%s", notice->reason);
	strcat(strcat(told, notice->kind == NOTICE_STATE ?
	    board_state_name(board_state(b)) :
	    board_notice_name(notice->kind)), " ");
}

static int
host_restart(struct board *b, void *arg)
{
	(void)b, (void)arg;
	return host_restarts-- > 0 ? 0 : -ENOTSUP;
}

static void
host_pause(struct board *b, bool pause, void *arg)
{
	(void)b, (void)arg;
	host_paused = pause;
}

static void
host_release(struct board *b, bool release, void *arg)
{
	(void)arg;
	if (!release && !host_opens)
		board_failed(b, "it is unplugged");
}

static void
host_change_speed(struct board *b, void *arg)
{
	(void)b, (void)arg;
}

static const struct board_host host = {
	.wake = host_wake, .notice = host_notice, .restart = host_restart,
	.change_speed = host_change_speed, .pause = host_pause,
	.release = host_release,
};

static void
create(struct driver_options driver_options)
{
	struct board_options	options = { .name = "b", .port = "/p",
	    .driver = &fake_driver, .driver_options = driver_options };

	told[0] = will_told[0] = '\0';
	host_restarts = 0;
	host_opens = true;
	host_paused = false;
	board = board_create(&options, &host, NULL, 100);
	board_opened(board, 0, false, 0);
}

static void
setup(void)
{
	create((struct driver_options){ .may_interrupt = true });
}

static void
teardown(void)
{
	board_destroy(board, 0);
}

/* ------------------------------------------------------------- requests */

struct asker {
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
asker_output(struct request *r)
{
	(void)r;
	return !streamer_is_full;
}

static void
asker_finish(struct request *r, const struct request_result *result)
{
	struct asker	*a = r->asker;
	size_t		 len = evbuffer_get_length(r->output);

	a->answers++;
	a->error = result->error;
	a->started = result->started;
	a->holder = result->holder == NULL ? 0 : result->holder->pid;
	if (len < sizeof a->output)
		evbuffer_copyout(r->output, a->output, len);
	memcpy(a->token, r->token, sizeof a->token);
	snprintf(a->traceback, sizeof a->traceback, "%.*s",
	    (int)result->traceback_len, result->traceback_len == 0 ? "" :
	    result->traceback);
	snprintf(a->message, sizeof a->message, "%s", result->message);
}

static const struct request_sink asker_sink = { NULL, asker_finish };
static const struct request_sink streamer_sink = { asker_output, asker_finish };

static struct request *
make(struct asker *a, enum request_kind kind, const char *text)
{
	static const struct client	client = { .pid = 7, .user = "u" };

	*a = (struct asker){ 0 };
	return request_create(kind, &asker_sink, a, &client, text, strlen(text));
}

static struct request *
ask(struct asker *a, const char *text)
{
	struct request	*r = make(a, REQUEST_RUN, text);

	board_submit(board, r, 0);
	return r;
}

static void
say(const char *text, uint64_t now)
{
	board_feed(board, (const uint8_t *)text, strlen(text), now);
}

/* ---------------------------------------------------------------- tests */

START_TEST(test_order)
{
	static struct asker	a, b, c;

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

static struct asker	second_step;

static void
step_finish(struct request *r, const struct request_result *result)
{
	struct request	*next = make(&second_step, REQUEST_RUN, "a2");

	(void)r, (void)result;
	next->first = true;
	board_submit(board, next, 0);
}

static const struct request_sink step_sink = { NULL, step_finish };

START_TEST(test_steps_go_ahead_of_all_others)
{
	static struct asker	 a, b;
	struct request		*r = make(&a, REQUEST_RUN, "a1");

	r->first = true;
	r->sink = &step_sink;
	board_submit(board, r, 0);
	ask(&b, "b1");
	say("d", 0);
	ck_assert_str_eq(fake->text, "a2");
	say("d", 0);
	ck_assert_str_eq(fake->text, "b1");
	ck_assert_int_eq(second_step.answers, 1);
}
END_TEST

START_TEST(test_timeout_counts_from_the_start)
{
	static struct asker	 a;
	struct request	*r = make(&a, REQUEST_RUN, "1");

	r->timeout_ms = 100;
	board_submit(board, r, 0);
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
	say("S", 1000);
	ck_assert_uint_eq(board_deadline(board), 1100);
	board_tick(board, 1099);
	ck_assert_int_eq(fake->interrupts, 0);
	board_tick(board, 1100);
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
	static struct asker	 a, b;
	struct request	*r = make(&b, REQUEST_RUN, "2");

	ask(&a, "1");
	r->wait_ms = 50;
	r->wait_given = true;
	board_submit(board, r, 10);
	ck_assert_uint_eq(board_deadline(board), 60);
	board_tick(board, 60);
	ck_assert_int_eq(b.error, ERROR_BOARD_BUSY);
	ck_assert_int_eq(b.holder, 7);
	ck_assert_int_eq(a.answers, 0);
}
END_TEST

START_TEST(test_absent)
{
	static struct asker	 a, b, c, d;
	struct request	*r = make(&c, REQUEST_RUN, "3");

	ask(&a, "1");
	ask(&b, "2");
	r->wait_ms = 5000;
	r->wait_given = true;
	board_submit(board, r, 0);
	say("S", 0);
	board_closed(board, "unplugged", 10);
	ck_assert_int_eq(a.error, ERROR_DISCONNECTED);
	ck_assert(a.started);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
	ck_assert_int_eq(c.answers, 0);
	ask(&d, "4");
	ck_assert_int_eq(d.error, ERROR_BOARD_ABSENT);
	board_opened(board, 0, false, 20);
	ck_assert_str_eq(fake->text, "3");
	say("d", 30);
	ck_assert_int_eq(c.error, ERROR_NONE);
}
END_TEST

START_TEST(test_invalid_is_not_sent)
{
	static struct asker	a;

	ask(&a, "!boom");
	ck_assert_int_eq(a.error, ERROR_INVALID_COMMAND);
	ck_assert_ptr_nonnull(strstr(a.message, "begins with a bang"));
	ck_assert(!fake->busy);
}
END_TEST

/* A driver that finds out the language later cannot check the text before. */
START_TEST(test_invalid_for_the_language_found)
{
	static struct asker	a;

	fake->refuse = -EINVAL;
	fake->language = "piserial";
	ask(&a, "print()");
	ck_assert_int_eq(a.error, ERROR_INVALID_COMMAND);
	ck_assert_ptr_nonnull(strstr(a.message, "board b: a command is"));
	ck_assert(!a.started);
}
END_TEST

START_TEST(test_queue_limit)
{
	static struct asker	askers[LIMIT_QUEUE + 2];
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
	static struct asker	 a;
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
	static struct asker	 a;
	struct request		*r = make(&a, REQUEST_RUN, "1");
	char			*much = malloc(LIMIT_OUTPUT + 2);

	memset(much, 'O', LIMIT_OUTPUT + 1);
	much[LIMIT_OUTPUT + 1] = '\0';
	r->timeout_ms = 100;
	board_submit(board, r, 0);
	say("S", 0);
	board_tick(board, 100);
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
	static struct asker	 a, b;
	struct request		*r = make(&b, REQUEST_RUN, "2");
	char			*much = malloc(LIMIT_OUTPUT + 2);

	memset(much, 'O', LIMIT_OUTPUT + 1);
	much[LIMIT_OUTPUT + 1] = '\0';
	ask(&a, "1");
	say("S", 0);
	board_interrupt(board, 0);
	say(much, 1);
	ck_assert_int_eq(fake->interrupts, 1);
	say("Ox", 1);
	say("Oy", 1);
	ck_assert_int_eq(fake->interrupts, 2);
	say("d", 2);
	ck_assert_int_eq(a.error, ERROR_OUTPUT_TOO_LARGE);

	r->timeout_ms = 100;
	board_submit(board, r, 10);
	say("S", 10);
	board_interrupt(board, 20);
	board_tick(board, 110);
	ck_assert_int_eq(fake->interrupts, 4);
	say("i", 120);
	ck_assert_int_eq(b.error, ERROR_TIMED_OUT);
	free(much);
}
END_TEST

START_TEST(test_interrupted_is_not_granted)
{
	static struct asker	a;

	board_submit(board, make(&a, REQUEST_LEND, ""), 0);
	ck_assert_int_eq(board_interrupt(board, 0), 0);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ck_assert_int_eq(board_state(board), BOARD_READY);
}
END_TEST

/* The driver's words are gone once it was given the next job. */
START_TEST(test_traceback_outlives_the_driver)
{
	static struct asker	 a, b;
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
	static struct asker	 a;
	struct request	*r = make(&a, REQUEST_RUN, "1");

	r->sink = &streamer_sink;
	streamer_is_full = false;
	board_submit(board, r, 0);
	say("Ox", 0);
	ck_assert(!host_paused);
	streamer_is_full = true;
	say("Oy", 0);
	ck_assert(host_paused);
	board_resume(board);
	ck_assert(!host_paused);
	say("Oz", 0);
	ck_assert(host_paused);
	board_withdraw(board, r, 0);	/* it left: its end must be heard */
	ck_assert(!host_paused);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(a.answers, 0);
}
END_TEST

START_TEST(test_leaving_client_starts_the_next)
{
	static struct asker	 a, b, c;
	struct request	*first = ask(&a, "1"), *second = ask(&b, "2");

	ask(&c, "3");
	board_withdraw(board, second, 0);
	board_withdraw(board, first, 0);
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
	static struct asker	a;

	ask(&a, "1");
	say("S", 0);
	ck_assert_int_eq(board_interrupt(board, 0), 0);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ask(&a, "2");			/* it caught the interrupt and went on */
	ck_assert_int_eq(board_interrupt(board, 0), 0);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_NONE);
	board_destroy(board, 0);
	create((struct driver_options){ .may_interrupt = false });
	ck_assert_int_eq(board_interrupt(board, 0), -ENOTSUP);
}
END_TEST

START_TEST(test_cancel)
{
	static struct asker	 a, b;
	uint64_t	 running, waiting;

	running = ask(&a, "1")->id;
	waiting = ask(&b, "2")->id;
	ck_assert_int_eq(board_cancel(board, waiting + 1, 0), -ENOENT);
	ck_assert_int_eq(board_cancel(board, waiting, 0), 0);
	ck_assert_int_eq(b.error, ERROR_INTERRUPTED);
	ck_assert(!b.started);
	ck_assert_int_eq(board_cancel(board, running, 0), 0);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
}
END_TEST

/* Somebody holds the board; returns his token. */
static void
hold(struct asker *a, const char *will, uint64_t lasting_ms)
{
	struct request	*r = make(a, REQUEST_HOLD, will);

	r->lasting_ms = lasting_ms;
	board_submit(board, r, 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(a->answers, 1);
	ck_assert_uint_eq(strlen(a->token), REQUEST_TOKEN_SIZE - 1);
}

START_TEST(test_hold)
{
	static struct asker	 holder, other, mine, second;
	struct request	*r;

	hold(&holder, "", REQUEST_NO_LIMIT);
	ask(&other, "other");
	ck_assert(!fake->busy);
	r = make(&mine, REQUEST_RUN, "mine");
	memcpy(r->token, holder.token, sizeof r->token);
	board_submit(board, r, 0);
	ck_assert_str_eq(fake->text, "mine");
	say("d", 0);
	ck_assert_int_eq(mine.answers, 1);
	board_submit(board, make(&second, REQUEST_HOLD, ""), 0);
	ck_assert_int_eq(second.error, ERROR_BOARD_BUSY);
	ck_assert_int_eq(second.holder, 7);
	ck_assert_int_eq(board_release(board, "nonsense", false, 0), -ENOENT);
	ck_assert_int_eq(board_release(board, holder.token, false, 0), 0);
	ck_assert_str_eq(fake->text, "other");
	say("d", 0);
	ck_assert_int_eq(other.answers, 1);
}
END_TEST

START_TEST(test_will_runs_before_others)
{
	static struct asker	 holder, running, other;
	struct request	*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&running, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	board_submit(board, r, 0);
	ask(&other, "other");
	board_release(board, holder.token, true, 0);
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
lend(struct asker *a, const struct asker *holder)
{
	struct request	*r = make(a, REQUEST_LEND, "");

	memcpy(r->token, holder->token, sizeof r->token);
	board_submit(board, r, 0);
	say("d", 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_LENT);
}

/* The board is lent, one waits for it, and it is given back at 10. */
static void
give_back(struct asker *waiting)
{
	static struct asker	nobody, borrower;

	lend(&borrower, &nobody);
	ask(waiting, "1");
	board_return(board, 10);
}

START_TEST(test_one_that_is_unplugged_as_it_is_taken_is_given_back)
{
	static struct asker	flasher, a;

	board_submit(board, make(&flasher, REQUEST_FLASH, ""), 0);
	fake->over_at = 10;
	board_closed(board, "unplugged", 10);
	ck_assert_int_eq(flasher.answers, 1);
	ck_assert_int_eq(flasher.error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_FLASHING);
	board_return(board, 20);
	board_opened(board, 0, false, 30);
	ask(&a, "1");
	ck_assert_str_eq(fake->text, "1");
}
END_TEST

START_TEST(test_who_comes_while_it_is_given_back_waits)
{
	static struct asker	a, b;

	give_back(&a);
	ask(&b, "2");
	ck_assert_int_eq(a.answers + b.answers, 0);
	board_opened(board, 0, false, 20);
	ck_assert_str_eq(fake->text, "1");
	say("d", 20);
	ck_assert_str_eq(fake->text, "2");
	ck_assert_int_ne((int)board_deadline(board), 10 + 5000);
}
END_TEST

START_TEST(test_who_waits_for_a_port_that_does_not_open_is_told)
{
	static struct asker	a, b, late;

	host_opens = _i != 2;
	give_back(&a);
	ck_assert_int_eq(a.answers, _i == 2);	/* it is unplugged */
	ask(&b, "2");
	if (_i == 0)
		board_failed(board, "another program has its port");
	board_tick(board, 10 + 4999);
	ck_assert_int_eq(a.answers, _i != 1);
	board_tick(board, 10 + 5000);
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
	static struct asker	flasher, a, b;

	board_submit(board, make(&flasher, REQUEST_FLASH, ""), 0);
	say("d", 0);
	ck_assert_int_eq(board_state(board), BOARD_FLASHING);
	ask(&a, "1");
	host_opens = false;
	board_return(board, 10);
	board_failed(board, "it is unplugged");
	ask(&b, "2");
	board_tick(board, 10 + 19999);
	ck_assert_int_eq(a.answers + b.answers, 0);
	board_tick(board, 10 + 20000);
	ck_assert_int_eq(a.error, ERROR_BOARD_ABSENT);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
}
END_TEST

START_TEST(test_will_waits_for_a_lent_board)
{
	static struct asker	holder, borrower, other;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	ask(&other, "other");
	lend(&borrower, &holder);
	board_return(board, 10);		/* his connection ends: */
	board_release(board, holder.token, true, 10);
	ck_assert_ptr_nonnull(board_holder(board));
	board_opened(board, 0, false, 20);
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
	static struct asker	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	board_closed(board, "unplugged", 0);
	board_release(board, holder.token, true, 0);
	ck_assert_ptr_nonnull(board_holder(board));
	board_opened(board, 0, false, 1000);
	ck_assert_str_eq(fake->text, "stop()");
	board_closed(board, "unplugged", 1000);	/* it has not begun */
	board_opened(board, 0, false, 2000);
	ck_assert_str_eq(fake->text, "stop()");
	say("S", 2000);
	say("d", 2000);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_null(strstr(told, "will"));
}
END_TEST

START_TEST(test_will_that_cannot_run_is_told)
{
	static struct asker	holder;
	uint64_t		deadline;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	board_closed(board, "unplugged", 0);
	board_release(board, holder.token, true, 1000);
	deadline = board_deadline(board);
	ck_assert_uint_ne(deadline, DRIVER_NEVER);
	board_tick(board, deadline - 1);
	ck_assert_ptr_nonnull(board_holder(board));
	board_tick(board, deadline);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_nonnull(strstr(told, "will"));
	ck_assert_ptr_nonnull(strstr(will_told, ") did not run: board b "
	    "did not come back in time: unplugged"));
}
END_TEST

START_TEST(test_will_that_fails_is_told)
{
	static struct asker	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	board_release(board, holder.token, true, 0);
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
	static struct asker	 holder, mine, other;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&mine, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	board_submit(board, r, 0);
	ask(&other, "other");
	board_release(board, holder.token, true, 0);
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
	static struct asker	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	board_closed(board, "unplugged", 0);
	board_release(board, holder.token, true, 0);
	board_leave(board, 0);
	ck_assert(!board_left(board));	/* it may come back in time */
	board_opened(board, 0, false, 10);
	ck_assert_str_eq(fake->text, "stop()");
	board_closed(board, "unplugged", 20);
	board_destroy(board, 30);
	ck_assert_ptr_nonnull(strstr(will_told, "did not run: "));
	setup();
}
END_TEST

START_TEST(test_will_of_a_board_that_is_dropped_is_told)
{
	static struct asker	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	board_destroy(board, 0);
	ck_assert_ptr_nonnull(strstr(will_told, "did not run: "));
	setup();
}
END_TEST

START_TEST(test_hold_ends_by_itself)
{
	static struct asker	holder;

	hold(&holder, "stop()", 500);
	ck_assert_uint_eq(board_deadline(board), 500);
	board_tick(board, 499);
	ck_assert(!fake->busy);
	board_tick(board, 500);
	ck_assert_str_eq(fake->text, "stop()");
	say("d", 501);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_int_eq(board_release(board, holder.token, true, 502), -ENOENT);
}
END_TEST

START_TEST(test_silent_and_back)
{
	static struct asker	a, b;
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
	board_tick(board, probe);
	ck_assert_int_eq(fake->task, DRIVER_SYNC);
	say("Lstill nothing", probe);
	ck_assert_uint_gt(board_deadline(board) - probe, probe);	/* rarer */
	board_tick(board, board_deadline(board));
	say("d", 0);
	ck_assert_int_eq(board_state(board), BOARD_READY);
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
}
END_TEST

/* Whoever comes while picod asks for itself waits for what it hears. */
START_TEST(test_requests_wait_for_a_probe)
{
	static struct asker	a, b, c;

	ask(&a, "1");
	say("Lno answer", 0);
	board_tick(board, board_deadline(board));
	ck_assert_int_eq(fake->task, DRIVER_SYNC);
	ask(&b, "2");
	ck_assert_int_eq(b.answers, 0);
	say("d", 0);
	ck_assert_str_eq(fake->text, "2");
	say("Lno answer", 0);
	board_tick(board, board_deadline(board));
	ask(&c, "3");
	say("Lnone", 0);
	ck_assert_int_eq(c.error, ERROR_BOARD_SILENT);
}
END_TEST

/* A probe that failed is followed by a reset if somebody waits for it. */
START_TEST(test_reset_through_the_port_after_a_probe)
{
	static struct asker	a, b;

	fake->language = "repl";
	ask(&a, "1");
	say("Lno answer", 0);
	board_tick(board, board_deadline(board));
	ask(&b, "2");
	host_restarts = 1;
	say("Lnone", 0);
	board_opened(board, 0, false, 100);
	ck_assert_str_eq(fake->text, "2");
	say("d", 200);
	ck_assert_int_eq(b.error, ERROR_NONE);
}
END_TEST

START_TEST(test_silent_board_speaks)
{
	static struct asker	a;

	ask(&a, "1");
	say("L", 0);
	say("Uhello", 0);
	ck_assert_int_eq(board_state(board), BOARD_LISTENING);
}
END_TEST

START_TEST(test_reset_through_the_port_is_the_last_step)
{
	static struct asker	a, b;

	fake->language = "repl";
	host_restarts = 2;
	ask(&a, "1");
	say("L", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	ck_assert_int_ne(board_state(board), BOARD_SILENT);
	board_opened(board, 0, false, 100);
	ask(&b, "2");
	say("L", 200);			/* not twice in a row */
	ck_assert_int_eq(board_state(board), BOARD_SILENT);
	ck_assert_int_eq(host_restarts, 1);
}
END_TEST

/* It may be moving something; so may a board whose language is not known. */
START_TEST(test_a_sketch_is_not_reset_unasked)
{
	static const char *const	languages[] = { "piserial", "auto" };
	static struct asker		a;
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
	static struct asker	 a, b, c;
	struct request		*r;

	fake->language = "repl";
	host_restarts = 1;
	ask(&a, "1");
	r = make(&b, REQUEST_RUN, "2");
	r->wait_ms = 60000;
	r->wait_given = true;
	board_submit(board, r, 0);
	ask(&c, "3");
	say("L", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	board_opened(board, 0, false, 100);
	ck_assert_str_eq(fake->text, "2");
	say("S", 200);
	say("d", 200);
	ck_assert_int_eq(b.answers, 1);
	ck_assert_int_eq(b.error, ERROR_NONE);
	ck_assert_str_eq(fake->text, "3");
	say("S", 300);			/* whoever has begun is not spared */
	board_opened(board, 0, false, 400);
	ck_assert_int_eq(c.error, ERROR_DISCONNECTED);
	ck_assert(c.started);
}
END_TEST

START_TEST(test_boot_count)
{
	static struct asker	 a;
	uint64_t	 boot = board_boot(board);

	ck_assert_uint_eq(boot, 101);
	say("B", 0);
	ck_assert_uint_eq(board_boot(board), boot + 1);
	ask(&a, "1");
	say("B", 0);
	say("b", 0);
	ck_assert_int_eq(a.error, ERROR_DISCONNECTED);
	ck_assert_uint_eq(board_boot(board), boot + 2);
	board_closed(board, "x", 0);
	board_opened(board, 0, false, 0);
	ck_assert_uint_eq(board_boot(board), boot + 3);
}
END_TEST

START_TEST(test_resets)
{
	static struct asker	a;

	board_submit(board, make(&a, REQUEST_SOFT_RESET, ""), 0);
	ck_assert_int_eq(fake->task, DRIVER_SOFT_RESET);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_NONE);

	board_submit(board, make(&a, REQUEST_HARD_RESET, ""), 0);
	ck_assert_ptr_nonnull(strstr(fake->text, "machine"));
	board_closed(board, "it went away", 0);	/* as a USB board does */
	ck_assert_int_eq(a.error, ERROR_NONE);
	board_opened(board, 0, false, 0);

	host_restarts = 1;
	board_submit(board, make(&a, REQUEST_HARD_RESET, ""), 0);
	ck_assert_int_eq(a.answers, 0);
	board_opened(board, 0, false, 0);
	ck_assert_int_eq(a.error, ERROR_NONE);

	fake->refuse = -ENOTSUP;
	board_submit(board, make(&a, REQUEST_BOOTLOADER, ""), 0);
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
	board_return(board, 0);
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
open_console(struct asker *a)
{
	board_submit(board, make(a, REQUEST_CONSOLE, ""), 0);
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
	say("d", 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_CONSOLE);
	board_set_console(board, &console, NULL);
}

START_TEST(test_what_was_typed_is_not_for_the_next)
{
	static struct asker	 a, b;
	const uint8_t		*bytes;

	open_console(&a);
	board_type(board, (const uint8_t *)"c00FF00", 7, 0);
	ck_assert_uint_eq(board_output(board, &bytes), 7);
	consoles_ended = 0;
	board_closed(board, "unplugged", 0);
	ck_assert_int_eq(consoles_ended, 1);
	board_opened(board, 0, false, 0);
	open_console(&b);
	ck_assert_uint_eq(board_output(board, &bytes), 0);
	board_return(board, 0);
	ck_assert_int_eq(consoles_ended, 1);
}
END_TEST

START_TEST(test_console_is_paced_by_the_port)
{
	static const uint8_t	 much[65536];
	static struct asker	 a;
	const uint8_t		*bytes;
	size_t			 taken, len;

	open_console(&a);
	console_rooms = 0;
	taken = board_type(board, much, sizeof much, 0);
	ck_assert_uint_gt(taken, 0);
	ck_assert_uint_lt(taken, sizeof much);
	ck_assert_uint_eq(board_type(board, much, 1, 0), 0);
	len = board_output(board, &bytes);
	board_sent(board, len - 1, 0);
	ck_assert_int_eq(console_rooms, 0);	/* not before all was taken */
	while ((len = board_output(board, &bytes)) > 0)
		board_sent(board, len, 0);
	ck_assert_int_eq(console_rooms, 1);
	ck_assert_uint_eq(board_type(board, much, 1, 0), 1);
	board_return(board, 0);
	/* Over, it takes everything, for nobody. */
	ck_assert_uint_eq(board_type(board, much, sizeof much, 0), sizeof much);
}
END_TEST

/* Interrupted while the board is left for it, it was not taken. */
START_TEST(test_who_is_interrupted_has_no_board)
{
	static const enum request_kind	kinds[] = {
		REQUEST_CONSOLE, REQUEST_LEND, REQUEST_FLASH
	};
	static struct asker		a, b;

	board_submit(board, make(&a, kinds[_i], ""), 0);
	ck_assert_int_eq(board_interrupt(board, 0), 0);
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

START_TEST(test_slow_console_pauses_nobody_after_it)
{
	static struct asker	a;

	open_console(&a);
	say("boo", 0);
	ck_assert(host_paused);
	board_closed(board, "unplugged", 0);
	board_opened(board, 0, false, 0);
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
	static struct asker	a, b, c;

	ask(&a, "1");
	ask(&b, "2");
	board_leave(board, 0);
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
	board_destroy(board, 0);
	ck_assert_int_eq(b.error, ERROR_DISCONNECTED);
	setup();
}
END_TEST

START_TEST(test_will_runs_when_picod_ends)
{
	static struct asker	 holder, running;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&running, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	board_submit(board, r, 0);
	board_release(board, holder.token, true, 0);	/* its connection */
	board_leave(board, 0);
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
	tcase_add_test(tc, test_steps_go_ahead_of_all_others);
	tcase_add_test(tc, test_timeout_counts_from_the_start);
	tcase_add_test(tc, test_wait);
	tcase_add_test(tc, test_absent);
	tcase_add_test(tc, test_invalid_is_not_sent);
	tcase_add_test(tc, test_invalid_for_the_language_found);
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
	tcase_add_test(tc, test_reset_through_the_port_spares_who_has_not_begun);
	tcase_add_test(tc, test_boot_count);
	tcase_add_test(tc, test_resets);
	tcase_add_test(tc, test_what_was_typed_is_not_for_the_next);
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
