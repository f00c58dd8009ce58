/* SPDX-License-Identifier: MIT */
/*
 * A tool that says anything to a face, and a board that does anything.  The face
 * has one job at a time, eats all unless it has one, and never says a byte within a
 * raw-paste but its flow control.
 *
 * The first byte chooses the language.  Then each byte is a step; with the top bit,
 * so many of the following bytes are what the tool says, or the board prints.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/face.h"
#include "protocol/limits.h"

struct play {
	struct face	*face;
	bool		 busy;
	bool		 resetting;
	bool		 mounted;	/* which begins with a job, and ends with one */
};

static void
play_see(struct play *p, const struct face_event *e)
{
	switch (e->type) {
	case FACE_JOB:
		p->mounted = face_will(p->face) != NULL;
		/* fall through */
	case FACE_COMPLETE:
	case FACE_STATEMENT:
		assert(!p->busy && e->len > 0 && e->len <= LIMIT_STATEMENT);
		p->busy = true;
		break;
	case FACE_RESET:
		assert(!p->busy);
		p->busy = p->resetting = true;
		break;
	case FACE_INPUT:
		assert(p->busy && e->len > 0);
		break;
	case FACE_STOP:
		assert(p->busy && !p->resetting);
		break;
	default:
		break;
	}
}

static void
play_say(struct play *p, const uint8_t *bytes, size_t len)
{
	struct face_event	event;
	size_t			n;

	assert(p->mounted == (face_will(p->face) != NULL));
	for (; len > 0; bytes += n, len -= n) {
		n = face_feed(p->face, bytes, len, &event);
		assert(n <= len);
		assert(n > 0 || (p->busy && (event.type == FACE_NONE ||
		    event.type == FACE_STOP)));
		play_see(p, &event);
		if (n == 0)
			return;
	}
}

static void
play_step(struct play *p, uint8_t step)
{
	static const char	trace[] = "Traceback\r\nKeyboardInterrupt: \r\n";
	uint8_t			late[FACE_LATE];
	struct face_event	event;
	const uint8_t		*bytes;
	size_t			 len = face_output(p->face, &bytes);

	if (step & 0x40) {
		face_sent(p->face, (step & 0x3f) < len ? step & 0x3f : len);
	} else if (step & 0x20) {
		face_restarted(p->face);
	} else if (step & 0x10) {
		face_started(p->face, &event);
		play_see(p, &event);
	} else if (p->busy) {
		p->busy = p->resetting = false;
		face_ended(p->face, step % 5, trace, step & 8 ? sizeof trace - 1 :
		    0);
		p->mounted = p->mounted && face_will(p->face) != NULL;
		len = face_late(p->face, late);
		assert(len <= sizeof late);
		play_say(p, late, len);
	}
}

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play	p = { 0 };
	size_t		i, n;

	if (size == 0)
		return 0;
	p.face = face_create(data[0] & 4 ? "text" : data[0] & 1 ? "piserial" :
	    "repl");
	if (data[0] & 2)
		face_set_about(p.face, "Adafruit CircuitPython 9.2.1");
	for (i = 1; i < size; i++) {
		if (!(data[i] & 0x80)) {
			play_step(&p, data[i]);
			continue;
		}
		n = data[i] & 0x3f;
		if (n > size - i - 1)
			n = size - i - 1;
		if (!(data[i] & 0x40))
			play_say(&p, data + i + 1, n);
		else if (p.busy)
			face_print(p.face, data + i + 1, n);
		else
			face_heard(p.face, data + i + 1, n);
		i += n;
	}
	face_destroy(p.face);
	return 0;
}
