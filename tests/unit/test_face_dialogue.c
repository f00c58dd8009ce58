/* SPDX-License-Identifier: MIT */
/*
 * Dialogues with a face, as unmodified tools hold them with a board: each fed
 * whole, cut at every byte, and byte by byte, must come out the same.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/face.h"
#include "tests/unit/suite.h"

#define ABOUT	"MicroPython v1.25.0 on 2025-04-15; Raspberry Pi Pico with RP2040"
#define BANNER	"\r\n" ABOUT "\r\nType \"help()\" for more information.\r\n>>> "
#define RAW	"raw REPL; CTRL-B to exit\r\n>"
#define TRACE	"Traceback (most recent call last):\r\n" \
		"  File \"<stdin>\", line 1, in <module>\r\n"

#define BUILTINS	"__import__('builtins')"
#define ANY	"+" BUILTINS ".dir(" BUILTINS ")"
#define ASK(of, more, len, part)	BUILTINS ".print(*[n for n in " BUILTINS \
		".dir(" of ")" more " if n[:" len "]=='" part "'])"

/* What a tool and a board do in turn. */
enum act { SAY, JOB, HOOK, COMPLETE, STATEMENT, RESET, FLASH, STOP, INPUT, BEGIN, PRINT, END, HEAR,
	RESTART, TAKEN, HELD, WAIT, NOTHING };

struct move {
	enum act	 act;
	const char	*text;		/* said, carried out, printed, heard; of a
					 * hook: a part of it */
	const char	*expected;	/* what the tool got; NULL: "" */
					/* in these, ? for NUL */
	enum face_end	 end;
};

struct dialogue {
	const char	*name, *language;
	struct move	 moves[32];	/* and one that is empty */
};

static const struct dialogue dialogues[] = {
	{ "mpremote exec", "repl", {
	    { SAY, "\r\x03\r\x01", "\r\n>>> \r\n>>> \r\n>>> \r\n" RAW, 0 },
	    { SAY, "\x04", "OK\r\nMPY: soft reboot\r\n" RAW, 0 },
	    { SAY, "\x05" "A\x01", "R\x01?\x04\x01", 0 },
	    { SAY, "print(1)\x04", "\x04", 0 },
	    { JOB, "print(1)", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { PRINT, "1\r\n", "1\r\n", 0 },
	    { END, "", "\x04\x04>", FACE_DONE },
	    { SAY, "\r\x02", BANNER, 0 } } },
	{ "ampy", "repl", {
	    { SAY, "\r\x03\x03\r\x01", "\r\n>>> \r\n>>> \r\n>>> \r\n>>> "
		"\r\n" RAW, 0 },
	    { SAY, "1/0\x04", "OK", 0 },
	    { JOB, "1/0", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { END, TRACE "ZeroDivisionError: divide by zero\r\n",
		"\x04" TRACE "ZeroDivisionError: divide by zero\r\n\x04>",
		FACE_RAISED } } },
	{ "Thonny looks for a prompt", "repl", {
	    { SAY, "\x03", "\r\n>>> ", 0 },
	    { SAY, "\x01", "\r\n" RAW, 0 },
	    { SAY, "\x01", RAW, 0 },
	    { SAY, "\x04", "OK\r\nMPY: soft reboot\r\n" RAW, 0 },
	    { SAY, "\x02", BANNER, 0 } } },
	{ "pyboard.py without raw-paste", "repl", {
	    { SAY, "\r\x03\x01", "\r\n>>> \r\n>>> \r\n" RAW, 0 },
	    { SAY, "x\r\ny\x04", "OK", 0 },
	    { JOB, "x\r\ny", NULL, 0 },
	    { SAY, "\x03", NULL, 0 },
	    { STOP, NULL, NULL, 0 },
	    { END, "", "\x04" TRACE "KeyboardInterrupt: \r\n\x04>",
		FACE_INTERRUPTED } } },
	{ "rshell", "repl", {
	    { SAY, "\x03\r\x03\r", "\r\n>>> \r\n>>> \r\n>>> \r\n>>> ", 0 },
	    { SAY, "\r\x03\x03\r\x01", "\r\n>>> \r\n>>> \r\n>>> \r\n>>> "
		"\r\n" RAW, 0 },
	    { SAY, "\x04", "OK\r\nMPY: soft reboot\r\n" RAW, 0 },
	    { SAY, "recv()\x04", "OK", 0 },
	    { JOB, "recv()", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { PRINT, "\x06", "\x06", 0 },
	    { SAY, "data\x01\x04", NULL, 0 },
	    { INPUT, "data\x01\x04", NULL, 0 },
	    { END, "", "\x04\x04>", FACE_DONE },
	    { SAY, "\r\x02", BANNER, 0 } } },
	{ "Thonny connects", "repl", {
	    { SAY, "\x03\x03", "\r\n>>> \r\n>>> ", 0 },
	    { SAY, "\x01\x01", "\r\n" RAW RAW, 0 },
	    { SAY, "\x04", "OK\r\nMPY: soft reboot\r\n" RAW, 0 },
	    { SAY, "\x02", BANNER, 0 },
	    { SAY, "\x01\x05" "A\x01", "\r\n" RAW "R\x01?\x04\x01", 0 },
	    { SAY, "x\x04", "\x04", 0 },
	    { JOB, "x", NULL, 0 },
	    { END, "", "\x04\x04>", FACE_DONE } } },
	{ "MicroPico, Arduino Lab and Mu", "repl", {
	    { SAY, "\r\x03\x03\r\x01", "\r\n>>> \r\n>>> \r\n>>> \r\n>>> "
		"\r\n" RAW, 0 },
	    { SAY, "\r\x02", BANNER, 0 },
	    { SAY, "\x03\r\x03\x02", "\r\n>>> \r\n>>> \r\n>>> " BANNER, 0 },
	    { SAY, "\x02\x03\x01", BANNER "\r\n>>> \r\n" RAW, 0 } } },
	{ "miniterm", "repl", {		/* its Enter is CR LF */
	    { SAY, "1+1\r", "1+1\r\n", 0 },
	    { STATEMENT, "1+1", NULL, 0 },
	    { SAY, "\n", NULL, 0 },
	    { BEGIN, "\n", NULL, 0 },
	    { PRINT, "2\r\n", "2\r\n", 0 },
	    { END, "", ">>> ", FACE_DONE },
	    { SAY, "if a:\r\nb\r\n\r", "if a:\r\n...     b\r\n...     \r\n", 0 },
	    { STATEMENT, "if a:\n    b\n", NULL, 0 },
	    { END, "", ">>> ", FACE_DONE },
	    { SAY, "\n\n", "\r\n>>> ", 0 } } },
	{ "a board that prints during a paste", "repl", {
	    { SAY, "\x01\x05" "A\x01", "\r\n" RAW "R\x01?\x04\x01", 0 },
	    { HEAR, "tick\r\n", NULL, 0 },
	    { SAY, "x", NULL, 0 },
	    { HEAR, "tick\r\n", NULL, 0 },
	    { SAY, "=1\x04", "\x04", 0 },
	    { JOB, "x=1", NULL, 0 },
	    { HEAR, "tick\r\n", NULL, 0 },
	    { END, "", "\x04\x04>", FACE_DONE } } },
	{ "a text that is given up", "repl", {
	    { SAY, "\x01", "\r\n" RAW, 0 },
	    { SAY, "abc\x03" "def\x03\x05" "A\x01" "x\x03",
		"R\x01?\x04\x01\x04\x04" TRACE "KeyboardInterrupt: \r\n\x04>", 0 },
	    { SAY, "\x05" "A\x01\x04", "R\x01?\x04\x01\x04\x04\x04>", 0 } } },
	{ "mpremote mount", "repl", {
	    { SAY, "\x01" "__mount()\x04", "\r\n" RAW "OK", 0 },
	    { HOOK, "  __mount()\n", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { END, "", "\x04\x04>", FACE_DONE },
	    { SAY, "import x\x04", "OK", 0 },
	    { JOB, "import x", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { PRINT, "a\x18?\x18=1804.\x18=0", "a\x18\x04", 0 },
	    { PRINT, "4001e18.b\x18", "\x04?\x1e\x18" "b", 0 },
	    { PRINT, "c\x18", "\x18" "c", 0 },
	    { SAY, "\x18\x03?\xff\x18", NULL, 0 },
	    { INPUT, "180300ff18", NULL, 0 },
	    { PRINT, "!", NULL, 0 },
	    { PRINT, "\x18?\x18=1805.", "\x18\x05", 0 },
	    { SAY, "\x03", NULL, 0 },		/* the tool will answer */
	    { INPUT, "i", NULL, 0 },
	    { SAY, "\x03", NULL, 0 },		/* or will not */
	    { STOP, NULL, NULL, 0 },
	    { END, TRACE "KeyboardInterrupt: \r\n", "\x04" TRACE
		"KeyboardInterrupt: \r\n\x04>", FACE_INTERRUPTED },
	    { SAY, "os.umount(\"/remote\")\x04", "OK", 0 },
	    { JOB, "os.umount(\"/remote\")", NULL, 0 },
	    { END, "", "\x04\x04>", FACE_DONE },
	    { SAY, "x\x04", "OK", 0 },
	    { JOB, "x", NULL, 0 },
	    { PRINT, "\x18=61.", "\x18=61.", 0 } } },
	{ "a mounted folder at the prompt", "repl", {
	    { SAY, "\x01" "__mount()\x04\x02", "\r\n" RAW "OK", 0 },
	    { HOOK, "def picod_mount():\n", NULL, 0 },
	    { END, "", "\x04\x04>", FACE_DONE },
	    { SAY, "\r\x02", BANNER, 0 },
	    { SAY, "import x\r", "import x\r\n", 0 },
	    { STATEMENT, "import x", NULL, 0 },
	    { PRINT, "\x18?\x18=1801.", "\x18\x01", 0 },
	    { SAY, "\x18\xfe", NULL, 0 },	/* before it is told to have begun */
	    { INPUT, "18fe", NULL, 0 },
	    { PRINT, "\x18!", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { END, "", ">>> ", FACE_DONE } } },
	{ "picod cannot", "repl", {
	    { SAY, "\x01" "1\x04", "\r\n" RAW "OK", 0 },
	    { JOB, "1", NULL, 0 },
	    { END, "board b is not there", "\x04" TRACE
		"OSError: picod: board b is not there\r\n\x04>", FACE_FAILED } } },
	{ "input that came early, and input that did not", "repl", {
	    { SAY, "\x01" "input()\x04" "Bob\r", "\r\n" RAW "OK", 0 },
	    { JOB, "input()", NULL, 0 },
	    { BEGIN, "Bob\r", NULL, 0 },
	    { SAY, "\x03\x01", NULL, 0 },
	    { INPUT, "\x03\x01", NULL, 0 },
	    { END, "", "\x04\x04>", FACE_DONE } } },
	{ "a Ctrl-D behind a Ctrl-C that is input", "repl", {
	    { SAY, "\x01" "input()\x04", "\r\n" RAW "OK", 0 },
	    { JOB, "input()", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { SAY, "Bob\r\x03", NULL, 0 },
	    { INPUT, "Bob\r\x03", NULL, 0 },
	    { HELD, "\x04", NULL, 0 },
	    { END, TRACE "KeyboardInterrupt: \r\n", "\x04" TRACE
		"KeyboardInterrupt: \r\n\x04>", FACE_RAISED },
	    { SAY, "\x04", "OK\r\nMPY: soft reboot\r\n" RAW, 0 } } },
	{ "a Ctrl-D behind a Ctrl-C that is data", "repl", {
	    { SAY, "\x01" "read()\x04", "\r\n" RAW "OK", 0 },
	    { JOB, "read()", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { SAY, "a\x03", NULL, 0 },
	    { INPUT, "a\x03", NULL, 0 },
	    { HELD, "\x04", NULL, 0 },
	    { WAIT, NULL, NULL, 0 },
	    { SAY, "\x04\x04", NULL, 0 },
	    { INPUT, "\x04\x04", NULL, 0 },
	    { END, "", "\x04\x04>", FACE_DONE } } },
	{ "a person", "repl", {
	    { SAY, "12\x7f" "1\r", "12\b \b1\r\n", 0 },
	    { STATEMENT, "11", NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { PRINT, "11\r\n", "11\r\n", 0 },
	    { END, "", ">>> ", FACE_DONE },
	    { SAY, "if a:\rb\r\r", "if a:\r\n...     b\r\n...     \r\n", 0 },
	    { STATEMENT, "if a:\n    b\n", NULL, 0 },
	    { END, "", ">>> ", FACE_DONE },
	    { SAY, "\x1b[A\x1b[D\x1b[DX\x03", "    b\b\bX b\b\b\r\n>>> ", 0 } } },
	{ "a Tab where only blanks can be meant", "repl", {
	    { SAY, "\t", "    ", 0 },
	    { SAY, "x = 1\t(\t", "x = 1   (   ", 0 },
	    { SAY, "\x03" "f().ab\t", "\r\n>>> f().ab  ", 0 },
	    { SAY, "\x03" "if a:\r\tb", "\r\n>>> if a:\r\n...         b", 0 } } },
	{ "a Tab behind a name", "repl", {
	    { SAY, "x = pri)\x02\t", "x = pri)\b", 0 },
	    { COMPLETE, ASK("", ANY, "3", "pri"), NULL, 0 },
	    { BEGIN, NULL, NULL, 0 },
	    { PRINT, "print\r\n", NULL, 0 },
	    { END, "", "n)\bt)\b", FACE_DONE },
	    { SAY, "\t", NULL, 0 },
	    { COMPLETE, ASK("", ANY, "5", "print"), NULL, 0 },
	    { PRINT, "print\r\n", NULL, 0 },
	    { END, "", NULL, FACE_DONE },
	    { SAY, "\t", NULL, 0 },
	    { COMPLETE, ASK("", ANY, "5", "print"), NULL, 0 } } },
	{ "a Tab that has a choice", "repl", {
	    { SAY, "if a:\rb.c.\t", "if a:\r\n...     b.c.", 0 },
	    { COMPLETE, ASK("b.c", "", "0", ""), NULL, 0 },
	    { PRINT, "on a_name_that_is_long ", NULL, 0 },
	    { PRINT, "off __name__ open reset toggle\r\n", NULL, 0 },
	    { END, "", "\r\non              a_name_that_is_long             off"
		"\r\nopen            reset           toggle"
		"\r\n...     b.c.", FACE_DONE },
	    { SAY, "o\t", "o", 0 },
	    { COMPLETE, ASK("b.c", "", "1", "o"), NULL, 0 },
	    { PRINT, "on one once\r\n", NULL, 0 },
	    { END, "", "n", FACE_DONE } } },
	{ "a Tab that nobody can answer", "repl", {
	    { SAY, "b.c\t", "b.c", 0 },
	    { COMPLETE, ASK("b", "", "1", "c"), NULL, 0 },
	    { END, TRACE "NameError: name 'b' isn't defined\r\n", NULL,
		FACE_RAISED },
	    { SAY, "d\t", "d", 0 },
	    { COMPLETE, ASK("b", "", "2", "cd"), NULL, 0 },
	    { END, "the board is busy", NULL, FACE_FAILED },
	    { SAY, "e", "e", 0 } } },
	{ "what is pasted", "repl", {
	    { SAY, "\x05" "a\rb\x04", "\r\npaste mode; Ctrl-C to cancel, Ctrl-D "
		"to finish\r\n=== a\r\n=== b\r\n", 0 },
	    { STATEMENT, "a\nb", NULL, 0 },
	    { END, "", ">>> ", FACE_DONE },
	    { SAY, "\x05" "a\x03", "\r\npaste mode; Ctrl-C to cancel, Ctrl-D to "
		"finish\r\n=== a\r\n>>> ", 0 } } },
	{ "a person restarts the program", "repl", {
	    { SAY, "\x04", NULL, 0 },
	    { RESET, NULL, NULL, 0 },
	    { HEAR, "\r\n>>> \r\nMPY: soft reboot\r\n", NULL, 0 },
	    { END, "", "\r\nMPY: soft reboot\r\n", FACE_DONE },
	    { HEAR, "hello" BANNER, "hello" BANNER, 0 },
	    { TAKEN, NULL, NULL, 0 },
	    { SAY, "\x04", NULL, 0 },
	    { RESET, NULL, NULL, 0 },
	    { END, "", "\r\nMPY: soft reboot\r\n", FACE_DONE },
	    { HEAR, "hello", "hello", 0 },
	    { TAKEN, NULL, BANNER, 0 },	/* its program goes no further */
	    { TAKEN, NULL, NULL, 0 },
	    { SAY, "\x04", NULL, 0 },
	    { RESET, NULL, NULL, 0 },
	    { END, "", "\r\nMPY: soft reboot\r\n", FACE_DONE },
	    { SAY, "\x04", NULL, 0 },
	    { RESET, NULL, NULL, 0 },
	    { END, "", "\r\nMPY: soft reboot\r\n", FACE_DONE },
	    { HEAR, "hello\r\n>>", "hello\r\n>>", 0 },
	    { HEAR, "> ", "> ", 0 },
	    { TAKEN, NULL, NULL, 0 } } },
	{ "what the board says by itself", "repl", {
	    { HEAR, "tick\r\n", "tick\r\n", 0 },
	    { RESTART, NULL, BANNER, 0 },	/* nobody heard it */
	    { HEAR, "\r\n>>> \r\nMPY: soft re", "\r\n>>> \r\nMPY: soft re", 0 },
	    { HEAR, "boot\r\n", "boot\r\n", 0 },
	    { RESTART, NULL, NULL, 0 },
	    { TAKEN, NULL, BANNER, 0 },
	    { HEAR, "tick\r\n" ABOUT, "tick\r\n" ABOUT, 0 },
	    { RESTART, NULL, NULL, 0 },
	    { HEAR, "\r\n>>> ", "\r\n>>> ", 0 },
	    { TAKEN, NULL, NULL, 0 },
	    { SAY, "x", "x", 0 },
	    { HEAR, "tick\r\n", NULL, 0 },
	    { SAY, "\x03\x01", "\r\n>>> \r\n" RAW, 0 },
	    { HEAR, "tick\r\n", NULL, 0 },
	    { RESTART, NULL, NULL, 0 } } },
	{ "commands", "piserial", {
	    { SAY, "\x03\x04\r\ncFF\r", NULL, 0 },
	    { STATEMENT, "cFF", NULL, 0 },
	    { PRINT, "v1\r\n", "v1\r\n", 0 },
	    { END, "", "OK", FACE_DONE },
	    { SAY, "\nx\n", NULL, 0 },
	    { STATEMENT, "x", NULL, 0 },
	    { HEAR, "t20\r\n", "t20\r\n", 0 },
	    { END, "", "RR", FACE_REJECTED } } },
	{ "the Arduino monitor", "piserial", {	/* the Enter of IDE 1, of IDE 2 */
	    { SAY, "cFF\n", NULL, 0 },
	    { STATEMENT, "cFF", NULL, 0 },
	    { END, "", "OK", FACE_DONE },
	    { SAY, "c00\r", NULL, 0 },
	    { STATEMENT, "c00", NULL, 0 },
	    { HEAR, "v01\r\n", "v01\r\n", 0 },
	    { END, "", "OK", FACE_DONE },
	    { SAY, "\n", NULL, 0 } } },
	{ "a board that only prints", "text", {
	    { HEAR, "23.5\r\n", "23.5\r\n", 0 },
	    { SAY, "\x03\r\nhello\r", NULL, 0 },
	    { STATEMENT, "hello", NULL, 0 },
	    { HEAR, "23.6\r\n", "23.6\r\n", 0 },
	    { END, "nobody answers", "\r\npicod: nobody answers\r\n",
		FACE_FAILED },
	    { RESTART, NULL, NULL, 0 },
	    { SAY, "0 0 ", NULL, 0 },
	    { FLASH, NULL, NULL, 0 },
	    { HEAR, "23.7\r\n", "23.7\r\n", 0 } } },
	{ "avrdude at an Uno", "piserial", {
	    { SAY, "0 0 ", NULL, 0 },
	    { FLASH, NULL, NULL, 0 },
	    { SAY, "0 ", NULL, 0 },
	    { FLASH, NULL, NULL, 0 },
	    { SAY, "\ncFF\n", NULL, 0 },
	    { STATEMENT, "cFF", NULL, 0 },
	    { END, "", "OK", FACE_DONE } } },
	{ "avrdude at a Mega", "piserial", {
	    { SAY, "\x1b\1?\1\x0e\1", NULL, 0 },
	    { FLASH, NULL, NULL, 0 } } },
};

#define DIALOGUES	((int)(sizeof dialogues / sizeof *dialogues))

/* A dialogue on its way: what a move says is fed in two pieces, or in many. */
struct play {
	struct face		*face;
	const struct dialogue	*dialogue;
	size_t			 cut;	/* where; 0: byte by byte */
	enum act		 seen;
	char			 text[2048];	/* of a job or of input so far */
};

static void
see(struct play *p, const struct face_event *e)
{
	static const enum act	acts[] = {
		[FACE_JOB] = JOB, [FACE_COMPLETE] = COMPLETE,
		[FACE_STATEMENT] = STATEMENT,
		[FACE_INPUT] = INPUT, [FACE_STOP] = STOP, [FACE_RESET] = RESET,
		[FACE_FLASH] = FLASH
	};

	if (e->type == FACE_NONE)
		return;
	ck_assert_msg(p->seen == NOTHING || acts[e->type] == INPUT ||
	    acts[e->type] == p->seen, "%s: two events", p->dialogue->name);
	p->seen = acts[e->type];
	ck_assert_uint_lt(strlen(p->text) + e->len, sizeof p->text);
	if (e->len > 0)
		strncat(p->text, (const char *)e->data, e->len);
}

static void
say(struct play *p, const char *text, size_t len)
{
	struct face_event	event;
	size_t			n;

	while (len > 0) {
		n = face_feed(p->face, (const uint8_t *)text, len, &event);
		ck_assert_uint_le(n, len);
		see(p, &event);
		if (n == 0 && event.type == FACE_NONE)
			break;
		text += n;
		len -= n;
	}
	ck_assert_uint_eq(len, 0);
}

static void
say_in_pieces(struct play *p, const char *move)
{
	size_t	len = strlen(move), first = p->cut < len ? p->cut : len, i;
	char	text[256];

	for (i = 0; i < len; i++)
		text[i] = move[i] == '?' ? '\0' : move[i];
	if (p->cut > 0) {
		say(p, text, first);
		say(p, text + first, len - first);
		return;
	}
	for (i = 0; i < len; i++)
		say(p, text + i, 1);
}

static void
check_output(struct play *p, const char *expected)
{
	const uint8_t	*bytes;
	size_t		 len = face_output(p->face, &bytes), i;
	char		 got[1024];

	ck_assert_uint_lt(len, sizeof got);
	for (i = 0; i < len; i++)
		got[i] = bytes[i] == 0 ? '?' : (char)bytes[i];
	got[len] = '\0';
	ck_assert_msg(strcmp(got, expected) == 0, "%s: \"%s\", not \"%s\"",
	    p->dialogue->name, got, expected);
	face_sent(p->face, len);
}

static void
check_begin(struct play *p, const char *input)
{
	struct face_event	event;

	face_started(p->face, &event);
	ck_assert_int_eq(event.type, input != NULL ? FACE_INPUT : FACE_NONE);
	ck_assert(input == NULL || (event.len == strlen(input) &&
	    memcmp(event.data, input, event.len) == 0));
}

/* For now it is not taken. */
static void
check_held(struct play *p, const char *text)
{
	struct face_event	event;

	ck_assert_uint_eq(face_feed(p->face, (const uint8_t *)text,
	    strlen(text), &event), 0);
	ck_assert_int_eq(event.type, FACE_NONE);
}

static void
check_wait(struct play *p)
{
	ck_assert(face_waits(p->face));
	face_waited(p->face);
	ck_assert(!face_waits(p->face));
}

/* What the face wanted, once. */
static void
check_event(struct play *p, const struct move *m)
{
	ck_assert_msg(p->seen == (m->act == HOOK ? JOB : m->act),
	    "%s: no such event", p->dialogue->name);
	if (m->act == HOOK)
		ck_assert_ptr_nonnull(strstr(p->text, m->text));
	else
		ck_assert_str_eq(p->text, m->text != NULL ? m->text : "");
	p->seen = NOTHING;
	p->text[0] = '\0';
}

static void
make_move(struct play *p, const struct move *m)
{
	size_t	len = m->text != NULL ? strlen(m->text) : 0;

	switch (m->act) {
	case SAY: say_in_pieces(p, m->text); break;
	case BEGIN: check_begin(p, m->text); break;
	case PRINT: face_print(p->face, m->text, len); break;
	case HEAR: face_heard(p->face, m->text, len); break;
	case RESTART: face_restarted(p->face); break;
	case HELD: check_held(p, m->text); break;
	case WAIT: check_wait(p); break;
	case TAKEN: face_taken(p->face); break;
	case END: face_ended(p->face, m->end, m->text, len); break;
	default: check_event(p, m); return;
	}
	check_output(p, m->expected != NULL ? m->expected : "");
}

static void
play(const struct dialogue *d, size_t cut)
{
	struct play		 p = { .dialogue = d, .cut = cut,
				    .seen = NOTHING };
	const struct move	*m;

	p.face = face_create(d->language);
	face_set_about(p.face, ABOUT);
	for (m = d->moves; m->text != NULL || m->expected != NULL ||
	    m->act != SAY; m++)
		make_move(&p, m);
	ck_assert_msg(p.seen == NOTHING, "%s: one event more", d->name);
	face_destroy(p.face);
}

START_TEST(test_dialogue)
{
	size_t	cut;

	for (cut = 0; cut < 40; cut++)
		play(&dialogues[_i], cut);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("face_dialogue");
	TCase	*tc = tcase_create("face_dialogue");

	tcase_add_loop_test(tc, test_dialogue, 0, DIALOGUES);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
