/* SPDX-License-Identifier: MIT */
/*
 * Reports are made when something happens and sent when the line has room, so
 * a few of them can wait here.  When more happens than the line can carry,
 * something must be lost.  It is the newest that is dropped, it is counted,
 * and a report of its own says so at the very place where it is missing: who
 * reads reports either has them all or knows that he has not.
 *
 * A period is kept in the mean: the next report is due a period after the last
 * was due, not after it was made.  A board that was busy for longer than that
 * does not make up for it with old news, but counts those periods as lost.
 */
#include "pin_watch.h"

#include "pin_hal.h"

void
pin_watches_init(struct pin_watches *watches)
{
	uint8_t	i;

	for (i = 0; i < PIN_WATCHES; i++)
		watches->watch[i].kind = PIN_WATCH_FREE;
	watches->first = watches->count = 0;
	watches->lost = 0;
}

static struct pin_watch *
watch_find(struct pin_watches *watches, uint8_t pin)
{
	struct pin_watch	*watch, *end = watches->watch + PIN_WATCHES;

	for (watch = watches->watch; watch < end; watch++) {
		if (watch->kind != PIN_WATCH_FREE && watch->pin == pin)
			return watch;
	}
	return NULL;
}

bool
pin_watches_has(const struct pin_watches *watches, uint8_t pin)
{
	uint8_t	i;

	for (i = 0; i < PIN_WATCHES; i++) {
		if (watches->watch[i].kind != PIN_WATCH_FREE &&
		    watches->watch[i].pin == pin)
			return true;
	}
	return false;
}

bool
pin_watches_room(const struct pin_watches *watches, uint8_t pins)
{
	uint8_t	i, room = 0;

	for (i = 0; i < PIN_WATCHES; i++) {
		if (watches->watch[i].kind == PIN_WATCH_FREE)
			room++;
	}
	return room >= pins;
}

void
pin_watches_set(struct pin_watches *watches, const struct pin_watch *wanted,
    uint32_t now_ms)
{
	struct pin_watch	*watch = watch_find(watches, wanted->pin);

	if (watch == NULL) {
		watch = watches->watch;
		while (watch->kind != PIN_WATCH_FREE)
			watch++;
	}
	*watch = *wanted;
	watch->told = false;
	watch->due_ms = now_ms;
	hal_wake_on_change(watch->pin, watch->kind == PIN_WATCH_CHANGE);
}

void
pin_watches_clear(struct pin_watches *watches, uint8_t pin)
{
	struct pin_watch	*watch = watch_find(watches, pin);
	struct pin_report	*report;
	uint8_t			 i;

	if (watch == NULL)
		return;
	watch->kind = PIN_WATCH_FREE;
	hal_wake_on_change(pin, false);
	for (i = 0; i < watches->count; i++) {
		report = &watches->queue[(watches->first + i) % PIN_REPORTS];
		if (report->pin == pin &&
		    (report->letter == 'l' || report->letter == 'v'))
			report->letter = 0;
	}
}

static void
queue_put(struct pin_watches *watches, char letter, uint8_t pin,
    uint16_t value)
{
	struct pin_report	*report;

	report = &watches->queue[(watches->first + watches->count++) %
	    PIN_REPORTS];
	report->letter = letter;
	report->pin = pin;
	report->value = value;
}

static void
count_lost(struct pin_watches *watches, uint32_t lost)
{
	lost += watches->lost;
	watches->lost = lost > UINT16_MAX ? UINT16_MAX : (uint16_t)lost;
}

/*
 * Says what was lost, and lets new reports in again, when half of those that
 * waited are sent: one gap, and then a run of reports, and not gap and report
 * in turn.
 */
static void
queue_flush_lost(struct pin_watches *watches)
{
	if (watches->lost > 0 && watches->count <= PIN_REPORTS / 2) {
		queue_put(watches, 'o', 0, watches->lost);
		watches->lost = 0;
	}
}

void
pin_watches_push(struct pin_watches *watches, char letter, uint8_t pin,
    uint16_t value)
{
	queue_flush_lost(watches);
	if (watches->lost > 0 || watches->count == PIN_REPORTS)
		count_lost(watches, 1);
	else
		queue_put(watches, letter, pin, value);
}

bool
pin_watches_pop(struct pin_watches *watches, struct pin_report *report)
{
	while (watches->count > 0) {
		*report = watches->queue[watches->first];
		watches->first = (watches->first + 1) % PIN_REPORTS;
		watches->count--;
		if (report->letter != 0)
			return true;
	}
	return false;
}

/* Whether the watch is due; if so, it is set to its next time. */
static bool
watch_is_due(struct pin_watches *watches, struct pin_watch *watch,
    uint32_t now_ms)
{
	uint32_t late = now_ms - watch->due_ms, missed;

	if (late > INT32_MAX)
		return false;
	missed = late / watch->period_ms;
	if (missed > 0 && watch->step == 0)
		count_lost(watches, missed);
	watch->due_ms += (missed + 1) * watch->period_ms;
	return true;
}

static bool
differs(const struct pin_watch *watch, uint16_t value)
{
	uint16_t by;

	by = value > watch->last ? value - watch->last : watch->last - value;
	return !watch->told || by >= watch->step;
}

static void
watch_poll(struct pin_watches *watches, struct pin_watch *watch,
    uint32_t now_ms)
{
	uint16_t value;

	/* The first report can wait: nothing is missing before it. */
	if (!watch->told) {
		if (watches->count == PIN_REPORTS)
			return;
		watch->due_ms = now_ms;
	}
	if (watch->kind != PIN_WATCH_CHANGE &&
	    !watch_is_due(watches, watch, now_ms))
		return;
	if (watch->kind == PIN_WATCH_VALUE)
		value = hal_analog(watch->pin);
	else
		value = hal_read(watch->pin);
	if (!differs(watch, value))
		return;
	watch->told = true;
	watch->last = value;
	pin_watches_push(watches, watch->kind == PIN_WATCH_VALUE ? 'v' : 'l',
	    watch->pin, value);
}

void
pin_watches_poll(struct pin_watches *watches, uint32_t now_ms)
{
	uint8_t	i;

	for (i = 0; i < PIN_WATCHES; i++) {
		if (watches->watch[i].kind != PIN_WATCH_FREE)
			watch_poll(watches, &watches->watch[i], now_ms);
	}
	queue_flush_lost(watches);
}

uint32_t
pin_watches_wait_ms(const struct pin_watches *watches, uint32_t now_ms)
{
	const struct pin_watch	*watch;
	uint32_t		 wait = PIN_FOREVER, left;
	uint8_t			 i;

	for (i = 0; i < PIN_WATCHES; i++) {
		watch = &watches->watch[i];
		if (watch->kind <= PIN_WATCH_CHANGE)
			continue;
		left = watch->due_ms - now_ms;
		if (left > INT32_MAX)
			return 0;
		if (left < wait)
			wait = left;
	}
	return wait;
}

bool
pin_watches_changes(const struct pin_watches *watches)
{
	uint8_t	i;

	for (i = 0; i < PIN_WATCHES; i++) {
		if (watches->watch[i].kind == PIN_WATCH_CHANGE)
			return true;
	}
	return false;
}
