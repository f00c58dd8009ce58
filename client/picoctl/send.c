/* SPDX-License-Identifier: MIT */
/*
 * A text or a file to a board, as one statement or program.
 */
#include "send.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/limits.h"
#include "session.h"
#include "typing.h"

int
send_text(struct picoctl *ctl, const char *text, size_t len,
    const char *name)
{
	json_t	*parameters, *json = json_stringn(text, len);
	bool	 more = ctl->output.ops != &output_json;
	int	 status;

	if (json == NULL) {
		picoctl_complain("%s is not UTF-8, and a board takes nothing "
		    "else", name);
		return STATUS_USAGE;
	}
	parameters = session_parameters(ctl, true);
	if (parameters == NULL) {
		json_decref(json);
		return STATUS_USAGE;
	}
	json_object_set_new(parameters, "text", json);
	session_add_time(ctl, parameters, OPTION_TIMEOUT, "timeout");
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	session_add_time(ctl, parameters, OPTION_MAX_AGE, "maxAge");
	ctl->typing = more && ctl->options.value[OPTION_MAX_AGE] == NULL ?
	    typing_create(ctl) : NULL;
	if (ctl->typing != NULL)
		json_object_set_new(parameters, "input", json_true());
	status = session_stream(ctl, "io.picod.Send", parameters, more,
	    ctl->output.ops->answer);
	typing_destroy(ctl->typing);
	ctl->typing = NULL;
	return status;
}

/* Reads up to size bytes; how many, or a negative errno. */
static ssize_t
send_read(int fd, char *buf, size_t size)
{
	size_t	len = 0;
	ssize_t	n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Sends what comes from fd as one program. */
static int
send_stream(struct picoctl *ctl, int fd, const char *name)
{
	char	*text = malloc(LIMIT_STATEMENT + 1);
	ssize_t	 n = text == NULL ? -ENOMEM :
		    send_read(fd, text, LIMIT_STATEMENT + 1);
	size_t	 skip;
	int	 status;

	if (n < 0) {
		picoctl_complain("cannot read %s: %s", name,
		    strerror((int)-n));
		status = STATUS_FILE;
	} else if (n > LIMIT_STATEMENT) {
		picoctl_complain("%s is too long: a program may have %d bytes",
		    name, LIMIT_STATEMENT);
		status = STATUS_USAGE;
	} else {
		/* Some editors put a mark before it, which is no Python. */
		skip = n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
		status = send_text(ctl, text + skip, (size_t)n - skip,
		    name);
	}
	free(text);
	return status;
}

int
send_file(struct picoctl *ctl, const char *path)
{
	int	fd, status;

	if (strcmp(path, "-") == 0)
		return send_stream(ctl, STDIN_FILENO, "standard input");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		picoctl_complain("cannot open %s: %s", path, strerror(errno));
		return STATUS_FILE;
	}
	status = send_stream(ctl, fd, path);
	close(fd);
	return status;
}
