/* SPDX-License-Identifier: MIT */
/*
 * The programs that write to a chip: their command lines, and what their
 * failures mean.
 */
#ifndef PICOD_FLASH_TOOL_H
#define PICOD_FLASH_TOOL_H

#include "flash_recipe.h"
#include "daemon/base/child.h"

/* Of a tool; its image is at CHILD_FD. */
struct flash_command {
	const char	*argv[32];
	const char	*device;	/* the only one it may write to */
	char		 text[8][128];	/* what argv points into */
};

struct flash_tool_ops {
	const char	*program;
	const char	*missing;	/* what to do where there is none */
	/* The longest it may take, and may be silent. */
	unsigned	 deadline_ms, stall_ms;
	/* What its failure means, by what it printed and its exit status. */
	const char	*(*explain)(const char *log, const struct child_end *);
	/* Whether a failure before anything was written was but bad luck. */
	bool		(*again)(const char *log);
};

extern const struct flash_tool_ops flash_avrdude, flash_picotool;

/* Command lines; all that is pointed to must outlive the command. */
void	flash_avrdude_command(struct flash_command *, const char *path,
    const struct flash_recipe *, const char *port);
void	flash_picotool_command(struct flash_command *, const char *path,
    enum image_format, unsigned bus, unsigned address);

#endif
