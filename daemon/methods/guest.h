/* SPDX-License-Identifier: MIT */
/*
 * A connection that becomes a tool at a seat.
 */
#ifndef PICOD_GUEST_H
#define PICOD_GUEST_H

#include "daemon/server/call.h"

/* Console with shared: ends the call, and the connection is bytes. */
void	guest_admit(struct call *);

#endif
