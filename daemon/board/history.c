/* SPDX-License-Identifier: MIT */
/*
 * A ring of bytes.  A board that never says anything unasked costs nothing.
 */
#include "history.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"

void
history_init(struct history *h, size_t size)
{
	*h = (struct history){ .size = size };
}

void
history_finish(struct history *h)
{
	free(h->bytes);
	*h = (struct history){ .size = h->size };
}

void
history_clear(struct history *h)
{
	h->start = h->len = 0;
}

void
history_add(struct history *h, const void *bytes, size_t len)
{
	const char	*p = bytes;
	size_t		 at, n, over;

	if (h->bytes == NULL)
		h->bytes = xmalloc(h->size);
	if (len > h->size) {
		p += len - h->size;
		len = h->size;
	}
	over = h->len + len > h->size ? h->len + len - h->size : 0;
	h->start = (h->start + over) % h->size;
	h->len -= over;
	at = (h->start + h->len) % h->size;
	n = len < h->size - at ? len : h->size - at;
	memcpy(h->bytes + at, p, n);
	memcpy(h->bytes, p + n, len - n);
	h->len += len;
}

void
history_copy(const struct history *h, char *buf)
{
	size_t	n = h->len < h->size - h->start ? h->len : h->size - h->start;

	if (h->len == 0)
		return;
	memcpy(buf, h->bytes + h->start, n);
	memcpy(buf + n, h->bytes, h->len - n);
}
