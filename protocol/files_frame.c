/* SPDX-License-Identifier: MIT */
/*
 * Frames to a board.  The bytes on the wire are the cost of moving a file, so a
 * frame has them as they are, but for the four that a REPL would act on; base64
 * would cost a third more, a literal in Python up to three times.
 *
 * Deflate keeps its dictionary from frame to frame where the board's inflater
 * does; each frame ends in a sync flush, so that the board can write what it has
 * before the next one comes.
 */
#include "files_frame.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_PLACES	255
#define TRIAL		(64 * 1024)	/* bytes that tell for the rest */

/* Which of the bytes that a REPL acts on it is, or -1. */
static int
hidden_index(uint8_t c)
{
	static const uint8_t	hidden[] = { 0x02, 0x03, 0x04, 0x0d };
	const uint8_t		*at = memchr(hidden, c, sizeof hidden);

	return at == NULL ? -1 : (int)(at - hidden);
}

/*
 * Puts the first bytes of from[0..len) into to[0..size) with their places behind
 * them, as many as fit; returns how many they were.
 */
static size_t
frame_fill(uint8_t *to, size_t size, const uint8_t *from, size_t len,
    size_t *filled, unsigned *places)
{
	size_t		i, n = 0;
	unsigned	k = 0, value;
	uint8_t		behind[2 * MAX_PLACES];
	int		index;

	for (i = 0; i < len && n + 2 * k < size; i++) {
		index = hidden_index(from[i]);
		if (index >= 0) {
			if (k == MAX_PLACES || n + 1 + 2 * (k + 1) > size)
				break;
			value = (unsigned)n | (unsigned)index << 12;
			behind[2 * k] = 0x80 | (uint8_t)(value >> 7);
			behind[2 * k + 1] = 0x80 | (value & 0x7f);
			k++;
		}
		to[n++] = index < 0 ? from[i] : ' ';
	}
	memcpy(to + n, behind, 2 * k);
	*filled = n + 2 * k;
	*places = k;
	return i;
}

static void
sender_close(struct files_sender *s, size_t filled, unsigned places)
{
	char		head[FILES_HEAD + 1];
	uint8_t		*data = s->frame + FILES_HEAD;

	snprintf(head, sizeof head, "%04x%04x%08x", (unsigned)filled, places,
	    (unsigned)crc32(0, data, (uInt)filled));
	memcpy(s->frame, head, FILES_HEAD);
	s->frame_len = FILES_HEAD + filled;
}

/* What deflate makes larger still fits, and the places of what it hides. */
unsigned
files_cover(unsigned window)
{
	return window - window / 8;
}

static bool
sender_deflate(struct files_sender *s, size_t n, uint8_t *to, size_t size,
    size_t *len)
{
	if (!s->way.keeps)
		deflateReset(&s->deflater);
	s->deflater.next_in = (Bytef *)(uintptr_t)(s->content + s->off);
	s->deflater.avail_in = (uInt)n;
	s->deflater.next_out = to;
	s->deflater.avail_out = (uInt)size;
	deflate(&s->deflater, s->way.keeps ? Z_SYNC_FLUSH : Z_FINISH);
	*len = size - s->deflater.avail_out;
	return s->deflater.avail_in == 0 && s->deflater.avail_out > 0;
}

bool
files_sender_next(struct files_sender *s, bool *fits)
{
	uint8_t		packed[FILES_WINDOW];
	size_t		n = s->len - s->off, len, filled;
	unsigned	places;

	*fits = true;
	if (n == 0)
		return false;
	if (!s->deflating) {
		s->covers = frame_fill(s->frame + FILES_HEAD, s->way.window,
		    s->content + s->off, n, &filled, &places);
	} else {
		if (n > files_cover(s->way.window))
			n = files_cover(s->way.window);
		*fits = sender_deflate(s, n, packed, s->way.window, &len) &&
		    frame_fill(s->frame + FILES_HEAD, s->way.window, packed,
		    len, &filled, &places) == len;
		if (!*fits)
			return true;
		s->covers = n;
	}
	sender_close(s, filled, places);
	s->off += s->covers;
	return true;
}

int
files_sender_begin(struct files_sender *s, const struct files_way *way,
    const uint8_t *content, size_t len, size_t off)
{
	files_sender_end(s);
	s->way = *way;
	s->content = content;
	s->len = len;
	s->off = off;
	s->frame_len = 0;
	s->covers = 0;
	if (way->bits == 0)
		return 0;
	memset(&s->deflater, 0, sizeof s->deflater);
	if (deflateInit2(&s->deflater, 9, Z_DEFLATED, -(int)way->bits, 9,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	s->deflating = true;
	return 0;
}

void
files_sender_end(struct files_sender *s)
{
	if (s->deflating)
		deflateEnd(&s->deflater);
	s->deflating = false;
}

bool
files_worth(const uint8_t *content, size_t len, unsigned bits)
{
	z_stream	z = { 0 };
	uint8_t		sink[4096];
	size_t		n = len < TRIAL ? len : TRIAL;
	int		status;

	if (deflateInit2(&z, 1, Z_DEFLATED, -(int)bits, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_in = (Bytef *)(uintptr_t)content;
	z.avail_in = (uInt)n;
	do {
		z.next_out = sink;
		z.avail_out = sizeof sink;
		status = deflate(&z, Z_FINISH);
	} while (status == Z_OK);
	deflateEnd(&z);
	return status == Z_STREAM_END && z.total_out < n - n / 10;
}
