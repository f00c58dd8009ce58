/* SPDX-License-Identifier: MIT */
/*
 * picoctl: what a person or a script says to picod.  This file is the table of
 * verbs and what happens before and after one; each verb is a file of its own.
 *
 * Ctrl-C needs no code: the signal ends picoctl, the connection ends with it,
 * and picod interrupts the statement that was its.
 */
#include "picoctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "several.h"

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

/*
 * What could not be written is told once, at the end; but that nobody reads it
 * (EPIPE, where SIGPIPE is ignored) is no news to anybody.
 */
static int
picoctl_finish(struct picoctl *ctl, int status)
{
	int	error = output_flush(&ctl->output);

	if (error < 0 && error != -EPIPE)
		picoctl_complain("cannot write to standard output: %s",
		    strerror(-error));
	picod_close(ctl->picod);
	return error < 0 && status == STATUS_OK ? STATUS_FILE : status;
}

/*
 * Where a standard descriptor is closed, as by some daemons, the socket would get
 * its number, and what is printed would go to picod.  What takes its place fails
 * as a closed one does: standard input cannot be read, the others not written.
 */
static void
picoctl_fill_descriptors(void)
{
	int	fd = open("/dev/null", O_WRONLY);

	if (fd == STDIN_FILENO)
		fd = open("/dev/null", O_RDONLY);
	while (fd == STDOUT_FILENO || fd == STDERR_FILENO) {
		close(fd);
		if (open("/dev/null", O_RDONLY) < 0)
			return;
		fd = open("/dev/null", O_RDONLY);
	}
	close(fd);
}

int
main(int argc, char **argv)
{
	struct picoctl	ctl = { 0 };
	int		status;

	picoctl_fill_descriptors();
	status = options_parse(&ctl, argc, argv);
	if (status != STATUS_OK)
		return status;
	output_init(&ctl.output, options_given(&ctl.options, OPTION_JSON),
	    stdout, stderr);
	if (options_given(&ctl.options, OPTION_VERSION)) {
		puts("picoctl " PICOD_VERSION);
		return picoctl_finish(&ctl, STATUS_OK);
	}
	if (options_given(&ctl.options, OPTION_HELP))
		return picoctl_finish(&ctl, verb_help.run(&ctl));
	if (ctl.verb == NULL) {
		verb_help.run(&ctl);
		return picoctl_finish(&ctl, STATUS_USAGE);
	}
	return picoctl_finish(&ctl, several_wanted(&ctl) ? several_run(&ctl) :
	    ctl.verb->run(&ctl));
}
