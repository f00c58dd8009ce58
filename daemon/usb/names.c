/* SPDX-License-Identifier: MIT */
/*
 * A small list, most recently seen last, written to a new file that takes the
 * place of the old one whenever a name is given.  A file that cannot be written
 * costs the memory of names, not the boards.  A key that several boards have is
 * kept under a name that none has.
 */
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "protocol/limits.h"

#define SHARED	"*"

struct entry {
	char	*name;
	char	*key;
};

struct names {
	char		*path;		/* or NULL */
	struct entry	 entries[LIMIT_NAMES];
	size_t		 count;
};

static void
names_forget(struct names *names, size_t i)
{
	free(names->entries[i].name);
	free(names->entries[i].key);
	names->count--;
	memmove(&names->entries[i], &names->entries[i + 1],
	    (names->count - i) * sizeof *names->entries);
}

static struct entry *
names_add(struct names *names, const char *name, const char *key)
{
	struct entry	*e;

	if (names->count == LIMIT_NAMES)
		names_forget(names, 0);
	e = &names->entries[names->count];
	e->name = xstrdup(name);
	e->key = xstrdup(key);
	names->count++;
	return e;
}

static void
names_read(struct names *names)
{
	FILE	*file = fopen(names->path, "re");
	char	 name[128], key[512];

	if (file == NULL)
		return;
	while (fscanf(file, "%127s %511[^\n]", name, key) == 2)
		names_add(names, name, key);
	fclose(file);
}

struct names *
names_open(const char *path)
{
	struct names	*names = xcalloc(1, sizeof *names);

	if (path != NULL) {
		names->path = xstrdup(path);
		names_read(names);
	}
	return names;
}

void
names_close(struct names *names)
{
	if (names == NULL)
		return;
	while (names->count > 0)
		names_forget(names, names->count - 1);
	free(names->path);
	free(names);
}

static void
names_write(const struct names *names)
{
	char	path[4096];
	FILE	*file;
	size_t	i;
	int	failed;

	if (names->path == NULL)
		return;
	snprintf(path, sizeof path, "%s.new", names->path);
	file = fopen(path, "we");
	if (file == NULL) {
		log_warn("names of boards are not kept: %s: %s", path,
		    strerror(errno));
		return;
	}
	for (i = 0; i < names->count; i++)
		fprintf(file, "%s %s\n", names->entries[i].name,
		    names->entries[i].key);
	failed = ferror(file);
	if (fclose(file) != 0 || failed || rename(path, names->path) < 0) {
		log_warn("names of boards are not kept: %s", names->path);
		unlink(path);
	}
}

static bool
names_has(const struct names *names, const char *name)
{
	size_t	i;

	for (i = 0; i < names->count; i++)
		if (strcmp(names->entries[i].name, name) == 0)
			return true;
	return false;
}

/* Where the key is, or count. */
static size_t
names_index(const struct names *names, const char *key)
{
	size_t	i;

	for (i = 0; i < names->count; i++)
		if (strcmp(names->entries[i].key, key) == 0)
			break;
	return i;
}

/* The entry of that key becomes the last one, the most recently seen. */
static const char *
names_find(struct names *names, const char *key)
{
	size_t		i = names_index(names, key);
	struct entry	found;

	if (i == names->count)
		return NULL;
	found = names->entries[i];
	memmove(&names->entries[i], &names->entries[i + 1],
	    (names->count - 1 - i) * sizeof found);
	names->entries[names->count - 1] = found;
	return found.name;
}

const char *
names_get(struct names *names, const char *key, const char *prefix,
    bool (*is_taken)(const char *name, void *arg), void *arg)
{
	const char	*name = names_find(names, key);
	char		 made[128];
	unsigned	 n = 0;
	struct entry	*e;

	if (name != NULL)
		return name;
	do
		snprintf(made, sizeof made, "%s%u", prefix, n++);
	while (names_has(names, made) || is_taken(made, arg));
	e = names_add(names, made, key);
	names_write(names);
	return e->name;
}

bool
names_is_shared(const struct names *names, const char *key)
{
	size_t	i = names_index(names, key);

	return i < names->count && strcmp(names->entries[i].name, SHARED) == 0;
}

void
names_share(struct names *names, const char *key, const char *instead)
{
	size_t	i = names_index(names, key);

	if (i < names->count && names_index(names, instead) == names->count) {
		free(names->entries[i].key);
		names->entries[i].key = xstrdup(instead);
	} else if (i < names->count)
		names_forget(names, i);
	names_add(names, SHARED, key);
	names_write(names);
}

const char *
names_known(const struct names *names, const char *key)
{
	size_t	i = names_index(names, key);

	return i == names->count ? NULL : names->entries[i].name;
}

void
names_drop(struct names *names, const char *key)
{
	size_t	i = names_index(names, key);

	if (i == names->count)
		return;
	names_forget(names, i);
	names_write(names);
}

void
names_set(struct names *names, const char *key, const char *name)
{
	size_t	i = names_index(names, key);

	if (i < names->count && strcmp(names->entries[i].name, name) == 0)
		return;
	if (i < names->count)
		names_forget(names, i);
	if (names->count == LIMIT_NAMES)
		names_forget(names, 0);
	names_add(names, name, key);
	names_write(names);
}
