/* SPDX-License-Identifier: MIT */
#include "sync_there.h"

#include <sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct remote_file *
sync_there_find(struct sync_there *s, const char *path)
{
	size_t	i;

	for (i = 0; i < s->list.count; i++)
		if (strcmp(remote_below(s->list.files[i].path, "/"),
		    remote_below(path, "/")) == 0) {
			s->kept[i] = true;
			return &s->list.files[i];
		}
	return NULL;
}

void
sync_there_replaced(struct sync_there *s, const char *path)
{
	char	*litter;

	if (asprintf(&litter, "%s.~", path) < 0)
		abort();
	sync_there_find(s, litter);
	free(litter);
}

bool
sync_there_is_same(const struct remote_file *file, const void *bytes,
    size_t len)
{
	uint8_t		sum[SHA256_DIGEST_LENGTH];
	char		text[SHA256_DIGEST_STRING_LENGTH];
	SHA2_CTX	sha;
	int		i;

	if (file == NULL || file->is_directory || file->size != len ||
	    file->hash == NULL)
		return false;
	SHA256Init(&sha);
	SHA256Update(&sha, bytes, len);
	SHA256Final(sum, &sha);
	for (i = 0; i < SHA256_DIGEST_LENGTH; i++)
		snprintf(text + 2 * i, 3, "%02x", sum[i]);
	return strcmp(text, file->hash) == 0;
}

/* It and all that is below are no more: nobody is to try that again. */
static void
sync_there_forget(struct sync_there *s, const struct remote_file *file)
{
	size_t	i, len = strlen(file->path);

	for (i = 0; i < s->list.count; i++)
		if (strncmp(s->list.files[i].path, file->path, len) == 0 &&
		    strchr("/", s->list.files[i].path[len]) != NULL) {
			s->kept[i] = true;
			s->removed++;
		}
}

int
sync_there_make_way(struct sync_there *s, const struct remote_file *file)
{
	int	status;

	if (!options_given(&s->ctl->options, OPTION_DELETE)) {
		picoctl_complain("%s is a %s on the board, and a %s here; with "
		    "--delete it is removed there", file->path,
		    file->is_directory ? "directory" : "file",
		    file->is_directory ? "file" : "directory");
		return STATUS_FILE;
	}
	status = remote_remove(s->ctl, file->path, file->is_directory);
	if (status == STATUS_OK)
		sync_there_forget(s, file);
	return status;
}

/*
 * Whether it is what an interrupted write has left: where there is nothing of the
 * name that it was to get, it may be all that there is of a file.
 */
static bool
sync_there_is_litter(const struct sync_there *s, const char *path)
{
	size_t	i, len = strlen(path);

	if (len < 3 || strcmp(path + len - 2, ".~") != 0)
		return false;
	for (i = 0; i < s->list.count; i++)
		if (strlen(s->list.files[i].path) == len - 2 &&
		    memcmp(s->list.files[i].path, path, len - 2) == 0)
			return true;
	return false;
}

int
sync_there_remove(struct sync_there *s)
{
	bool	all = options_given(&s->ctl->options, OPTION_DELETE);
	size_t	i;
	int	status = STATUS_OK;

	/* From behind: what is in a directory goes before it. */
	for (i = s->list.count; status == STATUS_OK && i-- > 0; ) {
		if (s->kept[i] || (!all &&
		    !sync_there_is_litter(s, s->list.files[i].path)))
			continue;
		status = remote_remove(s->ctl, s->list.files[i].path, false);
		s->removed += status == STATUS_OK;
		status = remote_pass_over(s->ctl, status);
	}
	return remote_passed_over(s->ctl, status);
}

int
sync_there_read(struct sync_there *s, struct picoctl *ctl, const char *path)
{
	struct remote_file	to = { .is_directory = true };
	bool			is_all = strcmp(path, "/") == 0;
	int			status = is_all ? STATUS_OK :
				    remote_stat(ctl, path, false, &to);

	*s = (struct sync_there){ .ctl = ctl };
	if (status == REMOTE_ABSENT)
		status = remote_make_directory(ctl, path);
	else if (status == STATUS_OK && !to.is_directory) {
		picoctl_complain("%s is no directory on the board", path);
		status = STATUS_FILE;
	}
	free(to.path);
	free(to.hash);
	if (status == STATUS_OK)
		status = remote_list(ctl, is_all ? "" : path, true, true,
		    &s->list);
	s->kept = calloc(s->list.count + 1, sizeof *s->kept);
	if (s->kept == NULL)
		abort();
	return status;
}

void
sync_there_free(struct sync_there *s)
{
	remote_list_free(&s->list);
	free(s->kept);
	s->kept = NULL;
}
