/* SPDX-License-Identifier: MIT */
/*
 * Files and directories to a board, and on one.  A directory there is made
 * before what goes into it; what a board has already is not sent again.
 */
#include "transfer.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "local.h"
#include "remote.h"
#include "session.h"

/* Whether an entry of a directory stays here. */
static bool
transfer_skips(const char *name)
{
	return (name[0] == '.' && name[1] != '\0') ||
	    strcmp(name, "__pycache__") == 0;
}

int
transfer_put_file(struct picoctl *ctl, const char *local, const char *path,
    struct transfer_count *count)
{
	void	*bytes;
	size_t	 len;
	bool	 changed = true;
	int	 status = local_read(local, &bytes, &len);

	if (status != STATUS_OK)
		return status;
	status = remote_write(ctl, path, bytes, len, &changed);
	free(bytes);
	if (status != STATUS_OK)
		return status;
	if (changed)
		count->changed++;
	else
		count->same++;
	return STATUS_OK;
}

/* What an entry of a walk below root is called under to. */
static char *
transfer_path(const FTSENT *entry, size_t root, const char *to)
{
	const char	*below = entry->fts_path + root;

	while (*below == '/')
		below++;
	return *below == '\0' ? strdup(to) : remote_join(to, below);
}

/* Why no board can have it. */
static const char *
transfer_unfit(const FTSENT *entry)
{
	switch (entry->fts_info) {
	case FTS_SLNONE:
		return "it is a link to what is not there";
	case FTS_DC:
		return "it is a link to a directory that it is in";
	default:
		return "it is neither a file nor a directory";
	}
}

int
transfer_leave_out(const FTSENT *entry, struct transfer_count *count)
{
	if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ||
	    entry->fts_info == FTS_NS) {
		picoctl_complain("cannot read %s: %s", entry->fts_path,
		    strerror(entry->fts_errno));
		return STATUS_FILE;
	}
	picoctl_complain("%s is left out: %s", entry->fts_path,
	    transfer_unfit(entry));
	count->left_out++;
	return STATUS_OK;
}

static int
transfer_by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

int
transfer_walk(const char *local, const char *to, transfer_fn *fn, void *arg)
{
	char	*roots[] = { (char *)(uintptr_t)local, NULL }, *path;
	FTS	*walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR,
		    transfer_by_name);
	FTSENT	*entry;
	int	 status = STATUS_OK;

	if (walk == NULL)
		abort();
	while (status == STATUS_OK && (entry = fts_read(walk)) != NULL) {
		if (entry->fts_level > 0 && transfer_skips(entry->fts_name)) {
			fts_set(walk, entry, FTS_SKIP);
			continue;
		}
		if (entry->fts_info == FTS_DP)
			continue;
		path = transfer_path(entry, strlen(local), to);
		status = fn(entry, path, arg);
		free(path);
	}
	fts_close(walk);
	return status;
}

static int
transfer_check_entry(const FTSENT *entry, const char *path, void *arg)
{
	(void)arg;
	return (entry->fts_info != FTS_D && entry->fts_info != FTS_F) ||
	    remote_is_fit(path) ? STATUS_OK : STATUS_USAGE;
}

int
transfer_check(const char *local, const char *to)
{
	return transfer_walk(local, to, transfer_check_entry, NULL);
}

/* What is being put. */
struct transfer_put {
	struct picoctl		*ctl;
	struct transfer_count	 count;
};

static int
transfer_put_entry(const FTSENT *entry, const char *path, void *arg)
{
	struct transfer_put	*put = arg;

	switch (entry->fts_info) {
	case FTS_D:
		return strcmp(path, "/") == 0 ? STATUS_OK :
		    remote_make_directory(put->ctl, path);
	case FTS_F:
		return transfer_put_file(put->ctl, entry->fts_path, path,
		    &put->count);
	default:
		return transfer_leave_out(entry, &put->count);
	}
}

/* The last name of a path of ours, also of "lib/". */
static char *
transfer_name(const char *local)
{
	char	*copy = strdup(local), *name;
	size_t	 len = strlen(local);

	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = '\0';
	name = strdup(remote_base(copy));
	free(copy);
	return name;
}

/* Whether what is put or got goes into to, or becomes it. */
static int
transfer_is_into(struct picoctl *ctl, const char *to, int count, bool *into)
{
	struct remote_file	file = { 0 };
	int			status;

	*into = count > 1 || to[strlen(to) - 1] == '/';
	if (*into)
		return STATUS_OK;
	status = remote_stat(ctl, to, false, &file);
	*into = status == STATUS_OK && file.is_directory;
	free(file.path);
	free(file.hash);
	return status == REMOTE_ABSENT ? STATUS_OK : status;
}

/* A path there never ends with a slash, but "/" itself. */
static char *
transfer_trim(const char *to)
{
	char	*trimmed = strdup(to);
	size_t	 len = strlen(to);

	while (len > 1 && trimmed[len - 1] == '/')
		trimmed[--len] = '\0';
	return trimmed;
}

/* What one of ours is called there, in path, and whether it is a directory. */
static int
transfer_place(const char *local, const char *to, bool into, char **path,
    bool *is_directory)
{
	struct stat	 st;
	bool		 is_input = strcmp(local, "-") == 0;
	char		*name;

	*is_directory = false;
	if (!is_input && stat(local, &st) < 0) {
		picoctl_complain("cannot read %s: %s", local, strerror(errno));
		return STATUS_FILE;
	}
	if (is_input && into) {
		picoctl_complain("say what standard input is to be called "
		    "there, as in :main.py");
		return STATUS_USAGE;
	}
	*is_directory = !is_input && S_ISDIR(st.st_mode);
	name = transfer_name(local);
	*path = into ? remote_into(to, name) : strdup(to);
	free(name);
	return STATUS_OK;
}

/* Before anything is sent: whoever is refused need not find out what came. */
static int
transfer_check_one(const char *local, const char *to, bool into)
{
	bool	 is_directory;
	char	*path;
	int	 status = transfer_place(local, to, into, &path, &is_directory);

	if (status != STATUS_OK)
		return status;
	if (is_directory)
		status = transfer_check(local, path);
	else if (!remote_is_fit(path))
		status = STATUS_USAGE;
	free(path);
	return status;
}

static int
transfer_put_one(struct transfer_put *put, const char *local, const char *to,
    bool into)
{
	bool	 is_directory;
	char	*path;
	int	 status = transfer_place(local, to, into, &path, &is_directory);

	if (status != STATUS_OK)
		return status;
	status = is_directory ? transfer_walk(local, path, transfer_put_entry,
	    put) : transfer_put_file(put->ctl, local, path, &put->count);
	free(path);
	return status;
}

int
transfer_put(struct picoctl *ctl, char *const *sources, int count,
    const char *to)
{
	struct transfer_put	 put = { .ctl = ctl };
	char			*directory = transfer_trim(to);
	bool			 into;
	int			 i, status;

	status = transfer_is_into(ctl, to, count, &into);
	for (i = 0; status == STATUS_OK && i < count; i++)
		status = transfer_check_one(sources[i], directory, into);
	for (i = 0; status == STATUS_OK && i < count; i++)
		status = transfer_put_one(&put, sources[i], directory, into);
	free(directory);
	return status == STATUS_OK && put.count.left_out > 0 ? STATUS_FILE :
	    status;
}

static int
transfer_copy_one(struct picoctl *ctl, const char *path, const char *to)
{
	void	*bytes;
	size_t	 len;
	int	 status = remote_read(ctl, path, true, &bytes, &len);

	if (status != STATUS_OK)
		return remote_pass_over(ctl, status);
	status = remote_write(ctl, to, bytes, len, NULL);
	free(bytes);
	return status;
}

static int
transfer_copy_like(struct picoctl *ctl, const char *word, const char *to,
    bool into)
{
	struct remote_list	list = { 0 };
	size_t			i;
	char			*path;
	int			status = remote_glob(ctl, word, false, &list);

	for (i = 0; status == STATUS_OK && i < list.count; i++) {
		path = into || list.count > 1 ? remote_join(to,
		    remote_base(list.files[i].path)) : strdup(to);
		status = transfer_copy_one(ctl, list.files[i].path, path);
		free(path);
	}
	remote_list_free(&list);
	return status;
}

int
transfer_copy(struct picoctl *ctl, char *const *sources, int count,
    const char *to)
{
	char	*directory = transfer_trim(to);
	bool	 into;
	int	 i, status;

	status = transfer_is_into(ctl, to, count, &into);
	for (i = 0; status == STATUS_OK && i < count; i++)
		status = transfer_copy_like(ctl, sources[i], directory, into);
	free(directory);
	return remote_passed_over(ctl, status);
}
