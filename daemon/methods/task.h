/* SPDX-License-Identifier: MIT */
/*
 * A call that waits for its request on a board.
 */
#ifndef PICOD_TASK_H
#define PICOD_TASK_H

#include "daemon/board/request.h"
#include "daemon/server/call.h"

/*
 * Submits a request on behalf of a call, which ends when the request does, with
 * the output or the error that the result says.
 */
void	task_submit(struct call *, struct board *, struct request *);

/*
 * The same; shared, if not NULL, is the request of somebody else whose answer will
 * do, and then the other is destroyed.
 */
void	task_submit_shared(struct call *, struct board *, struct request *,
    struct request *shared);

#endif
