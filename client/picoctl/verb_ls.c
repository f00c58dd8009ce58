/* SPDX-License-Identifier: MIT */
/*
 * picoctl ls: what a board has of files.
 */
#include <stdlib.h>
#include <string.h>

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

static void
verb_ls_show_all(struct picoctl *ctl, const char *directory,
    struct remote_list *list)
{
	size_t	i;

	for (i = 0; i < list->count; i++)
		verb_ls_show(ctl, directory, &list->files[i]);
	remote_list_free(list);
}

static int
verb_ls_directory(struct picoctl *ctl, const char *path)
{
	struct remote_list	list;
	int			status;

	status = remote_list(ctl, path,
	    options_given(&ctl->options, OPTION_RECURSIVE),
	    options_given(&ctl->options, OPTION_HASH), &list);
	verb_ls_show_all(ctl, path, &list);
	return remote_pass_over(ctl, status);
}

static int
verb_ls_path(struct picoctl *ctl, const char *path)
{
	struct remote_file	file = { 0 };
	int			status;

	if (strcmp(path, "/") == 0)
		return verb_ls_directory(ctl, path);
	status = remote_stat(ctl, path, options_given(&ctl->options,
	    OPTION_HASH), &file);
	if (status == REMOTE_ABSENT || (status == STATUS_OK &&
	    file.is_directory))
		status = verb_ls_directory(ctl, path);
	else if (status == STATUS_OK)
		verb_ls_show(ctl, "/", &file);
	free(file.path);
	free(file.hash);
	return status;
}

static int
verb_ls_word(struct picoctl *ctl, const char *word)
{
	struct remote_list	list;
	int			status;

	if (!remote_is_pattern(word))
		return verb_ls_path(ctl, remote_path(word));
	status = remote_glob(ctl, word, options_given(&ctl->options,
	    OPTION_HASH), &list);
	if (status == STATUS_OK)
		verb_ls_show_all(ctl, "/", &list);
	return status;
}

static int
verb_ls_run(struct picoctl *ctl)
{
	int	i, status = session_open(ctl);

	if (status == STATUS_OK && ctl->operand_count == 0)
		status = verb_ls_directory(ctl, "");
	for (i = 0; status == STATUS_OK && i < ctl->operand_count; i++)
		status = verb_ls_word(ctl, ctl->operands[i]);
	return remote_passed_over(ctl, status);
}

const struct verb	verb_ls = {
	.name = "ls",
	.operands = "[:DIRECTORY|:FILE...]",
	.summary = "show what files a board has",
	.details =
"Shows the files in each DIRECTORY of the board, or in all of it, and each FILE,\n"
"also by a pattern such as \":*.py\"; directories with a slash behind them.  With\n"
"-l their sizes in bytes come first, with -r all\n"
"that is below is shown too, and with --hash the SHA-256 of each file, where the\n"
"board can reckon it.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT) | OPTION_BIT(LONG) |
	    OPTION_BIT(RECURSIVE) | OPTION_BIT(HASH),
	.most = -1,
	.run = verb_ls_run,
};
