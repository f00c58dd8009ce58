/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/command_line.h"
#include "protocol/text.h"

bool
process_read(pid_t pid, const char *file, char *text, size_t size, size_t *len)
{
	char	path[64];
	ssize_t	n;
	int	fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	*len = n > 0 ? (size_t)n : 0;
	text[*len] = '\0';
	return *len > 0;
}

void
process_name(pid_t pid, char *name, size_t size)
{
	char		 text[512];
	const char	*script = NULL;
	size_t		 len;

	snprintf(name, size, "?");
	if (!process_read(pid, "comm", text, sizeof text, &len))
		return;
	text[len - 1] = '\0';		/* the kernel ends it with LF */
	snprintf(name, size, "%.*s", (int)size - 1, text);
	/* Who only goes by the name of one has other words. */
	if (command_line_is_interpreter(name) &&
	    process_read(pid, "cmdline", text, sizeof text, &len))
		script = command_line_script(text, len);
	if (script != NULL)
		snprintf(name, size, "%.*s", (int)size - 1, script);
	text_clean(name);
}
