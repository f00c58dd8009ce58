/* SPDX-License-Identifier: MIT */
/*
 * Files, as text, and the bar of what takes a while.
 */
#include <string.h>
#include <unistd.h>

#include "output.h"

/* Characters between the brackets. */
#define BAR_WIDTH	40

void
output_end_bar(struct output *o)
{
	if (o->bar)
		fputc('\n', o->err);
	o->bar = false;
	o->stage[0] = '\0';
}

void
output_text_progress(struct output *o, const char *what,
    unsigned long long done, unsigned long long total)
{
	unsigned	percent = total == 0 ? 100 :
			    (unsigned)(done * 100 / total), i;

	if (!isatty(fileno(o->err)))
		return;
	fputc('\r', o->err);
	output_escape(o->err, OUTPUT_LINE, what, strlen(what));
	fprintf(o->err, "%*s [", strlen(what) < 10 ?
	    10 - (int)strlen(what) : 0, "");
	for (i = 0; i < BAR_WIDTH; i++)
		fputc(i < percent * BAR_WIDTH / 100 ? '=' : ' ', o->err);
	fprintf(o->err, "] %3u %%", percent);
	fflush(o->err);
	o->bar = true;
}

void
output_text_file(struct output *o, const json_t *file, bool details)
{
	const char	*path = output_string(file, "path");
	bool		 is_directory = json_is_true(json_object_get(file,
			    "directory"));
	const char	*hash = output_string(file, "hash");

	if (details && is_directory)
		fprintf(o->out, "%10s  ", "-");
	else if (details)
		fprintf(o->out, "%10lld  ", (long long)
		    json_integer_value(json_object_get(file, "size")));
	if (details && hash[0] != '\0')
		fprintf(o->out, "%s  ", hash);
	output_escape(o->out, OUTPUT_LINE, path, strlen(path));
	fputs(is_directory ? "/\n" : "\n", o->out);
}

void
output_text_volume(struct output *o, const json_t *reply)
{
	long long	capacity = json_integer_value(json_object_get(reply,
			    "capacity"));
	long long	available = json_integer_value(json_object_get(reply,
			    "available"));

	fprintf(o->out, "%12s %12s %12s\n", "SIZE", "USED", "FREE");
	fprintf(o->out, "%12lld %12lld %12lld\n", capacity,
	    capacity - available, available);
}

/* For a person; in a script no news is good news. */
void
output_text_synced(struct output *o, unsigned changed, unsigned same,
    unsigned removed)
{
	if (!isatty(fileno(o->err)))
		return;
	fprintf(o->err, "%u copied, %u the same, %u removed\n", changed, same,
	    removed);
}
