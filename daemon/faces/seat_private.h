/* SPDX-License-Identifier: MIT */
/* The inside of a seat, shared by seat.c and seat_job.c (what its face wants). */
#ifndef PICOD_SEAT_PRIVATE_H
#define PICOD_SEAT_PRIVATE_H

#include <event2/event.h>

#include "protocol/face.h"
#include "seat.h"

struct seat {
	struct watcher		 watcher;	/* must be first */
	struct boards		*boards;
	struct board		*board;
	struct client		 client;
	char			 token[REQUEST_TOKEN_SIZE];
	const struct seat_ops	*ops;
	void			*arg;
	void			(*go_on)(struct seat *, bool over);
	struct face		*face;
	const char		*language;	/* it is of that */
	struct asker		*asker;		/* of the job, or NULL */
	bool			 holds;		/* the token is of its own hold */
	char			*text;		/* of the job, which waits for that */
	size_t			 len;
	bool			 owes;		/* its will: a job with one began */
	bool			 statement;	/* behind which more may be pasted */
	struct event		*ahead;		/* what is, is its input from then on */
	bool			 feeding;	/* its face or board: the job may end */
	bool			 blocked;	/* the face took no more */
	uint8_t			 late[FACE_LATE];	/* what it takes then, */
	size_t			 late_len;	/* before all else */
};

/* Passes on what the face has to say; whether it better had nothing. */
void	seat_pump(struct seat *);
bool	seat_is_full(const struct seat *);

/* Does what the face wants; of it, what is input for the job alone. */
void	seat_act(struct seat *, const struct face_event *);
void	seat_input(struct seat *, const struct face_event *);

/* Tells the face if the board is in picod's hands. */
void	seat_see_taken(struct seat *);

/* Does what its face leaves to be done, before anybody else comes. */
void	seat_clear_up(struct seat *);

#endif
