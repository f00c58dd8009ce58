/* SPDX-License-Identifier: MIT */
/*
 * What is put on a board so that files can be moved: functions in Python, each
 * for the boards that can carry it out.  Private to files*.c.
 */
#ifndef PICOD_FILES_CODE_H
#define PICOD_FILES_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a board has, in the order in which FILES_PROBE tells it. */
enum files_has {
	FILES_HAS_STREAM = 1 << 0,	/* sys.stdin.buffer */
	FILES_HAS_CRC = 1 << 1,		/* binascii.crc32 */
	FILES_HAS_DEFLATE = 1 << 2,	/* deflate.DeflateIO: a kept dictionary */
	FILES_HAS_ZLIB = 1 << 3,	/* zlib.decompress: each frame by itself */
	FILES_HAS_SHA = 1 << 4,		/* hashlib.sha256 */
	FILES_HAS_SHA_NEW = 1 << 5,	/* hashlib.new, as CircuitPython has it */
	FILES_HAS_CDC = 1 << 6,		/* usb_cdc.console */
	FILES_HAS_UART = 1 << 7,	/* a micro:bit's microbit.uart */
	FILES_HAS_RENAME = 1 << 8,
	FILES_HAS_STAT = 1 << 9,
	FILES_HAS_ILIST = 1 << 10,	/* os.ilistdir, with sizes */
	FILES_HAS_SPACE = 1 << 11,	/* os.statvfs */
	FILES_HAS_MOUNT = 1 << 12,	/* storage.getmount */
	FILES_HAS_COUNT = 13
};

/* The functions, as bits of what a board has been given. */
enum files_function {
	FILES_CALL = 1 << 0,	/* carries out another, tells errors by number */
	FILES_DIGEST = 1 << 1,	/* a file's digest */
	FILES_ABOUT = 1 << 2,	/* a file's kind, size and digest */
	FILES_TAKE = 1 << 3,	/* receives a file, checks it, gives it its name */
	FILES_PLACE = 1 << 4,	/* checks it and gives it its name */
	FILES_GIVE = 1 << 5,	/* sends a file */
	FILES_TREE = 1 << 6,	/* lists a directory */
	FILES_DROP = 1 << 7,	/* removes, with all that is in it */
	FILES_MAKE = 1 << 8,	/* makes a directory, with those above it */
	FILES_ADD = 1 << 9,	/* adds a literal to a file */
	FILES_HEAR = 1 << 10,	/* of a micro:bit: bytes, until no more come */
	FILES_ROOM = 1 << 11,	/* of a micro:bit: makes sure that there is room */
	FILES_FRAME = 1 << 12,	/* of a micro:bit: sends a frame of a file */
	FILES_FUNCTIONS = 13,
	FILES_NAMES = 1 << 13	/* the dictionary that they are in */
};

/*
 * What every answer begins with, before a letter that says which: two bytes that
 * a program hardly prints one after the other.
 */
#define FILES_MARK	"\6%"

/* Says that a text has come to its end, as the driver's own texts do. */
#define FILES_END	"__import__('builtins').print('\\x1e',end='')"

/*
 * What carries out another function: the number of an error is the same in every
 * language, its words are not.  What the functions import is in their namespace,
 * once: MicroPython looks for a module of its own in each directory of sys.path
 * first, each time.
 */
#define FILES_CODE_CALL(import, finally)				\
	"import os" import "\n"						\
	"def C(f,*a):\n"						\
	" try:(f if callable(f) else globals()[f])(*a)\n"		\
	" except OSError as e:print('\\6%%E%s;'%e.args[:1],end='')\n"	\
	" except MemoryError:print('\\6%M;',end='')\n"			\
	" finally:" finally "print('\\x1e',end='')\n"

/*
 * Without rename the checked temporary is copied: for as long as that takes, the
 * name is not whole, and the temporary is.
 */
#define FILES_CODE_COPY(make_sure)					\
	"def N(t,p,x):\n"						\
	" if S(t)!=x:raise OSError(5)\n"				\
	make_sure							\
	" with open(t,'rb') as f,open(p,'wb') as g:\n"			\
	"  while 1:\n"							\
	"   b=f.read(64)\n"						\
	"   if not b:break\n"						\
	"   g.write(b)\n"						\
	" if S(p)!=x:raise OSError(5)\n"				\
	" os.remove(t)\n"

/* Asks for files_has and the free memory, in a program of its own. */
extern const char files_probe[];

/* Removes what interrupted writers have left, in a program of its own. */
const char	*files_sweep(unsigned has);

/* The text that defines that one function on a board that has those things. */
const char	*files_code(enum files_function, unsigned has);

/* Likewise of a micro:bit; NULL: the one that others get. */
const char	*files_code_uart(enum files_function);

/* The functions that one needs besides itself. */
unsigned	 files_code_needs(enum files_function, unsigned has);

#endif
