/* SPDX-License-Identifier: MIT */
/*
 * Its calls are answered in their order, so the first that is not answered is
 * what each message belongs to.
 */
#include "tests/fuzz/caller.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "protocol/limits.h"
#include "tests/fuzz/calls.h"

#define READ_MAX	(64 * 1024)
#define FLOOD		(64 * 1024)
/* So often: what is typed is to be read, too. */
#define FLOODS		8

void
caller_connect(struct caller *c, int fd, bool is_stranger)
{
	*c = (struct caller){ .fd = fd, .is_stranger = is_stranger };
}

void
caller_leave(struct caller *c)
{
	size_t	i;

	if (c->fd < 0)
		return;
	close(c->fd);
	for (i = 0; i < c->made; i++)
		free(c->calls[i].method);
	free(c->unsent);
	free(c->heard);
	*c = (struct caller){ .fd = -1 };
}

const char *
caller_asks(const struct caller *c)
{
	return c->fd < 0 || c->answered == c->made ? NULL :
	    c->calls[c->answered].method;
}

void
caller_send_rest(struct caller *c)
{
	ssize_t	n;

	if (c->fd < 0 || c->unsent_len == 0)
		return;
	n = send(c->fd, c->unsent, c->unsent_len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n <= 0)
		return;
	c->unsent_len -= (size_t)n;
	memmove(c->unsent, c->unsent + n, c->unsent_len);
}

/* Sends so many bytes of a text that it takes over, and keeps the others. */
static void
caller_send(struct caller *c, char *text, size_t len, size_t now)
{
	size_t	rest;

	assert(c->unsent_len == 0);
	free(c->unsent);
	c->unsent = text;
	c->unsent_len = now;
	caller_send_rest(c);
	rest = c->unsent_len + len - now;
	memmove(text, text + len - rest, rest);
	c->unsent_len = rest;
}

void
caller_rule(struct caller *c, bool ruled)
{
	size_t	i;

	c->is_ruled = ruled;
	for (i = c->answered; i < c->made; i++)
		c->calls[i].ruled = false;
}

/* He may have a board for himself, and wait for it himself. */
static bool
caller_takes(const char *method)
{
	return strstr(method, "Lend") != NULL || strstr(method, "Hold") != NULL;
}

static void
caller_remember(struct caller *c, const json_t *call)
{
	struct caller_call	*made = &c->calls[c->made];
	const char		*method;

	c->upgrades |= json_is_true(json_object_get(call, "upgrade"));
	method = json_string_value(json_object_get(call, "method"));
	if (json_is_true(json_object_get(call, "oneway"))) {
		/* Whether he was given it is not told. */
		c->tenant |= caller_takes(method);
		/* A console that nobody confirms; and he is told to go. */
		c->wild |= json_is_true(json_object_get(call, "upgrade")) ||
		    c->is_stranger;
		return;
	}
	made->method = strdup(method);
	made->ruled = c->is_ruled;
	made->upgrade = json_is_true(json_object_get(call, "upgrade"));
	c->made++;
}

void
caller_call(struct caller *c, json_t *call, size_t kept)
{
	char	*text = json_dumps(call, JSON_COMPACT);
	size_t	 len = strlen(text) + 1;

	caller_send_rest(c);
	if (c->fd < 0 || c->ended || c->raw || c->unsent_len > 0 ||
	    c->made == CALLER_CALLS_MAX) {
		free(text);
	} else {
		script_tell("%p calls %s", (void *)c, text);
		caller_remember(c, call);
		caller_send(c, text, len, kept < len ? len - kept : len);
	}
	json_decref(call);
}

/* Of the script; or of one of them as many as there is room for. */
static size_t
caller_fill(struct caller *c, char *bytes, struct script *script)
{
	size_t	len = script_byte(script), i;

	if (len == UINT8_MAX && c->floods++ < FLOODS) {
		memset(bytes, script_byte(script), FLOOD);
		return FLOOD;
	}
	for (i = 0; i < len; i++)
		bytes[i] = (char)script_byte(script);
	return len;
}

void
caller_send_bytes(struct caller *c, struct script *script)
{
	static char	bytes[FLOOD];
	size_t		len;

	if (c->fd < 0 || c->ended)
		return;
	len = caller_fill(c, bytes, script);
	script_tell("%p says %zu bytes: %.*s", (void *)c, len,
	    (int)(len < UINT8_MAX ? len : 1), bytes);
	c->wild |= !c->raw && len > 0;
	c->upgrades |= memmem(bytes, len, "upgrade", 7) != NULL;
	(void)!send(c->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void
caller_end(struct caller *c)
{
	if (c->fd < 0 || c->ended)
		return;
	caller_send_rest(c);
	c->wild |= c->unsent_len > 0;	/* the last call is none */
	c->ended = true;
	shutdown(c->fd, SHUT_WR);
}

void
caller_wait(struct caller *c, uint64_t ms)
{
	int	unread = 0;

	if (c->fd < 0)
		return;
	ioctl(c->fd, FIONREAD, &unread);
	c->lazy |= ms >= LIMIT_STALL_MS && unread > 0;
	c->half_ms = c->unsent_len > 0 ? c->half_ms + ms : 0;
	c->lazy |= c->half_ms >= LIMIT_MESSAGE_MS;
}

/* What its rules grant, or what shows it only the boards that they do. */
static bool
caller_is_granted(const char *method)
{
	static const char *const	granted[] = {
		"io.picod.Send", "io.picod.Input", "io.picod.Watch",
		"io.picod.ListBoards", "io.picod.ListFirmware",
	};
	size_t				i;

	for (i = 0; i < sizeof granted / sizeof *granted; i++)
		if (strcmp(method, granted[i]) == 0)
			return true;
	return strncmp(method, "io.picod.", 9) != 0;
}

/* An answer as it may be: as the interface has it, and no more than is granted. */
static void
caller_check(const struct caller_call *call, json_t *message)
{
	assert(calls_answers(call->method, message));
	assert(!call->ruled || caller_is_granted(call->method) ||
	    json_object_get(message, "error") != NULL);
}

static void
caller_learn(struct caller *c, json_t *message, char *token)
{
	const char	*method = c->calls[c->answered].method, *said;

	said = json_string_value(json_object_get(json_object_get(message,
	    "parameters"), "token"));
	if (said != NULL)
		snprintf(token, 64, "%s", said);
	c->served = json_object_get(message, "error") == NULL;
	c->raw = c->served && c->calls[c->answered].upgrade &&
	    strstr(method, "Console") != NULL;
	c->tenant |= c->served && caller_takes(method);
	c->answered++;
}

static void
caller_take_message(struct caller *c, const char *text, size_t len, char *token)
{
	json_t	*message = json_loadb(text, len, JSON_ALLOW_NUL, NULL);

	script_tell("%p hears %.*s", (void *)c, (int)len, text);
	if (c->wild && c->upgrades && !json_is_object(message)) {
		c->raw = true;		/* a console, of which we lost count */
		json_decref(message);
		return;
	}
	assert(json_is_object(message));
	if (!c->wild) {
		assert(c->answered < c->made);
		caller_check(&c->calls[c->answered], message);
		if (!json_is_true(json_object_get(message, "continues")))
			caller_learn(c, message, token);
	}
	json_decref(message);
}

/* Whatever came, cut where it is. */
static void
caller_take(struct caller *c, const char *bytes, size_t len, char *token)
{
	const char	*end;
	size_t		 n;

	while (len > 0 && !c->raw) {
		end = memchr(bytes, '\0', len);
		n = end == NULL ? len : (size_t)(end - bytes) + 1;
		c->heard = realloc(c->heard, c->heard_len + n);
		memcpy(c->heard + c->heard_len, bytes, n);
		c->heard_len += n;
		bytes += n;
		len -= n;
		if (end == NULL)
			continue;
		caller_take_message(c, c->heard, c->heard_len - 1, token);
		c->heard_len = 0;
	}
}

/* The end of its connection: it was its own doing, or it had all it asked for. */
static void
caller_check_end(const struct caller *c, bool ending)
{
	if (c->wild || c->lazy || c->raw || c->is_stranger || ending)
		return;
	assert(c->ended && c->heard_len == 0 && c->answered == c->made);
}

void
caller_read(struct caller *c, bool ending, char *token)
{
	static char	bytes[READ_MAX];
	ssize_t		n;

	if (c->fd < 0)
		return;
	n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n > 0) {
		caller_take(c, bytes, (size_t)n, token);
	} else if (n == 0 || errno != EAGAIN) {
		script_tell("%p sees the end", (void *)c);
		caller_check_end(c, ending);
		caller_leave(c);
	}
}
