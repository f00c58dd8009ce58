/* SPDX-License-Identifier: MIT */
/*
 * A drop-in has its final name when it is whole, and goes again if picod does not
 * take it up: picod would not start with it the next time.
 */
#include "adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "local.h"
#include "program.h"
#include "session.h"

/* For picod to know a board of that name, and then for it to be there. */
#define ADOPT_KNOWN_MS	2000
#define ADOPT_WAIT_MS	10000

static const char *
adopt_config(void)
{
	const char	*path = getenv("PICOD_CONFIG");

	return path != NULL && path[0] != '\0' ? path : "/etc/picod/picod.conf";
}

static char * __attribute__((format(printf, 1, 2)))
adopt_text(const char *format, ...)
{
	va_list	args;
	char	*text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	return text;
}

char *
adopt_path(const char *name)
{
	return adopt_text("%s.d/%s.conf", adopt_config(), name);
}

/* The line to type is the one that was typed. */
static void
adopt_want_root(const struct picoctl *ctl, const char *folder)
{
	const struct option	*option;
	char			*line = adopt_text("sudo picoctl %s",
				    ctl->verb->name), *longer;
	int			 i;

	for (i = 0; i < ctl->operand_count; i++, free(line), line = longer)
		longer = adopt_text("%s %s", line, ctl->operands[i]);
	for (option = options_table; option->name != NULL; option++) {
		if (option->argument == NULL ||
		    !options_given(&ctl->options, option->id))
			continue;
		longer = adopt_text("%s --%s %s", line, option->name,
		    ctl->options.value[option->id]);
		free(line);
		line = longer;
	}
	picoctl_complain("only root may change what is in %s: %s", folder, line);
	free(line);
}

int
adopt_may(const struct picoctl *ctl)
{
	char	*folder = adopt_text("%s.d", adopt_config());
	int	 error = 0;

	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		error = errno;
	else if (access(folder, W_OK | X_OK) < 0)
		error = errno;
	if (error == EACCES || error == EPERM)
		adopt_want_root(ctl, folder);
	else if (error != 0)
		picoctl_complain("cannot write to %s: %s", folder,
		    strerror(error));
	free(folder);
	return error == 0 ? STATUS_OK : error == EACCES || error == EPERM ?
	    STATUS_PERMISSION : STATUS_FILE;
}

/* A file of the configuration; NULL where there is none. */
static char *
adopt_read(const char *file)
{
	void	*bytes;
	size_t	 len;

	if (access(file, F_OK) < 0 || local_read(file, &bytes, &len) != 0)
		return NULL;
	((char *)bytes)[len] = '\0';	/* it is larger than a file may be */
	return bytes;
}

static char *
adopt_find(bool (*has)(const char *text, const char *what), const char *what)
{
	char	*pattern = adopt_text("%s.d/*.conf", adopt_config()), *text;
	char	*found = NULL;
	glob_t	 files;
	size_t	 i;

	/* As a pattern, too, the file itself is that file. */
	glob(adopt_config(), GLOB_NOCHECK, NULL, &files);
	glob(pattern, GLOB_APPEND, NULL, &files);
	for (i = 0; i < files.gl_pathc && found == NULL; i++) {
		text = adopt_read(files.gl_pathv[i]);
		if (text != NULL && has(text, what))
			found = adopt_text("%s", files.gl_pathv[i]);
		free(text);
	}
	globfree(&files);
	free(pattern);
	return found;
}

char *
adopt_find_section(const char *kind, const char *name)
{
	char	*header = adopt_text("%s %s", kind, name);
	char	*file = adopt_find(section_has, header);

	free(header);
	return file;
}

char *
adopt_find_port(const char *port)
{
	return adopt_find(section_has_port, port);
}

int
adopt_is_ours(const char *file, const char *name)
{
	char	*own = adopt_path(name), *text = adopt_read(file);
	bool	 is_ours = strcmp(own, file) == 0 && text != NULL &&
		    strncmp(text, SECTION_MARK, strlen(SECTION_MARK)) == 0;

	if (!is_ours)
		picoctl_complain("board %s is named in %s, which somebody wrote "
		    "by hand: edit that, then \"sudo systemctl reload picod\"",
		    name, file);
	free(own);
	free(text);
	return is_ours ? STATUS_OK : STATUS_FAILED;
}

int
adopt_write(const char *file, const char *text, size_t len)
{
	umask(022);		/* picod reads it as another user */
	return local_write(file, text, len);
}

int
adopt_list(struct picoctl *ctl, json_t **boards)
{
	json_t	*reply;
	int	 status = session_open(ctl);

	if (status == STATUS_OK)
		status = session_call(ctl, "io.picod.ListBoards", json_object(),
		    &reply);
	if (status != STATUS_OK)
		return status;
	*boards = json_incref(json_object_get(reply, "boards"));
	json_decref(reply);
	return STATUS_OK;
}

static int
adopt_systemctl(void)
{
	pid_t	pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		execlp("systemctl", "systemctl", "reload", "picod.service",
		    (char *)NULL);
		_exit(STATUS_NOT_FOUND);
	}
	return pid < 0 ? STATUS_FAILED : program_wait(pid);
}

/* Where systemd made the socket, picod is a service of its; else the peer. */
int
adopt_reload(struct picoctl *ctl)
{
	struct ucred	peer = { 0 };
	socklen_t	len = sizeof peer;
	bool		done;

	getsockopt(picod_fd(ctl->picod), SOL_SOCKET, SO_PEERCRED, &peer, &len);
	if (peer.pid == 1 && access("/run/systemd/system", F_OK) == 0)
		done = adopt_systemctl() == STATUS_OK;
	else
		done = peer.pid > 0 && kill(peer.pid, SIGHUP) == 0;
	if (done)
		return STATUS_OK;
	picoctl_complain("picod was not told: \"sudo systemctl reload picod\", or "
	    "send it SIGHUP where there is no systemd");
	return STATUS_FAILED;
}

static int
adopt_left(long long end_ms)
{
	long long	ms = end_ms - clock_ms();

	return ms > 0 ? (int)ms : 0;
}

static bool
adopt_is_there(const char *state)
{
	return state[0] != '\0' && strcmp(state, "absent") != 0 &&
	    strcmp(state, "unclaimed") != 0;
}

/* Follows the states of a board until it is there. */
static int
adopt_follow(struct picoctl *ctl, const char *name, char *state, size_t size)
{
	struct pollfd	 fd = { picod_fd(ctl->picod), POLLIN, 0 };
	long long	 end_ms = clock_ms() + ADOPT_KNOWN_MS;
	json_t		*event;
	bool		 continues;
	int		 failure;

	while (!adopt_is_there(state)) {
		failure = picod_json_try(ctl->picod, &event, &continues);
		if (failure == -EAGAIN && poll(&fd, 1, adopt_left(end_ms)) == 0)
			break;
		if (failure == -EAGAIN)
			continue;
		if (failure != 0)
			return session_failed(ctl, failure, true);
		if (strcmp(output_string(event, "event"), "state") == 0 &&
		    strcmp(output_string(event, "board"), name) == 0) {
			if (state[0] == '\0')
				end_ms = clock_ms() + ADOPT_WAIT_MS;
			snprintf(state, size, "%s",
			    output_string(event, "state"));
		}
		json_decref(event);
	}
	return STATUS_OK;
}

/* What is away, and new, has entered no state that would be told. */
static int
adopt_look(struct picoctl *ctl, const char *name, char *state, size_t size)
{
	json_t	*boards, *row;
	size_t	 i;
	int	 status;

	picod_close(ctl->picod);
	ctl->picod = NULL;
	status = adopt_list(ctl, &boards);
	if (status != STATUS_OK)
		return status;
	json_array_foreach(boards, i, row)
		if (strcmp(output_string(row, "name"), name) == 0)
			snprintf(state, size, "%s", output_string(row, "state"));
	json_decref(boards);
	return STATUS_OK;
}

int
adopt_reload_for(struct picoctl *ctl, const char *name, char *state,
    size_t size)
{
	int	failure = picod_json_begin(ctl->picod, "io.picod.Watch",
		    json_object(), true);
	int	status = failure == 0 ? adopt_reload(ctl) :
		    session_failed(ctl, failure, false);

	state[0] = '\0';
	if (status == STATUS_OK)
		status = adopt_follow(ctl, name, state, size);
	return status == STATUS_OK && state[0] == '\0' ?
	    adopt_look(ctl, name, state, size) : status;
}
