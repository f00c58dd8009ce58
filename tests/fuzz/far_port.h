/* SPDX-License-Identifier: MIT */
/*
 * A port of picod's from the side of the board: a Unix socket at which a model
 * of a board listens.
 */
#ifndef FUZZ_FAR_PORT_H
#define FUZZ_FAR_PORT_H

#include "tests/fuzz/model.h"
#include "tests/fuzz/script.h"

struct far_port {
	char		 address[80];	/* "unix:PATH", where picod finds it */
	int		 listener;	/* -1: it is not plugged in */
	int		 fd;		/* -1: picod does not have it open */
	struct model	 model;
};

/* Plugged in nowhere.  name: of the board, as a part of the path. */
void	far_port_init(struct far_port *, const char *name, bool is_repl);

void	far_port_plug(struct far_port *);
void	far_port_unplug(struct far_port *);
/* It stays plugged in, and loses its connection. */
void	far_port_hang_up(struct far_port *);

/* Says something, if picod listens: bytes, or what the script has. */
void	far_port_say(struct far_port *, const char *, size_t);
void	far_port_say_word(struct far_port *, struct script *);
void	far_port_say_much(struct far_port *, struct script *);

/* Hears what picod sent, and answers a command of it; false: there was none. */
bool	far_port_answer(struct far_port *);

#endif
