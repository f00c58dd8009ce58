/* SPDX-License-Identifier: MIT */
/*
 * A descriptor with bytes both ways, and all there is to say about their flow:
 * who is too fast, who is too slow, who says no more and who is gone.
 *
 * Everything is told from the loop, never from within a call of this header but
 * stream_resume(), which only asks the loop.
 */
#ifndef PICOD_STREAM_H
#define PICOD_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct stream;

enum stream_event {
	/*
	 * The other side says no more; it may still listen.  Told once all that
	 * it said was eaten.
	 */
	STREAM_END,
	/*
	 * Nobody is there: what is written is dropped from now on, and what was
	 * said before is still offered.
	 */
	STREAM_GONE,
	STREAM_LATE,		/* the time of stream_expect() is up */
	STREAM_STALLED,		/* that of stream_press() is */
};

struct stream_handler {
	/*
	 * Bytes came, or are offered again.  Returns how many were eaten; the
	 * rest is kept, and offered again: in the next turn of the loop if any
	 * were eaten, otherwise after stream_resume().
	 */
	size_t	(*bytes)(void *arg, const char *bytes, size_t len);
	/* It takes output again, after stream_is_full(). */
	void	(*drained)(void *arg);
	void	(*event)(void *arg, enum stream_event);
	/* After stream_close(), with nothing of it on the stack: destroy it. */
	void	(*closed)(void *arg);
};

/*
 * Takes over a descriptor that does not block.  in_high: so many bytes that
 * were not eaten stop the reading.  out_high: with more than so many bytes to
 * send it is full, until half of them were sent.
 */
struct stream	*stream_create(struct event_base *, int fd, size_t in_high,
    size_t out_high, const struct stream_handler *, void *arg);
void		 stream_destroy(struct stream *);

/* Ends it at once; closed() follows.  Nothing else is told any more. */
void		 stream_close(struct stream *);

/*
 * Ends it once what was written has been sent, or if that stalls for so long;
 * closed() follows, and nothing else is told any more.
 */
void		 stream_finish(struct stream *, unsigned stall_ms);

/* Bytes are eaten again, after bytes() had returned 0, or before it does. */
void		 stream_resume(struct stream *);

/* Sends bytes, or keeps what the descriptor does not take. */
void		 stream_write(struct stream *, const void *, size_t);

/* Whether no more should be written, until drained(). */
bool		 stream_is_full(const struct stream *);

/* It is, for another reason, if bytes wait to be sent at all. */
void		 stream_set_full(struct stream *);

/* While it is full, some bytes are to be sent every stall_ms; 0: no haste. */
void		 stream_press(struct stream *, unsigned stall_ms);

/* STREAM_LATE comes after that time; 0: it does not. */
void		 stream_expect(struct stream *, unsigned ms);

/* Bytes in memory, both ways. */
size_t		 stream_kept(const struct stream *);

#endif
