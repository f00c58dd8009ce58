/* SPDX-License-Identifier: MIT */
/*
 * Takes a board's answers out of what it prints: texts, and frames of a file.
 */
#ifndef PICOD_FILES_EAR_H
#define PICOD_FILES_EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "files_frame.h"

/* The longest answer: a path and what is said of it, or a frame of 04s only. */
#define FILES_ANSWER	(3 * FILES_WINDOW)

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
