/* SPDX-License-Identifier: MIT */
/*
 * Gives a fuzzer the files of a folder, each once, without libFuzzer: what was
 * found once is tried again by every make check, under any compiler.
 *
 *	replay FOLDER
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Inputs are small, or they would not be in the tree. */
#define INPUT_MAX	(64 * 1024)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
replay(const char *folder, const char *name)
{
	char	 path[512];
	uint8_t	*data = malloc(INPUT_MAX), *exact;
	size_t	 len;
	FILE	*file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "re");
	if (file == NULL || data == NULL)
		err(1, "%s", path);
	len = fread(data, 1, INPUT_MAX, file);
	fclose(file);
	/* In memory of its own length, so that its end is seen. */
	exact = realloc(data, len == 0 ? 1 : len);
	if (exact == NULL)
		err(1, "%s", path);
	dprintf(STDERR_FILENO, "%s\n", path);	/* the last one is to blame */
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
}

int
main(int argc, char **argv)
{
	struct dirent	**entries;
	int		  i, n;

	if (argc != 2)
		errx(2, "usage: replay FOLDER");
	n = scandir(argv[1], &entries, NULL, alphasort);
	if (n < 0)
		err(1, "%s", argv[1]);
	for (i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.')
			replay(argv[1], entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
