/* SPDX-License-Identifier: MIT */
/*
 * How the bytes of a file go over a board's console, both ways, and how those to
 * the board are made; files_ear.h takes those from it.
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

#endif
