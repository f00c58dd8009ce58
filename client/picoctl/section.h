/* SPDX-License-Identifier: MIT */
/*
 * The text of a drop-in of picod.conf(5) with one board, and what such texts
 * have; and the rules of udev that go with it.  Nothing is read or written here.
 */
#ifndef PICOD_SECTION_H
#define PICOD_SECTION_H

#include <stdbool.h>
#include <stddef.h>

/* The first line of files that picoctl may remove again. */
#define SECTION_MARK	"# Written by \"picoctl adopt\"; \"picoctl forget\" " \
			"removes it."

struct section {
	const char	*name;
	const char	*key;		/* "match" or "port" */
	const char	*where;		/* its value */
	const char	*driver, *baud, *flasher;	/* or NULL */
};

/* The whole drop-in; its length, or -1 if it does not fit. */
int	section_print(char *text, size_t size, const struct section *);

/*
 * The pattern of a USB port: by its serial number, or where that is NULL or "",
 * by where it is plugged in.  What a pattern or a file would misread in a serial
 * number is any character.
 */
void	section_match(char *text, size_t size, unsigned vendor,
    unsigned product, const char *serial, const char *path);

/*
 * Rules of udev(7) by which other programs leave the adapter alone; their length,
 * or -1 as above.  0, and nothing is written, where there is none to be marked: a
 * port that is no USB port, or one of several of a device.
 */
int	section_rule(char *text, size_t size, const struct section *);

/* Whether picod takes it for the name of a board. */
bool	section_name_is_good(const char *name);

/* NULL, or what values there are instead. */
const char *section_check(const struct section *);

/* Whether a text has [HEADER]. */
bool	section_has(const char *text, const char *header);

/* Whether a board of a text has that port. */
bool	section_has_port(const char *text, const char *port);

/* The same drop-in for another name; its length, or -1 as above. */
int	section_rename(char *text, size_t size, const char *old_text,
    const char *old, const char *name);

#endif
