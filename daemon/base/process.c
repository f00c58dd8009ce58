/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/text.h"

/* Of which people name what they run; by how their names begin. */
static const char *const interpreters[] = {
	"python", "node", "perl", "ruby", "bash", "dash", "sh",
};

bool
process_read(pid_t pid, const char *file, char *text, size_t size, size_t *len)
{
	char	path[64];
	ssize_t	n;
	int	fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	*len = n > 0 ? (size_t)n : 0;
	text[*len] = '\0';
	return *len > 0;
}

static bool
process_is_interpreter(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof interpreters / sizeof *interpreters; i++)
		if (strncmp(name, interpreters[i],
		    strlen(interpreters[i])) == 0)
			return true;
	return false;
}

static const char *
process_last(const char *path)
{
	const char	*slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/*
 * The script or module that an interpreter runs, in its words, or NULL.  Who only
 * goes by the name of one has other words.
 */
static const char *
process_script(const char *words, size_t len)
{
	const char	*end = words + len, *word = words;

	if (!process_is_interpreter(process_last(words)))
		return NULL;
	do {
		word += strlen(word) + 1;
	} while (word < end && word[0] == '-' && strcmp(word, "-m") != 0 &&
	    strcmp(word, "-c") != 0 && strcmp(word, "-e") != 0);
	if (word < end && strcmp(word, "-m") == 0)
		word += strlen(word) + 1;
	if (word >= end || word[0] == '-' || word[0] == '\0')
		return NULL;
	return process_last(word);
}

void
process_name(pid_t pid, char *name, size_t size)
{
	char		 text[512];
	const char	*script = NULL;
	size_t		 len;

	snprintf(name, size, "?");
	if (!process_read(pid, "comm", text, sizeof text, &len))
		return;
	text[len - 1] = '\0';		/* the kernel ends it with LF */
	snprintf(name, size, "%.*s", (int)size - 1, text);
	if (process_is_interpreter(name) &&
	    process_read(pid, "cmdline", text, sizeof text, &len))
		script = process_script(text, len);
	if (script != NULL)
		snprintf(name, size, "%.*s", (int)size - 1, script);
	text_clean(name);
}
