/* SPDX-License-Identifier: MIT */
/*
 * The folder is read anew each time: it is small, and somebody who builds an
 * image wants to see it.  Names come from the folder, never from a client, so no
 * client's name becomes a path.
 */
#include "firmware.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/base/memory.h"

static const struct firmware_proof proofs[] = {
	{ "led", "c0", 9600 },
	{ "rgb", "c000000", 9600 },
	{ "pinserver", "i", 115200 },
};

const char *
firmware_folder(void)
{
	const char	*folder = getenv("PICOD_FIRMWARE");

	return folder != NULL ? folder : PICOD_DATADIR "/firmware";
}

const struct firmware_proof *
firmware_proof_find(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof proofs / sizeof *proofs; i++)
		if (strcmp(proofs[i].name, name) == 0)
			return &proofs[i];
	return NULL;
}

/* Fills in what the name of a file says; false if it is no image's. */
static bool
firmware_parse(const char *file, struct firmware *f)
{
	const char	*dash = strchr(file, '-'), *dot = strrchr(file, '.');

	if (file[0] == '.' || dash == NULL || dot == NULL || dot < dash ||
	    strlen(file) >= sizeof f->file ||
	    (size_t)(dash - file) >= sizeof f->board ||
	    (size_t)(dot - dash) > sizeof f->name ||
	    (strcmp(dot, ".hex") != 0 && strcmp(dot, ".uf2") != 0))
		return false;
	snprintf(f->file, sizeof f->file, "%s", file);
	snprintf(f->board, sizeof f->board, "%.*s", (int)(dash - file), file);
	snprintf(f->name, sizeof f->name, "%.*s", (int)(dot - dash - 1),
	    dash + 1);
	return true;
}

static int
firmware_filter(const struct dirent *entry)
{
	struct firmware	f;

	return firmware_parse(entry->d_name, &f) &&
	    strcmp(f.name, "probe") != 0;	/* the tests' own */
}

static void
firmware_measure(struct firmware *f)
{
	char		path[4096];
	struct stat	st;

	snprintf(path, sizeof path, "%s/%s", firmware_folder(), f->file);
	f->size = stat(path, &st) == 0 ? (long long)st.st_size : 0;
}

size_t
firmware_list(const char *board, struct firmware **list)
{
	struct dirent	**entries;
	int		  i, n;
	size_t		  count = 0;

	*list = NULL;
	n = scandir(firmware_folder(), &entries, firmware_filter, alphasort);
	if (n < 0)
		return 0;
	*list = xcalloc((size_t)n, sizeof **list);
	for (i = 0; i < n; i++) {
		if (firmware_parse(entries[i]->d_name, &(*list)[count]) &&
		    (board == NULL ||
		    strcmp((*list)[count].board, board) == 0))
			firmware_measure(&(*list)[count++]);
		free(entries[i]);
	}
	free(entries);
	return count;
}

int
firmware_open(const char *board, const char *name, struct firmware *firmware)
{
	struct firmware	*list;
	char		 path[4096];
	size_t		 count = firmware_list(board, &list), i;
	int		 fd = -ENOENT;

	for (i = 0; i < count && fd == -ENOENT; i++) {
		snprintf(path, sizeof path, "%s-%s", list[i].board, list[i].name);
		if (strcmp(list[i].name, name) != 0 &&
		    strcmp(path, name) != 0 && strcmp(list[i].file, name) != 0)
			continue;
		*firmware = list[i];
		snprintf(path, sizeof path, "%s/%s", firmware_folder(),
		    list[i].file);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	free(list);
	return fd;
}

/* More than any script of ours. */
#define SCRIPT_MAX	(16 * 1024)

int
firmware_script(const char *name, char **text)
{
	char	 path[4096];
	char	*buf = xcalloc(1, SCRIPT_MAX + 1);
	FILE	*file;
	int	 error = 0;

	snprintf(path, sizeof path, "%s/%s", firmware_folder(), name);
	file = fopen(path, "re");
	if (file == NULL) {
		error = -errno;
		free(buf);
		return error;
	}
	if (fread(buf, 1, SCRIPT_MAX, file) == 0)
		error = -EIO;
	fclose(file);
	if (error < 0)
		free(buf);
	else
		*text = buf;
	return error;
}
