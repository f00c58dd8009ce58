/* SPDX-License-Identifier: MIT */
/*
 * Findings, as a person or a program reads them, and what those who look for them
 * ask for.
 */
#include "doctor.h"

#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/text.h"

void
doctor_say(struct doctor *d, enum verdict verdict, const char *about,
    const char *format, ...)
{
	const char	*word = verdict == VERDICT_PROBLEM ? "problem" : "note";
	char		 text[1024], line[1200];
	va_list		 args;
	json_t		*json;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	text_clean(text);	/* programs call themselves what they like */
	d->problems += verdict == VERDICT_PROBLEM;
	if (options_given(&d->ctl->options, OPTION_JSON)) {
		json = json_pack("{s:s, s:s, s:s}", "finding", word, "about",
		    about, "message", text);
		d->ctl->output.ops->done(&d->ctl->output, json);
		json_decref(json);
		return;
	}
	snprintf(line, sizeof line, "%s: %s: %s", word, about, text);
	output_wrap(&d->ctl->output, 0, 4, line);
}

bool
doctor_has_boards(const struct doctor *d)
{
	const json_t	*board;
	size_t		 i;

	json_array_foreach(d->boards, i, board)
		if (strcmp(output_string(board, "state"), "unclaimed") != 0)
			return true;
	return false;
}

bool
doctor_is_served(const struct doctor *d, const char *path)
{
	const json_t	*board;
	char		 ours[PATH_MAX], theirs[PATH_MAX];
	size_t		 i;

	if (realpath(path, theirs) == NULL)
		return false;
	json_array_foreach(d->boards, i, board)
		if (realpath(output_string(board, "port"), ours) != NULL &&
		    strcmp(ours, theirs) == 0)
			return true;
	return false;
}

/* Reads a file of /proc; how much of it. */
static size_t
doctor_read(const char *path, char *text, size_t size)
{
	FILE	*file = fopen(path, "re");
	size_t	 len = 0;

	if (file != NULL) {
		len = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[len] = '\0';
	return len;
}

bool
doctor_runs(const char *program)
{
	glob_t	names;
	char	comm[64];
	size_t	i;
	bool	runs = false;

	if (glob("/proc/[0-9]*/comm", GLOB_NOSORT, NULL, &names) != 0)
		return false;
	for (i = 0; i < names.gl_pathc && !runs; i++) {
		doctor_read(names.gl_pathv[i], comm, sizeof comm);
		comm[strcspn(comm, "\n")] = '\0';
		runs = strcmp(comm, program) == 0;
	}
	globfree(&names);
	return runs;
}
