/* SPDX-License-Identifier: MIT */
#include "several_line.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/text.h"

/* The longest line that is shown whole; in JSON, where it is a reply, the
 * longest of those that libpicod takes. */
#define LINE_TEXT	8192
#define LINE_JSON	(16 * 1024 * 1024)

void
several_line_begin(struct several_line *l, int fd, FILE *to, bool json)
{
	*l = (struct several_line){ .fd = fd, .to = to, .json = json };
}

void
several_line_finish(struct several_line *l)
{
	free(l->text);
}

/* Whatever bytes they are. */
static void
several_json_string(FILE *to, const char *bytes, size_t len)
{
	bool	 lossy;
	size_t	 text_len;
	char	*text = text_from_bytes(bytes, len, &text_len, &lossy);
	json_t	*string = text == NULL ? NULL : json_stringn(text, text_len);

	if (string == NULL)
		abort();
	json_dumpf(string, to, JSON_ENCODE_ANY);
	json_decref(string);
	free(text);
}

/* The line is a reply, or, of "cat" and its like, anything. */
static void
several_show_json(const char *name, FILE *to, const char *text, size_t len)
{
	json_t	*reply = json_loadb(text, len, JSON_ALLOW_NUL, NULL);

	fputs("{\"board\":", to);
	several_json_string(to, name, strlen(name));
	fputs(",\"reply\":", to);
	if (reply != NULL)
		fwrite(text, 1, len, to);
	else
		several_json_string(to, text, len);
	fputs("}\n", to);
	json_decref(reply);
}

/* A line of a board; in JSON, an object beside its name. */
static void
several_show(const char *name, const struct several_line *l, const char *text,
    size_t len)
{
	if (l->json) {
		several_show_json(name, l->to, text, len);
		return;
	}
	fprintf(l->to, "%s: ", name);
	fwrite(text, 1, len, l->to);
	fputc('\n', l->to);
}

static void
several_lines(const char *name, struct several_line *l)
{
	const char	*text = l->text, *end;
	size_t		 n, len = l->len;
	bool		 all = l->fd < 0 ||
			    len == (l->json ? LINE_JSON : LINE_TEXT);

	for (; len > 0; text += n, len -= n) {
		end = memchr(text, '\n', len);
		if (end == NULL && !all)
			break;
		n = end == NULL ? len : (size_t)(end - text);
		several_show(name, l, text, n);
		n += end != NULL;
	}
	if (len < l->len)
		memmove(l->text, text, len);
	l->len = len;
}

static void
several_grow(struct several_line *l)
{
	if (l->len < l->size)
		return;
	l->size = l->size == 0 ? LINE_TEXT : 2 * l->size;
	l->text = realloc(l->text, l->size);
	if (l->text == NULL)
		abort();
}

void
several_line_read(const char *name, struct several_line *l)
{
	ssize_t	n;

	several_grow(l);
	n = read(l->fd, l->text + l->len, l->size - l->len);
	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close(l->fd);
		l->fd = -1;
	} else
		l->len += (size_t)n;
	several_lines(name, l);
	fflush(l->to);
}
