/* SPDX-License-Identifier: MIT */
/* What the faces share. */
#ifndef PICOD_FACE_PRIVATE_H
#define PICOD_FACE_PRIVATE_H

#include "face.h"

/* Bytes that grow. */
struct face_text {
	char	*bytes;
	size_t	 len, size;
};

void	face_text_add(struct face_text *, const void *, size_t len);
void	face_text_finish(struct face_text *);

struct face_ops {
	const char	*language;
	struct face	*(*create)(void);
	void		 (*destroy)(struct face *);
	size_t		 (*feed)(struct face *, const uint8_t *, size_t,
			    struct face_event *);
	void		 (*started)(struct face *, struct face_event *);
	void		 (*print)(struct face *, const void *, size_t);
	void		 (*ended)(struct face *, enum face_end, const char *,
			    size_t);
	void		 (*heard)(struct face *, const void *, size_t);
	void		 (*restarted)(struct face *);
	void		 (*taken)(struct face *);	/* or NULL */
	bool		 (*waits)(const struct face *);	/* or NULL */
	void		 (*waited)(struct face *);	/* or NULL */
	const char	*(*will)(const struct face *);	/* or NULL */
	size_t		 (*kept)(const struct face *);	/* NULL: a line at most */
};

/* Every face begins with this. */
struct face {
	const struct face_ops	*ops;
	char			 about[200];
	struct face_text	 out;		/* for the tool, from sent on */
	size_t			 sent;
	uint8_t			 late[FACE_LATE];
	size_t			 late_len;
};

extern const struct face_ops	face_repl, face_lines, face_prints;

void	face_say(struct face *, const char *text);
void	face_say_bytes(struct face *, const void *, size_t len);

#endif
