/* SPDX-License-Identifier: MIT */
/*
 * What picoctl prints, as text or as JSON: one table of functions for each, and
 * no printf in a verb.  What picod answers goes to standard output, in JSON its
 * errors too; in text tracebacks and errors go to standard error.
 */
#ifndef PICOD_OUTPUT_H
#define PICOD_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct output;

struct output_ops {
	void	(*boards)(struct output *, const json_t *boards, bool details);
	/* A piece of Send's output, or its last reply. */
	void	(*answer)(struct output *, const json_t *reply);
	/* An event of Watch, for "watch" or for "trace". */
	void	(*event)(struct output *, const json_t *event);
	void	(*trace)(struct output *, const json_t *event);
	/* The list of ListFirmware, and a reply of Flash. */
	void	(*firmware)(struct output *, const json_t *firmware);
	void	(*flash)(struct output *, const json_t *reply);
	/* A file on a board: its name, or all of it; and a volume's room. */
	void	(*file)(struct output *, const json_t *file, bool details);
	void	(*volume)(struct output *, const json_t *reply);
	/* What "sync" did, in files. */
	void	(*synced)(struct output *, unsigned changed, unsigned same,
		    unsigned removed);
	/* How far something is, in bytes. */
	void	(*progress)(struct output *, const char *what,
		    unsigned long long done, unsigned long long total);
	/* A reply whose arrival says it all. */
	void	(*done)(struct output *, const json_t *reply);
	/* An error of picod: its name, its parameters, its sentence. */
	void	(*error)(struct output *, const char *name,
		    const json_t *parameters, const char *message);
};

struct output {
	const struct output_ops	*ops;
	FILE			*out, *err;
	int			 error;		/* the first write that failed */
	bool			 midline;	/* out: no newline came last */
	char			 open[65];	/* the board whose line of */
						/* output in "watch" is open */
	char			 stage[16];	/* of "flash", told last */
	bool			 bar;		/* err: its line is open */
	int			 columns;	/* of out; 0: no terminal */
	bool			 colour;	/* out takes it */
};

extern const struct output_ops output_text, output_json;

/* Writes to those streams; nothing is to be freed. */
void	output_init(struct output *, bool json, FILE *out, FILE *err);

/*
 * Hands over to the system what was printed.  0, or a negative errno if any of
 * it could not be written.
 */
int	output_flush(struct output *);

/* Ends the line of progress, if one is open. */
void	output_end_bar(struct output *);

/* The rest is for output*.c only. */

enum output_escape {
	OUTPUT_LINE,		/* a line for people: only what would harm it */
	OUTPUT_QUOTED,		/* the same in quotes, at most 60 bytes */
	OUTPUT_EXACT,		/* every byte in ASCII, in quotes */
};

/* Ends a colour. */
#define OUTPUT_PLAIN	"\033[m"

/* The width of a terminal; 0 for what is none. */
int	output_columns(FILE *);

/* Its height, or 24 where it does not know that. */
int	output_rows(FILE *);

/* Whether it is a terminal that does what it is told: cursor, colours. */
bool	output_obeys(FILE *);

/* How many columns a text takes, if each character takes one. */
int	output_width(const char *text);

/* Where a character begins that has so many before it. */
const char *output_skip(const char *text, int characters);

/* What colours a board's state; "" where nothing is coloured. */
const char	*output_state_colour(const struct output *, const char *state);

/* A text so that no terminal acts on it, to be freed. */
char	*output_escaped(const char *text);

/*
 * Prints the rest of a line, of which so many columns are used, that may be longer
 * than the terminal: there it goes on, between two words, on lines of their own,
 * behind an indent.  What follows a colon, such as a command, is not divided where
 * it has room on a line.
 */
void	output_wrap(struct output *, int used, int indent, const char *text);

/* Prints bytes so that no terminal acts on them. */
void	output_escape(FILE *, enum output_escape, const char *bytes, size_t len);

/* Microseconds of the realtime clock: a time of day, or a date too. */
void	output_clock(FILE *, long long us);
void	output_date(FILE *, long long us);

/* "python3 (pid 4711, ben)" */
void	output_client(FILE *, const json_t *client);

/* A member that is a string, or "". */
const char	*output_string(const json_t *object, const char *name);

/*
 * The bytes that a reply has in data, or else in output, and their number.
 * *owned is to be freed when they are done with; it may be NULL.
 */
const char	*output_bytes(const json_t *reply, size_t *len, char **owned);

/* Of "list", as text. */
void	output_text_boards(struct output *, const json_t *boards,
    bool details);

/* Of "watch" and "trace", as text. */
void	output_text_event(struct output *, const json_t *event);
void	output_text_trace(struct output *, const json_t *event);

/*
 * A line that grows, on a terminal: how much of it is done, behind a name.
 * Nothing where standard error is no terminal.
 */
void	output_text_progress(struct output *, const char *what,
    unsigned long long done, unsigned long long total);

/* Of files, as text. */
void	output_text_file(struct output *, const json_t *file, bool details);
void	output_text_volume(struct output *, const json_t *reply);
void	output_text_synced(struct output *, unsigned changed, unsigned same,
    unsigned removed);

/* Of "firmware" and "flash", as text. */
void	output_text_firmware(struct output *, const json_t *firmware);
void	output_text_flash(struct output *, const json_t *reply);

#endif
