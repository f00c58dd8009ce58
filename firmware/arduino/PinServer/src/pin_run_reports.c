/* SPDX-License-Identifier: MIT */
/*
 * What begins and ends the reports of pins.  A pin has one watch; a new one
 * takes the place of the old.
 */
#include "pin_run.h"

static uint8_t
pins_unwatched(const struct pin_server *server, struct pin_args args, uint8_t skip)
{
	uint8_t	count = 0;

	while (pin_args_more(&args)) {
		count += !pin_watches_has(&server->watches, pin_args_pin(&args));
		args.next += skip;
	}
	return count;
}

bool
pin_run_watch(struct pin_server *server, struct pin_args *args)
{
	struct pin_watch watch = { .kind = PIN_WATCH_CHANGE, .step = 1 };

	if (!pin_watches_room(&server->watches,
	    pins_unwatched(server, *args, 0)))
		return false;
	while (pin_args_more(args)) {
		watch.pin = pin_args_pin(args);
		pin_watches_set(&server->watches, &watch, server->now_ms);
	}
	return true;
}

bool
pin_run_every(struct pin_server *server, struct pin_args *args)
{
	struct pin_watch watch = { .kind = PIN_WATCH_LEVEL };
	struct pin_args	 look = *args;

	while (pin_args_more(&look)) {
		pin_args_pin(&look);
		if (pin_args_take(&look, 4) == 0)
			return false;
	}
	if (!pin_watches_room(&server->watches,
	    pins_unwatched(server, *args, 4)))
		return false;
	while (pin_args_more(args)) {
		watch.pin = pin_args_pin(args);
		watch.period_ms = pin_args_take(args, 4);
		pin_watches_set(&server->watches, &watch, server->now_ms);
	}
	return true;
}

bool
pin_run_gauge(struct pin_server *server, struct pin_args *args)
{
	struct pin_watch watch = { .kind = PIN_WATCH_VALUE };

	watch.pin = pin_args_pin(args);
	watch.period_ms = pin_args_take(args, 4);
	if (pin_args_more(args))
		watch.step = pin_args_take(args, 4);
	if (watch.period_ms == 0 ||
	    !pin_watches_room(&server->watches,
	    !pin_watches_has(&server->watches, watch.pin)))
		return false;
	pin_watches_set(&server->watches, &watch, server->now_ms);
	return true;
}

bool
pin_run_quiet(struct pin_server *server, struct pin_args *args)
{
	uint8_t	pin;

	if (!pin_args_more(args)) {
		for (pin = 0; pin < hal_info.pins; pin++)
			pin_watches_clear(&server->watches, pin);
	}
	while (pin_args_more(args))
		pin_watches_clear(&server->watches, pin_args_pin(args));
	return true;
}
