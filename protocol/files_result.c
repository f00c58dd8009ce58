/* SPDX-License-Identifier: MIT */
/*
 * How an order about files ended, in words.  Boards tell errors by numbers, which
 * are those of Linux for as far as MicroPython and CircuitPython go.
 */
#include "files_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char	*const kind_names[FILES_KIND_COUNT] = {
	[FILES_OK] = "", [FILES_NOT_FOUND] = "notFound",
	[FILES_EXISTS] = "exists", [FILES_NO_SPACE] = "noSpace",
	[FILES_READ_ONLY] = "readOnly", [FILES_IS_DIRECTORY] = "isDirectory",
	[FILES_NOT_DIRECTORY] = "notDirectory", [FILES_NOT_EMPTY] = "notEmpty",
	[FILES_NO_MEMORY] = "noMemory", [FILES_DAMAGED] = "damaged",
	[FILES_UNSUPPORTED] = "unsupported",
	[FILES_INTERRUPTED] = "interrupted",
	[FILES_RESTARTED] = "restarted", [FILES_OTHER] = "other",
};

const char *
files_kind_name(enum files_kind kind)
{
	return kind_names[kind];
}

void
files_fail(struct files *f, enum files_kind kind, const char *format, ...)
{
	va_list	args;

	if (f->result.kind != FILES_OK)
		return;
	va_start(args, format);
	vsnprintf(f->message, sizeof f->message, format, args);
	va_end(args);
	f->result.kind = kind;
	f->result.message = f->message;
}

/* Nothing is there: which of several things, the board does not tell. */
static void
fail_not_found(struct files *f)
{
	const char	*path = f->path;

	if (f->op == FILES_WRITE || f->op == FILES_MAKE_DIRECTORY)
		files_fail(f, FILES_NOT_FOUND, "the directory that %s is to be in "
		    "is not there; make it first", path);
	else if (f->op == FILES_RENAME && strchr(f->to, '/') != NULL)
		files_fail(f, FILES_NOT_FOUND, "%s is not there, or the directory "
		    "that %s is to be in", path, f->to);
	else
		files_fail(f, FILES_NOT_FOUND, "%s is not there", path);
}

/* Which path it is about: a new name may be in the way. */
static const char *
fail_path(const struct files *f, long number)
{
	bool	is_of_name = number == EEXIST || number == EISDIR ||
		    number == ENOTDIR || number == ENOTEMPTY;

	return f->op == FILES_RENAME && is_of_name ? f->to : f->path;
}

/* Which of the two is one, littlefs does not tell. */
static void
fail_other_kind(struct files *f, enum files_kind kind, const char *article)
{
	if (f->op == FILES_RENAME)
		files_fail(f, kind, "%s cannot take the place of %s: one of them "
		    "is a directory", f->path, f->to);
	else
		files_fail(f, kind, "%s is %s directory", f->path, article);
}

static void
fail_by(struct files *f, long number)
{
	const char	*path = fail_path(f, number);

	if (f->result.kind == FILES_OK)
		f->result.path = path;
	switch (number) {
	case ENOENT:
		fail_not_found(f);
		break;
	case EEXIST:
		files_fail(f, FILES_EXISTS, "%s is there already%s", path,
		    f->op == FILES_MAKE_DIRECTORY && f->recursive ?
		    ", and is no directory" : "");
		break;
	case ENOSPC:
		files_fail(f, FILES_NO_SPACE, "the board has no room for %s; "
		    "remove something there", path);
		break;
	case EROFS:
		f->result.drive = files_has(f, FILES_HAS_MOUNT);
		files_fail(f, FILES_READ_ONLY, f->result.drive ? "the board's "
		    "drive belongs to the computer that it is plugged into: "
		    "write to that drive, or give it to the board in boot.py "
		    "(storage.remount('/', False))" :
		    "the board's file system is read-only");
		break;
	case EISDIR:
		fail_other_kind(f, FILES_IS_DIRECTORY, "a");
		break;
	case ENOTDIR:
		fail_other_kind(f, FILES_NOT_DIRECTORY, "no");
		break;
	case ENOTEMPTY:
		files_fail(f, FILES_NOT_EMPTY, "%s is not empty", path);
		break;
	case EIO:
		files_fail(f, FILES_DAMAGED, "what the board read back of %s is "
		    "not what it was sent, twice; what was there before is "
		    "there still", path);
		break;
	default:
		files_fail(f, FILES_OTHER, "%s: the board says OSError %ld (%s)",
		    path, number, strerror((int)number));
	}
}

void
files_fail_number(struct files *f, const char *number)
{
	char	*end;
	long	 value = strtol(number, &end, 10);

	if (end != number && *end == '\0')
		fail_by(f, value);
	else if (f->op == FILES_MAKE_DIRECTORY ||
	    (f->op == FILES_RENAME && !files_has(f, FILES_HAS_RENAME)))
		files_fail(f, FILES_UNSUPPORTED, "the board has no %s",
		    f->op == FILES_RENAME ? "rename" : "directories");
	else
		files_fail(f, FILES_OTHER, "%s: the board says %.80s", f->path,
		    number);
}

const char *
files_path_wrong(const char *path)
{
	size_t	len = strlen(path);

	if (len == 0)
		return "there is no path";
	if (len > LIMIT_PATH)
		return "the path is longer than any board's";
	if (strcmp(path, "/") != 0 && path[len - 1] == '/')
		return "a path does not end with a slash";
	return NULL;
}
