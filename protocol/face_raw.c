/* SPDX-License-Identifier: MIT */
/*
 * The raw REPL and raw-paste, which tools use.
 *
 * A soft reset there is only acted: every tool does one when it connects, none
 * because its user asked, and it would take everybody's variables.  Within raw-paste
 * nothing but the window's bytes may come: tools die of others.
 */
#include "face_repl.h"

#include <string.h>

#include "limits.h"

#define RAW_BANNER	"raw REPL; CTRL-B to exit\r\n>"

/* Ends a raw text that no board is asked about. */
static void
raw_end(struct repl_face *r, const char *error)
{
	face_say(&r->base, "\x04");
	face_say(&r->base, error);
	face_say(&r->base, "\x04>");
	r->text.len = 0;
}

static void
raw_begin(struct repl_face *r, struct face_event *event)
{
	r->mode = FACE_RAW;
	if (r->too_long)
		raw_end(r, "MemoryError: picod takes " LIMIT_STATEMENT_SAID
		    " at a time\r\n");
	else if (r->text.len == 0)
		raw_end(r, "");
	else {
		face_job_begin(r, FACE_JOB, &r->text, event);
		face_mount_job(r, event);
	}
	r->too_long = false;
}

void
face_raw_enter(struct repl_face *r)
{
	if (r->mode == FACE_FRIENDLY)
		face_say(&r->base, "\r\n");
	r->mode = FACE_RAW;
	r->text.len = 0;
	face_edit_drop(r);
	face_say(&r->base, RAW_BANNER);
}

static void
enter_raw_paste(struct repl_face *r)
{
	static const char	header[] = { 'R', 1, FACE_WINDOW & 0xff,
	    FACE_WINDOW >> 8, 1 };

	r->mode = FACE_RAW_PASTE;
	r->text.len = 0;
	r->window = FACE_WINDOW;
	face_say_bytes(&r->base, header, sizeof header);
}

static void
act_soft_reset(struct repl_face *r)
{
	face_say(&r->base, face_is_circuitpython(r) ? "OK\r\nsoft reboot\r\n" :
	    "OK\r\nMPY: soft reboot\r\n");
	face_say(&r->base, RAW_BANNER);
}

void
face_text_typed(struct repl_face *r, uint8_t c)
{
	if (r->text.len < LIMIT_STATEMENT)
		face_text_add(&r->text, &c, 1);
	else
		r->too_long = true;
}

void
face_raw(struct repl_face *r, uint8_t c, struct face_event *event)
{
	switch (c) {
	case 0x01:
		if (r->text.len == 2 && memcmp(r->text.bytes, "\x05" "A", 2) == 0)
			enter_raw_paste(r);
		else
			face_raw_enter(r);
		break;
	case 0x03:
		r->text.len = 0;
		break;
	case 0x04:
		if (r->text.len == 0) {
			act_soft_reset(r);
			break;
		}
		face_say(&r->base, "OK");
		raw_begin(r, event);
		break;
	default:
		face_text_typed(r, c);
	}
}

void
face_raw_paste(struct repl_face *r, uint8_t c, struct face_event *event)
{
	if (c == 0x04) {
		face_say(&r->base, "\x04");
		raw_begin(r, event);
		return;
	}
	if (c == 0x03) {
		r->mode = FACE_RAW;
		face_say(&r->base, "\x04");
		raw_end(r, FACE_TRACEBACK "KeyboardInterrupt: \r\n");
		return;
	}
	face_text_typed(r, c);
	if (--r->window == 0) {
		r->window = FACE_WINDOW;
		/* 04 says stop: the tool ends the text then. */
		face_say(&r->base, r->too_long ? "\x04" : "\x01");
	}
}
