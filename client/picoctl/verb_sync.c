/* SPDX-License-Identifier: MIT */
/*
 * picoctl sync: a directory of ours and one of a board, made the same.
 *
 * One listing with hashes tells what differs, so that nothing is asked file by
 * file.  With --watch each change here comes there, and the board's program starts
 * anew.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local.h"
#include "remote.h"
#include "session.h"
#include "sync_there.h"
#include "transfer.h"

/* Editors write in several steps: quiet for so long, and it is done. */
#define QUIET_MS	100

struct sync {
	struct picoctl		*ctl;
	const char		*from;
	const char		*to;
	struct sync_there	 there;
	int			 watch;		/* inotify, or -1 */
	struct transfer_count	 count;
};

static int
sync_file(struct sync *s, const char *local, const char *path)
{
	const struct remote_file	*file = sync_there_find(&s->there, path);
	void				*bytes;
	size_t				 len;
	bool				 changed = false;
	int				 status;

	status = local_read(local, &bytes, &len);
	if (status != STATUS_OK)
		return status;
	if (file != NULL && file->is_directory)
		status = sync_there_make_way(&s->there, file);
	if (status == STATUS_OK && !sync_there_is_same(file, bytes, len))
		status = remote_write(s->ctl, path, bytes, len, &changed);
	free(bytes);
	if (status == STATUS_OK && changed) {
		sync_there_replaced(&s->there, path);
		s->count.changed++;
	} else if (status == STATUS_OK)
		s->count.same++;
	return status;
}

/* errno says why; two of its numbers mean limits that few know, inotify(7). */
static int
sync_cannot_watch(const char *path)
{
	int		 error = errno;
	const char	*limit = error == EMFILE ? "max_user_instances" :
			    error == ENOSPC ? "max_user_watches" : NULL;

	if (limit == NULL)
		picoctl_complain("cannot watch %s: %s", path, strerror(error));
	else
		picoctl_complain("cannot watch %s: %s: more would be than "
		    "fs.inotify.%s allows; root can raise that with sysctl",
		    path, strerror(error), limit);
	return STATUS_FILE;
}

static int
sync_directory(struct sync *s, const char *local, const char *path)
{
	const struct remote_file	*file;
	int				 status = STATUS_OK;

	if (s->watch >= 0 && inotify_add_watch(s->watch, local,
	    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
	    IN_MOVED_TO | IN_ONLYDIR) < 0)
		return sync_cannot_watch(local);
	if (strcmp(path, s->to) == 0)
		return STATUS_OK;
	file = sync_there_find(&s->there, path);
	if (file != NULL && file->is_directory)
		return STATUS_OK;
	if (file != NULL)
		status = sync_there_make_way(&s->there, file);
	return status == STATUS_OK ? remote_make_directory(s->ctl, path) :
	    status;
}

static int
sync_entry(const FTSENT *entry, const char *path, void *arg)
{
	struct sync	*s = arg;

	if (entry->fts_info == FTS_D)
		return sync_directory(s, entry->fts_path, path);
	if (entry->fts_info == FTS_F)
		return sync_file(s, entry->fts_path, path);
	return transfer_leave_out(entry, &s->count);
}

static int
sync_once(struct sync *s)
{
	int	status = transfer_check(s->from, s->to);

	if (status != STATUS_OK)
		return status;
	s->count = (struct transfer_count){ 0 };
	status = sync_there_read(&s->there, s->ctl, s->to);
	if (status == STATUS_OK)
		status = transfer_walk(s->from, s->to, sync_entry, s);
	if (status == STATUS_OK)
		status = sync_there_remove(&s->there);
	sync_there_free(&s->there);
	if (status == STATUS_OK)
		s->ctl->output.ops->synced(&s->ctl->output, s->count.changed,
		    s->count.same, s->there.removed);
	return status;
}

/* Its program begins anew, with what has just come. */
static int
sync_restart(struct sync *s)
{
	json_t	*parameters = session_parameters(s->ctl, true);

	if (s->count.changed == 0 && s->there.removed == 0) {
		json_decref(parameters);
		return STATUS_OK;
	}
	return session_do(s->ctl, "io.picod.Reset", parameters);
}

/* Until something here was changed, and nothing for a moment; or picod ends. */
static bool
sync_wait(const struct sync *s)
{
	char		buf[4096];
	struct pollfd	fds[2] = {
		{ .fd = s->watch, .events = POLLIN },
		{ .fd = picod_fd(s->ctl->picod), .events = POLLIN },
	};
	int		n, ms = -1;

	while ((n = poll(fds, 2, ms)) != 0) {
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && fds[1].revents != 0)
			return false;
		if (n > 0 && read(s->watch, buf, sizeof buf) < 0)
			return false;
		ms = QUIET_MS;
	}
	return true;
}

/* What goes wrong with one change is told; the next one may mend it. */
static int
sync_go_on(struct sync *s)
{
	int	status = STATUS_OK;

	while (sync_wait(s)) {
		status = sync_once(s);
		if (status == STATUS_OK)
			status = sync_restart(s);
		if (status == STATUS_NO_DAEMON)
			return status;
	}
	picoctl_complain("picod ended the connection");
	return STATUS_NO_DAEMON;
}

static int
verb_sync_run(struct picoctl *ctl)
{
	struct sync	s = { .ctl = ctl, .from = ctl->operands[0],
			    .watch = -1 };
	struct stat	st;
	int		status;

	s.to = ctl->operand_count > 1 ? remote_path(ctl->operands[1]) : "/";
	if (access(s.from, R_OK) < 0 || stat(s.from, &st) < 0) {
		picoctl_complain("cannot read %s: %s", s.from, strerror(errno));
		return STATUS_FILE;
	}
	if (!S_ISDIR(st.st_mode))
		return picoctl_usage(ctl->verb, "sync wants a directory, and "
		    "%s is none; \"picoctl put\" copies files", s.from);
	status = session_open(ctl);
	if (status != STATUS_OK)
		return status;
	if (options_given(&ctl->options, OPTION_WATCH)) {
		s.watch = inotify_init1(IN_CLOEXEC);
		if (s.watch < 0)
			return sync_cannot_watch(s.from);
	}
	status = sync_once(&s);
	if (status == STATUS_OK && s.watch >= 0) {
		status = sync_restart(&s);
		if (status == STATUS_OK)
			status = sync_go_on(&s);
	}
	if (s.watch >= 0)
		close(s.watch);
	return status == STATUS_OK && s.count.left_out > 0 ? STATUS_FILE :
	    status;
}

const struct verb	verb_sync = {
	.name = "sync",
	.operands = "DIRECTORY [:DIRECTORY]",
	.summary = "make a directory of a board like one here",
	.details =
"Copies what is in DIRECTORY and differs from what the board has; hidden files\n"
"and __pycache__ stay here.  With --delete, what is there and not here is\n"
"removed, as is a file where a directory is here, and the other way round.\n"
"\n"
"With --watch it goes on until Ctrl-C: whatever is saved here is on the board\n"
"at once, and its program starts anew.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT) | OPTION_BIT(DELETE) |
	    OPTION_BIT(WATCH),
	.least = 1,
	.most = 2,
	.run = verb_sync_run,
};
