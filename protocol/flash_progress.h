/* SPDX-License-Identifier: MIT */
/*
 * How far avrdude or picotool is, from what they print.
 */
#ifndef PICOD_FLASH_PROGRESS_H
#define PICOD_FLASH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of the type FlashStage in io.picod.varlink. */
enum flash_stage {
	FLASH_PREPARING,	/* the image, the board, the boot loader */
	FLASH_WRITING,
	FLASH_VERIFYING,
	FLASH_STARTING,		/* the new firmware */
	FLASH_READY,
	FLASH_STAGE_COUNT
};

enum flash_tool { FLASH_AVRDUDE, FLASH_PICOTOOL, FLASH_TOOL_COUNT };

/* What a tool says when something goes wrong is at the end. */
#define FLASH_LOG_SIZE	2000

struct flash_progress {
	enum flash_tool		 tool;
	enum flash_stage	 stage;
	unsigned		 percent;
	bool			 wrote;		/* avrdude: the next reading is
						 * to verify */
	bool			 in_bar;	/* avrdude: behind its | */
	enum flash_stage	 bar;		/* what that bar is of */
	unsigned		 marks;		/* its #s */
	char			 line[400];
	size_t			 line_len;
	char			 log[FLASH_LOG_SIZE + 1];	/* whole lines */
	size_t			 log_len;
};

const char	*flash_stage_name(enum flash_stage);

void	flash_progress_init(struct flash_progress *, enum flash_tool);

/*
 * Eats at least one of len > 0 bytes and returns how many.  *changed: stage or
 * percent did.
 */
size_t	flash_progress_feed(struct flash_progress *, const uint8_t *, size_t len,
    bool *changed);

/*
 * The tool's last lines, without its bars, NUL-terminated: to be asked for when
 * it has ended.
 */
const char	*flash_progress_log(struct flash_progress *);

#endif
