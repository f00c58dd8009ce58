/* SPDX-License-Identifier: MIT */
/*
 * avrdude draws a bar of 50 marks, one by one, in a line that begins with what
 * it does; it reads once before it writes (the chip's signature) and once after
 * (to verify).  picotool prints a whole line with a percentage, again and again,
 * each ended by CR.  Everything else is for people, and kept.
 */
#include "flash_progress.h"

#include <stdlib.h>
#include <string.h>

static const char *const stage_names[] = {
	"preparing", "writing", "verifying", "starting", "ready"
};

const char *
flash_stage_name(enum flash_stage stage)
{
	return stage_names[stage];
}

void
flash_progress_init(struct flash_progress *p, enum flash_tool tool)
{
	memset(p, 0, sizeof *p);
	p->tool = tool;
}

static bool
progress_set(struct flash_progress *p, enum flash_stage stage, unsigned percent)
{
	if (percent > 100)
		percent = 100;
	/* Neither goes back: a second memory begins at 0 again. */
	if (stage < p->stage || (stage == p->stage && percent <= p->percent))
		return false;
	p->stage = stage;
	p->percent = percent;
	return true;
}

/* Keeps a line, at the cost of the oldest. */
static void
progress_keep(struct flash_progress *p, const char *line, size_t len)
{
	const char	*end;
	size_t		 drop = 0;

	if (len == 0)
		return;
	if (p->log_len + len + 1 > FLASH_LOG_SIZE) {
		drop = p->log_len + len + 1 - FLASH_LOG_SIZE;
		end = memchr(p->log + drop, '\n', p->log_len - drop);
		drop = end == NULL ? p->log_len : (size_t)(end + 1 - p->log);
		memmove(p->log, p->log + drop, p->log_len - drop);
		p->log_len -= drop;
	}
	memcpy(p->log + p->log_len, line, len);
	p->log_len += len;
	p->log[p->log_len++] = '\n';
	p->log[p->log_len] = '\0';
}

static bool
progress_begins(const struct flash_progress *p, const char *start)
{
	return p->line_len >= strlen(start) &&
	    memcmp(p->line, start, strlen(start)) == 0;
}

/* ---------------------------------------------------------------- avrdude */

/* The stage of a line that begins a bar, or FLASH_STAGE_COUNT. */
static enum flash_stage
avrdude_stage(struct flash_progress *p)
{
	if (progress_begins(p, "Writing")) {
		p->wrote = true;
		return FLASH_WRITING;
	}
	if (progress_begins(p, "Reading"))
		return p->wrote ? FLASH_VERIFYING : FLASH_PREPARING;
	return FLASH_STAGE_COUNT;
}

/* A byte in the middle of a line. */
static bool
avrdude_byte(struct flash_progress *p, char c)
{
	if (c == '|' && !p->in_bar) {
		p->bar = avrdude_stage(p);
		p->in_bar = p->bar != FLASH_STAGE_COUNT;
		p->marks = 0;
		return p->in_bar && progress_set(p, p->bar, 0);
	}
	if (!p->in_bar)
		return false;
	if (c == '#' && p->marks < 50)
		return progress_set(p, p->bar, 2 * ++p->marks);
	return false;
}

/* --------------------------------------------------------------- picotool */

/* The number before the last % of the line, or -1. */
static int
picotool_percent(const struct flash_progress *p)
{
	size_t	end = p->line_len, start;
	int	n = 0;

	while (end > 0 && p->line[end - 1] != '%')
		end--;
	if (end == 0)
		return -1;
	for (start = --end; start > 0 && p->line[start - 1] >= '0' &&
	    p->line[start - 1] <= '9' && end - start < 3; start--)
		;
	if (start == end)
		return -1;
	for (; start < end; start++)
		n = n * 10 + p->line[start] - '0';
	return n;
}

/* Whether a whole line is a bar; then *changed is set. */
static bool
picotool_line(struct flash_progress *p, bool *changed)
{
	int	percent = picotool_percent(p);

	if (percent < 0 || memchr(p->line, '[', p->line_len) == NULL)
		return false;
	if (progress_begins(p, "Loading into"))
		*changed = progress_set(p, FLASH_WRITING, (unsigned)percent);
	else if (progress_begins(p, "Verifying"))
		*changed = progress_set(p, FLASH_VERIFYING, (unsigned)percent);
	else
		return false;
	return true;
}

/* -------------------------------------------------------------------- any */

static bool
progress_end_line(struct flash_progress *p)
{
	bool	changed = false, bar = p->in_bar;

	if (p->tool == FLASH_PICOTOOL)
		bar = picotool_line(p, &changed);
	if (!bar)
		progress_keep(p, p->line, p->line_len);
	p->line_len = 0;
	p->in_bar = false;
	return changed;
}

/* What no terminal or JSON should get as it is becomes a question mark. */
static char
progress_clean(uint8_t c)
{
	return c < ' ' || c >= 0x7f ? '?' : (char)c;
}

size_t
flash_progress_feed(struct flash_progress *p, const uint8_t *buf, size_t len,
    bool *changed)
{
	size_t	n;

	*changed = false;
	for (n = 0; n < len && !*changed; n++) {
		if (buf[n] == '\r' || buf[n] == '\n') {
			*changed = progress_end_line(p);
			continue;
		}
		if (p->tool == FLASH_AVRDUDE)
			*changed = avrdude_byte(p, (char)buf[n]);
		if (p->line_len < sizeof p->line)
			p->line[p->line_len++] = progress_clean(buf[n]);
	}
	return n;
}

const char *
flash_progress_log(struct flash_progress *p)
{
	progress_end_line(p);
	return p->log;
}
