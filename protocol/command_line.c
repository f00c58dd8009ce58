/* SPDX-License-Identifier: MIT */
#include "protocol/command_line.h"

#include <string.h>

/* A version may stand behind. */
static const char *const interpreters[] = {
	"python", "node", "perl", "ruby", "bash", "dash", "sh",
};

static const char *
last_part(const char *path)
{
	const char	*slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

bool
command_line_is_interpreter(const char *program)
{
	const char	*name = last_part(program);
	size_t		 i, len;

	for (i = 0; i < sizeof interpreters / sizeof *interpreters; i++) {
		len = strlen(interpreters[i]);
		if (strncmp(name, interpreters[i], len) == 0 &&
		    name[len + strspn(name + len, "0123456789.")] == '\0')
			return true;
	}
	return false;
}

const char *
command_line_script(const char *words, size_t len)
{
	const char	*end = words + len, *word = words;

	if (!command_line_is_interpreter(words))
		return NULL;
	do {
		word += strlen(word) + 1;
	} while (word < end && word[0] == '-' && strcmp(word, "-m") != 0 &&
	    strcmp(word, "-c") != 0 && strcmp(word, "-e") != 0);
	if (word < end && strcmp(word, "-m") == 0)
		word += strlen(word) + 1;
	if (word >= end || word[0] == '-' || word[0] == '\0')
		return NULL;
	word = last_part(word);
	return word[0] == '\0' ? NULL : word;
}
