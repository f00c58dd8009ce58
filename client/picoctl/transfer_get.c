/* SPDX-License-Identifier: MIT */
/*
 * Files and directories from a board.
 */
#include "transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "local.h"
#include "remote.h"

/* Standard output, whatever is called so here. */
static bool
transfer_is_output(const char *to)
{
	return strcmp(to, "-") == 0;
}

static int
transfer_get_file(struct picoctl *ctl, const char *path, const char *local)
{
	void	*bytes;
	size_t	 len;
	bool	 shown = transfer_is_output(local);
	int	 status = remote_read(ctl, path, !shown, &bytes, &len);

	if (status != STATUS_OK)
		return remote_pass_over(ctl, status);
	if (shown)
		fwrite(bytes, 1, len, ctl->output.out);
	else
		status = local_write(local, bytes, len);
	free(bytes);
	return status;
}

static int
transfer_make_directory(const char *local)
{
	struct stat	st;
	int		error;

	if (mkdir(local, 0777) == 0)
		return STATUS_OK;
	error = errno;
	if (error == EEXIST && stat(local, &st) == 0 && S_ISDIR(st.st_mode))
		return STATUS_OK;
	picoctl_complain("cannot make the directory %s: %s", local, error ==
	    EEXIST ? "what is here of that name is none" : strerror(error));
	return STATUS_FILE;
}

/* A name that a board made up must not lead out of where it is to go. */
static bool
transfer_is_safe(const char *below)
{
	const char	*part = below;
	size_t		 len;

	for (; *part != '\0'; part += len + (part[len] == '/')) {
		len = strcspn(part, "/");
		if (len == 0 || (len == 1 && part[0] == '.') ||
		    (len == 2 && strncmp(part, "..", 2) == 0))
			return false;
	}
	return below[0] != '\0';
}

static int
transfer_get_entry(struct picoctl *ctl, const struct remote_file *file,
    const char *directory, const char *local)
{
	const char	*below = remote_below(file->path, directory);
	char		*to;
	int		 status;

	if (!transfer_is_safe(below)) {
		picoctl_complain("a file on the board is called \"%s\", which "
		    "is left there", file->path);
		return STATUS_OK;
	}
	to = remote_join(local, below);
	status = file->is_directory ? transfer_make_directory(to) :
	    transfer_get_file(ctl, file->path, to);
	free(to);
	return status;
}

static int
transfer_get_tree(struct picoctl *ctl, const char *directory,
    const char *local)
{
	struct remote_list	list;
	size_t			i;
	int			status;

	status = remote_list(ctl, directory, true, false, &list);
	if (status != STATUS_OK)
		return remote_pass_over(ctl, status);
	status = transfer_make_directory(local);
	for (i = 0; status == STATUS_OK && i < list.count; i++)
		status = transfer_get_entry(ctl, &list.files[i], directory,
		    local);
	remote_list_free(&list);
	return status;
}

static void
transfer_forget(struct remote_file *file)
{
	free(file->path);
	free(file->hash);
}

static int
transfer_get_one(struct picoctl *ctl, const char *path, const char *to,
    bool into)
{
	struct remote_file	 file = { 0 };
	char			*local;
	int			 status = remote_stat(ctl, path, false, &file);

	if (status == REMOTE_ABSENT) {
		picoctl_complain("%s is not on the board; \"picoctl ls\" shows "
		    "what is", path);
		return remote_pass_over(ctl, STATUS_FILE);
	}
	if (status == STATUS_OK && file.is_directory &&
	    transfer_is_output(to)) {
		picoctl_complain("%s is a directory", path);
		status = STATUS_FILE;
	}
	if (status != STATUS_OK) {
		transfer_forget(&file);
		return status;
	}
	local = into ? remote_into(to, remote_base(path)) : strdup(to);
	status = file.is_directory ? transfer_get_tree(ctl, path, local) :
	    transfer_get_file(ctl, path, local);
	free(local);
	transfer_forget(&file);
	return status;
}

static int
transfer_get_like(struct picoctl *ctl, const char *word, const char *to,
    bool into)
{
	struct remote_list	list = { 0 };
	size_t			i;
	int			status = remote_glob(ctl, word, false, &list);

	if (status == STATUS_OK && list.count > 1 && !into &&
	    !transfer_is_output(to)) {
		picoctl_complain("%s stands for %zu files, and %s is no "
		    "directory", word, list.count, to);
		status = STATUS_USAGE;
	}
	for (i = 0; status == STATUS_OK && i < list.count; i++)
		status = transfer_get_one(ctl, list.files[i].path, to, into);
	remote_list_free(&list);
	return status;
}

/* Of several boards each has a place of its own, or all but one would be lost. */
static int
transfer_own_place(const struct picoctl *ctl, const char *to, char **place)
{
	int	status;

	*place = NULL;
	if (!ctl->of_several || transfer_is_output(to))
		return STATUS_OK;
	*place = remote_join(to, ctl->options.value[OPTION_BOARD]);
	status = transfer_make_directory(to);
	return status != STATUS_OK ? status : transfer_make_directory(*place);
}

static int
transfer_get_all(struct picoctl *ctl, char *const *sources, int count,
    const char *to)
{
	struct stat	st;
	bool		output = transfer_is_output(to);
	bool		into = !output && stat(to, &st) == 0 &&
			    S_ISDIR(st.st_mode);
	int		i, status = STATUS_OK;

	if (count > 1 && !into && !output) {
		picoctl_complain("%s is no directory, and there are %d files for "
		    "it", to, count);
		return STATUS_USAGE;
	}
	for (i = 0; status == STATUS_OK && i < count; i++)
		status = transfer_get_like(ctl, sources[i], to, into);
	return status;
}

int
transfer_get(struct picoctl *ctl, char *const *sources, int count,
    const char *to)
{
	char	*place;
	int	 status = transfer_own_place(ctl, to, &place);

	if (status == STATUS_OK)
		status = transfer_get_all(ctl, sources, count, place == NULL ?
		    to : place);
	free(place);
	return remote_passed_over(ctl, status);
}
