/* SPDX-License-Identifier: MIT */
/*
 * What a REPL says of itself in the stream of all that a board prints:
 * prompts, banners, and the line that announces a soft reset.
 */
#ifndef PICOD_REPL_WATCH_H
#define PICOD_REPL_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum repl_sign {
	REPL_SIGN_PROMPT = 1,	/* ">>> " is complete */
	REPL_SIGN_RAW = 2,	/* the raw REPL's banner is, with its ">" */
	REPL_SIGN_BANNER = 4,	/* "MicroPython v...", then ">>> " */
	REPL_SIGN_REBOOT = 8,	/* the line "MPY: soft reboot" */
	REPL_SIGN_LINE = 16,	/* a line that is not empty */
	REPL_SIGN_TITLE = 32,	/* a title, see repl_title.h */
	REPL_SIGN_HELLO = 64,	/* "MicroPython v..." and its line end */
};

#define REPL_HELLO	"raw REPL; CTRL-B to exit\r\n>"

struct repl_watch {
	uint8_t	 buf[256];	/* the last bytes seen */
	size_t	 len;
	size_t	 line;		/* where the present line begins in buf */
	unsigned banner;	/* lines of a banner just seen, 0 for none */
	bool	 at_prompt;	/* the last thing said was ">>> " */
	bool	 sure;		/* and it had introduced itself */
	bool	 quotes;	/* what it sees may be another board's */
	bool	 foreign;	/* the last banner was not as its own */
	char	 about[128];	/* the last banner of its own, or "" */
};

void		repl_watch_init(struct repl_watch *);

/* Some of what was said is not seen. */
void		repl_watch_skip(struct repl_watch *);

/* The signs that this byte completes, or'ed. */
unsigned	repl_watch_byte(struct repl_watch *, uint8_t);

/*
 * Whether a REPL introduced itself and nothing was said since but a prompt, which
 * may be the user's own.
 */
bool		repl_watch_is_sure(const struct repl_watch *);

#endif
