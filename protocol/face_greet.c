/* SPDX-License-Identifier: MIT */
/*
 * What a board says when it begins anew: that it does, what its program prints, its
 * banner and its prompt.  It says so itself, and the tool sees that, unless somebody
 * else's request comes first: then the rest is the face's to say, since a tool waits
 * for its prompt.  Nor does anybody hear a board that was away.
 *
 * What it says comes in pieces of any size.
 */
#include "face_repl.h"

#include <string.h>

enum { REBOOT, BANNER, PROMPT };

static const char *const	words[FACE_WORDS] = {
	[REBOOT] = "soft reboot", [BANNER] = "Python ", [PROMPT] = ">>> "
};

bool
face_is_circuitpython(const struct repl_face *r)
{
	return strstr(r->base.about, "CircuitPython") != NULL;
}

void
face_greet(struct repl_face *r)
{
	face_say(&r->base, r->base.about);
	face_say(&r->base, "\r\nType \"help()\" for more information.\r\n>>> ");
}

void
face_greet_begin(struct repl_face *r)
{
	r->greeting = (struct face_greeting){ 0 };
}

static void
greet_follow(struct face_greeting *g, int word, char c)
{
	const char	*text = words[word];

	if (c == text[g->matched[word]])
		g->matched[word]++;
	else
		g->matched[word] = c == text[0];
	if (text[g->matched[word]] == '\0') {
		g->heard[word] = true;
		g->matched[word] = 0;
	}
}

void
face_greet_heard(struct repl_face *r, const char *bytes, size_t len)
{
	struct face_greeting	*g = &r->greeting;
	size_t			 i;
	int			 word;

	for (i = 0; i < len; i++) {
		g->heard[PROMPT] = false;	/* it is the last */
		for (word = 0; word < FACE_WORDS; word++)
			greet_follow(g, word, bytes[i]);
	}
	if (g->heard[PROMPT])
		g->owed = false;
}

void
face_greet_reset(struct repl_face *r)
{
	r->greeting = (struct face_greeting){ .owed = true };
	face_say(&r->base, face_is_circuitpython(r) ? "\r\nsoft reboot\r\n" :
	    "\r\nMPY: soft reboot\r\n");
}

void
face_greet_restarted(struct repl_face *r)
{
	struct face_greeting	*g = &r->greeting;

	if (g->heard[PROMPT])
		g->owed = false;
	else if (g->heard[REBOOT] || g->heard[BANNER])
		g->owed = true;
	else {
		face_say(&r->base, "\r\n");
		face_greet(r);
	}
	g->heard[REBOOT] = g->heard[BANNER] = false;
}

void
face_greet_taken(struct repl_face *r)
{
	if (!r->greeting.owed)
		return;
	r->greeting.owed = false;
	face_say(&r->base, "\r\n");
	face_greet(r);
}
