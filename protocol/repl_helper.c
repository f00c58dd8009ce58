/* SPDX-License-Identifier: MIT */
/*
 * What picod puts on a board, once for each of its starts: a function that shows
 * values, and says where a text ends.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/repl_state.h"

/*
 * The helper: called with a value to show, or with a line in a literal to carry
 * out as at a prompt.  It writes the mark at its end, whatever comes before.
 */
#define HELPER_BUILTINS	REPL_HELPER "=" REPL_BUILTINS "\n"

static const char helper_text[] =
    HELPER_BUILTINS REPL_HELPER ".compile\n"
    "def " REPL_HELPER "(v=None,t=0,b=" REPL_HELPER ",p=" REPL_HELPER
    ".print):\n"
    " try:\n"
    "  if t:v=b.exec(b.compile(t,'<stdin>','single'),b.globals())\n"
    "  b.__repl_print__(v)\n"
    " finally:p('\\x1e',end='')\n";

/* For boards without compile(); the mark need not be written. */
static const char helper_without_compile[] =
    HELPER_BUILTINS
    "def " REPL_HELPER "(v=None,m=1,r=" REPL_HELPER ".__repl_print__,p="
    REPL_HELPER ".print):\n"
    " try:r(v)\n"
    " finally:\n"
    "  if m:p('\\x1e',end='')\n";

/*
 * A helper that lost half of itself on a noisy line may well compile, and
 * would spoil all that follows.  Short literals would be kept for ever.
 */
void
repl_say_check(struct repl *r, uint64_t now)
{
	char	text[48];

	r->answer = false;
	snprintf(text, sizeof text, r->no_compile ? REPL_HELPER "(%u)" :
	    REPL_HELPER "(0,'%u  ')", repl_say_nonce(r, now));
	repl_say_short(r, REPL_FOR_CHECK, text, true, now);
}

/* What is not known of an old board is asked first, which is shorter. */
void
repl_say_helper(struct repl *r, uint64_t now)
{
	const char	*text = r->no_compile ? helper_without_compile :
	    helper_text;

	if (!r->paste && r->paste_known && !r->compile_known)
		repl_say_short(r, REPL_FOR_COMPILE,
		    REPL_BUILTINS ".compile", false, now);
	else if (repl_must_store(r, strlen(text)))
		repl_say_store(r, REPL_FOR_HELPER, text, strlen(text), now);
	else
		repl_say_short(r, REPL_FOR_HELPER, text, false, now);
}
