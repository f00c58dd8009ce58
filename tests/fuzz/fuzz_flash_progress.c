/* SPDX-License-Identifier: MIT */
/* Any bytes from a tool: progress never goes back, however they are cut. */
#include <assert.h>
#include <string.h>

#include "protocol/flash_progress.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
feed(struct flash_progress *p, const uint8_t *data, size_t len)
{
	unsigned	before;
	size_t		n;
	bool		changed;

	while (len > 0) {
		before = p->stage * 1000 + p->percent;
		n = flash_progress_feed(p, data, len, &changed);
		assert(n > 0 && n <= len && p->percent <= 100);
		assert((p->stage * 1000 + p->percent > before) == changed);
		data += n;
		len -= n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flash_progress	whole, pieces;
	size_t			i;

	if (size == 0)
		return 0;
	flash_progress_init(&whole, data[0] % 2);
	flash_progress_init(&pieces, data[0] % 2);
	feed(&whole, data + 1, size - 1);
	for (i = 1; i < size; i++)
		feed(&pieces, data + i, 1);
	assert(whole.stage == pieces.stage && whole.percent == pieces.percent);
	assert(strcmp(flash_progress_log(&whole),
	    flash_progress_log(&pieces)) == 0);
	assert(strlen(whole.log) <= FLASH_LOG_SIZE);
	return 0;
}
