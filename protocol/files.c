/* SPDX-License-Identifier: MIT */
/*
 * One order about a board's files, step by step.  A step is a text that the board
 * carries out; what it prints (files_frame.h) and how it ends lead to the next.
 *
 * To write: what is there already?  Nothing to do where size and digest are the
 * same, and no data is sent where there is no room for it.  Then the board
 * receives into a temporary, checks that by its digest and renames it.  A frame
 * that arrives damaged is sent again; a byte that is lost makes the board wait
 * for ever, so when it is silent it is stopped, asked how much it has, and goes
 * on from there.  The digest decides in the end.
 *
 * Memory is tried from much to little, beginning with what the board said is
 * free.
 */
#include "files_private.h"

#include <errno.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From when a board was last heard of: the longest erase, the slowest digest. */
#define SILENT_MS	30000
/* For a frame to arrive, beyond its time on the wire; and to be written. */
#define TAKEN_MS	2000
#define WRITTEN_MS	8000
#define BYTES_PER_MS	5	/* the slowest REPL there is: 57600 baud */

#define REFUSALS	3	/* of one frame, before it is made shorter */

/* What it may take of the board's memory, and how much must be free for it. */
static const struct {
	unsigned	window, bits;
	unsigned long	free;
} levels[] = {
	{ 4096, 12, 32 * 1024 }, { 2048, 10, 16 * 1024 },
	{ 1024, 9, 10 * 1024 }, { 1024, 0, 7 * 1024 }, { 256, 0, 0 },
};

#define LEVELS	(sizeof levels / sizeof levels[0])

static bool
has(const struct files *f, unsigned what)
{
	return (f->board->has & what) != 0;
}

bool
files_way_is_stream(const struct files *f)
{
	return has(f, FILES_HAS_CRC) && has(f, FILES_HAS_RENAME) &&
	    has(f, FILES_HAS_STREAM | FILES_HAS_CDC);
}

void
files_enter(struct files *f, enum files_step step)
{
	f->step = step;
	f->stopping = false;
	f->deadline = FILES_NEVER;
	f->say_len = 0;
}

/* ------------------------------------------------------------- the content */

static void
digest_content(struct files *f)
{
	uint8_t		sum[SHA256_DIGEST_LENGTH];
	SHA2_CTX	sha;
	int		i;

	if (has(f, FILES_HAS_SHA | FILES_HAS_SHA_NEW)) {
		SHA256Init(&sha);
		SHA256Update(&sha, f->content, f->len);
		SHA256Final(sum, &sha);
		for (i = 0; i < SHA256_DIGEST_LENGTH; i++)
			snprintf(f->digest + 2 * i, 3, "%02x", sum[i]);
	} else if (has(f, FILES_HAS_CRC)) {
		snprintf(f->digest, sizeof f->digest, "%lu",
		    (unsigned long)crc32(0, f->content, (uInt)f->len));
	} else
		snprintf(f->digest, sizeof f->digest, "%lu",
		    (unsigned long)files_sum_file(f->content, f->len));
}

static void
choose_way(struct files *f)
{
	f->way.window = levels[f->level].window;
	f->way.bits = 0;
	f->way.keeps = has(f, FILES_HAS_DEFLATE);
	if (!f->plain && levels[f->level].bits != 0 &&
	    has(f, FILES_HAS_DEFLATE | FILES_HAS_ZLIB) &&
	    files_worth(f->content, f->len, levels[f->level].bits))
		f->way.bits = levels[f->level].bits;
}

bool
files_take_less(struct files *f)
{
	if (f->level == LEVELS - 1)
		return false;
	f->level++;
	return true;
}

/* ------------------------------------------------------------- the order */

static void
make_temporary(struct files *f)
{
	if (has(f, FILES_HAS_UART))
		strcpy(f->temporary, FILES_UART_NAME);
	else
		snprintf(f->temporary, sizeof f->temporary, "%s%s", f->path,
		    FILES_TEMPORARY);
}

void
files_begin(struct files *f)
{
	files_ear_init(&f->ear, has(f, FILES_HAS_UART));
	make_temporary(f);
	if (f->op == FILES_WRITE)
		digest_content(f);
	while (f->level < LEVELS - 1 &&
	    levels[f->level].free > f->board->memory)
		f->level++;
	if (f->board->swept)
		files_begin_swept(f);
	else
		files_enter(f, FILES_STEP_SWEEP);
}

void
files_begin_swept(struct files *f)
{
	bool	flat = has(f, FILES_HAS_UART);

	if ((flat && f->op == FILES_MAKE_DIRECTORY) ||
	    (f->op == FILES_RENAME && !has(f, FILES_HAS_RENAME))) {
		files_fail(f, FILES_UNSUPPORTED, "this board has no %s",
		    flat && f->op == FILES_MAKE_DIRECTORY ? "directories" :
		    "rename");
		files_enter(f, FILES_STEP_OVER);
	} else if (f->op == FILES_READ || f->op == FILES_WRITE ||
	    f->op == FILES_STAT)
		files_enter(f, FILES_STEP_ASK);
	else
		files_enter(f, FILES_STEP_ONE);
}

struct files *
files_create(const struct files_order *order, struct files_board *board)
{
	struct files	*f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->op = order->op;
	snprintf(f->path, sizeof f->path, "%s", order->path);
	snprintf(f->to, sizeof f->to, "%s", order->to == NULL ? "" : order->to);
	f->content = order->content;
	f->len = order->len;
	f->recursive = order->recursive;
	f->hash = order->hash;
	f->lossless = order->lossless;
	f->board = board;
	if (board->known)
		files_begin(f);
	else
		files_enter(f, FILES_STEP_PROBE);
	return f;
}

void
files_destroy(struct files *f)
{
	if (f == NULL)
		return;
	if (f->touched)
		f->board->swept = false;
	files_sender_end(&f->sender);
	free(f);
}

bool
files_over(const struct files *f)
{
	return f->step == FILES_STEP_OVER;
}

const char *
files_job(struct files *f, size_t *len)
{
	if (files_over(f))
		return NULL;
	if (f->step == FILES_STEP_TAKE) {
		choose_way(f);
		f->phase = FILES_OPENING;
		f->opened = false;
	}
	if (f->step == FILES_STEP_TAKE || f->step == FILES_STEP_PIECE)
		f->touched = true;
	files_make_text(f);
	*len = f->text_len;
	return f->text;
}

void
files_started(struct files *f, uint64_t now)
{
	f->deadline = now + SILENT_MS;
}

/* --------------------------------------------------------------- answers */

static void
hear_probe(struct files *f, const char *text)
{
	unsigned	i;

	f->board->has = 0;
	for (i = 0; i < FILES_HAS_COUNT && (text[i] == '0' || text[i] == '1'); i++)
		if (text[i] == '1')
			f->board->has |= 1u << i;
	f->board->memory = strtoul(text + i, NULL, 10);
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
	event->entry.hash = has(f, FILES_HAS_SHA | FILES_HAS_SHA_NEW) &&
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
	tell_entry(f, event, path, kind, size, text + at);
}

static void
files_stop(struct files *f, struct files_event *event)
{
	if (f->stopping)
		return;
	f->stopping = true;
	f->say_len = 0;
	f->deadline = FILES_NEVER;	/* how it ends is the driver's wait */
	event->type = FILES_STOP;
}

/* ------------------------------------------------------------- writing */

static void
say_frame(struct files *f, uint64_t now)
{
	if (has(f, FILES_HAS_UART)) {
		f->covers = f->len - f->written;
		if (f->covers > FILES_UART_WINDOW)
			f->covers = FILES_UART_WINDOW;
		f->say_len = files_seal(f->content + f->written, f->covers,
		    f->sender.frame);
	} else
		f->say_len = f->sender.frame_len;
	f->say = f->sender.frame;
	f->phase = FILES_TAKING;
	f->deadline = now + TAKEN_MS + f->say_len / BYTES_PER_MS;
}

static void
say_next(struct files *f, uint64_t now, struct files_event *event)
{
	bool	fits = true;

	if (has(f, FILES_HAS_UART) ? f->written < f->len :
	    files_sender_next(&f->sender, &fits)) {
		if (!fits) {
			f->plain = true;
			files_stop(f, event);
			return;
		}
		f->covers = f->sender.covers;
		f->refused = 0;
		say_frame(f, now);
		return;
	}
	f->phase = FILES_ALL_SENT;
	f->deadline = now + SILENT_MS;
}

static void
hear_listening(struct files *f, uint64_t now, struct files_event *event)
{
	if (f->phase != FILES_OPENING)
		return;
	f->opened = true;
	f->written = f->start;
	if (!has(f, FILES_HAS_UART) && files_sender_begin(&f->sender, &f->way,
	    f->content, f->len, f->start) < 0)
		files_stop(f, event);
	else
		say_next(f, now, event);
}

static void
progress(struct files *f, struct files_event *event)
{
	f->attempts = 0;
	if (event->type != FILES_NONE)
		return;
	event->type = FILES_PROGRESS;
	event->done = f->written;
	event->total = f->len;
}

/* The frame arrived, and is being written meanwhile. */
static void
hear_taken(struct files *f, uint64_t now, struct files_event *event)
{
	if (f->phase != FILES_TAKING || f->say_len > 0)
		return;
	if (has(f, FILES_HAS_UART)) {
		f->written += f->covers;
		say_next(f, now, event);
		progress(f, event);
	} else if (f->lossless) {
		say_next(f, now, event);
		if (f->deadline != FILES_NEVER)
			f->deadline += WRITTEN_MS;
	} else {
		f->phase = FILES_WRITING;
		f->deadline = now + WRITTEN_MS;
	}
}

static void
hear_written(struct files *f, uint64_t now, struct files_event *event)
{
	/* A board with a UART tells only what it took. */
	if (has(f, FILES_HAS_UART))
		return;
	/* Of a lossless port, the next frame is under way already. */
	f->written = f->phase == FILES_TAKING ? f->sender.off - f->covers :
	    f->sender.off;
	if (f->phase == FILES_WRITING)
		say_next(f, now, event);
	progress(f, event);
}

static void
hear_refused(struct files *f, uint64_t now, struct files_event *event)
{
	if (f->phase != FILES_TAKING)
		return;
	if (++f->refused < REFUSALS || has(f, FILES_HAS_UART)) {
		if (f->refused > FILES_ATTEMPTS)
			files_stop(f, event);
		else
			say_frame(f, now);
		return;
	}
	files_take_less(f);
	files_stop(f, event);
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

static void
hear_answer(struct files *f, const struct files_answer *answer, uint64_t now,
    struct files_event *event)
{
	char	*text = (char *)(uintptr_t)answer->data;

	switch (answer->kind) {
	case '?': hear_probe(f, text); break;
	case 'E': snprintf(f->number, sizeof f->number, "%s", text); break;
	case 'M': f->no_memory = true; break;
	case 'T': hear_about(f, text, event); break;
	case 'V': hear_volume(f, text); break;
	case 'L': hear_entry(f, text, event); break;
	case '!': hear_listening(f, now, event); break;
	case '+': hear_taken(f, now, event); break;
	case '.': hear_written(f, now, event); break;
	case '-': hear_refused(f, now, event); break;
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
	if (f->step != FILES_STEP_TAKE || f->defining != 0)
		f->deadline = now + SILENT_MS;
	if (answer.kind != 0)
		hear_answer(f, &answer, now, event);
	return n;
}

size_t
files_say(const struct files *f, const uint8_t **bytes)
{
	*bytes = f->say;
	return f->say_len;
}

void
files_said(struct files *f, size_t len, uint64_t now)
{
	f->say += len;
	f->say_len -= len;
	if (f->say_len == 0 && f->phase == FILES_TAKING)
		f->deadline = f->deadline > now + TAKEN_MS ? f->deadline :
		    now + TAKEN_MS;
}

uint64_t
files_deadline(const struct files *f)
{
	return f->deadline;
}

void
files_tick(struct files *f, uint64_t now, struct files_event *event)
{
	memset(event, 0, sizeof *event);
	if (now >= f->deadline)
		files_stop(f, event);
}
