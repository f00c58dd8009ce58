/* SPDX-License-Identifier: MIT */
/*
 * A board that does in C what the functions of protocol/files_code.h do in Python,
 * for tests of orders about files.
 */
#ifndef PICOD_FAKE_FILES_H
#define PICOD_FAKE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#define NAMES	4

struct file {
	char	 name[64];
	char	*content;
	size_t	 len;
};

enum running { NOTHING, TAKES, DONE };

struct fake {
	const char	*has;
	struct file	 files[NAMES];
	uint64_t	 room;		/* blocks of 4096 */
	size_t		 space;		/* bytes until it is full all the same */
	enum running	 running;
	char		 out[70000];
	size_t		 out_len, out_off;
	/* of the file that it receives */
	char		 temporary[64], name[64], digest[65];
	size_t		 left, window, cover;
	unsigned	 bits;
	z_stream	 inflater;
	bool		 inflating;
	uint8_t		 in[5000];
	size_t		 in_len;
	unsigned	 jobs;
	unsigned	 functions;	/* there is memory for so many; 0: for all */
	unsigned	 defined;
	unsigned	 scattered;	/* so many are not read, until they are */
	bool		 full;		/* the job ends with a MemoryError */
	const char	*memory;	/* free, as it says itself */
};

/* The file of that name, or NULL. */
struct file	*fake_find(struct fake *, const char *name);
void		 fake_remove(struct fake *, const char *name);

/* A job comes, and a byte for the function that receives. */
void		 fake_run(struct fake *, const char *text);
void		 fake_hear(struct fake *, uint8_t);

/* The job was stopped, or its board is gone. */
void		 fake_stop_taking(struct fake *);

/* Frees what it has. */
void		 fake_finish(struct fake *);

#endif
