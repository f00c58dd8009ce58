/* SPDX-License-Identifier: MIT */
/*
 * The files of the configuration.  libinih splits lines; the lines are counted
 * here, as they are read, because its callback is not told.
 */
#include "config_lines.h"

#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libinih keeps of a section's name. */
#define INI_SECTION_MAX	49

/* Where the reading is. */
struct config_reader {
	struct config	*config;
	const char	*path;
	FILE		*file;
	unsigned	 line;
};

static int
config_line_cb(void *user, const char *section, const char *name,
    const char *value)
{
	struct config_reader	*reader = user;
	char			 where[512];

	snprintf(where, sizeof where, "%s, line %u", reader->path, reader->line);
	config_line(reader->config, where, section, name, value);
	return 1;
}

static bool
config_line_says_nothing(const char *p)
{
	p += strspn(p, " \t\r\n");
	return *p == '\0' || *p == '#' || *p == ';';
}

/* libinih drops what stands behind the name of a section. */
static const char *
config_section_mistake(const char *p)
{
	size_t	len = strcspn(p, "]\r\n");

	if (len > INI_SECTION_MAX)
		return "the name of the section is too long";
	return p[len] == ']' && !config_line_says_nothing(p + len + 1) ?
	    "what belongs to [SECTION] stands on lines of its own" : NULL;
}

/* What libinih would misunderstand in a line, or NULL. */
static const char *
config_line_mistake(const char *line, const char *why)
{
	const char	*p = line + strspn(line, "\r\n");

	if (*p == '#' || *p == ';')
		return NULL;
	if (why != NULL || config_line_says_nothing(p))
		return why;
	if (*p == '[')
		return config_section_mistake(p + 1);
	return strpbrk(p, "=:") == NULL ?
	    "this is neither [board NAME] nor NAME = VALUE" : NULL;
}

/* A line, as much of it as there is room for; false at the end of the file. */
static bool
config_get_line(FILE *file, char *buf, int size, const char **why)
{
	int	c, n = 0;

	while ((c = getc(file)) != EOF) {
		if (n == size - 1)
			*why = "the line is too long";
		else if (c == '\0')
			*why = "there is a NUL in it";
		else
			buf[n++] = (char)c;
		if (c == '\n')
			break;
	}
	buf[n] = '\0';
	return n > 0 || c != EOF;
}

/* What an editor puts in front: the mark of UTF-8, and blanks. */
static size_t
config_line_margin(const char *line, bool first)
{
	size_t	len = first && strncmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	return len + strspn(line + len, " \t");
}

/*
 * libinih takes the rest of a long line for a line of its own and one with a blank
 * in front for more of the line before, cuts long names and tells only the first
 * stray line of a file: such lines are told or mended here.
 */
static char *
config_read_line(char *buf, int size, void *user)
{
	struct config_reader	*reader = user;
	const char		*why = NULL;
	char			 where[512];
	size_t			 margin;

	if (!config_get_line(reader->file, buf, size, &why))
		return NULL;
	reader->line++;
	margin = config_line_margin(buf, reader->line == 1);
	memmove(buf, buf + margin, strlen(buf + margin) + 1);
	why = config_line_mistake(buf, why);
	if (why != NULL) {
		snprintf(where, sizeof where, "%s, line %u", reader->path,
		    reader->line);
		config_error(reader->config, where, "%s", why);
		if (strchr(buf, '[') == NULL)
			buf[0] = '\0';
	}
	return buf;
}

static int
config_read_file(struct config *config, const char *path)
{
	struct config_reader	reader = { .config = config, .path = path };
	char			where[512];
	int			line, error = 0;

	reader.file = fopen(path, "re");
	if (reader.file == NULL)
		return -errno;
	line = ini_parse_stream(config_read_line, &reader, config_line_cb,
	    &reader);
	if (ferror(reader.file))
		error = -EISDIR;	/* nothing else can be opened, not read */
	fclose(reader.file);
	if (line > 0) {
		snprintf(where, sizeof where, "%s, line %d", path, line);
		config_error(config, where,
		    "this is neither [board NAME] nor NAME = VALUE");
	}
	return error;
}

static int
is_drop_in(const struct dirent *entry)
{
	size_t	len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 &&
	    strcmp(entry->d_name + len - 5, ".conf") == 0;
}

int
config_read(struct config *config, const char *path)
{
	char		 folder[512], file[1024];
	struct dirent	**entries;
	int		 i, n, error, there = config_read_file(config, path);

	if (there < 0 && there != -ENOENT)
		config_error(config, path, "%s", strerror(-there));
	snprintf(folder, sizeof folder, "%s.d", path);
	n = scandir(folder, &entries, is_drop_in, alphasort);
	for (i = 0; i < n; i++) {
		snprintf(file, sizeof file, "%s/%s", folder, entries[i]->d_name);
		error = config_read_file(config, file);
		if (error < 0)
			config_error(config, file, "%s", strerror(-error));
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return there == -ENOENT ? there : 0;
}
