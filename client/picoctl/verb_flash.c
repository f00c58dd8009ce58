/* SPDX-License-Identifier: MIT */
/*
 * picoctl flash: firmware onto a board.
 *
 * A file is handed over in pieces before the board is asked for, so that picod
 * never opens a path on a client's behalf and a board at the other end of an ssh
 * is flashed like one here.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "protocol/image.h"
#include "protocol/limits.h"
#include "protocol/text.h"
#include "session.h"

/* Bytes of a file in one call: as base64, well within LIMIT_MESSAGE. */
#define PIECE_SIZE	(512 * 1024)

/* The format that the name of a file promises, or ANY. */
static enum image_format
verb_flash_format(const char *name)
{
	const char	*dot = strrchr(name, '.');

	return dot == NULL ? IMAGE_ANY_FORMAT : image_format_find(dot + 1);
}

/* No firmware of picod's has a slash or such a suffix in its name. */
static bool
verb_flash_is_file(const char *name)
{
	return strchr(name, '/') != NULL ||
	    verb_flash_format(name) != IMAGE_ANY_FORMAT;
}

static int
verb_flash_piece(struct picoctl *ctl, off_t at, const char *bytes, size_t len)
{
	char	*text = text_base64(bytes, len);
	json_t	*parameters = json_object(), *reply;
	int	 status;

	json_object_set_new(parameters, "data", json_string(text));
	json_object_set_new(parameters, "at", json_integer(at));
	free(text);
	status = session_call(ctl, "io.picod.Upload", parameters, &reply);
	if (status == STATUS_OK)
		json_decref(reply);
	return status;
}

static int
verb_flash_pieces(struct picoctl *ctl, int fd, const char *name)
{
	char	*buf = malloc(PIECE_SIZE);
	off_t	 at = 0;
	ssize_t	 n;
	int	 status = STATUS_OK;

	do {
		n = buf == NULL ? -1 : read(fd, buf, PIECE_SIZE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			picoctl_complain("cannot read %s: %s", name,
			    strerror(errno));
			status = STATUS_FILE;
		} else if (n > 0 || at == 0) {
			status = verb_flash_piece(ctl, at, buf, (size_t)n);
			at += n;
		}
	} while (n != 0 && status == STATUS_OK);
	free(buf);
	return status;
}

static int
verb_flash_upload(struct picoctl *ctl, const char *name)
{
	int	fd = open(name, O_RDONLY | O_CLOEXEC), status;

	if (fd < 0) {
		picoctl_complain("cannot open %s: %s", name, strerror(errno));
		return STATUS_FILE;
	}
	status = verb_flash_pieces(ctl, fd, name);
	close(fd);
	return status;
}

/* For a desktop to mount a drive by itself. */
#define MOUNT_MS	3000

/* Until something is mounted, or picod says something, or the time is up. */
static void
verb_flash_wait(const struct picoctl *ctl, int mounts, int ms)
{
	struct pollfd	fds[2] = {
		{ .fd = picod_fd(ctl->picod), .events = POLLIN },
		{ .fd = mounts, .events = POLLPRI },
	};

	while (poll(fds, 2, ms) < 0 && errno == EINTR)
		;
}

static bool
verb_flash_is_over(const struct picoctl *ctl)
{
	struct pollfd	fd = { .fd = picod_fd(ctl->picod), .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

/* The one drive of that label; false: picod has news instead. */
static bool
verb_flash_find_drive(const struct picoctl *ctl, const char *label, char *path,
    size_t size)
{
	int		mounts = open("/proc/self/mounts", O_RDONLY | O_CLOEXEC);
	int		ms = MOUNT_MS;
	unsigned	n, told = 1;

	while ((n = drive_find(label, path, size)) != 1 &&
	    !verb_flash_is_over(ctl)) {
		if (n > 1 && n != told)
			picoctl_complain("%u drives %s are mounted; unmount those "
			    "of other boards", n, label);
		else if (n == 0 && ms < 0 && n != told)
			picoctl_complain("its drive is not mounted; run: "
			    "udisksctl mount -b /dev/disk/by-label/%s", label);
		if (n > 1 || ms < 0)
			told = n;
		verb_flash_wait(ctl, mounts, n > 1 ? -1 : ms);
		ms = -1;
	}
	close(mounts);
	return n == 1;
}

/* There is no picotool, and so picod wants the image on the board's drive. */
static void
verb_flash_copy(const struct picoctl *ctl, const json_t *reply)
{
	const char	*label = output_string(reply, "drive"), *what;
	const char	*file = output_string(reply, "file");
	char		 drive[PATH_MAX];
	int		 error;

	if (!verb_flash_find_drive(ctl, label, drive, sizeof drive))
		return;
	error = drive_copy(file[0] != '\0' ? file : ctl->operands[0], drive,
	    &what);
	if (error < 0)
		picoctl_complain("cannot copy the image to %s: %s: %s; copy it by "
		    "hand", drive, what, strerror(-error));
}

static void
verb_flash_show(struct output *o, const json_t *reply)
{
	const struct picoctl	*ctl = (struct picoctl *)((char *)o -
				    offsetof(struct picoctl, output));

	o->ops->flash(o, reply);
	if (output_string(reply, "drive")[0] != '\0')
		verb_flash_copy(ctl, reply);
}

static int
verb_flash_run(struct picoctl *ctl)
{
	const char	*name = ctl->operands[0];
	bool		 is_file = verb_flash_is_file(name);
	json_t		*parameters;
	int		 status = session_open(ctl);

	if (status == STATUS_OK && is_file)
		status = verb_flash_upload(ctl, name);
	if (status != STATUS_OK)
		return status;
	parameters = session_parameters(ctl, true);
	if (parameters == NULL)
		return STATUS_USAGE;
	if (!is_file)
		json_object_set_new(parameters, "firmware", json_string(name));
	else if (verb_flash_format(name) != IMAGE_ANY_FORMAT)
		json_object_set_new(parameters, "format",
		    json_string(image_format_name(verb_flash_format(name))));
	if (options_given(&ctl->options, OPTION_MICROPYTHON))
		json_object_set_new(parameters, "micropython", json_true());
	json_object_set_new(parameters, "drive", json_true());
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	return session_stream(ctl, "io.picod.Flash", parameters, true,
	    verb_flash_show);
}

const struct verb	verb_flash = {
	.name = "flash",
	.operands = "NAME|FILE",
	.summary = "write firmware to a board",
	.details =
"Writes firmware that comes with picod, by its NAME (\"picoctl firmware\" shows\n"
"them), or an image from a FILE whose name ends in .hex, .elf, .uf2 or .bin.\n"
"The image is checked before the board is touched, and what was written is\n"
"read back.  Requests of others wait meanwhile.\n"
"\n"
"Boards of Arduino want avrdude where picod runs, those with an RP2040 or RP2350\n"
"picotool.  Without picotool, a UF2 is copied to the drive that such a board\n"
"shows in BOOTSEL, once that is mounted; it is not read back then.\n"
"\n"
"With --micropython, FILE is MicroPython for a Pico (from micropython.org), and\n"
"the main.py that comes with picod is put on it, which has on() and off(),\n"
"unless a main.py is there already.\n"
"\n"
"The last line says what the new firmware answered.  The exit status is 11 if\n"
"it was not written, or does not answer.  Once the writing has begun, it goes on\n"
"even if picoctl is interrupted.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(MICROPYTHON) |
	    OPTION_BIT(WAIT),
	.least = 1,
	.most = 1,
	.run = verb_flash_run,
};
