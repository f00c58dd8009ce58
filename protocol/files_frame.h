/* SPDX-License-Identifier: MIT */
/*
 * How the bytes of a file go over a board's console, both ways.
 *
 *	to the board	LLLL EEEE CCCCCCCC data places
 *	from it		06 % = LLLL EEEE CCCCCCCC data places
 *
 * L: bytes that follow, E: how many places, C: the checksum of what follows, all
 * in hexadecimal.  A byte that a REPL would act on (to the board 02, 03, 04 and
 * 0D, from it 04) is a blank in data, and where it was is said behind them, in
 * two bytes of seven bits each: its place below 4096, and above that which of the
 * four it is.
 */
#ifndef PICOD_FILES_FRAME_H
#define PICOD_FILES_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#define FILES_HEAD	16		/* bytes before the data */
#define FILES_WINDOW	4096		/* the largest; see place */
/* The longest answer: a path and what is said of it, or a frame of 04s only. */
#define FILES_ANSWER	(3 * FILES_WINDOW)

/* The digest of a file by sums that a board without binascii reckons in C. */
uint32_t	files_sum_file(const uint8_t *, size_t);

/*
 * A window for a board that reads whole windows without a head: the bytes, and
 * four more that make the sum of all of them 0.  to has room for len + 4.
 */
size_t	files_seal(const uint8_t *, size_t len, uint8_t *to);

/* How a file is to go to a board. */
struct files_way {
	unsigned	window;		/* bytes of a frame, at most */
	unsigned	bits;		/* of deflate's window; 0: as they are */
	bool		keeps;		/* its inflater keeps its dictionary */
};

/* What is left of a file, as frames. */
struct files_sender {
	struct files_way way;
	const uint8_t	*content;	/* the caller's */
	size_t		 len, off;	/* of content; off: in frames so far */
	z_stream	 deflater;
	bool		 deflating;
	uint8_t		 frame[FILES_HEAD + FILES_WINDOW];
	size_t		 frame_len;
	size_t		 covers;	/* bytes of content in this frame */
};

/* From content[off..len).  0 or -ENOMEM. */
int	files_sender_begin(struct files_sender *, const struct files_way *,
    const uint8_t *content, size_t len, size_t off);
void	files_sender_end(struct files_sender *);

/* Bytes of the file in a deflated frame of such a window. */
unsigned files_cover(unsigned window);

/*
 * Makes the next frame; false at the end of the file.  *fits is false where the
 * deflated bytes do not fit: begin anew without deflate.
 */
bool	files_sender_next(struct files_sender *, bool *fits);

/* Whether deflate saves enough of it to be worth the board's memory. */
bool	files_worth(const uint8_t *content, size_t len, unsigned bits);

/* One answer of the board. */
struct files_answer {
	char		 kind;		/* the letter behind FILES_MARK; 0: none */
	const uint8_t	*data;		/* of ? E T V L, and of frames, which are */
	size_t		 len;		/* whole again; valid until the next call */
	bool		 damaged;	/* a frame whose checksum is wrong */
};

/* Takes answers out of what a board prints, which is cut anywhere. */
struct files_ear {
	bool		 by_sum;	/* its frames have such sums */
	char		 kind;
	unsigned	 state;
	size_t		 want;		/* bytes of a frame */
	size_t		 places;
	uint32_t	 check;
	uint8_t		 held[FILES_ANSWER + 1];
	size_t		 held_len;
};

void	files_ear_init(struct files_ear *, bool by_sum);

/*
 * Eats at least one of len > 0 bytes and returns how many.  What is no answer is
 * skipped: something else may print meanwhile.
 */
size_t	files_ear_feed(struct files_ear *, const uint8_t *, size_t len,
    struct files_answer *);

#endif
