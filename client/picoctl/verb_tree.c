/* SPDX-License-Identifier: MIT */
/*
 * picoctl tree: a board's directories, drawn.
 */
#include <string.h>

#include "remote.h"
#include "session.h"

static unsigned
verb_tree_depth(const char *path)
{
	unsigned	depth = 0;

	for (; *path != '\0'; path++)
		depth += *path == '/';
	return depth;
}

/* Whether something follows in the directory that a path is in. */
static bool
verb_tree_goes_on(const struct remote_list *list, size_t i, unsigned depth)
{
	unsigned	other;

	while (++i < list->count) {
		other = verb_tree_depth(list->files[i].path);
		if (other <= depth)
			return other == depth;
	}
	return false;
}

static void
verb_tree_show(struct picoctl *ctl, const struct remote_list *list, size_t i,
    unsigned base)
{
	const char	*path = list->files[i].path;
	unsigned	 depth = verb_tree_depth(path), level;
	FILE		*out = ctl->output.out;
	const char	*name = remote_base(path);

	for (level = base; level < depth; level++)
		fputs(verb_tree_goes_on(list, i, level) ? "|   " : "    ", out);
	fputs("|-- ", out);
	output_escape(out, OUTPUT_LINE, name, strlen(name));
	fputs(list->files[i].is_directory ? "/\n" : "\n", out);
}

static int
verb_tree_run(struct picoctl *ctl)
{
	const char		*path = ctl->operand_count > 0 ?
				    remote_path(ctl->operands[0]) : "/";
	struct remote_list	list;
	size_t			i;
	unsigned		base;
	int			status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	status = remote_list(ctl, path, true, false, &list);
	base = strcmp(path, "/") == 0 ? 1 : verb_tree_depth(path) + 1;
	for (i = 0; i < list.count; i++)
		verb_tree_show(ctl, &list, i, base);
	remote_list_free(&list);
	return status;
}

const struct verb	verb_tree = {
	.name = "tree",
	.operands = "[:DIRECTORY]",
	.summary = "draw the directories of a board",
	.details =
"Draws all that is in a DIRECTORY of the board, or on all of it, as a tree.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.most = 1,
	.run = verb_tree_run,
};
