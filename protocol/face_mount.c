/* SPDX-License-Identifier: MIT */
/*
 * A folder of the tool's machine that mpremote mounts on the board.
 *
 * mpremote's own hook makes the board write orders into its output (18, a number,
 * bytes) and read the answers with Ctrl-C switched off: whoever shares the board
 * could not stop it, and bytes of an order look like the end of a text.  So the
 * hook gets other streams, in which both are in hex.  Orders come as
 *
 *	18 "?"			the tool will be asked for an answer
 *	18 "=" hex digits "."	bytes for the tool
 *	18 "!"			the answer was read
 *
 * and what the tool says between the first and the last is its answer.  Ctrl-C is
 * not among hex digits, so it stays switched on.  The numbers of the orders are
 * mpremote's affair; they differ between its versions.
 *
 * An answer begins with 18, too: a tool that says anything else has not heard the
 * question, and is heard as always.  But for a Ctrl-C: it ends the program when the
 * order is done, which the tool will answer all the same ("i" among the digits); a
 * second one does not wait for that.
 */
#include "face_repl.h"

#include <string.h>

#define ORDER		0x18

#define MOUNT		"__mount()"
#define UNMOUNT		"os.umount(\"/remote\")"

/* As much of an answer as is passed on at a time. */
#define ANSWER_MAX	1024

/* A tool that answers so late, in ms, has an exception raised on the board. */
#define WAIT		"30000"

/*
 * An import takes each exception for a file that is not there, and looks for another:
 * after a Ctrl-C there is none for so long, in ms.
 */
#define AFTER		"100"

/*
 * An order is said in one go, so that no Ctrl-C leaves the tool with a half one, and
 * read are no leftovers of an answer that one ended.  What unmounts the folder imports
 * nothing: that would be looked for in the folder.
 */
static const char	program[] =
"def picod_mount():\n"
" global RemoteCommand,picod_unmount\n"
" import os,sys\n"
" from binascii import hexlify,unhexlify\n"
" from micropython import kbd_intr\n"
" from time import ticks_ms,ticks_diff\n"
" I=sys.stdin.buffer\n"
" O=sys.stdout.buffer\n"
" R=RemoteCommand\n"
" class C(R):\n"
"  def __init__(s):\n"
"   R.__init__(s)\n"
"   s.fin=s.fout=s\n"
"   s.t=s.w=None\n"
"   s.k=False\n"
"  def poll_in(s):\n"
"   pass\n"
"  def begin(s,t):\n"
"   if s.t is not None and ticks_diff(ticks_ms(),s.t)<" AFTER ":\n"
"    s.t=ticks_ms()\n"
"    raise KeyboardInterrupt\n"
"   while s.poller.poll(0):\n"
"    I.read(1)\n"
"   s.k=False\n"
"   s.w=bytearray((24,t))\n"
"   s.q=b'\\x18?'\n"
"   s.n=1\n"
"  def ack(s):\n"
"   s.say()\n"
"   if s.n:\n"
"    s.n=0\n"
"    s.get(2)\n"
"  def end(s):\n"
"   try:\n"
"    s.ack()\n"
"   finally:\n"
"    O.write(b'\\x18!')\n"
"   if s.k:\n"
"    s.t=ticks_ms()\n"
"    raise KeyboardInterrupt\n"
"  def say(s,b=b'',n=0):\n"
"   kbd_intr(-1)\n"
"   try:\n"
"    O.write(s.q)\n"
"    for b,n in (s.w,len(s.w)),(b,n):\n"
"     for k in range(0,n,64):\n"
"      O.write(b'\\x18='+hexlify(b[k:min(k+64,n)])+b'.')\n"
"   finally:\n"
"    kbd_intr(3)\n"
"   s.q=s.w=b''\n"
"  def write(s,b,n=None):\n"
"   if isinstance(b,str):\n"
"    b=b.encode()\n"
"   if n is None:\n"
"    n=len(b)\n"
"   if n>256:\n"
"    s.say(b,n)\n"
"   else:\n"
"    s.w=s.w+b[:n]\n"
"  def get(s,n):\n"
"   d=b''\n"
"   while len(d)<n:\n"
"    if not s.poller.poll(" WAIT "):\n"
"     raise OSError(110)\n"
"    d+=I.read(n-len(d))\n"
"    if b'i' in d:\n"
"     s.k=True\n"
"     d=d.replace(b'i',b'')\n"
"   return unhexlify(d)\n"
"  def readinto(s,b,n):\n"
"   k=0\n"
"   try:\n"
"    s.ack()\n"
"    while k<n:\n"
"     for c in s.get(2*min(n-k,32)):\n"
"      b[k]=c\n"
"      k+=1\n"
"   except BaseException as e:\n"
"    O.write(b'\\x18!')\n"
"    if isinstance(e,KeyboardInterrupt):\n"
"     s.t=ticks_ms()\n"
"    raise\n"
"   return n\n"
" def picod_unmount():\n"
"  try:\n"
"   os.umount('/remote')\n"
"  except OSError:\n"
"   pass\n"
" picod_unmount()\n"
" RemoteCommand=C\n"
" try:\n"
"  __mount()\n"
" finally:\n"
"  RemoteCommand=R\n"
"picod_mount()\n"
"del picod_mount\n";

static const char	will[] =
"try:\n"
" picod_unmount()\n"
"except NameError:\n"	/* it restarted meanwhile */
" pass\n";

static bool
text_is(const struct repl_face *r, const char *text)
{
	return r->text.len == strlen(text) &&
	    memcmp(r->text.bytes, text, r->text.len) == 0;
}

void
face_mount_job(struct repl_face *r, struct face_event *event)
{
	r->mount.ends = text_is(r, UNMOUNT);
	if (!text_is(r, MOUNT))
		return;
	r->mount.on = true;
	event->data = (const uint8_t *)program;
	event->len = sizeof program - 1;
}

void
face_mount_ended(struct repl_face *r, enum face_end end)
{
	if (r->mount.ends && end == FACE_DONE)
		r->mount.on = false;
	r->mount.ends = r->mount.asks = false;
	r->mount.heard = MOUNT_NOTHING;
}

const char *
face_mount_will(const struct repl_face *r)
{
	return r->mount.on ? will : NULL;
}

void
face_mount_finish(struct repl_face *r)
{
	face_text_finish(&r->mount.answer);
}

/* ------------------------------------------------------ from the board */

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* After 18: a program may print one, too. */
static void
hear_kind(struct repl_face *r, uint8_t c)
{
	static const uint8_t	order = ORDER;

	r->mount.heard = MOUNT_NOTHING;
	if (c == '=') {
		r->mount.heard = MOUNT_BYTES;
	} else if (c == '?' || c == '!') {
		r->mount.asks = c == '?';
		r->mount.answers = r->mount.stops = false;
	} else {
		face_say_bytes(&r->base, &order, 1);
		face_say_bytes(&r->base, &c, 1);
	}
}

static void
hear_digit(struct repl_face *r, uint8_t c)
{
	struct face_mount	*m = &r->mount;
	int			 value = hex_value(c);
	uint8_t			 byte;

	if (value < 0) {
		m->heard = MOUNT_NOTHING;
	} else if (m->heard == MOUNT_BYTES) {
		m->high = (uint8_t)value;
		m->heard = MOUNT_LOW;
	} else {
		byte = (uint8_t)(m->high << 4 | value);
		face_say_bytes(&r->base, &byte, 1);
		m->heard = MOUNT_BYTES;
	}
}

void
face_mount_print(struct repl_face *r, const uint8_t *bytes, size_t len)
{
	const uint8_t	*order;
	size_t		 n;

	for (; len > 0; bytes += n, len -= n) {
		n = 1;
		if (r->mount.heard == MOUNT_KIND) {
			hear_kind(r, *bytes);
		} else if (r->mount.heard != MOUNT_NOTHING) {
			hear_digit(r, *bytes);
		} else if (*bytes == ORDER) {
			r->mount.heard = MOUNT_KIND;
		} else {
			order = memchr(bytes, ORDER, len);
			n = order == NULL ? len : (size_t)(order - bytes);
			face_say_bytes(&r->base, bytes, n);
		}
	}
}

/* ------------------------------------------------------- from the tool */

size_t
face_mount_answer(struct repl_face *r, const uint8_t *bytes, size_t len,
    struct face_event *event)
{
	static const char	digits[] = "0123456789abcdef";
	struct face_mount	*m = &r->mount;
	char			 pair[2];
	size_t			 i;

	if (m->asks && !m->answers && !m->stops && bytes[0] == 0x03) {
		m->stops = true;
		event->type = FACE_INPUT;
		event->data = (const uint8_t *)"i";
		event->len = 1;
		return 1;
	}
	if (!m->asks || (!m->answers && bytes[0] != ORDER))
		return 0;
	m->answers = true;
	if (len > ANSWER_MAX)
		len = ANSWER_MAX;
	m->answer.len = 0;
	for (i = 0; i < len; i++) {
		pair[0] = digits[bytes[i] >> 4];
		pair[1] = digits[bytes[i] & 15];
		face_text_add(&m->answer, pair, 2);
	}
	event->type = FACE_INPUT;
	event->data = (const uint8_t *)m->answer.bytes;
	event->len = m->answer.len;
	return len;
}
