/* SPDX-License-Identifier: MIT */
/*
 * picoctl sample: values of boards over time, for a file or another program.
 */
#include <math.h>

#include "csv.h"
#include "lines.h"
#include "numbers.h"
#include "sampler.h"

static void
verb_sample_head(struct picoctl *ctl, const struct sampler *s)
{
	size_t	i;

	if (options_given(&ctl->options, OPTION_JSON))
		return;
	fputs("time", ctl->output.out);
	for (i = 0; i < sampler_count(s); i++) {
		fputc(',', ctl->output.out);
		csv_field(ctl->output.out, sampler_name(s, i));
	}
	fputc('\n', ctl->output.out);
}

/* A gap is an empty field, or null. */
static void
verb_sample_row(struct picoctl *ctl, const struct sampler *s,
    const struct sample *sample)
{
	char	text[40], number[NUMBER_TEXT];
	size_t	i;
	json_t	*line, *values;

	lines_time(sample->time_us, text);
	if (!options_given(&ctl->options, OPTION_JSON)) {
		fputs(text, ctl->output.out);
		for (i = 0; i < sample->count; i++) {
			fputc(',', ctl->output.out);
			if (isnan(sample->values[i]))
				continue;
			number_text(sample->values[i], number);
			fputs(number, ctl->output.out);
		}
		fputc('\n', ctl->output.out);
		output_flush(&ctl->output);
		return;
	}
	values = json_object();
	for (i = 0; i < sample->count; i++)
		json_object_set_new(values, sampler_name(s, i),
		    isnan(sample->values[i]) ? json_null() :
		    json_real(sample->values[i]));
	line = json_pack("{s:s, s:o}", "time", text, "values", values);
	ctl->output.ops->done(&ctl->output, line);
	json_decref(line);
}

static int
verb_sample_run(struct picoctl *ctl)
{
	struct sampler	*s;
	struct sample	 sample;
	int		 status = sampler_create(ctl, &s);

	if (status != STATUS_OK)
		return status;
	verb_sample_head(ctl, s);
	while ((status = sampler_next(s, &sample)) == STATUS_OK) {
		verb_sample_row(ctl, s, &sample);
		if (ctl->output.error < 0)
			break;
	}
	sampler_destroy(s);
	return status == -1 ? STATUS_OK : status;
}

const struct verb	verb_sample = {
	.name = "sample",
	.operands = "EXPRESSION...",
	.summary = "write down values of boards over time",
	.details =
"Asks each board for each EXPRESSION again and again, and prints what they are\n"
"as CSV, a line for each moment; with --json as an object a line.  On a\n"
"PiSerial board an EXPRESSION is a command that answers with a number.  Several\n"
"boards (-b a,b, or -b all that are there at the begin) are on one timeline.\n"
"\n"
"Moments are counted from the start, so that they do not drift.  What is not\n"
"answered within its period is a gap: an empty field, or null.  It goes on when\n"
"a board or picod comes back, and ends where picod cannot tell at the begin\n"
"which board is meant.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(EVERY) | OPTION_BIT(FOR) |
	    OPTION_BIT(TIMEOUT),
	.least = 1,
	.most = -1,
	.itself = true,
	.run = verb_sample_run,
};
