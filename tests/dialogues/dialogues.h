/* SPDX-License-Identifier: MIT */
/*
 * The files in which conversations between a driver and a board are written down.
 *
 * A file is a list of conversations, of lines:
 *
 *	== TITLE	a conversation begins
 *	-- TITLE	a part begins, which others use
 *	use TITLE	its lines, here
 *	option WORD	"no-interrupt", "settle=MS", "ask", "find-baud",
 *			"reports=LETTERS", "baud=N"
 *	run TEXT	a job; also "sync", "reset", "leave", "force TEXT", and
 *			"restart TEXT" for one that restarts the board
 *	fails NAME	the job before was refused with that errno
 *	interrupt
 *	reopen		the port is closed and opened
 *	wait MS		time passes
 *	> BYTES		the driver says exactly this, and no more
 *	< BYTES		the board says this
 *	! EVENT		what is told: "step", "speed BAUD", "started",
 *			"output BYTES", "unasked BYTES", "restarted", "program",
 *			"lost", "lost foreign",
 *			"done OUTCOME [TRACEBACK]"
 *	about TEXT	what the driver says of the board now; "-" for nothing
 *
 * BYTES and TEXT know \r \n \\ and \xNN.  {nonce} in what the driver says stands
 * for what it chose, and for the same in what the board says.
 */
#ifndef DIALOGUES_DIALOGUES_H
#define DIALOGUES_DIALOGUES_H

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAY_LINES	128
#define PLAY_BYTES	2048

struct play_line {
	char	 verb[12];
	char	 text[PLAY_BYTES];	/* as written */
};

struct dialogue {
	char			 title[80];
	size_t			 n_lines;
	struct play_line	*lines;
};

struct dialogues {
	struct dialogue	 all[256];
	size_t		 n;
};

static size_t
play_unescape(char *to, const char *from)
{
	char	*p = to, *end, hex[3] = "";

	for (; *from != '\0'; from++) {
		if (*from != '\\') {
			*p++ = *from;
			continue;
		}
		switch (*++from) {
		case 'r': *p++ = '\r'; break;
		case 'n': *p++ = '\n'; break;
		case '\\': *p++ = '\\'; break;
		default:
			assert(*from == 'x');
			memcpy(hex, from + 1, 2);
			*p++ = (char)strtol(hex, &end, 16);
			assert(end == hex + 2);
			from += 2;
		}
	}
	*p = '\0';
	return (size_t)(p - to);
}

/* Appends bytes to a text, those that are not ASCII escaped. */
static void
play_append(char *to, size_t size, const void *bytes, size_t len)
{
	const uint8_t	*p = bytes;
	size_t		 n = strlen(to), i;

	for (i = 0; i < len && n + 5 < size; i++) {
		if (p[i] == '\r' || p[i] == '\n' || p[i] == '\\')
			n += (size_t)sprintf(to + n, "\\%c", p[i] == '\r' ?
			    'r' : p[i] == '\n' ? 'n' : '\\');
		else if (p[i] >= ' ' && p[i] < 0x7f)
			to[n++] = (char)p[i];
		else
			n += (size_t)sprintf(to + n, "\\x%02x", p[i]);
		to[n] = '\0';
	}
}

static const struct dialogue *
dialogues_find(const struct dialogues *ds, const char *title)
{
	size_t	i;

	for (i = 0; i < ds->n; i++)
		if (strcmp(ds->all[i].title + 3, title) == 0)
			return &ds->all[i];
	return NULL;
}

static void
dialogues_add_line(struct dialogues *ds, const char *verb, const char *text)
{
	struct dialogue		*d = &ds->all[ds->n - 1];
	const struct dialogue	*part;
	size_t			 i;

	if (strcmp(verb, "use") == 0) {
		part = dialogues_find(ds, text);
		assert(part != NULL);
		for (i = 0; i < part->n_lines; i++)
			dialogues_add_line(ds, part->lines[i].verb,
			    part->lines[i].text);
		return;
	}
	assert(d->n_lines < PLAY_LINES && strlen(text) < PLAY_BYTES);
	snprintf(d->lines[d->n_lines].verb, sizeof d->lines->verb, "%s", verb);
	snprintf(d->lines[d->n_lines++].text, PLAY_BYTES, "%s", text);
}

static struct dialogues *
dialogues_read(const char *path)
{
	struct dialogues	*ds = calloc(1, sizeof *ds);
	FILE			*file = fopen(path, "r");
	char			 line[PLAY_BYTES], *text;
	struct dialogue		*d;

	assert(ds != NULL && file != NULL);
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (memcmp(line, "== ", 3) == 0 || memcmp(line, "-- ", 3) == 0) {
			assert(ds->n < sizeof ds->all / sizeof *ds->all);
			d = &ds->all[ds->n++];
			snprintf(d->title, sizeof d->title, "%.79s", line);
			d->lines = calloc(PLAY_LINES, sizeof *d->lines);
			assert(d->lines != NULL);
			continue;
		}
		text = line + strcspn(line, " ");
		if (*text != '\0')
			*text++ = '\0';
		assert(ds->n > 0);
		dialogues_add_line(ds, line, text);
	}
	fclose(file);
	return ds;
}

static void
dialogues_free(struct dialogues *ds)
{
	while (ds->n > 0)
		free(ds->all[--ds->n].lines);
	free(ds);
}

#endif
