/* SPDX-License-Identifier: MIT */
/*
 * The parts that text output is made of.  Whatever a board or another program
 * chose, a board's output or a program's name, is escaped before it comes into a
 * line of ours: a terminal obeys control characters, and C1 controls also in
 * their UTF-8 form.  Only "send" prints bytes as they are, as cat(1) would.
 */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "protocol/text.h"

#define OUTPUT_QUOTE_MAX	60

/* Of a terminal that does not know its size, as a serial one, $COLUMNS. */
int
output_columns(FILE *file)
{
	const char	*given = getenv("COLUMNS");
	struct winsize	 size;

	if (!isatty(fileno(file)))
		return 0;
	if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return given != NULL && atoi(given) > 0 ? atoi(given) : 80;
}

int
output_rows(FILE *file)
{
	struct winsize	size;

	return ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ?
	    size.ws_row : 24;
}

bool
output_obeys(FILE *file)
{
	const char	*terminal = getenv("TERM");

	return isatty(fileno(file)) && terminal != NULL &&
	    strcmp(terminal, "dumb") != 0;
}

/* See no-color.org. */
static bool
output_takes_colour(FILE *file)
{
	const char	*no = getenv("NO_COLOR");

	return output_obeys(file) && (no == NULL || no[0] == '\0');
}

void
output_init(struct output *o, bool json, FILE *out, FILE *err)
{
	*o = (struct output){
		.ops = json ? &output_json : &output_text,
		.out = out,
		.err = err,
		.columns = output_columns(out),
		.colour = output_takes_colour(out),
	};
}

const char *
output_state_colour(const struct output *o, const char *state)
{
	static const struct {
		const char	*colour;
		const char	*states;	/* each between blanks */
	} colours[] = {
		{ "\033[32m", " ready listening over " },
		{ "\033[33m", " busy recovering lent console flashing " },
		{ "\033[31m", " silent unclaimed bootloader " },
		{ "\033[2m", " absent " },
	};
	char	word[40];
	size_t	i;

	snprintf(word, sizeof word, " %s ", state);
	for (i = 0; o->colour && i < sizeof colours / sizeof *colours; i++)
		if (strstr(colours[i].states, word) != NULL)
			return colours[i].colour;
	return "";
}

int
output_width(const char *text)
{
	int	width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

const char *
output_skip(const char *text, int characters)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text & 0xc0) != 0x80 && characters-- == 0)
			break;
	return text;
}

int
output_flush(struct output *o)
{
	errno = EIO;		/* for a failure before the flush */
	if ((fflush(o->out) != 0 || ferror(o->out)) && o->error == 0)
		o->error = -errno;
	return o->error;
}

static bool
output_escape_known(FILE *file, char c)
{
	static const char	plain[] = "\n\r\t\\\"", letters[] = "nrt\\\"";
	const char		*found = c == '\0' ? NULL : strchr(plain, c);

	if (found == NULL)
		return false;
	fputc('\\', file);
	fputc(letters[found - plain], file);
	return true;
}

/* Whether a byte is harmless between its neighbours (0 where there is none). */
static bool
output_escape_keeps(enum output_escape how, unsigned char before,
    unsigned char c, unsigned char after)
{
	if (how == OUTPUT_LINE && c == '\t')
		return true;
	if (c < 0x20 || c == 0x7f)
		return false;
	if (how != OUTPUT_LINE && (c == '\\' || c == '"'))
		return false;
	if (c < 0x80)
		return true;
	if ((c == 0xc2 && after < 0xa0) || (before == 0xc2 && c < 0xa0))
		return false;
	return how != OUTPUT_EXACT;
}

/* Cuts before a character of UTF-8, not within. */
static size_t
output_escape_cut(const char *bytes, size_t len)
{
	if (len <= OUTPUT_QUOTE_MAX)
		return len;
	len = OUTPUT_QUOTE_MAX;
	while (len > 0 && ((unsigned char)bytes[len] & 0xc0) == 0x80)
		len--;
	return len;
}

void
output_escape(FILE *file, enum output_escape how, const char *bytes, size_t len)
{
	size_t		i, n = len;
	unsigned char	before, c = 0;

	if (how == OUTPUT_QUOTED)
		n = output_escape_cut(bytes, len);
	if (how != OUTPUT_LINE)
		fputc('"', file);
	for (i = 0; i < n; i++) {
		before = c;
		c = (unsigned char)bytes[i];
		if (output_escape_keeps(how, before, c,
		    i + 1 < n ? (unsigned char)bytes[i + 1] : 0))
			fputc(c, file);
		else if (how == OUTPUT_LINE || !output_escape_known(file, (char)c))
			fprintf(file, "\\x%02x", c);
	}
	if (how != OUTPUT_LINE)
		fputs(n < len ? "...\"" : "\"", file);
}

char *
output_escaped(const char *text)
{
	char	*escaped = NULL;
	size_t	 size;
	FILE	*file = open_memstream(&escaped, &size);

	if (file == NULL)
		abort();
	output_escape(file, OUTPUT_LINE, text, strlen(text));
	if (fclose(file) != 0 || escaped == NULL)
		abort();
	return escaped;
}

/* The blank at which to divide a text that is longer than the room, or its start. */
static const char *
output_divide(const char *text, int room, int next_room)
{
	const char	*end = output_skip(text, room), *colon;

	while (end > text && *end != ' ')
		end--;
	for (colon = end; colon > output_skip(text, room / 2); colon--)
		if (*colon == ' ' && colon[-1] == ':' &&
		    output_width(colon + 1) <= next_room)
			return colon;
	return end;
}

void
output_wrap(struct output *o, int used, int indent, const char *text)
{
	int		 room = o->columns - used, next = o->columns - indent;
	char		*escaped = output_escaped(text);
	const char	*rest = escaped, *end;

	while (room > 0 && next > 20 && output_width(rest) > room) {
		end = output_divide(rest, room, next);
		if (end == rest)
			break;
		fprintf(o->out, "%.*s\n%*s", (int)(end - rest), rest, indent,
		    "");
		rest = end + 1;
		room = next;
	}
	fprintf(o->out, "%s\n", rest);
	free(escaped);
}

void
output_clock(FILE *file, long long us)
{
	time_t		seconds = (time_t)(us / 1000000);
	struct tm	tm;
	char		text[16];

	localtime_r(&seconds, &tm);
	strftime(text, sizeof text, "%H:%M:%S", &tm);
	fprintf(file, "%s.%03d", text, (int)(us % 1000000 / 1000));
}

void
output_date(FILE *file, long long us)
{
	time_t		seconds = (time_t)(us / 1000000);
	struct tm	tm;
	char		text[32];

	localtime_r(&seconds, &tm);
	strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
	fputs(text, file);
}

void
output_client(FILE *file, const json_t *client)
{
	const char	*program = output_string(client, "program");
	const char	*user = output_string(client, "user");

	output_escape(file, OUTPUT_LINE, program, strlen(program));
	fprintf(file, " (pid %lld, ", (long long)json_integer_value(
	    json_object_get(client, "pid")));
	output_escape(file, OUTPUT_LINE, user, strlen(user));
	fputc(')', file);
}

const char *
output_string(const json_t *object, const char *name)
{
	const char	*string = json_string_value(
			    json_object_get(object, name));

	return string != NULL ? string : "";
}

const char *
output_bytes(const json_t *reply, size_t *len, char **owned)
{
	const json_t	*data = json_object_get(reply, "data");
	const json_t	*output = json_object_get(reply, "output");

	*owned = NULL;
	if (json_is_string(data) && text_base64_decode(json_string_value(data),
	    json_string_length(data), owned, len) == 0)
		return *owned;
	*len = json_string_length(output);
	return output_string(reply, "output");
}
