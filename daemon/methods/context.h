/* SPDX-License-Identifier: MIT */
/*
 * What every method gets with its call, as call->context.
 */
#ifndef PICOD_CONTEXT_H
#define PICOD_CONTEXT_H

struct boards;
struct config;
struct event_base;
struct ttys;

struct context {
	struct event_base	*base;
	struct boards		*boards;
	const struct config	*config;	/* it may have changed */
	struct ttys		*ttys;		/* that picod makes, or NULL */
};

#endif
