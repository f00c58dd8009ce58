/* SPDX-License-Identifier: MIT */
/*
 * The distance of Damerau and Levenshtein in its simple form (no letter is moved
 * twice), by a table of which three rows are enough.  Verbs are short; the limit
 * on the length keeps the table on the stack.
 */
#include "suggest.h"

#include <limits.h>
#include <string.h>

#define SUGGEST_LENGTH	32

static unsigned
suggest_least(unsigned a, unsigned b, unsigned c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

unsigned
suggest_distance(const char *a, const char *b)
{
	unsigned	rows[3][SUGGEST_LENGTH], *above, *before, *row;
	size_t		i, j, a_len = strlen(a), b_len = strlen(b);

	if (a_len >= SUGGEST_LENGTH || b_len >= SUGGEST_LENGTH)
		return UINT_MAX;
	for (j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned)j;
	for (i = 1; i <= a_len; i++) {
		row = rows[i % 3];
		above = rows[(i + 2) % 3];
		before = rows[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (j = 1; j <= b_len; j++) {
			row[j] = suggest_least(above[j] + 1, row[j - 1] + 1,
			    above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return rows[a_len % 3][b_len];
}

int
suggest_is_near(const char *mistyped, const char *word)
{
	unsigned	most = (unsigned)strlen(word) / 3;

	return suggest_distance(mistyped, word) <= (most > 0 ? most : 1);
}
