/* SPDX-License-Identifier: MIT */
/*
 * One order about a board's files, step by step.  A step is a text that the board
 * carries out; what it prints (files_hear.c) and how it ends lead to the next.
 *
 * To write: what is there already?  Nothing to do where size and digest are the
 * same, and no data is sent where there is no room for it.  Then the board
 * receives into a temporary, checks that by its digest and renames it.  When it
 * is silent it is stopped, asked how much it has, and goes on from there.  The
 * digest decides in the end.
 *
 * Memory is tried from much to little, beginning with what the board said is
 * free.
 */
#include "files_private.h"
#include "files_sum.h"

#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What it may take of the board's memory, and how much must be free for it. */
static const struct {
	unsigned	window, bits;
	unsigned long	free;
} levels[] = {
	{ 4096, 12, 32 * 1024 }, { 2048, 10, 16 * 1024 },
	{ 1024, 9, 10 * 1024 }, { 1024, 0, 7 * 1024 }, { 256, 0, 0 },
};

#define LEVELS	(sizeof levels / sizeof levels[0])

bool
files_way_is_stream(const struct files *f)
{
	return files_has(f, FILES_HAS_CRC) && files_has(f, FILES_HAS_RENAME) &&
	    files_has(f, FILES_HAS_STREAM | FILES_HAS_CDC);
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

	if (files_has(f, FILES_HAS_SHA | FILES_HAS_SHA_NEW)) {
		SHA256Init(&sha);
		SHA256Update(&sha, f->content, f->len);
		SHA256Final(sum, &sha);
		for (i = 0; i < SHA256_DIGEST_LENGTH; i++)
			snprintf(f->digest + 2 * i, 3, "%02x", sum[i]);
	} else if (files_has(f, FILES_HAS_CRC)) {
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
	f->way.keeps = files_has(f, FILES_HAS_DEFLATE);
	if (!f->plain && levels[f->level].bits != 0 &&
	    files_has(f, FILES_HAS_DEFLATE | FILES_HAS_ZLIB) &&
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
	if (files_has(f, FILES_HAS_UART))
		strcpy(f->temporary, FILES_UART_NAME);
	else
		snprintf(f->temporary, sizeof f->temporary, "%s%s", f->path,
		    FILES_TEMPORARY);
}

void
files_begin(struct files *f)
{
	files_ear_init(&f->ear, files_has(f, FILES_HAS_UART));
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
	bool	flat = files_has(f, FILES_HAS_UART);

	if ((flat && f->op == FILES_MAKE_DIRECTORY) ||
	    (f->op == FILES_RENAME && !files_has(f, FILES_HAS_RENAME))) {
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
	f->result.path = f->path;
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
	f->deadline = now + FILES_SILENT_MS;
}

void
files_stop(struct files *f, struct files_event *event)
{
	if (f->stopping)
		return;
	f->stopping = true;
	f->say_len = 0;
	f->deadline = FILES_NEVER;	/* how it ends is the driver's wait */
	event->type = FILES_STOP;
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
