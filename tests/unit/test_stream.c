/* SPDX-License-Identifier: MIT */
/* A stream against the other end of a socketpair, which does everything badly. */
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/base/stream.h"
#include "tests/unit/suite.h"

#define IN_HIGH		4096
#define OUT_HIGH	(1 << 20)	/* more than a socket takes at once */

/* One stream, and what it told. */
struct party {
	struct stream	*stream;
	int		 peer;
	size_t		 appetite;	/* bytes it eats of each offer */
	bool		 resumes;	/* but of the next none, and then again */
	char		 said[1 << 20];
	size_t		 said_len;
	unsigned	 offers, drained, ends, gone, late, stalled, closed;
	unsigned	 order;		/* of the last offer, among all parties */
};

static struct event_base	*base;
static struct party		 a, b;
static unsigned			 offers;

static size_t
party_bytes(void *arg, const char *bytes, size_t len)
{
	struct party	*p = arg;

	ck_assert_uint_gt(len, 0);
	ck_assert_uint_eq(p->ends + p->closed, 0);
	p->offers++;
	p->order = ++offers;
	if (p->resumes) {
		p->resumes = false;
		stream_resume(p->stream);
		return 0;
	}
	if (len > p->appetite)
		len = p->appetite;
	ck_assert_uint_le(p->said_len + len, sizeof p->said);
	memcpy(p->said + p->said_len, bytes, len);
	p->said_len += len;
	return len;
}

static void
party_drained(void *arg)
{
	struct party	*p = arg;

	ck_assert(!stream_is_full(p->stream));
	p->drained++;
}

static void
party_event(void *arg, enum stream_event event)
{
	struct party	*p = arg;

	ck_assert_uint_eq(p->closed, 0);
	switch (event) {
	case STREAM_END: p->ends++; break;
	case STREAM_GONE: p->gone++; break;
	case STREAM_LATE: p->late++; break;
	case STREAM_STALLED: p->stalled++; break;
	}
}

static void
party_closed(void *arg)
{
	struct party	*p = arg;

	p->closed++;
	stream_destroy(p->stream);
	p->stream = NULL;
}

static const struct stream_handler party_handler = {
	party_bytes, party_drained, party_event, party_closed
};

static void
party_begin(struct party *p)
{
	int	fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	memset(p, 0, sizeof *p);
	p->appetite = SIZE_MAX;
	p->peer = fds[1];
	p->stream = stream_create(base, fds[0], IN_HIGH, OUT_HIGH,
	    &party_handler, p);
	ck_assert_ptr_nonnull(p->stream);
}

static void
party_leave(struct party *p)
{
	close(p->peer);
	p->peer = -1;
}

static void
setup(void)
{
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	offers = 0;
	party_begin(&a);
	party_begin(&b);
}

static void
teardown(void)
{
	stream_destroy(a.stream);
	stream_destroy(b.stream);
	if (a.peer >= 0)
		close(a.peer);
	if (b.peer >= 0)
		close(b.peer);
	event_base_free(base);
}

/* Once around the loop. */
static void
turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
}

/* Until nothing happens any more. */
static void
settle(void)
{
	int	i;

	for (i = 0; i < 64; i++)
		turn();
}

/* Lets the loop wait until that has happened. */
static void
await(const unsigned *count)
{
	while (*count == 0)
		event_base_loop(base, EVLOOP_ONCE);
}

static void
say(struct party *p, const char *text)
{
	ck_assert_int_eq(write(p->peer, text, strlen(text)),
	    (ssize_t)strlen(text));
}

/* The peer writes until its socket takes no more: how many bytes. */
static size_t
flood(struct party *p)
{
	char	bytes[4096];
	size_t	sum = 0;
	ssize_t	n;

	memset(bytes, 'x', sizeof bytes);
	while ((n = write(p->peer, bytes, sizeof bytes)) > 0)
		sum += (size_t)n;
	ck_assert_int_eq(errno, EAGAIN);
	return sum;
}

/* The peer reads what there is: how many bytes. */
static size_t
hear(struct party *p)
{
	char	bytes[65536];
	size_t	sum = 0;
	ssize_t	n;

	while ((n = read(p->peer, bytes, sizeof bytes)) > 0)
		sum += (size_t)n;
	return sum;
}

/* Writes until it is full, and more than the socket takes is kept. */
static size_t
fill(struct party *p)
{
	static const char	bytes[4096];
	size_t			sum = 0;

	while (!stream_is_full(p->stream)) {
		stream_write(p->stream, bytes, sizeof bytes);
		sum += sizeof bytes;
	}
	return sum;
}

/* ----------------------------------------------------------------- input */

START_TEST(test_bytes_come_as_they_were_said)
{
	say(&a, "one");
	settle();
	say(&a, " and two");
	settle();
	ck_assert_uint_eq(a.said_len, 11);
	ck_assert_mem_eq(a.said, "one and two", 11);
	ck_assert_uint_eq(a.offers, 2);
	ck_assert_uint_eq(stream_kept(a.stream), 0);
}
END_TEST

START_TEST(test_what_is_not_eaten_is_kept_and_offered_again)
{
	a.appetite = 0;
	say(&a, "first ");
	settle();
	say(&a, "second");
	settle();
	ck_assert_uint_eq(a.offers, 1);
	ck_assert_uint_eq(stream_kept(a.stream), 12);
	a.appetite = SIZE_MAX;
	stream_resume(a.stream);
	ck_assert_uint_eq(a.said_len, 0);	/* not from within */
	settle();
	ck_assert_mem_eq(a.said, "first second", 12);
	ck_assert_uint_eq(a.said_len, 12);
}
END_TEST

/* However much the peer sends: what is kept is bounded, and nothing is lost. */
/* As when room for them comes from within their own offer. */
START_TEST(test_what_is_resumed_while_it_is_offered_is_offered_again)
{
	a.resumes = true;
	say(&a, "first");
	settle();
	ck_assert_uint_eq(a.offers, 2);
	ck_assert_mem_eq(a.said, "first", 5);
	ck_assert_uint_eq(stream_kept(a.stream), 0);
}
END_TEST

/* Nobody waits for an answer that will never come. */
START_TEST(test_who_cannot_be_watched_is_told)
{
	struct rlimit	limit, none;
	char		byte;

	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	a.appetite = 0;
	flood(&a);
	settle();
	setrlimit(RLIMIT_NOFILE, &limit);
	ck_assert_uint_eq(a.gone, 1);
	ck_assert_int_eq(read(a.peer, &byte, 1), 0);
	ck_assert_int_lt(write(a.peer, "x", 1), 0);
}
END_TEST

START_TEST(test_who_is_too_fast_waits_and_loses_nothing)
{
	size_t	sum;

	a.appetite = 0;
	sum = flood(&a);
	settle();
	sum += flood(&a);
	settle();
	ck_assert_uint_lt(stream_kept(a.stream), IN_HIGH + 16 * 1024);
	ck_assert_int_lt(write(a.peer, "x", 1), 0);	/* it waits */
	a.appetite = 1000;
	stream_resume(a.stream);
	while (a.said_len < sum)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_uint_eq(a.said_len, sum);
	ck_assert_uint_eq(stream_kept(a.stream), 0);
}
END_TEST

/* One that has much to say does not keep the loop from the others. */
START_TEST(test_one_offer_a_turn)
{
	unsigned	before;

	a.appetite = 1;
	say(&a, "a much longer text");
	turn();
	ck_assert_uint_eq(a.offers, 1);
	say(&b, "b");
	before = offers;
	turn();
	ck_assert_uint_le(offers - before, 2);
	ck_assert_uint_eq(b.said_len, 1);
	settle();
	ck_assert_uint_eq(a.said_len, 18);
}
END_TEST

/* ------------------------------------------------------------ two endings */

START_TEST(test_an_end_is_told_after_all_that_was_said)
{
	a.appetite = 0;
	say(&a, "last words");
	settle();
	shutdown(a.peer, SHUT_WR);
	settle();
	ck_assert_uint_eq(a.ends, 0);
	a.appetite = 4;
	stream_resume(a.stream);
	settle();
	ck_assert_uint_eq(a.said_len, 10);
	ck_assert_uint_eq(a.ends, 1);
	ck_assert_uint_eq(a.gone, 0);
	stream_write(a.stream, "answer", 6);
	ck_assert_uint_eq(hear(&a), 6);
}
END_TEST

START_TEST(test_a_hang_up_is_gone_and_then_an_end)
{
	say(&a, "x");
	party_leave(&a);
	settle();
	ck_assert_uint_eq(a.said_len, 1);
	ck_assert_uint_eq(a.gone, 1);
	ck_assert_uint_eq(a.ends, 1);
}
END_TEST

/* With or without an answer that was not read: EPOLLHUP or EPOLLERR. */
START_TEST(test_a_hang_up_after_the_end_is_noticed)
{
	shutdown(a.peer, SHUT_WR);
	settle();
	ck_assert_uint_eq(a.ends, 1);
	if (_i == 1)
		stream_write(a.stream, "unread", 6);
	settle();
	ck_assert_uint_eq(a.gone, 0);
	party_leave(&a);
	settle();
	ck_assert_uint_eq(a.gone, 1);
}
END_TEST

START_TEST(test_a_hang_up_is_noticed_while_nothing_is_read)
{
	a.appetite = 0;
	flood(&a);
	settle();
	if (_i == 1)
		stream_write(a.stream, "unread", 6);
	settle();
	ck_assert_uint_eq(a.gone, 0);
	party_leave(&a);
	settle();
	ck_assert_uint_eq(a.gone, 1);
	ck_assert_uint_eq(a.ends, 0);	/* there is more to offer */
	a.appetite = SIZE_MAX;
	stream_resume(a.stream);
	settle();
	ck_assert_uint_eq(a.ends, 1);
	ck_assert_uint_eq(a.gone, 1);
}
END_TEST

/* It is read again meanwhile: then reading notices, and once is enough. */
START_TEST(test_a_hang_up_is_told_once)
{
	size_t	sum;

	a.appetite = 0;
	sum = flood(&a);
	settle();
	a.appetite = SIZE_MAX;
	stream_resume(a.stream);
	while (a.said_len < sum)
		event_base_loop(base, EVLOOP_ONCE);
	party_leave(&a);
	settle();
	ck_assert_uint_eq(a.gone, 1);
	ck_assert_uint_eq(a.ends, 1);
}
END_TEST

START_TEST(test_a_half_closed_peer_costs_no_turns)
{
	struct timeval	soon = { 0, 20000 };
	int		turns = 0;

	shutdown(a.peer, SHUT_WR);
	settle();
	ck_assert_uint_eq(a.ends, 1);
	event_base_loopexit(base, &soon);
	while (!event_base_got_exit(base)) {
		event_base_loop(base, EVLOOP_ONCE);
		turns++;
	}
	ck_assert_int_le(turns, 2);
}
END_TEST

/* ---------------------------------------------------------------- output */

START_TEST(test_output_is_kept_told_full_and_drained_once)
{
	size_t	sum = fill(&a), heard = 0;

	ck_assert_uint_gt(stream_kept(a.stream), OUT_HIGH);
	while (a.drained == 0) {
		ck_assert(stream_is_full(a.stream));
		heard += hear(&a);
		turn();
	}
	ck_assert_uint_le(stream_kept(a.stream), OUT_HIGH / 2);
	while (heard < sum) {
		heard += hear(&a);
		turn();
	}
	ck_assert_uint_eq(heard, sum);
	ck_assert_uint_eq(a.drained, 1);
}
END_TEST

/* Full for another reason than its own marks: it is told to go on all the same. */
START_TEST(test_set_full_and_drained)
{
	static const char	bytes[4096];

	stream_set_full(a.stream);
	ck_assert(!stream_is_full(a.stream));	/* nothing waits: who would tell? */
	while (stream_kept(a.stream) == 0)
		stream_write(a.stream, bytes, sizeof bytes);
	stream_set_full(a.stream);
	ck_assert(stream_is_full(a.stream));
	stream_write(a.stream, bytes, 1);	/* that does not change it */
	ck_assert(stream_is_full(a.stream));
	while (a.drained == 0) {
		hear(&a);
		turn();
	}
	ck_assert_uint_eq(a.drained, 1);
}
END_TEST

START_TEST(test_output_for_nobody_is_dropped)
{
	fill(&a);
	party_leave(&a);
	settle();
	ck_assert_uint_eq(a.gone, 1);
	ck_assert(!stream_is_full(a.stream));
	stream_write(a.stream, "x", 1);
	ck_assert_uint_eq(stream_kept(a.stream), 0);
}
END_TEST

/* One that is pressed stalls; its neighbour has all the time of the world. */
START_TEST(test_only_who_is_pressed_stalls)
{
	stream_press(a.stream, 30);
	fill(&a);
	stream_press(b.stream, 10);
	fill(&b);
	stream_press(b.stream, 0);
	await(&a.stalled);
	ck_assert_uint_eq(a.stalled, 1);
	ck_assert_uint_eq(b.stalled, 0);
	settle();
	ck_assert_uint_eq(a.stalled, 1);
	/* It may go on all the same. */
	while (a.drained == 0) {
		hear(&a);
		turn();
	}
}
END_TEST

/* Below the mark nobody waits for it, so it may read when it likes. */
START_TEST(test_who_is_not_full_does_not_stall)
{
	char	bytes[4096];

	stream_press(a.stream, 10);
	fill(&a);
	while (a.drained == 0) {
		if (read(a.peer, bytes, sizeof bytes) < 0)
			ck_assert_int_eq(errno, EAGAIN);
		turn();
	}
	ck_assert_uint_gt(stream_kept(a.stream), 0);
	a.stalled = 0;		/* a busy machine was too slow until here */
	stream_press(b.stream, 30);
	fill(&b);
	await(&b.stalled);
	ck_assert_uint_eq(a.stalled, 0);
}
END_TEST

/* Bytes that are added do not pass for bytes that were taken. */
START_TEST(test_writing_on_does_not_put_off_the_stall)
{
	static const char	bytes[1024];

	stream_press(a.stream, 50);
	fill(&a);
	stream_press(b.stream, 10);
	while (a.stalled == 0) {
		fill(&b);
		event_base_loop(base, EVLOOP_ONCE);
		stream_write(a.stream, bytes, sizeof bytes);
		stream_press(b.stream, 10);
		ck_assert_uint_lt(b.stalled, 100);
	}
}
END_TEST

START_TEST(test_late)
{
	stream_expect(a.stream, 10);
	stream_expect(b.stream, 5);
	stream_expect(b.stream, 0);
	await(&a.late);
	ck_assert_uint_eq(a.late, 1);
	ck_assert_uint_eq(b.late, 0);
}
END_TEST

/* ---------------------------------------------------------------- the end */

START_TEST(test_close_tells_nothing_more)
{
	fill(&a);
	say(&a, "x");
	stream_expect(a.stream, 1);
	stream_close(a.stream);
	ck_assert_uint_eq(a.closed, 0);		/* not from within */
	await(&a.closed);
	settle();
	ck_assert_uint_eq(a.closed, 1);
	ck_assert_uint_eq(a.said_len, 0);
	ck_assert_uint_eq(a.gone + a.ends + a.late + a.drained, 0);
	hear(&a);
	ck_assert_int_eq(read(a.peer, &(char){ 0 }, 1), 0);
}
END_TEST

START_TEST(test_nothing_waits_for_room_once_it_is_closed)
{
	static const char	bytes[4096];

	while (stream_kept(a.stream) == 0)
		stream_write(a.stream, bytes, sizeof bytes);
	stream_close(a.stream);
	stream_set_full(a.stream);
	hear(&a);
	await(&a.closed);
	ck_assert_uint_eq(a.drained, 0);
}
END_TEST

START_TEST(test_finish_sends_what_was_written)
{
	size_t	sum = fill(&a), heard = 0;

	stream_finish(a.stream, 10000);
	stream_write(a.stream, "x", 1);
	say(&a, "never heard");
	while (a.closed == 0) {
		heard += hear(&a);
		turn();
	}
	ck_assert_uint_eq(heard + hear(&a), sum);
	ck_assert_uint_eq(a.said_len + a.drained, 0);
	stream_finish(b.stream, 10000);		/* nothing to send */
	await(&b.closed);
}
END_TEST

START_TEST(test_finish_waits_for_nobody_who_left)
{
	fill(&a);
	stream_finish(a.stream, 10000);
	settle();
	ck_assert_uint_eq(a.closed, 0);
	party_leave(&a);
	settle();
	ck_assert_uint_eq(a.closed, 1);
	ck_assert_uint_eq(a.gone, 0);
}
END_TEST

START_TEST(test_finish_does_not_wait_for_ever)
{
	fill(&a);
	stream_finish(a.stream, 10);
	await(&a.closed);
	ck_assert_uint_eq(a.stalled, 0);
}
END_TEST

static Suite *
stream_suite(void)
{
	Suite	*suite = suite_create("stream");
	TCase	*tc = tcase_create("stream");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_bytes_come_as_they_were_said);
	tcase_add_test(tc, test_what_is_not_eaten_is_kept_and_offered_again);
	tcase_add_test(tc,
	    test_what_is_resumed_while_it_is_offered_is_offered_again);
	tcase_add_test(tc, test_who_cannot_be_watched_is_told);
	tcase_add_test(tc, test_who_is_too_fast_waits_and_loses_nothing);
	tcase_add_test(tc, test_one_offer_a_turn);
	tcase_add_test(tc, test_an_end_is_told_after_all_that_was_said);
	tcase_add_test(tc, test_a_hang_up_is_gone_and_then_an_end);
	tcase_add_loop_test(tc, test_a_hang_up_after_the_end_is_noticed, 0, 2);
	tcase_add_loop_test(tc, test_a_hang_up_is_noticed_while_nothing_is_read,
	    0, 2);
	tcase_add_test(tc, test_a_hang_up_is_told_once);
	tcase_add_test(tc, test_a_half_closed_peer_costs_no_turns);
	tcase_add_test(tc, test_output_is_kept_told_full_and_drained_once);
	tcase_add_test(tc, test_set_full_and_drained);
	tcase_add_test(tc, test_output_for_nobody_is_dropped);
	tcase_add_test(tc, test_only_who_is_pressed_stalls);
	tcase_add_test(tc, test_who_is_not_full_does_not_stall);
	tcase_add_test(tc, test_writing_on_does_not_put_off_the_stall);
	tcase_add_test(tc, test_late);
	tcase_add_test(tc, test_close_tells_nothing_more);
	tcase_add_test(tc, test_nothing_waits_for_room_once_it_is_closed);
	tcase_add_test(tc, test_finish_sends_what_was_written);
	tcase_add_test(tc, test_finish_waits_for_nobody_who_left);
	tcase_add_test(tc, test_finish_does_not_wait_for_ever);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	return suite_run(stream_suite());
}
