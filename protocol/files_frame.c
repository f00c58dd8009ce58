/* SPDX-License-Identifier: MIT */
/*
 * Frames to and from a board.  The bytes on the wire are the cost of moving a
 * file, so a frame has them as they are, but for the four that a REPL would act
 * on; base64 would cost a third more, a literal in Python up to three times.
 *
 * Deflate keeps its dictionary from frame to frame where the board's inflater
 * does; each frame ends in a sync flush, so that the board can write what it has
 * before the next one comes.
 */
#include "files_frame.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "files_code.h"

#define PRIME		4294967291u	/* the largest of 32 bits */
#define SUM_BLOCK	120
#define MAX_PLACES	255
#define TRIAL		(64 * 1024)	/* bytes that tell for the rest */

enum { EAR_SKIP, EAR_MARK, EAR_KIND, EAR_TEXT, EAR_HEAD, EAR_DATA };

/* Big-endian bytes modulo PRIME, going on from what came before them. */
static uint64_t
sum_on(uint64_t sum, const uint8_t *bytes, size_t len)
{
	while (len-- > 0)
		sum = ((sum << 8) + *bytes++) % PRIME;
	return sum;
}

static uint32_t
frame_sum(const uint8_t *bytes, size_t len)
{
	return (uint32_t)sum_on(0, bytes, len);
}

uint32_t
files_sum_file(const uint8_t *bytes, size_t len)
{
	uint64_t	sum = 0;
	size_t		n;

	for (; len > 0; bytes += n, len -= n) {
		n = len < SUM_BLOCK ? len : SUM_BLOCK;
		sum = (sum * 257 + sum_on(0, bytes, n)) % PRIME;
	}
	return (uint32_t)sum;
}

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

size_t
files_seal(const uint8_t *content, size_t len, uint8_t *to)
{
	uint32_t	sum = frame_sum(content, len);
	uint64_t	shifted = ((uint64_t)sum << 32) % PRIME;
	uint32_t	rest = (uint32_t)((PRIME - shifted) % PRIME);
	int		i;

	memcpy(to, content, len);
	for (i = 0; i < 4; i++)
		to[len + (size_t)i] = (uint8_t)(rest >> (24 - 8 * i));
	return len + 4;
}

void
files_ear_init(struct files_ear *ear, bool by_sum)
{
	memset(ear, 0, sizeof *ear);
	ear->by_sum = by_sum;
}

/* Puts back the 04s; false if the places are none. */
static bool
ear_unhide(struct files_ear *ear)
{
	size_t	len, i, place;

	if (ear->places * 2 > ear->held_len)
		return false;
	len = ear->held_len - ear->places * 2;
	for (i = len; i < ear->held_len; i += 2) {
		place = (size_t)(ear->held[i] & 0x7f) << 7 |
		    (ear->held[i + 1] & 0x7f);
		if (place >= len)
			return false;
		ear->held[place] = 0x04;
	}
	ear->held_len = len;
	return true;
}

static int
ear_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hexadecimal digits become bytes; false if they are none. */
static bool
ear_undo_hex(struct files_ear *ear)
{
	size_t	i;
	int	high, low;

	if (ear->held_len % 2 != 0)
		return false;
	for (i = 0; i < ear->held_len; i += 2) {
		high = ear_digit(ear->held[i]);
		low = ear_digit(ear->held[i + 1]);
		if (high < 0 || low < 0)
			return false;
		ear->held[i / 2] = (uint8_t)(high << 4 | low);
	}
	ear->held_len /= 2;
	return true;
}

static bool
ear_frame_is_right(struct files_ear *ear)
{
	if (ear->kind == '#')
		return ear_undo_hex(ear) &&
		    frame_sum(ear->held, ear->held_len) == ear->check;
	if (ear->by_sum)
		return frame_sum(ear->held, ear->held_len) == ear->check &&
		    ear_unhide(ear);
	return crc32(0, ear->held, (uInt)ear->held_len) == ear->check &&
	    ear_unhide(ear);
}

static void
ear_answer(struct files_ear *ear, struct files_answer *answer)
{
	answer->kind = ear->kind;
	answer->data = ear->held;
	answer->len = ear->held_len;
	ear->held[ear->held_len] = '\0';
	ear->state = EAR_SKIP;
}

static void
ear_end_frame(struct files_ear *ear, struct files_answer *answer)
{
	answer->damaged = !ear_frame_is_right(ear);
	ear_answer(ear, answer);
	answer->kind = '=';
}

static void
ear_head(struct files_ear *ear, struct files_answer *answer)
{
	unsigned	want, places, check;
	char		*head = (char *)ear->held;

	head[FILES_HEAD] = '\0';
	ear->held_len = 0;
	if (strspn(head, "0123456789abcdef") != FILES_HEAD ||
	    sscanf(head, "%4x%4x%8x", &want, &places, &check) != 3 ||
	    want > FILES_ANSWER) {
		ear_answer(ear, answer);
		answer->kind = '=';
		answer->damaged = true;
		return;
	}
	ear->want = want;
	ear->places = places;
	ear->check = check;
	ear->state = EAR_DATA;
	if (want == 0)
		ear_end_frame(ear, answer);
}

static void
ear_kind(struct files_ear *ear, uint8_t c, struct files_answer *answer)
{
	ear->kind = (char)c;
	ear->held_len = 0;
	if (c != '\0' && strchr("?EMTVL", c) != NULL)
		ear->state = EAR_TEXT;
	else if (c == '=' || c == '#')
		ear->state = EAR_HEAD;
	else
		ear_answer(ear, answer);
}

/* A text ends with ";", a name, which may have one, with NUL. */
static void
ear_text(struct files_ear *ear, uint8_t c, struct files_answer *answer)
{
	if (c == (ear->kind == 'L' ? '\0' : ';'))
		ear_answer(ear, answer);
	else if (ear->held_len == FILES_ANSWER)
		ear->state = EAR_SKIP;
	else
		ear->held[ear->held_len++] = c;
}

static void
ear_hear(struct files_ear *ear, uint8_t c, struct files_answer *answer)
{
	switch (ear->state) {
	case EAR_SKIP:
		if (c == FILES_MARK[0])
			ear->state = EAR_MARK;
		break;
	case EAR_MARK:
		ear->state = c == FILES_MARK[1] ? EAR_KIND :
		    c == FILES_MARK[0] ? EAR_MARK : EAR_SKIP;
		break;
	case EAR_KIND:
		ear_kind(ear, c, answer);
		break;
	case EAR_TEXT:
		ear_text(ear, c, answer);
		break;
	case EAR_HEAD:
		ear->held[ear->held_len++] = c;
		if (ear->held_len == FILES_HEAD)
			ear_head(ear, answer);
		break;
	default:
		break;
	}
}

size_t
files_ear_feed(struct files_ear *ear, const uint8_t *bytes, size_t len,
    struct files_answer *answer)
{
	size_t	n;

	memset(answer, 0, sizeof *answer);
	if (ear->state == EAR_DATA) {
		n = ear->want - ear->held_len;
		if (n > len)
			n = len;
		memcpy(ear->held + ear->held_len, bytes, n);
		ear->held_len += n;
		if (ear->held_len == ear->want)
			ear_end_frame(ear, answer);
		return n;
	}
	for (n = 0; n < len && ear->state != EAR_DATA && answer->kind == 0; n++)
		ear_hear(ear, bytes[n], answer);
	return n;
}
