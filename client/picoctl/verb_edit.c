/* SPDX-License-Identifier: MIT */
/*
 * picoctl edit: a file of a board in the editor of whoever asks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local.h"
#include "program.h"
#include "remote.h"
#include "session.h"

/* A file that is being edited. */
struct edit {
	const char	*path;		/* on the board */
	char		 folder[64];
	char		*local;
	void		*bytes;		/* as it is there; NULL: it is new */
	size_t		 len;
};

/* $VISUAL and $EDITOR may have arguments, and are a shell's words. */
static int
verb_edit_program(const char *local)
{
	const char	*editor = getenv("VISUAL");
	char		 shell[] = "sh", option[] = "-c";
	char		*path = strdup(local);
	char		*argv[] = { shell, option, NULL, shell, path, NULL };
	pid_t		 pid;
	int		 status;

	if (editor == NULL || editor[0] == '\0')
		editor = getenv("EDITOR");
	if (editor == NULL || editor[0] == '\0')
		editor = access("/usr/bin/editor", X_OK) == 0 ? "editor" : "vi";
	if (asprintf(&argv[2], "%s \"$1\"", editor) < 0)
		abort();
	status = program_start(argv, &pid);
	if (status == STATUS_OK)
		status = program_wait(pid);
	if (status != STATUS_OK)
		picoctl_complain("%s ended with status %d; the board's file is as "
		    "it was", editor, status);
	free(argv[2]);
	free(path);
	return status;
}

static int
verb_edit_fetch(struct picoctl *ctl, struct edit *e)
{
	int	status = remote_stat(ctl, e->path, false, NULL);

	if (status == REMOTE_ABSENT)
		return STATUS_OK;
	if (status == STATUS_OK)
		status = remote_read(ctl, e->path, true, &e->bytes, &e->len);
	return status == STATUS_OK ? local_write(e->local, e->bytes, e->len) :
	    status;
}

/* Writes it back, if anything was changed. */
static int
verb_edit_return(struct picoctl *ctl, const struct edit *e)
{
	void	*bytes;
	size_t	 len;
	int	 status;

	if (access(e->local, F_OK) < 0 && e->bytes == NULL)
		return STATUS_OK;	/* it was not saved */
	status = local_read(e->local, &bytes, &len);
	if (status != STATUS_OK)
		return status;
	if (e->bytes == NULL || len != e->len ||
	    memcmp(bytes, e->bytes, len) != 0)
		status = remote_write(ctl, e->path, bytes, len, NULL);
	free(bytes);
	if (status != STATUS_OK)
		picoctl_complain("what you wrote is in %s", e->local);
	return status;
}

static int
verb_edit_file(struct picoctl *ctl, struct edit *e)
{
	int	status = verb_edit_fetch(ctl, e);

	if (status == STATUS_OK)
		status = verb_edit_program(e->local);
	if (status == STATUS_OK)
		status = verb_edit_return(ctl, e);
	else
		unlink(e->local);
	if (status == STATUS_OK)
		unlink(e->local);
	rmdir(e->folder);
	return status;
}

static int
verb_edit_run(struct picoctl *ctl)
{
	struct edit	 e = { .path = remote_path(ctl->operands[0]) };
	const char	*tmp = getenv("TMPDIR");
	int		 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	snprintf(e.folder, sizeof e.folder, "%.40s/picoctl.XXXXXX",
	    tmp != NULL && strlen(tmp) <= 40 ? tmp : "/tmp");
	if (mkdtemp(e.folder) == NULL) {
		picoctl_complain("cannot make %s: %s", e.folder,
		    strerror(errno));
		return STATUS_FILE;
	}
	e.local = remote_join(e.folder, remote_base(e.path));
	status = verb_edit_file(ctl, &e);
	free(e.local);
	free(e.bytes);
	return status;
}

const struct verb	verb_edit = {
	.name = "edit",
	.operands = ":FILE",
	.summary = "edit a file of a board",
	.details =
"Fetches FILE from the board, or begins a new one, opens it in $VISUAL or\n"
"$EDITOR, and writes it back if it was changed.  If that fails, what was\n"
"written is kept here, and where is said.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 1,
	.most = 1,
	.single = true,
	.run = verb_edit_run,
};
