/* SPDX-License-Identifier: MIT */
/*
 * Who may use picod, and what of it: picod.conf(5), [access].
 */
#ifndef PICOD_ACCESS_H
#define PICOD_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/base/client.h"
#include "protocol/limits.h"

/* The group whose members may use a system's picod. */
#define ACCESS_GROUP "picod"

/* What everybody else hears. */
#define ACCESS_DENIED "you may not use picod; become a member of the group " \
    ACCESS_GROUP ": sudo usermod -aG " ACCESS_GROUP " \"$USER\", then log in " \
    "again"

/* The right to a Watch with trace: it has what others send, byte by byte. */
#define ACCESS_TRACE "Trace"

/* One line: WHO = METHOD..., in [access] or [access BOARD]. */
struct access_rule {
	char		*board;		/* NULL: every board without rules */
	enum { ACCESS_USER, ACCESS_GROUP_OF, ACCESS_EVERYBODY } who;
	uint32_t	 id;		/* the uid or gid */
	bool		 all;		/* all methods */
	char		*methods;	/* " Send Watch " */
	char		*letters;	/* PiSerial commands of Send; NULL: all */
};

struct access {
	struct access_rule	 rules[LIMIT_RULES];
	size_t			 count;
	bool			 has_group;	/* ACCESS_GROUP exists */
	gid_t			 group;
};

/* The groups of a client, as the kernel tells. */
struct access_groups {
	gid_t	*ids;
	size_t	 count;
};

/* No rules; looks the group up. */
void	access_init(struct access *);
void	access_finish(struct access *);

/*
 * Adds a rule: who is a user, @group or *, what is method names, ACCESS_TRACE,
 * "all", or "none", apart by spaces; Send(LETTERS) allows only those PiSerial commands.
 * NULL, or a static sentence that says what is wrong.
 */
const char *access_add(struct access *, const char *board, const char *who,
    const char *what);

/* Reads the groups of whoever is at the other end of a socket. */
void	access_groups_init(struct access_groups *, int fd);
void	access_groups_finish(struct access_groups *);

/*
 * Whether a client may use picod at all: root, the user picod runs as, members
 * of the group, and who sits at this machine.
 */
bool	access_may_connect(const struct access *, const struct client *,
    const struct access_groups *);

/* Whether there are rules for that board, or for all. */
bool	access_has_rules(const struct access *, const char *board);

/* What somebody wants to do. */
struct access_ask {
	const char	*board;		/* NULL: on any of them */
	const char	*method;	/* "Send", or ACCESS_TRACE */
	const char	*text;		/* that it sends, or NULL: whatever it is */
	size_t		 len;
	bool		 is_command;	/* text is one of PiSerial: the board's
					 * language is known to be that */
};

/*
 * Whether he may.  Without rules for the board, and none for all boards, he may;
 * rules for letters grant nothing but commands.
 */
bool	access_permits(const struct access *, const struct client *,
    const struct access_groups *, const struct access_ask *);

#endif
