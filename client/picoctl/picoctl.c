/* SPDX-License-Identifier: MIT */
/*
 * The table of verbs, each of which is a file of its own, and how they complain.
 */
#include "picoctl.h"

#include <stdarg.h>
#include <string.h>

const struct verb *const	picoctl_verbs[] = {
	&verb_list,
	&verb_top,
	&verb_identify,
	&verb_send,
	&verb_watch,
	&verb_interrupt,
	&verb_reset,
	&verb_hold,
	&verb_repl,
	&verb_tty,
	&verb_console,
	&verb_lend,
	&verb_cancel,
	&verb_trace,
	&verb_run,
	&verb_put,
	&verb_get,
	&verb_sync,
	&verb_ls,
	&verb_tree,
	&verb_cat,
	&verb_edit,
	&verb_cp,
	&verb_mv,
	&verb_rm,
	&verb_mkdir,
	&verb_touch,
	&verb_df,
	&verb_install,
	&verb_rtc,
	&verb_sample,
	&verb_plot,
	&verb_log,
	&verb_pin,
	&verb_flash,
	&verb_firmware,
	&verb_adopt,
	&verb_rename,
	&verb_forget,
	&verb_doctor,
	&verb_help,
	NULL,
};

const struct verb *
picoctl_find_verb(const char *name)
{
	const struct verb *const	*verb;

	for (verb = picoctl_verbs; *verb != NULL; verb++)
		if (strcmp((*verb)->name, name) == 0)
			break;
	return *verb;
}

void
picoctl_complain(const char *format, ...)
{
	va_list	args;
	char	text[2048];

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fputs("picoctl: ", stderr);
	output_escape(stderr, OUTPUT_LINE, text, strlen(text));
	fputc('\n', stderr);
}

int
picoctl_usage(const struct verb *verb, const char *format, ...)
{
	va_list	args;

	va_start(args, format);
	fputs("picoctl: ", stderr);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nTry \"picoctl help%s%s\".\n",
	    verb != NULL ? " " : "", verb != NULL ? verb->name : "");
	return verb != NULL && verb->program ? STATUS_OWN_FAILURE :
	    STATUS_USAGE;
}
