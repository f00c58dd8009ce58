/* SPDX-License-Identifier: MIT */
/*
 * What a board has of a directory that "sync" makes like one here.  Exit statuses,
 * after complaints.
 */
#ifndef PICOD_SYNC_THERE_H
#define PICOD_SYNC_THERE_H

#include "remote.h"

struct sync_there {
	struct picoctl		*ctl;
	struct remote_list	 list;
	bool			*kept;		/* of list: it is to be left alone */
	unsigned		 removed;
};

/* Lists it, with hashes; it need not be there yet.  To be freed in any case. */
int	sync_there_read(struct sync_there *, struct picoctl *, const char *to);
void	sync_there_free(struct sync_there *);

/* What has that path, which is kept then; or NULL. */
const struct remote_file *sync_there_find(struct sync_there *,
    const char *path);

/* Whether that is a file with these bytes. */
bool	sync_there_is_same(const struct remote_file *, const void *bytes,
    size_t len);

/*
 * A file was written: what was left of an earlier write is what this one began
 * with, and is gone.
 */
void	sync_there_replaced(struct sync_there *, const char *path);

/* Removes what is of the other kind than here, where that is allowed. */
int	sync_there_make_way(struct sync_there *, const struct remote_file *);

/* Removes what is not kept, where that is allowed, and what is litter. */
int	sync_there_remove(struct sync_there *);

#endif
