/* SPDX-License-Identifier: MIT */
/*
 * picoctl: what a person or a script says to picod.  What happens before and after
 * a verb.
 *
 * Ctrl-C needs no code: the signal ends picoctl, the connection ends with it,
 * and picod interrupts the statement that was its.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "picoctl.h"
#include "several.h"

/*
 * What could not be written is told once, at the end; but that nobody reads it
 * (EPIPE, where SIGPIPE is ignored) is no news to anybody.
 */
static int
main_finish(struct picoctl *ctl, int status)
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
main_fill_descriptors(void)
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

	main_fill_descriptors();
	status = options_parse(&ctl, argc, argv);
	if (status != STATUS_OK)
		return status;
	output_init(&ctl.output, options_given(&ctl.options, OPTION_JSON),
	    stdout, stderr);
	if (options_given(&ctl.options, OPTION_VERSION)) {
		puts("picoctl " PICOD_VERSION);
		return main_finish(&ctl, STATUS_OK);
	}
	if (options_given(&ctl.options, OPTION_HELP))
		return main_finish(&ctl, verb_help.run(&ctl));
	if (ctl.verb == NULL) {
		verb_help.run(&ctl);
		return main_finish(&ctl, STATUS_USAGE);
	}
	return main_finish(&ctl, several_wanted(&ctl) ? several_run(&ctl) :
	    ctl.verb->run(&ctl));
}
