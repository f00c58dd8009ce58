/* SPDX-License-Identifier: MIT */
/*
 * What the verbs of picoctl share.  A verb is one file with one struct verb at
 * its end; the table in picoctl.c names it.
 */
#ifndef PICOD_PICOCTL_H
#define PICOD_PICOCTL_H

#include <stdbool.h>

#include "options.h"
#include "output.h"
#include "client/lib/picod_json.h"

/* Exit statuses besides those of the errors in protocol/error.h. */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NO_DAEMON = 3,
	STATUS_PERMISSION = 10,
	STATUS_FILE = 12,
	/* Of verbs that run a program, as env(1) and timeout(1) have them. */
	STATUS_OWN_FAILURE = 125,
	STATUS_CANNOT_RUN = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL = 128,	/* and the signal's number */
};

struct typing;

struct picoctl {
	const struct verb	*verb;
	struct options		 options;
	int			 operand_count;
	char			**operands;
	struct output		 output;
	bool			 of_several;	/* its board is one of those named */
	bool			 waiting;	/* a line says what for */
	unsigned		 missed;	/* paths that are not on the board */
	struct picod		*picod;		/* NULL before session_open() */
	struct typing		*typing;	/* NULL: nobody types */
};

struct verb {
	const char	*name;
	const char	*operands;	/* as the synopsis has them; "" for none */
	const char	*summary;	/* one line, lower case, no full stop */
	const char	*details;	/* paragraphs for "picoctl help VERB" */
	unsigned	 options;	/* OPTION_BIT()s; help and version always */
	int		 least, most;	/* operands; most -1: any number */
	int		 input;		/* so many of them may be "-", standard
					 * input; -1: any */
	bool		 program;	/* the operands are a program to run */
	bool		 arguments;	/* likewise on the board: options end at
					 * the first */
	bool		 single;	/* not on several boards at once */
	bool		 itself;	/* it has its own way with several */
	int		 (*run)(struct picoctl *);	/* an exit status */
};

extern const struct verb
    verb_list, verb_top, verb_send, verb_watch, verb_interrupt, verb_reset,
    verb_hold, verb_lend, verb_console, verb_repl, verb_tty, verb_cancel, verb_trace, verb_pin, verb_flash,
    verb_firmware, verb_doctor, verb_help, verb_put, verb_get, verb_cp,
    verb_ls, verb_cat, verb_rm, verb_mkdir, verb_mv, verb_touch, verb_tree,
    verb_df, verb_edit, verb_sync, verb_run, verb_rtc, verb_install,
    verb_sample, verb_plot, verb_log, verb_adopt, verb_rename, verb_forget,
    verb_identify;

/* All verbs, in the order of help; NULL ends them. */
extern const struct verb *const picoctl_verbs[];

/* The verb of that name, or NULL. */
const struct verb	*picoctl_find_verb(const char *name);

/* "picoctl: " and a message, on standard error. */
void	picoctl_complain(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));

/* The same and where to read on; returns the exit status of such an error. */
int	picoctl_usage(const struct verb *, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
