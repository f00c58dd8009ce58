/* SPDX-License-Identifier: MIT */
/*
 * A link is an open way to a board: a descriptor that is read and written, and
 * the few things that differ between kinds of ports.
 *
 *	/dev/ttyACM0		a serial port (libserialport), or a pty
 *	unix:/run/board		a Unix stream socket, such as a simulator's
 *	tcp:host:port		a serial port server, such as ser2net
 */
#ifndef PICOD_LINK_H
#define PICOD_LINK_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct link;

enum link_reset {
	LINK_RESETS_NOT,
	/*
	 * DTR was left up since the board was plugged in, unless somebody
	 * lowered it by hand: then it rose, and reset the board.
	 */
	LINK_MAY_RESET,
	LINK_RESETS,
};

struct link_ops {
	const char	*prefix;	/* of the address, "" for a path */
	bool		 is_path;	/* the rest of the address is a path */
	/*
	 * 0 with link->fd set, -EINPROGRESS where link->opened will be called,
	 * or a negative errno.
	 */
	int		(*open)(struct link *);
	void		(*close)(struct link *);
	/* Pulls the board's reset line, or lets go of it; -ENOTSUP. */
	int		(*reset)(struct link *, bool pull);
	/* link->baud has changed; NULL where there is no speed. */
	void		(*set_baud)(struct link *);
};

struct link {
	const struct link_ops	*ops;
	const struct link_ops	*as;	/* a path: what it turned out to be */
	struct event_base	*base;
	const char		*address;	/* without the prefix */
	unsigned		 baud;
	bool			 drop_dtr;	/* on close: see port.h */
	bool			 dtr_was_kept;	/* by whoever closed it last */
	int			 fd;		/* -1 while closed */
	void			*handle;	/* the kind's own */
	void			(*opened)(struct link *, int error);
	void			*owner;
};

extern const struct link_ops link_path, link_serial, link_pty, link_unix,
    link_tcp;

/*
 * Prepares a closed link to an address, which must outlive it.  -EINVAL if no
 * kind of port has such an address.
 */
int	link_init(struct link *, struct event_base *, const char *address,
    unsigned baud, void (*opened)(struct link *, int error), void *owner);

/* Opens it: see link_ops.  The descriptor does not block. */
int	link_open(struct link *);

/* Closes it, or gives up opening it.  Harmless on a closed link. */
void	link_close(struct link *);

/* The speed from now on, where there is one, and at the next opening. */
void	link_set_baud(struct link *, unsigned baud);

/* Pulls or releases the board's reset line.  -ENOTSUP where there is none. */
int	link_reset(struct link *, bool pull);

/* What opening it does to most boards that have a reset line (DTR). */
enum link_reset	link_resets(const struct link *);

#endif
