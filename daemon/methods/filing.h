/* SPDX-License-Identifier: MIT */
/*
 * An order about a board's files on behalf of a call: one request, whose jobs are
 * what protocol/files.h has the board carry out.
 */
#ifndef PICOD_FILING_H
#define PICOD_FILING_H

#include "daemon/base/scratch.h"
#include "daemon/server/call.h"
#include "protocol/files.h"

struct board;
struct filing;

struct filing_ops {
	/*
	 * Something came; the call may be continued.  NULL: nothing is of
	 * interest.
	 */
	void	(*event)(struct filing *, const struct files_event *);
	/* It went well: the parameters of the reply, NULL for none. */
	json_t	*(*reply)(struct filing *, const struct files_result *);
};

struct filing {
	const struct filing_ops	*ops;
	struct call		*call;		/* NULL: it is gone */
	struct board		*board;
	struct asker		*asker;
	struct files		*files;
	struct scratch		*file;		/* what is written, or NULL */
	struct event		*timer;
	bool			 stopping;	/* we interrupted the job */
	/* the method's, between events and reply */
	json_t			*list;
	struct evbuffer		*data;
	uint64_t		 done, total;
	size_t			 kept;		/* bytes in memory for these */
	bool			 full;		/* that was too much */
};

/*
 * Begins an order; the file of its content, or NULL, is taken over.  The call ends
 * when it does.
 */
void	filing_begin(struct call *, struct board *, const struct files_order *,
    struct scratch *, const struct filing_ops *);

#endif
