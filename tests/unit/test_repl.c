/* SPDX-License-Identifier: MIT */
/*
 * The REPL driver: its conversations with boards (tests/dialogues/repl.txt),
 * and the pure parts it is made of.
 */
#include <check.h>
#include <errno.h>

#include "protocol/limits.h"
#include "protocol/repl_state.h"
#include "protocol/repl_trace.h"
#include "tests/dialogues/play.h"
#include "tests/unit/suite.h"

/* ------------------------------------------------------ a model of a board */

enum { FRIENDLY, RAW };

#define BANNER	"MicroPython v1.25.0 on 2025-04-15; a model\r\n" \
    "Type \"help()\" for more information.\r\n>>> "

static void
model_reset(struct model *m)
{
	m->len = 0;
	m->state = FRIENDLY;
}

static size_t
model_reboot(struct model *m, const char *before, char *answer)
{
	model_reset(m);
	return (size_t)sprintf(answer, "%s\r\nMPY: soft reboot\r\n" BANNER,
	    before);
}

/* It knows the probe, has no raw-paste, and takes all else for the helper. */
static size_t
model_run(struct model *m, char *answer)
{
	char	*end;

	m->line[m->len] = '\0';
	if (m->len == 0)
		return model_reboot(m, "OK", answer);
	end = m->line + strspn(m->line, "{}[_p(0,'");
	if (strspn(end, "0123456789") == 9)		/* a nonce */
		return (size_t)sprintf(answer, m->line[0] == '{' ?
		    "OK\x04Traceback (most recent call last):\r\n"
		    "KeyError: %.9s\r\n\x04>" :
		    "OK%.9s\r\n\x1e\x04\x04>", end);
	if (memcmp(m->line, "__p(", 4) == 0)
		return (size_t)sprintf(answer, "OK42\r\n\x1e\x04\x04>");
	return (size_t)sprintf(answer, "OK\x04\x04>");
}

/* Control characters count only on an empty line, but for Ctrl-C. */
static size_t
model_hear_friendly(struct model *m, uint8_t c, char *answer)
{
	bool	empty = m->len == 0;

	if (c == 0x03 || c == '\r') {
		m->len = 0;
		return (size_t)sprintf(answer, "\r\n>>> ");
	}
	if (c == 0x04 && empty)
		return model_reboot(m, "", answer);
	if (c == 0x02 && empty)
		return (size_t)sprintf(answer, "\r\n" BANNER);
	if (c == 0x01 && empty) {
		m->state = RAW;
		return (size_t)sprintf(answer,
		    "\r\nraw REPL; CTRL-B to exit\r\n>");
	}
	if (c < ' ')
		return 0;
	m->len++;
	answer[0] = (char)c;
	return 1;
}

static size_t
model_hear(struct model *m, uint8_t c, char *answer)
{
	size_t	n = 0;

	if (m->state == FRIENDLY)
		return model_hear_friendly(m, c, answer);
	if (c > 0x04) {
		if (m->len < sizeof m->line - 1)
			m->line[m->len++] = (char)c;
		return 0;
	}
	if (c == 0x01)
		n = (size_t)sprintf(answer, "raw REPL; CTRL-B to exit\r\n>");
	if (c == 0x02) {
		m->state = FRIENDLY;
		n = (size_t)sprintf(answer, "\r\n" BANNER);
	}
	if (c == 0x04)
		n = model_run(m, answer);
	m->len = 0;
	return n;
}

static struct model	model = {
	.reset = model_reset,
	.hear = model_hear,
	.job = "6 * 7",
	.answer = "output 42\\r\\n\ndone ok",
	.banner = "\x00\r\n" BANNER,
};

/* ----------------------------------------------------------- the dialogues */

static struct dialogues	*dialogues;

START_TEST(dialogue_all_ways)
{
	const struct dialogue	*d = &dialogues->all[_i];

	if (d->title[0] == '=')
		ck_assert(play_all_ways(&driver_repl, d));
}
END_TEST

START_TEST(dialogue_all_faults)
{
	const struct dialogue	*d = &dialogues->all[_i];
	size_t			 i;

	/* The model says nothing to those who only ask. */
	for (i = 0; i < d->n_lines; i++)
		if (strcmp(d->lines[i].text, "no-interrupt") == 0)
			return;
	if (d->title[0] == '=')
		ck_assert(play_all_faults(&driver_repl, d, &model));
}
END_TEST

/* ------------------------------------------------------------- the pacing */

/*
 * Passes time and bytes between a driver and the model, until the driver says a
 * burst that begins with that byte, or nothing more.
 */
static uint64_t
talk_until(struct driver *d, int first)
{
	static char		 answer[8192];
	struct driver_event	 event;
	const uint8_t		*bytes;
	uint64_t		 now = 0;
	size_t			 n, off;

	model_reset(&model);
	for (;;) {
		n = driver_output(d, &bytes);
		if (n == REPL_BURST && bytes[0] == first)
			return now;
		if (n == 0 && driver_deadline(d) == DRIVER_NEVER)
			return now;
		if (n == 0) {
			now = driver_deadline(d);
			driver_tick(d, now, &event);
			continue;
		}
		n = model_hear(&model, bytes[0], answer);
		driver_sent(d, 1, now);
		for (off = 0; off < n; )
			off += driver_feed(d, (uint8_t *)answer + off, n - off,
			    now, &event);
	}
}

/* Both ways together, in step. */
START_TEST(statement_costs_30_bytes)
{
	struct driver_options	 options = { .may_interrupt = true };
	struct driver		*d = driver_create(&driver_repl, &options);
	struct driver_job	 job = { .task = DRIVER_SYNC };
	struct driver_event	 event;
	const uint8_t		*bytes;
	uint8_t			 answer[32];
	size_t			 sent, heard, off;
	uint64_t		 now;

	driver_open(d, 0, false, 0);
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	job = (struct driver_job){ .text = "3000 + 10", .len = 9 };
	now = talk_until(d, -1);
	ck_assert(driver_in_step(d));
	ck_assert_int_eq(driver_run(d, &job, now), 0);
	sent = driver_output(d, &bytes);
	ck_assert_uint_eq(bytes[sent - 1], 0x04);
	heard = (size_t)sprintf((char *)answer,
	    "OK3010\r\n\x1e\x04\x04>");
	driver_sent(d, sent, now);
	driver_tick(d, now, &event);
	ck_assert_int_eq(event.type, DRIVER_STARTED);
	for (off = 0; off < heard; )
		off += driver_feed(d, answer + off, heard - off, now, &event);
	driver_tick(d, now, &event);
	ck_assert_int_eq(event.type, DRIVER_DONE);
	ck_assert_uint_eq(driver_output(d, &bytes), 0);
	ck_assert_uint_le(sent + heard, 30);
	driver_destroy(d);
}
END_TEST

/* The pieces of the helper are longer than a burst. */
START_TEST(bursts_of_32_bytes)
{
	const unsigned		 bauds[] = { 0, 115200, 9600 };
	const uint64_t		 rests[] = { 2, 4, 35 };
	struct driver_options	 options = { .may_interrupt = true,
	    .baud = bauds[_i] };
	struct driver		*d = driver_create(&driver_repl, &options);
	struct driver_job	 job = { .task = DRIVER_SYNC };
	struct driver_event	 event;
	const uint8_t		*bytes;
	uint64_t		 now;

	driver_open(d, 0, false, 0);
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	now = talk_until(d, '_');
	ck_assert_uint_eq(driver_output(d, &bytes), 32);
	driver_sent(d, 30, now);
	ck_assert_uint_eq(driver_output(d, &bytes), 2);
	driver_sent(d, 2, now);
	ck_assert_uint_eq(driver_output(d, &bytes), 0);
	ck_assert_uint_eq(driver_deadline(d) - now, rests[_i]);
	now = driver_deadline(d);
	driver_tick(d, now, &event);
	ck_assert_int_eq(event.type, DRIVER_NONE);
	ck_assert_uint_gt(driver_output(d, &bytes), 0);
	ck_assert_uint_lt(driver_output(d, &bytes), 32);
	driver_destroy(d);
}
END_TEST

/* -------------------------------------------------------------- the limit */

START_TEST(text_size_limit)
{
	const char	*why = NULL;
	char		*text = malloc(LIMIT_STATEMENT + 1);

	memset(text, 'x', LIMIT_STATEMENT + 1);
	ck_assert_int_eq(driver_check(&driver_repl, text, LIMIT_STATEMENT,
	    &why), 0);
	ck_assert_int_eq(driver_check(&driver_repl, text, LIMIT_STATEMENT + 1,
	    &why), -E2BIG);
	ck_assert_ptr_nonnull(why);
	ck_assert_int_eq(driver_check(&driver_repl, text, 0, &why), 0);
	free(text);
}
END_TEST

/* ------------------------------------------------------------- tracebacks */

static void
ck_trim(bool caller, bool rename, const char *from, const char *want)
{
	uint8_t	trace[1024];
	size_t	n = strlen(from);

	memcpy(trace, from, n);
	n = repl_trace_trim(trace, n, caller, rename);
	ck_assert_uint_eq(n, strlen(want));
	ck_assert_mem_eq(trace, want, n);
}

START_TEST(trace_is_trimmed)
{
	ck_trim(true, true, "", "");
	ck_trim(true, true, "KeyboardInterrupt: \r\n",
	    "KeyboardInterrupt: \r\n");
	ck_trim(true, false, "Traceback (most recent call last):\r\n"
	    "  File \"<stdin>\", line 1, in <module>\r\n"
	    "  File \"<stdin>\", line 5, in __p\r\n"
	    "  File \"<stdin>\", line 1, in <module>\r\n"
	    "  File \"<stdin>\", line 1, in <module>\r\nE: x\r\n",
	    "Traceback (most recent call last):\r\n"
	    "  File \"<stdin>\", line 1, in <module>\r\n"
	    "  File \"<stdin>\", line 1, in <module>\r\nE: x\r\n");
	ck_trim(false, true, "  File \"<string>\", line 1, in <lambda>\r\n"
	    "E: \"<string>\"\r\n",
	    "  File \"<stdin>\", line 1, in <lambda>\r\n"
	    "E: \"<string>\"\r\n");
	ck_trim(false, false, "  File \"<string>\", line 1, in <module>",
	    "  File \"<string>\", line 1, in <module>");
	ck_trim(false, false, "  File \"<stdin>\", line 1, in <module>\r\n"
	    "  File \"<stdin>\", line 4, in __p\r\n"
	    "  File \"<stdin>\", line 4, in __pain\r\n",
	    "  File \"<stdin>\", line 1, in <module>\r\n"
	    "  File \"<stdin>\", line 4, in __pain\r\n");
	ck_trim(true, false, "  File \"<stdin>\", line 11, in <module>\r\n"
	    "  File \"main.py\", line 1, in <module>\r\n",
	    "  File \"<stdin>\", line 11, in <module>\r\n"
	    "  File \"main.py\", line 1, in <module>\r\n");
}
END_TEST

START_TEST(trace_is_of_a_line)
{
	static const uint8_t	one[] = "Trace:\r\n"
	    "  Datei \"<stdin>\", Zeile 12, in <module>\r\nE: 1\r\n";
	static const uint8_t	two[] = "Trace:\r\n"
	    "  Datei \"<stdin>\", Zeile 1, in <module>\r\n"
	    "  Datei \"<stdin>\", Zeile 12, in <module>\r\nE: 1\r\n";
	static const uint8_t	other[] = "Trace:\r\n"
	    "  Datei \"<stdin>\", Zeile 12\r\nSyntaxError: 1\r\n";

	ck_assert(repl_trace_is_line(one, sizeof one - 1, 12));
	ck_assert(!repl_trace_is_line(one, sizeof one - 1, 1));
	ck_assert(!repl_trace_is_line(two, sizeof two - 1, 12));
	ck_assert(!repl_trace_is_line(other, sizeof other - 1, 12));
	ck_assert(!repl_trace_is_line(other, 0, 12));
}
END_TEST

START_TEST(trace_is)
{
	static const uint8_t	trace[] = "a: b\r\nKeyError: 1\r\n";

	ck_assert(repl_trace_is(trace, sizeof trace - 1, "KeyError"));
	ck_assert(!repl_trace_is(trace, sizeof trace - 1, "a"));
	ck_assert(!repl_trace_is(trace, 0, "a"));
	ck_assert(repl_trace_is(trace, 4, "a"));
}
END_TEST

/*
 * A text that marks its own end is carried out as it is, and its end is certain:
 * no helper's call around it, no wait, no question before the next job.
 */
START_TEST(marked_text_ends_by_its_mark)
{
	static const char	 text[] = "f()\nprint('\\x1e',end='')";
	static const char	 answer[] = "OKx\x1e\x04\x04>";
	struct driver_options	 options = { .may_interrupt = true };
	struct driver		*d = driver_create(&driver_repl, &options);
	struct driver_job	 job = { .task = DRIVER_SYNC };
	struct driver_event	 event = { 0 };
	const uint8_t		*bytes;
	size_t			 sent, off;
	uint64_t		 now;

	driver_open(d, 0, false, 0);
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	now = talk_until(d, -1);
	ck_assert(!driver_hears(d));
	job = (struct driver_job){ .text = text, .len = sizeof text - 1,
	    .marked = true };
	ck_assert_int_eq(driver_run(d, &job, now), 0);
	sent = driver_output(d, &bytes);
	ck_assert_uint_eq(sent, sizeof text);
	ck_assert_mem_eq(bytes, text, sizeof text - 1);
	driver_sent(d, sent, now);
	for (off = 0; off < sizeof answer - 1 && event.type != DRIVER_DONE; ) {
		off += driver_feed(d, (const uint8_t *)answer + off, 1, now,
		    &event);
		ck_assert(off != 3 || driver_hears(d));
	}
	ck_assert_uint_eq(off, sizeof answer - 1);
	ck_assert_int_eq(event.outcome, DRIVER_OK);
	ck_assert(!driver_hears(d));
	job = (struct driver_job){ .text = "1", .len = 1 };
	ck_assert_int_eq(driver_run(d, &job, now), 0);
	sent = driver_output(d, &bytes);
	ck_assert_uint_eq(sent, sizeof "__p(1)");
	driver_destroy(d);
}
END_TEST

/* Feeds bytes and returns how much output was told; *event: the last one. */
static size_t
told(struct driver *d, const void *bytes, size_t len, struct driver_event *event)
{
	const uint8_t	*p = bytes;
	size_t		 sum = 0, n;

	while (len > 0 || driver_deadline(d) == 0) {
		n = len;
		if (len > 0)
			n = driver_feed(d, p, len, 0, event);
		else
			driver_tick(d, 0, event);
		p += n;
		len -= n;
		sum += event->type == DRIVER_OUTPUT ? event->len : 0;
	}
	return sum;
}

/* A traceback that is longer than is kept loses its beginning. */
START_TEST(trace_is_bounded)
{
	struct driver_options	options = { 0 };
	struct driver		*d = driver_create(&driver_repl, &options);
	struct driver_event	event = { 0 };
	struct repl		*in = (struct repl *)d;
	size_t			i;

	driver_open(d, 0, false, 0);
	in->busy = in->in_step = true;
	in->purpose = REPL_FOR_JOB;
	in->state = REPL_OUTPUT;
	told(d, "\x04Traceback (\r\n", 13, &event);
	for (i = 0; i < 1000; i++)
		told(d, "  File \"<stdin>\", line 1\r\n", 26, &event);
	told(d, "E: 1\r\n\x04>", 8, &event);
	ck_assert_int_eq(event.type, DRIVER_DONE);
	ck_assert_int_eq(event.outcome, DRIVER_RAISED);
	ck_assert_uint_ge(event.len, REPL_TRACE_MAX / 2);
	ck_assert_uint_le(event.len, REPL_TRACE_MAX);
	ck_assert_mem_eq(event.data + event.len - 6, "E: 1\r\n", 6);
	driver_destroy(d);
}
END_TEST

/* What is no traceback is told when it grows too long, and is not lost. */
START_TEST(output_between_two_04_is_bounded)
{
	struct driver_options	options = { 0 };
	struct driver		*d = driver_create(&driver_repl, &options);
	struct driver_event	event = { 0 };
	struct repl		*in = (struct repl *)d;
	uint8_t			bytes[500];
	size_t			sum = 0, i;

	memset(bytes, 'x', sizeof bytes);
	driver_open(d, 0, false, 0);
	in->busy = in->in_step = true;
	in->purpose = REPL_FOR_JOB;
	in->state = REPL_OUTPUT;
	bytes[0] = 0x04;
	for (i = 0; i < 1000; i++, bytes[0] = 'x')
		sum += told(d, bytes, sizeof bytes, &event);
	ck_assert_uint_le(i * sizeof bytes - sum, REPL_TRACE_MAX + 1);
	sum += told(d, "\x04\x04>", 3, &event);
	ck_assert_int_eq(event.type, DRIVER_DONE);
	ck_assert_uint_eq(i * sizeof bytes, sum);
	driver_destroy(d);
}
END_TEST

/* A driver in the middle of a job that prints. */
static struct driver *
printing(void)
{
	struct driver_options	options = { 0 };
	struct driver		*d = driver_create(&driver_repl, &options);
	struct repl		*in = (struct repl *)d;

	driver_open(d, 0, false, 0);
	in->busy = in->in_step = in->started = in->marked = true;
	in->purpose = REPL_FOR_JOB;
	in->state = REPL_OUTPUT;
	return d;
}

/* It goes through as it is, and what may be an end is heard byte by byte. */
START_TEST(output_goes_through_in_large_pieces)
{
	static const char	end[] = "4\r\n\x1e\x04\x04>";
	struct driver		*d = printing();
	struct driver_event	event = { 0 };
	uint8_t			bytes[4096];
	size_t			n, sum = 0;

	memset(bytes, 'x', sizeof bytes);
	memcpy(bytes + sizeof bytes - sizeof end + 1, end, sizeof end - 1);
	n = driver_feed(d, bytes, sizeof bytes, 0, &event);
	ck_assert_int_eq(event.type, DRIVER_OUTPUT);
	ck_assert_ptr_eq(event.data, bytes);
	ck_assert_uint_eq(event.len, n);
	ck_assert_uint_eq(n, sizeof bytes - 4);
	sum = n + told(d, bytes + n, sizeof bytes - n, &event);
	ck_assert_uint_eq(sum, sizeof bytes - 4);
	ck_assert(!((struct repl *)d)->busy);
	driver_destroy(d);
}
END_TEST

/* A banner is seen behind any amount of output. */
START_TEST(banner_behind_large_pieces)
{
	struct driver		*d = printing();
	struct driver_event	event = { 0 };
	uint8_t			bytes[4096];
	size_t			at;

	for (at = sizeof bytes - sizeof BANNER - 2; at > 2000; at -= 100) {
		memset(bytes, 'x', sizeof bytes);
		memcpy(bytes + at, "\r\n" BANNER, sizeof BANNER + 1);
		told(d, bytes, at + sizeof BANNER + 1, &event);
		ck_assert_uint_ne(driver_deadline(d), DRIVER_NEVER);
		told(d, bytes, 2000, &event);
		ck_assert_uint_eq(driver_deadline(d), DRIVER_NEVER);
	}
	driver_destroy(d);
}
END_TEST

/* ------------------------------------------------------- signs of a REPL */

/* All but the ends of lines. */
static unsigned
signs(const char *text)
{
	struct repl_watch	w;
	unsigned		all = 0;

	repl_watch_init(&w);
	for (; *text != '\0'; text++)
		all |= repl_watch_byte(&w, (uint8_t)*text);
	return all & ~(unsigned)(REPL_SIGN_LINE | REPL_SIGN_HELLO);
}

START_TEST(watch_signs)
{
	char	line[1000];

	ck_assert_uint_eq(signs("raw REPL; CTRL-B to exit\r\n>"),
	    REPL_SIGN_RAW);
	ck_assert_uint_eq(signs(">raw REPL; CTRL-B to exit\r\n>"),
	    REPL_SIGN_RAW);
	ck_assert_uint_eq(signs("raw REPL; CTRL-B to exit\r\n"), 0);
	ck_assert_uint_eq(signs("x>>> "), REPL_SIGN_PROMPT);
	ck_assert_uint_eq(signs("MPY: soft reboot\r\n"), REPL_SIGN_REBOOT);
	ck_assert_uint_eq(signs("a soft reboot\r\n"), 0);
	ck_assert_uint_eq(signs(BANNER), REPL_SIGN_PROMPT | REPL_SIGN_BANNER);
	ck_assert_uint_eq(signs("\xff\x01\r\n\x80" BANNER),
	    REPL_SIGN_PROMPT | REPL_SIGN_BANNER);
	ck_assert_uint_eq(signs(">" BANNER), REPL_SIGN_PROMPT | REPL_SIGN_BANNER);
	ck_assert_uint_eq(signs("I love MicroPython v1.0\r\n>>> "),
	    REPL_SIGN_PROMPT);
	ck_assert_uint_eq(signs("MicroPython v1 on 2; x\r\nhello\r\n>>> "),
	    REPL_SIGN_PROMPT);
	ck_assert_uint_eq(signs("MicroPython v1 on 2; x\r\nx>>> "),
	    REPL_SIGN_PROMPT);
	memset(line, 'x', sizeof line);
	strcpy(line + 900, "\r\nraw REPL; CTRL-B to exit\r\n>");
	ck_assert_uint_eq(signs(line), REPL_SIGN_RAW);
}
END_TEST

/* ---------------------------------------------------------------- titles */

#define SNAKE "\xf0\x9f\x90\x8d"

static const struct {
	const char		*bytes;
	enum repl_title_says	 says;
	const char		*version;
	const char		*shown;
} titles[] = {
	{ "a\x1b]0;" SNAKE "code.py | 10.2.1\x1b\\b", REPL_TITLE_RUNS, "10.2.1",
	    "ab" },
	{ "\x1b]0;" SNAKE "REPL | 8.2.9\x07", REPL_TITLE_PROMPT, "8.2.9", "" },
	{ "\x1b]0;" SNAKE "Done | 10.2.1\x1b\\", REPL_TITLE_OVER, "10.2.1", "" },
	{ "\x1b]0;" SNAKE "1@code.py KeyboardInterrupt | 10.0.3\x1b\\",
	    REPL_TITLE_OVER, "10.0.3", "" },
	{ "\x1b]0;" SNAKE "Wi-Fi: off | lib/a.py | 10.0.3-2-g123\x1b\\",
	    REPL_TITLE_RUNS, "10.0.3-2-g123", "" },
	{ "\x1b]0;" SNAKE "10.0.0.7 | Fertig | 9.2.9\x1b\\",
	    REPL_TITLE_OVER, "9.2.9", "" },
	{ "\x1b]0;" SNAKE "\x1b\\", REPL_TITLE_OVER, "", "" },
	{ "\x1b[2K\x1b[0G", REPL_TITLE_NOTHING, "", "\x1b[2K\x1b[0G" },
	{ "\x1b]0;" SNAKE "REPL | 8\x07\x1b[2K\x1b[0Gx\x1b[2J",
	    REPL_TITLE_PROMPT, "8", "x\x1b[2J" },
	{ "\x1b]0;python\x07", REPL_TITLE_NOTHING, "", "\x1b]0;python\x07" },
	{ "\x1b]0;" SNAKE "REPL\r\n", REPL_TITLE_NOTHING, "",
	    "\x1b]0;" SNAKE "REPL\r\n" },
};

START_TEST(title)
{
	struct repl_title	 t;
	char			 shown[64] = "";
	const uint8_t		*p;
	const char		*c;

	repl_title_init(&t);
	for (c = titles[_i].bytes; *c != '\0'; c++) {
		repl_title_byte(&t, (uint8_t)*c);
		strncat(shown, (const char *)t.held,
		    repl_title_shown(&t, &p));
	}
	ck_assert_int_eq(t.says, titles[_i].says);
	ck_assert_str_eq(t.version, titles[_i].version);
	ck_assert_str_eq(shown, titles[_i].shown);
}
END_TEST

/* One that has no end is shown at last. */
START_TEST(title_is_bounded)
{
	struct repl_title	 t;
	const uint8_t		*p;
	size_t			 i, sum = 0;

	repl_title_init(&t);
	repl_title_byte(&t, 0x1b);
	repl_title_byte(&t, ']');
	for (i = 2; i < 1000; i++) {
		repl_title_byte(&t, 'x');
		sum += repl_title_shown(&t, &p);
	}
	ck_assert_uint_eq(sum, i);
}
END_TEST

int
main(void)
{
	Suite		*suite = suite_create("repl");
	TCase		*tc = tcase_create("dialogues");
	int		 status;

	dialogues = dialogues_read("tests/dialogues/repl.txt");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, dialogue_all_ways, 0, (int)dialogues->n);
	tcase_add_loop_test(tc, dialogue_all_faults, 0, (int)dialogues->n);
	suite_add_tcase(suite, tc);

	tc = tcase_create("parts");
	tcase_add_test(tc, statement_costs_30_bytes);
	tcase_add_loop_test(tc, bursts_of_32_bytes, 0, 3);
	tcase_add_test(tc, text_size_limit);
	tcase_add_test(tc, trace_is_trimmed);
	tcase_add_test(tc, trace_is_of_a_line);
	tcase_add_test(tc, trace_is);
	tcase_add_test(tc, trace_is_bounded);
	tcase_add_test(tc, marked_text_ends_by_its_mark);
	tcase_add_test(tc, output_between_two_04_is_bounded);
	tcase_add_test(tc, output_goes_through_in_large_pieces);
	tcase_add_test(tc, banner_behind_large_pieces);
	tcase_add_test(tc, watch_signs);
	tcase_add_loop_test(tc, title, 0, sizeof titles / sizeof *titles);
	tcase_add_test(tc, title_is_bounded);
	suite_add_tcase(suite, tc);

	status = suite_run(suite);
	dialogues_free(dialogues);
	return status;
}
