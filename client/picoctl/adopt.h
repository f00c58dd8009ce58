/* SPDX-License-Identifier: MIT */
/*
 * The configuration of picod, for the verbs that change it: one drop-in for each
 * board.  What goes wrong is told to the user here, and an exit status is what
 * remains.
 */
#ifndef PICOD_ADOPT_H
#define PICOD_ADOPT_H

#include "picoctl.h"
#include "section.h"

/* The drop-in of a board; the caller frees it. */
char	*adopt_path(const char *name);

/* Whether it may be changed, or a complaint with the line to type. */
int	adopt_may(const struct picoctl *);

/*
 * The first file of the configuration with that section, or with a board at that
 * port; NULL if none has.  The caller frees it.
 */
char	*adopt_find_section(const char *kind, const char *name);
char	*adopt_find_port(const char *port);

/* Whether picoctl wrote it; a complaint with the file to edit if not. */
int	adopt_is_ours(const char *file, const char *name);

/* A new drop-in, or other bytes for one: whole, and on the disk. */
int	adopt_write(const char *file, const char *text, size_t len);

/* Whether a board may have that name, one that is called old, or "" yet. */
int	adopt_check_name(struct picoctl *, const char *name, const char *old);

/* The boards there are; to be freed. */
int	adopt_list(struct picoctl *, json_t **boards);

/* Has picod read its configuration again. */
int	adopt_reload(struct picoctl *);

/*
 * The same, and waits until the board is there, at most ten seconds.  state is
 * what it has become: "" if picod does not know it, "absent" if it is not there.
 */
int	adopt_reload_for(struct picoctl *, const char *name, char *state,
    size_t size);

/* A port under a name: all that "picoctl adopt" does. */
int	adopt_do(struct picoctl *, const char *port, const char *name);

#endif
