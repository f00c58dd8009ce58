/* SPDX-License-Identifier: MIT */
/*
 * What a board says while it carries out a step, answer by answer.  Anything else
 * may print meanwhile, and so a board may say what was not asked: that is left
 * out, as what is wrong is, and how the job ends then leads on.
 */
#include "files_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* memory,home */
static void
hear_room(struct files_board *board, const char *text)
{
	char	*end;

	board->memory = strtoul(text, &end, 10);
	board->home[0] = '\0';
	if ((board->has & FILES_HAS_STAT) != 0 &&
	    (board->has & FILES_HAS_UART) == 0 && strncmp(end, ",/", 2) == 0)
		snprintf(board->home, sizeof board->home, "%s", end + 1);
}

static void
hear_probe(struct files *f, const char *text)
{
	unsigned	i;

	f->board->has = 0;
	for (i = 0; i < FILES_HAS_COUNT && (text[i] == '0' || text[i] == '1'); i++)
		if (text[i] == '1')
			f->board->has |= 1u << i;
	hear_room(f->board, text + i);
	f->board->defined = 0;
	f->board->swept = false;
	f->board->known = i == FILES_HAS_COUNT;
}

static void
tell_entry(const struct files *f, struct files_event *event, const char *path,
    int kind, unsigned long long size, const char *hash)
{
	event->type = FILES_ENTRY;
	event->entry.path = path;
	event->entry.is_directory = kind == 1;
	event->entry.size = kind == 1 ? 0 : size;
	event->entry.hash = files_has(f, FILES_HAS_SHA | FILES_HAS_SHA_NEW) &&
	    strlen(hash) == 64 ? hash : NULL;
}

/* kind,size,digest */
static void
hear_about(struct files *f, char *text, struct files_event *event)
{
	int			kind, at = 0;
	unsigned long long	size;

	if (sscanf(text, "%d,%llu,%n", &kind, &size, &at) != 2 || at == 0)
		return;
	f->exists = kind >= 0;
	f->is_directory = kind == 1;
	f->size = size;
	f->same = f->exists && strcmp(text + at, f->digest) == 0;
	if (f->op == FILES_STAT && f->exists)
		tell_entry(f, event, f->path, kind, size, text + at);
}

/* bytes of a block, free ones, all of them, read-only */
static void
hear_volume(struct files *f, const char *text)
{
	unsigned long long	block, available, all;
	int			read_only;

	if (sscanf(text, "%llu,%llu,%llu,%d", &block, &available, &all,
	    &read_only) != 4)
		return;
	f->block = block;
	f->blocks_free = available;
	f->blocks = all;
	f->read_only = read_only == 1;
}

/* Names are said as the order said that of their directory. */
static char *
hear_name(const struct files *f, char *path)
{
	const char	*home = f->board->home;
	size_t		 len = strlen(home);

	if (f->path[0] == '/' || (f->path[0] == '\0' && len == 1) ||
	    strncmp(path, home, len) != 0)
		return path;
	path += len;
	return len > 1 && path[0] == '/' ? path + 1 : path;
}

/* kind,size,digest,path */
static void
hear_entry(const struct files *f, char *text, struct files_event *event)
{
	int			kind, at = 0;
	unsigned long long	size;
	char			*path;

	if (sscanf(text, "%d,%llu,%n", &kind, &size, &at) != 2 || at == 0 ||
	    (path = strchr(text + at, ',')) == NULL)
		return;
	*path++ = '\0';
	tell_entry(f, event, hear_name(f, path), kind, size, text + at);
}

static void
hear_content(struct files *f, const struct files_answer *answer,
    struct files_event *event)
{
	if (answer->damaged) {
		files_stop(f, event);
		return;
	}
	event->type = FILES_CONTENT;
	event->data = answer->data;
	event->len = answer->len;
	f->done += answer->len;
	f->attempts = 0;
	event->done = f->done;
	event->total = f->size;
}

/* Whether its job receives a file; one that defines functions does not yet. */
static bool
hear_is_taking(const struct files *f)
{
	return f->step == FILES_STEP_TAKE && f->defining == 0;
}

/* Of what the board has, or of a file that it receives: only where it was asked. */
static bool
hear_is_unasked(const struct files *f, char kind)
{
	return (kind == '?' && f->step != FILES_STEP_PROBE) ||
	    (strchr("!+.-", kind) != NULL && !hear_is_taking(f));
}

static void
hear_answer(struct files *f, const struct files_answer *answer, uint64_t now,
    struct files_event *event)
{
	char	*text = (char *)(uintptr_t)answer->data;

	if (hear_is_unasked(f, answer->kind))
		return;
	switch (answer->kind) {
	case '?': hear_probe(f, text); break;
	case 'E': snprintf(f->number, sizeof f->number, "%s", text); break;
	case 'M': f->no_memory = true; break;
	case 'T': hear_about(f, text, event); break;
	case 'V': hear_volume(f, text); break;
	case 'L': hear_entry(f, text, event); break;
	case '!': files_write_begin(f, now, event); break;
	case '+': files_write_arrived(f, now, event); break;
	case '.': files_write_written(f, now, event); break;
	case '-': files_write_refused(f, now, event); break;
	case '=': hear_content(f, answer, event); break;
	case '$': f->complete = true; break;
	default: break;
	}
}

size_t
files_hear(struct files *f, const uint8_t *bytes, size_t len, uint64_t now,
    struct files_event *event)
{
	struct files_answer	answer;
	size_t			n;

	memset(event, 0, sizeof *event);
	n = files_ear_feed(&f->ear, bytes, len, &answer);
	if (f->stopping)
		return n;
	if (!hear_is_taking(f))
		f->deadline = now + FILES_SILENT_MS;
	if (answer.kind != 0)
		hear_answer(f, &answer, now, event);
	return n;
}
