/* SPDX-License-Identifier: MIT */
/*
 * Gives a fuzzer each input of a corpus once, without libFuzzer: what was found
 * once is tried again by every make check, under any compiler.
 *
 *	replay FILE
 *
 * A line of the file is an input, see corpus.py.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Decodes a line in its place. */
static size_t
replay_decode(char *line, size_t len)
{
	char		*out = line, *end = line + len;
	unsigned	 byte;

	for (; line < end; line++) {
		*out = *line;
		if (*line == '\\' && sscanf(line, "\\x%2x", &byte) == 1) {
			*out = (char)byte;
			line += 3;
		}
		out++;
	}
	return len - (size_t)(end - out);
}

static void
replay_line(const char *line, size_t len)
{
	/* In memory of its own length, so that its end is seen. */
	uint8_t	*exact;

	dprintf(STDERR_FILENO, "%.*s\n", (int)len, line);
	exact = malloc(len == 0 ? 1 : len + 1);
	if (exact == NULL)
		err(1, "malloc");
	memcpy(exact, line, len);
	exact[len] = '\0';
	len = replay_decode((char *)exact, len);
	exact = realloc(exact, len == 0 ? 1 : len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
}

int
main(int argc, char **argv)
{
	FILE	*file = argc == 2 ? fopen(argv[1], "re") : NULL;
	char	*line = NULL;
	size_t	 size = 0;
	ssize_t	 len;

	if (file == NULL)
		errx(2, "usage: replay FILE");
	while ((len = getline(&line, &size, file)) > 0)
		if (line[0] != '#' && line[0] != '\n')
			replay_line(line, (size_t)len - 1);
	free(line);
	fclose(file);
	return 0;
}
