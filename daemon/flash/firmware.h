/* SPDX-License-Identifier: MIT */
/*
 * The images that come with picod: files BOARD-NAME.hex and BOARD-NAME.uf2 in
 * one folder.
 */
#ifndef PICOD_FIRMWARE_H
#define PICOD_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>

/* What is known of an image, besides its bytes. */
struct firmware {
	char		 file[128];	/* "uno-led.hex" */
	char		 board[64];	/* "uno" */
	char		 name[64];	/* "led" */
	long long	 size;
};

/* How to see that it runs. */
struct firmware_proof {
	const char	*name;
	const char	*command;	/* does nothing to what hangs on the pins */
	unsigned	 baud;		/* that it speaks */
};

/* The folder: $PICOD_FIRMWARE, or where "make install" put it. */
const char	*firmware_folder(void);

/* All images by name, or those for one kind of board; to be freed. */
size_t		 firmware_list(const char *board, struct firmware **);

/*
 * Opens the image of that name (or file name) for a kind of board: a descriptor
 * and *firmware, or -ENOENT, or another negative errno.
 */
int		 firmware_open(const char *board, const char *name,
    struct firmware *);

/*
 * Reads a script that comes with picod, such as "micropython/main.py": text to
 * be freed.  0 or a negative errno.
 */
int		 firmware_script(const char *file, char **text);

/* NULL if nothing is known. */
const struct firmware_proof *firmware_proof_find(const char *name);

#endif
