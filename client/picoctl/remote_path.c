/* SPDX-License-Identifier: MIT */
#include "remote_path.h"

#include <stdlib.h>
#include <string.h>

#include "picoctl.h"

bool
remote_is(const char *word)
{
	return word[0] == ':';
}

const char *
remote_path(const char *word)
{
	const char	*path = remote_is(word) ? word + 1 : word;

	return path[0] == '\0' ? "/" : path;
}

char *
remote_join(const char *directory, const char *name)
{
	size_t	len = strlen(directory);
	char	*path = malloc(len + strlen(name) + 2);

	if (path == NULL)
		abort();
	if (strcmp(directory, "/") == 0)
		strcpy(path, name);	/* as people write it: "main.py" */
	else {
		strcpy(path, directory);
		if (len > 0 && directory[len - 1] != '/')
			strcat(path, "/");
		strcat(path, name);
	}
	return path;
}

char *
remote_into(const char *directory, const char *name)
{
	char	*copy;

	if (name[0] != '\0' && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0)
		return remote_join(directory, name);
	copy = strdup(directory);
	if (copy == NULL)
		abort();
	return copy;
}

const char *
remote_base(const char *path)
{
	const char	*slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

const char *
remote_below(const char *path, const char *directory)
{
	size_t	len;

	while (*path == '/')
		path++;
	while (*directory == '/')
		directory++;
	len = strlen(directory);
	if (strncmp(path, directory, len) == 0)
		path += len;
	while (*path == '/')
		path++;
	return path;
}

bool
remote_is_pattern(const char *word)
{
	return strpbrk(remote_base(remote_path(word)), "*?[") != NULL;
}

bool
remote_is_utf8(const char *path)
{
	json_t	*json = json_string(path);

	if (json == NULL)
		picoctl_complain("the path \"%s\" is not UTF-8", path);
	json_decref(json);
	return json != NULL;
}

bool
remote_is_fit(const char *path)
{
	const char	*c;

	if (!remote_is_utf8(path))
		return false;
	for (c = path; *c != '\0'; c++) {
		if ((unsigned char)*c >= 0x20 && *c != 0x7f)
			continue;
		picoctl_complain("\"%s\" has a control character, and no file "
		    "on a board may have one in its name; give it another",
		    path);
		return false;
	}
	return true;
}
