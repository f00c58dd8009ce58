/* SPDX-License-Identifier: MIT */
/*
 * Answers of a board.  They come cut anywhere, between whatever else it prints:
 * so it goes by their mark, byte by byte, and at once only within a frame.
 */
#include "files_ear.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "files_code.h"
#include "files_sum.h"

enum { EAR_SKIP, EAR_MARK, EAR_KIND, EAR_TEXT, EAR_HEAD, EAR_DATA };

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
		    files_sum(ear->held, ear->held_len) == ear->check;
	if (ear->by_sum)
		return files_sum(ear->held, ear->held_len) == ear->check &&
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
