/* SPDX-License-Identifier: MIT */
/*
 * A restart that nobody had anything to lose by is no news, and after a minute it
 * is none any more.
 */
#include "board_news.h"

void
news_use(struct news *n)
{
	n->used = true;
}

void
news_expect(struct news *n, uid_t uid)
{
	n->expected = true;
	n->by = uid;
}

void
news_expect_none(struct news *n)
{
	n->expected = false;
}

void
news_restart(struct news *n, uint64_t now)
{
	bool	expected = n->expected;

	n->expected = false;
	if (!n->used)
		return;
	n->used = false;
	n->until = now + NEWS_MS;
	n->count = 0;
	if (expected)
		n->told[n->count++] = n->by;
}

bool
news_tell(struct news *n, uid_t uid, uint64_t now)
{
	unsigned	i, known = n->count < NEWS_USERS ? n->count : NEWS_USERS;

	if (now >= n->until)
		return false;
	for (i = 0; i < known; i++)
		if (n->told[i] == uid)
			return false;
	n->told[n->count++ % NEWS_USERS] = uid;
	return true;
}
