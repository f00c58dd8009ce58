/* SPDX-License-Identifier: MIT */
/*
 * picoctl ls: what a board has of files.
 */
#include "remote.h"
#include "session.h"

/* A program is told the whole path. */
static void
verb_ls_show(struct picoctl *ctl, const char *directory,
    const struct remote_file *file)
{
	bool	 whole = options_given(&ctl->options, OPTION_JSON);
	json_t	*json = json_pack("{s:s, s:b, s:I}", "path", whole ?
		    file->path : remote_below(file->path, directory),
		    "directory", file->is_directory, "size",
		    (json_int_t)file->size);

	if (file->hash != NULL)
		json_object_set_new(json, "hash", json_string(file->hash));
	ctl->output.ops->file(&ctl->output, json,
	    options_given(&ctl->options, OPTION_LONG));
	json_decref(json);
}

static int
verb_ls_path(struct picoctl *ctl, const char *path)
{
	struct remote_list	list;
	size_t			i;
	int			status;

	status = remote_list(ctl, path,
	    options_given(&ctl->options, OPTION_RECURSIVE),
	    options_given(&ctl->options, OPTION_HASH), &list);
	for (i = 0; i < list.count; i++)
		verb_ls_show(ctl, path, &list.files[i]);
	remote_list_free(&list);
	return status;
}

static int
verb_ls_run(struct picoctl *ctl)
{
	int	i, status = session_open(ctl);

	if (status == STATUS_OK && ctl->operand_count == 0)
		return verb_ls_path(ctl, "/");
	for (i = 0; status == STATUS_OK && i < ctl->operand_count; i++)
		status = verb_ls_path(ctl, remote_path(ctl->operands[i]));
	return status;
}

const struct verb	verb_ls = {
	.name = "ls",
	.operands = "[:DIRECTORY...]",
	.summary = "show what files a board has",
	.details =
"Shows the files in each DIRECTORY of the board, or in all of it; directories\n"
"with a slash behind them.  With -l their sizes in bytes come first, with -r all\n"
"that is below is shown too, and with --hash the SHA-256 of each file, where the\n"
"board can reckon it.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT) | OPTION_BIT(LONG) |
	    OPTION_BIT(RECURSIVE) | OPTION_BIT(HASH),
	.most = -1,
	.run = verb_ls_run,
};
