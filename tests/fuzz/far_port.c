/* SPDX-License-Identifier: MIT */
/*
 * Whoever connects last has the board, as with a cable that is plugged in anew.
 * What picod does not take is lost, as on a board.
 */
#include "tests/fuzz/far_port.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

void
far_port_init(struct far_port *p, const char *name, bool is_repl)
{
	*p = (struct far_port){ .listener = -1, .fd = -1 };
	/* In memory: a run has many of them. */
	snprintf(p->address, sizeof p->address, "unix:/dev/shm/picod-fuzz-%d-%s",
	    (int)getpid(), name);
	p->model.is_repl = is_repl;
}

static const char *
far_port_path(const struct far_port *p)
{
	return strchr(p->address, ':') + 1;
}

void
far_port_plug(struct far_port *p)
{
	struct sockaddr_un	addr = { .sun_family = AF_UNIX };

	if (p->listener >= 0)
		return;
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", far_port_path(p));
	p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	unlink(far_port_path(p));
	if (bind(p->listener, (struct sockaddr *)&addr, sizeof addr) < 0 ||
	    listen(p->listener, 8) < 0)
		abort();
}

void
far_port_hang_up(struct far_port *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

void
far_port_unplug(struct far_port *p)
{
	far_port_hang_up(p);
	if (p->listener < 0)
		return;
	close(p->listener);
	p->listener = -1;
	unlink(far_port_path(p));
}

static void
far_port_accept(struct far_port *p)
{
	int	fd;

	while (p->listener >= 0 && (fd = accept4(p->listener, NULL, NULL,
	    SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		far_port_hang_up(p);
		p->fd = fd;
		model_restart(&p->model);
	}
}

void
far_port_say(struct far_port *p, const char *bytes, size_t len)
{
	far_port_accept(p);
	if (p->fd >= 0 && len > 0)
		(void)!send(p->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void
far_port_say_word(struct far_port *p, struct script *script)
{
	static const char *const words[] = {
		"OK", "RR", ">>> ", "\4", "\4>", "v00\n", "hello\r\n",
		"raw REPL; CTRL-B to exit\r\n>", "\xff\xc3", "R\1",
		"MicroPython v1\r\nType \"help()\" for more information.\r\n>>> ",
	};
	const char	*word = SCRIPT_PICK(script, words);

	far_port_say(p, word, strlen(word));
}

void
far_port_say_much(struct far_port *p, struct script *script)
{
	static char	much[16384];

	memset(much, 'x', sizeof much);
	far_port_say(p, much, (size_t)(script_byte(script) + 1) * 64);
}

bool
far_port_answer(struct far_port *p)
{
	char	bytes[4096];
	ssize_t	n;
	size_t	kept;

	far_port_accept(p);
	if (p->fd < 0)
		return false;
	n = recv(p->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n == 0)
		far_port_hang_up(p);
	if (n > 0)
		model_hear(&p->model, bytes, (size_t)n);
	kept = p->model.len;
	far_port_say(p, bytes, model_answer(&p->model, bytes));
	return n > 0 || p->model.len < kept;
}
