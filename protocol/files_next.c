/* SPDX-License-Identifier: MIT */
/*
 * What comes after a step has ended.  Whatever goes wrong while a file is
 * written, its name keeps what it had, and what was written so far is removed or
 * gone on with.
 */
#include "files_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_FULL	"the board's memory is full, or what is free of it lies in " \
    "pieces; free some, or reset the board"

/* Without rename its name is not whole as it is placed: the temporary is. */
static bool
next_is_placing_by_copy(const struct files *f)
{
	return !files_has(f, FILES_HAS_RENAME) &&
	    (f->step == FILES_STEP_PLACE || (f->step == FILES_STEP_TAKE &&
	    f->phase == FILES_ALL_SENT));
}

/* It failed for good: remove what there is of it, if anything. */
static void
next_give_up(struct files *f)
{
	files_enter(f, f->touched && f->step != FILES_STEP_CLEAN ?
	    FILES_STEP_CLEAN : FILES_STEP_OVER);
}

/* Once more, from the beginning or from where the board is. */
static void
next_try_again(struct files *f)
{
	if (++f->attempts > FILES_ATTEMPTS) {
		files_fail(f, FILES_DAMAGED, "%s: the line to the board loses "
		    "bytes, and %d attempts were in vain", f->path,
		    FILES_ATTEMPTS);
		next_give_up(f);
		return;
	}
	f->start = 0;
	f->written = 0;
	files_enter(f, f->step == FILES_STEP_GIVE ? FILES_STEP_GIVE :
	    f->step == FILES_STEP_TAKE && f->opened &&
	    !files_has(f, FILES_HAS_UART) ? FILES_STEP_SEEK :
	    f->step == FILES_STEP_SEEK || f->step == FILES_STEP_TAKE ?
	    FILES_STEP_TAKE : f->step);
}

static bool
next_has_room(struct files *f)
{
	uint64_t	need;

	if (f->block == 0)
		return true;
	/* Two more: a directory may need one, and a file that is split. */
	need = (f->len + f->block - 1) / f->block + 2;
	if (need <= f->blocks_free)
		return true;
	files_fail(f, FILES_NO_SPACE, "the board has no room for the %zu bytes of "
	    "%s: %llu are free, and the old and the new one are both there for "
	    "a moment", f->len, f->path,
	    (unsigned long long)(f->blocks_free * f->block));
	return false;
}

static void
next_after_ask_write(struct files *f)
{
	if (f->exists && f->is_directory) {
		files_fail_number(f, "21");
	} else if (f->same && f->size == f->len) {
		f->result.unchanged = true;
	} else if (f->read_only) {
		files_fail_number(f, "30");
	} else if (next_has_room(f)) {
		f->replaces = f->exists;
		files_enter(f, files_way_is_stream(f) ||
		    files_has(f, FILES_HAS_UART) ? FILES_STEP_TAKE :
		    FILES_STEP_PIECE);
		return;
	}
	files_enter(f, FILES_STEP_OVER);
}

static void
next_after_ask(struct files *f)
{
	if (f->op == FILES_WRITE) {
		next_after_ask_write(f);
		return;
	}
	if (!f->exists)
		files_fail_number(f, "2");
	else if (f->op == FILES_READ && f->is_directory)
		files_fail_number(f, "21");
	else if (f->op == FILES_READ) {
		files_enter(f, FILES_STEP_GIVE);
		return;
	}
	f->result.capacity = f->block * f->blocks;
	f->result.available = f->block * f->blocks_free;
	files_enter(f, FILES_STEP_OVER);
}

static void
next_after_take(struct files *f)
{
	if (files_has(f, FILES_HAS_UART) && f->written == f->len)
		files_enter(f, FILES_STEP_PLACE);
	else if (f->phase == FILES_ALL_SENT) {
		f->touched = false;
		files_enter(f, FILES_STEP_OVER);
	} else
		next_try_again(f);
}

static void
next_after_piece(struct files *f)
{
	f->written += f->covers;
	if (f->written >= f->len)
		files_enter(f, FILES_STEP_PLACE);
	else
		files_enter(f, FILES_STEP_PIECE);
}

/* What arrived before it was stopped is good; the digest will tell. */
static void
next_after_seek(struct files *f)
{
	f->start = f->exists && f->size <= f->len ? f->size : 0;
	files_enter(f, FILES_STEP_TAKE);
}

static void
next_after(struct files *f)
{
	switch (f->step) {
	case FILES_STEP_PROBE:
		if (f->board->known)
			files_begin(f);
		else
			next_try_again(f);
		break;
	case FILES_STEP_ASK: next_after_ask(f); break;
	case FILES_STEP_TAKE: next_after_take(f); break;
	case FILES_STEP_PIECE: next_after_piece(f); break;
	case FILES_STEP_SEEK: next_after_seek(f); break;
	case FILES_STEP_PLACE:
		f->touched = false;
		files_enter(f, FILES_STEP_OVER);
		break;
	case FILES_STEP_GIVE:
		if (f->complete)
			files_enter(f, FILES_STEP_OVER);
		else
			next_try_again(f);
		break;
	default:
		files_enter(f, FILES_STEP_OVER);
	}
}

/* The board told a number, or that its memory does not suffice. */
static void
next_after_error(struct files *f)
{
	bool	writes = f->step == FILES_STEP_TAKE ||
	    f->step == FILES_STEP_PLACE;

	if (f->no_memory && f->step == FILES_STEP_TAKE &&
	    files_take_less(f)) {
		files_enter(f, f->opened ? FILES_STEP_SEEK : FILES_STEP_TAKE);
		return;
	}
	if (f->no_memory)
		files_fail(f, FILES_NO_MEMORY, MEMORY_FULL);
	else if (writes && !f->begun_anew &&
	    (strcmp(f->number, "5") == 0 || strcmp(f->number, "110") == 0)) {
		f->begun_anew = true;
		f->start = f->written = 0;
		files_enter(f, FILES_STEP_TAKE);
		return;
	}
	files_fail_number(f, f->number);
	next_give_up(f);
}

/* The last line of a traceback, which says what it was. */
static void
next_after_traceback(struct files *f, const char *traceback, size_t len)
{
	size_t	end, begin;
	bool	full;

	for (end = len; end > 0 && strchr("\r\n", traceback[end - 1]) != NULL; )
		end--;
	for (begin = end; begin > 0 && traceback[begin - 1] != '\n'; )
		begin--;
	/*
	 * An error about what is ours: the board lost it.  Or there is no room for
	 * all of it and the text that calls it, which then has not begun: without
	 * what earlier orders needed there is, and each time lies elsewhere.
	 */
	full = memmem(traceback, len, "MemoryError", 11) != NULL;
	if ((full || memmem(traceback, len, "'__fm'", 6) != NULL) &&
	    f->defined_anew++ < FILES_ANEW) {
		f->board->defined = 0;
		files_enter(f, f->step);
		return;
	}
	if (full)
		files_fail(f, FILES_NO_MEMORY, MEMORY_FULL);
	files_fail(f, FILES_OTHER, "%s: %.*s", f->path, (int)(end - begin),
	    traceback + begin);
	next_give_up(f);
}

/* Each end of a job leads to one next step. */
static void
next_after_end(struct files *f, enum files_end end, const char *traceback,
    size_t len)
{
	if (end == FILES_ENDED_RESTARTED) {
		files_fail(f, FILES_RESTARTED, "the board restarted or went away "
		    "meanwhile");
		f->board->known = false;
		files_enter(f, FILES_STEP_OVER);
	} else if (end == FILES_ENDED_INTERRUPTED && !f->stopping) {
		files_fail(f, FILES_INTERRUPTED, "it was interrupted");
		if (next_is_placing_by_copy(f))
			files_enter(f, FILES_STEP_OVER);
		else
			next_give_up(f);
	} else if (f->step == FILES_STEP_CLEAN) {
		f->touched = end != FILES_ENDED;
		files_enter(f, FILES_STEP_OVER);
	} else if (f->step == FILES_STEP_SWEEP) {
		f->board->swept = true;
		files_begin_swept(f);
	} else if (f->stopping) {
		next_try_again(f);
	} else if (end == FILES_ENDED_RAISED) {
		next_after_traceback(f, traceback, len);
	} else if (f->number[0] != '\0' || f->no_memory) {
		next_after_error(f);
	} else if (f->defining) {
		f->board->defined |= f->defining;
		files_enter(f, f->step);
	} else
		next_after(f);
}

void
files_ended(struct files *f, enum files_end end, const char *traceback,
    size_t len)
{
	next_after_end(f, end, traceback, len);
	f->number[0] = '\0';
	f->no_memory = false;
	files_ear_init(&f->ear, !files_has(f, FILES_HAS_CRC) ||
	    files_has(f, FILES_HAS_UART));
}

const struct files_result *
files_result(const struct files *f)
{
	return &f->result;
}
