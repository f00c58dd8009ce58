/* SPDX-License-Identifier: MIT */
/*
 * Plays one conversation, line by line: what the board says goes to the driver,
 * what that says and tells is compared with what is written.
 */
#ifndef DIALOGUES_PLAYER_H
#define DIALOGUES_PLAYER_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/driver.h"
#include "tests/dialogues/dialogues.h"

enum fault { FAULT_NONE, FAULT_SILENCE, FAULT_GARBAGE, FAULT_RESET, FAULTS };

/* How it is played. */
struct manner {
	size_t		 cut;		/* board's speech is cut there; SIZE_MAX */
	size_t		 piece;		/* or into pieces of that size; 0 */
	size_t		 write;		/* bytes the port takes at a time; 0 */
	enum fault	 fault;
	size_t		 fault_at;	/* after so many bytes of the board */
};

struct play {
	const struct driver_ops	*ops;
	struct driver		*driver;
	const struct manner	*manner;
	uint64_t		 now;
	char			 said[PLAY_BYTES];	/* by the driver */
	size_t			 said_len;
	char			 told[4 * PLAY_BYTES];	/* events, as text */
	enum driver_event_type	 last;
	char			 nonce[16];
	size_t			 heard;		/* bytes of the board, in all */
	unsigned		 speeds;	/* told so far */
	unsigned		 baud;		/* the one told last */
	int			 jobs, ends;
	bool			 force;		/* the next job */
	bool			 restarts;	/* likewise */
	int			 result;	/* of the last driver_run() */
	char			*texts[PLAY_LINES];
	size_t			 n_texts;
	char			 error[4 * PLAY_BYTES];
};

static const char *const play_outcomes[] = {
	"ok", "raised", "rejected", "interrupted", "board-restarted",
	" foreign", "full", "forbidden",
};

static bool
play_fail(struct play *p, const char *what, const char *want, const char *got)
{
	snprintf(p->error, sizeof p->error, "%s\n  want: %.3000s\n  got:  %.3000s",
	    what, want, got);
	return false;
}

/* Pieces of one text that come one after the other are one text. */
static void
play_told(struct play *p, const struct driver_event *e)
{
	static const char *const	names[] = { "", "step", "speed",
	    "started", "output ", "unasked ", "restarted", "program", "done ",
	    "lost" };
	bool	text = e->type == DRIVER_OUTPUT || e->type == DRIVER_UNASKED;
	size_t	n = strlen(p->told);

	if (e->type == DRIVER_NONE)
		return;
	if (e->type != p->last || !text)
		snprintf(p->told + n, sizeof p->told - n, "\n%s",
		    names[e->type]);
	if (e->type == DRIVER_DONE)
		strcat(p->told, play_outcomes[e->outcome]);
	if (e->type == DRIVER_DONE && e->len > 0)
		strcat(p->told, " ");
	if (text || e->type == DRIVER_DONE)
		play_append(p->told, sizeof p->told, e->data, e->len);
	if (e->type == DRIVER_SPEED) {
		p->speeds++;
		p->baud = e->baud;
		sprintf(p->told + strlen(p->told), " %u", e->baud);
	}
	if (e->type == DRIVER_LOST && e->outcome != DRIVER_OK)
		strcat(p->told, play_outcomes[e->outcome]);
	if (e->type == DRIVER_DONE || e->type == DRIVER_LOST)
		p->ends++;
	p->last = e->type;
}

/* Whatever can happen without the board and without more time. */
static void
play_settle(struct play *p)
{
	struct driver_event	 event;
	const uint8_t		*bytes;
	size_t			 n;
	int			 rounds = 0;

	for (;;) {
		assert(rounds++ < 20000);
		n = driver_output(p->driver, &bytes);
		if (n > 0) {
			if (p->manner->write > 0 && n > p->manner->write)
				n = p->manner->write;
			assert(p->said_len + n < sizeof p->said);
			memcpy(p->said + p->said_len, bytes, n);
			p->said_len += n;
			driver_sent(p->driver, n, p->now);
		} else if (driver_deadline(p->driver) <= p->now) {
			driver_tick(p->driver, p->now, &event);
			play_told(p, &event);
		} else {
			break;
		}
	}
}

/*
 * A port is always written to between two reads, as in the daemon; and what came
 * before it has another speed is dropped.
 */
static void
play_feed(struct play *p, const char *bytes, size_t len)
{
	struct driver_event	event;
	unsigned		speeds = p->speeds;
	size_t			n;

	for (; len > 0 && p->speeds == speeds; bytes += n, len -= n) {
		n = driver_feed(p->driver, (const uint8_t *)bytes, len, p->now,
		    &event);
		assert(n > 0 && n <= len);
		play_told(p, &event);
	}
	play_settle(p);
}

/* The board says something; false when the fault has struck. */
static bool
play_hear(struct play *p, const char *bytes, size_t len)
{
	const struct manner	*m = p->manner;
	unsigned		 speeds = p->speeds;
	size_t			 n, off;
	bool			 whole = true;

	if (m->fault != FAULT_NONE && p->heard + len > m->fault_at) {
		len = m->fault_at - p->heard;
		whole = false;
	}
	p->heard += len;
	for (off = 0; off < len && p->speeds == speeds; off += n) {
		n = len - off;
		if (m->piece > 0 && n > m->piece)
			n = m->piece;
		if (off < m->cut && n > m->cut - off)
			n = m->cut - off;
		play_feed(p, bytes + off, n);
	}
	return whole;
}

static void
play_wait(struct play *p, uint64_t ms)
{
	uint64_t	end = p->now + ms, deadline;

	while ((deadline = driver_deadline(p->driver)) <= end) {
		p->now = deadline > p->now ? deadline : p->now;
		play_settle(p);
	}
	p->now = end;
	play_settle(p);
}

/* What the driver chose is kept; true if pattern is what it said. */
static bool
play_match(struct play *p, const char *pattern)
{
	const char	*s = p->said;
	size_t		 n;

	while (*pattern != '\0') {
		if (strncmp(pattern, "{nonce}", 7) == 0) {
			n = strspn(s, "0123456789");
			snprintf(p->nonce, sizeof p->nonce, "%.*s",
			    (int)(n < 15 ? n : 15), s);
			s += n;
			pattern += 7;
		} else if (*pattern++ != *s++) {
			return false;
		}
	}
	return s == p->said + p->said_len;
}

/* Pacing takes some time; the board waits for all of it. */
static bool
play_expect(struct play *p, const char *text)
{
	char	pattern[PLAY_BYTES], got[4 * PLAY_BYTES] = "";
	bool	ok;

	play_unescape(pattern, text);
	while (driver_deadline(p->driver) <= p->now + 50)
		play_wait(p, 1);
	p->said[p->said_len] = '\0';
	ok = play_match(p, pattern);
	if (!ok) {
		play_append(got, sizeof got, p->said, p->said_len);
		play_fail(p, "the driver says", text, got);
	}
	p->said_len = 0;
	return ok;
}

/* The board's bytes, with the driver's choices put in. */
static size_t
play_speech(struct play *p, char *to, const char *text)
{
	char		 filled[2 * PLAY_BYTES];
	char		*q = filled;
	size_t		 n;

	for (; *text != '\0'; ) {
		if (strncmp(text, "{nonce}", 7) == 0) {
			q += sprintf(q, "%s", p->nonce);
			text += 7;
		} else {
			*q++ = *text++;
		}
	}
	*q = '\0';
	n = play_unescape(to, filled);
	return n;
}

static void
play_run(struct play *p, enum driver_task task, const char *text)
{
	struct driver_job	 job = { .task = task, .forced = p->force,
				    .restarts = p->restarts };
	char			*copy = malloc(strlen(text) + 1);

	assert(copy != NULL && p->n_texts < PLAY_LINES);
	p->texts[p->n_texts++] = copy;
	job.len = play_unescape(copy, text);
	job.text = copy;
	p->result = driver_run(p->driver, &job, p->now);
	p->jobs += p->result == 0;
	play_settle(p);
}

static void
play_open(struct play *p, const struct dialogue *d)
{
	struct driver_options	 options = { .may_interrupt = true };
	uint64_t		 settle = 0;
	bool			 ask = false;
	const char		*text;
	size_t			 i;

	for (i = 0; i < d->n_lines; i++) {
		text = d->lines[i].text;
		if (strcmp(d->lines[i].verb, "option") != 0)
			continue;
		if (strcmp(text, "no-interrupt") == 0)
			options.may_interrupt = false;
		else if (strcmp(text, "ask") == 0)
			ask = true;
		else if (strcmp(text, "find-baud") == 0) {
			options.find_baud = true;
			options.baud = 115200;
		}
		else if (memcmp(text, "settle=", 7) == 0)
			settle = strtoull(text + 7, NULL, 10);
		else if (memcmp(text, "baud=", 5) == 0)
			options.baud = (unsigned)atoi(text + 5);
		else if (memcmp(text, "reports=", 8) == 0)
			options.reports = text + 8;
		else
			assert(!"a known option");
	}
	p->driver = driver_create(p->ops, &options);
	p->baud = options.baud;
	assert(p->driver != NULL);
	driver_open(p->driver, settle, ask, p->now);
}

static void
play_close(struct play *p)
{
	driver_close(p->driver);
	driver_destroy(p->driver);
	while (p->n_texts > 0)
		free(p->texts[--p->n_texts]);
}

/* Who closes it ends the job, and asks what speed the port is to have. */
static void
play_reopen(struct play *p)
{
	struct driver_event	event = { .type = DRIVER_SPEED };

	driver_close(p->driver);
	event.baud = driver_baud(p->driver);
	if (event.baud != 0 && event.baud != p->baud)
		play_told(p, &event);
	driver_open(p->driver, 0, false, p->now);
	p->ends = p->jobs;
	play_settle(p);
}

/* One line; *on is false when the fault has struck or an expectation failed. */
static bool
play_line(struct play *p, const struct play_line *line, bool *on)
{
	char		 bytes[PLAY_BYTES];
	const char	*text = line->text, *about;
	size_t		 len;

	if (strcmp(line->verb, "<") == 0) {
		len = play_speech(p, bytes, text);
		*on = play_hear(p, bytes, len);
	} else if (strcmp(line->verb, ">") == 0) {
		return play_expect(p, text);
	} else if (strcmp(line->verb, "run") == 0) {
		play_run(p, DRIVER_RUN, text);
	} else if (strcmp(line->verb, "force") == 0) {
		p->force = true;
		play_run(p, DRIVER_RUN, text);
		p->force = false;
	} else if (strcmp(line->verb, "restart") == 0) {
		p->restarts = true;
		play_run(p, DRIVER_RUN, text);
		p->restarts = false;
	} else if (strcmp(line->verb, "sync") == 0) {
		play_run(p, DRIVER_SYNC, "");
	} else if (strcmp(line->verb, "reset") == 0) {
		play_run(p, DRIVER_SOFT_RESET, "");
	} else if (strcmp(line->verb, "leave") == 0) {
		play_run(p, DRIVER_LEAVE, "");
	} else if (strcmp(line->verb, "interrupt") == 0) {
		driver_interrupt(p->driver, p->now);
		play_settle(p);
	} else if (strcmp(line->verb, "reopen") == 0) {
		play_reopen(p);
	} else if (strcmp(line->verb, "wait") == 0) {
		play_wait(p, strtoull(text, NULL, 10));
	} else if (strcmp(line->verb, "fails") == 0) {
		if (strcmp(strerrorname_np(-p->result), text) != 0)
			return play_fail(p, "the job", text,
			    strerrorname_np(-p->result));
	} else if (strcmp(line->verb, "about") == 0) {
		about = driver_about(p->driver);
		about = about == NULL ? "-" : about;
		if (strcmp(about, text) != 0)
			return play_fail(p, "about", text, about);
	} else {
		assert(strcmp(line->verb, "!") == 0 ||
		    strcmp(line->verb, "option") == 0);
	}
	return true;
}

/* All the events that should have been told. */
static void
play_wanted(const struct dialogue *d, char *want, size_t size)
{
	size_t		 i, n;
	const char	*text, *kind = "";

	for (i = 0; i < d->n_lines; i++) {
		if (strcmp(d->lines[i].verb, "!") != 0)
			continue;
		text = d->lines[i].text;
		n = strcspn(text, " ");
		if ((memcmp(text, "output ", 7) == 0 ||
		    memcmp(text, "unasked ", 8) == 0) &&
		    strncmp(kind, text, n + 1) == 0)
			text += n + 1;
		else
			strncat(want, "\n", size - strlen(want) - 1);
		strncat(want, text, size - strlen(want) - 1);
		kind = d->lines[i].text;
	}
}

#endif
