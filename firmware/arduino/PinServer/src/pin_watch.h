/* SPDX-License-Identifier: MIT */
/*
 * The pins that are being watched, and the reports that wait to be sent.
 */
#ifndef PIN_WATCH_H
#define PIN_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#define PIN_WATCHES	16
#define PIN_REPORTS	24	/* all pins at once, and some */
#define PIN_FOREVER	UINT32_MAX

enum pin_watch_kind {
	PIN_WATCH_FREE,
	PIN_WATCH_CHANGE,	/* the level, whenever it changes */
	PIN_WATCH_LEVEL,	/* the level, every period */
	PIN_WATCH_VALUE,	/* the voltage, every period */
};

struct pin_watch {
	uint8_t	 kind;
	uint8_t	 pin;
	bool	 told;		/* last is what was reported */
	uint16_t last;
	uint16_t period_ms;
	uint16_t step;		/* report only what differs so much; 0: all */
	uint32_t due_ms;
};

struct pin_report {
	char	 letter;	/* 0: it was taken back */
	uint8_t	 pin;
	uint16_t value;
};

struct pin_watches {
	struct pin_watch	 watch[PIN_WATCHES];
	struct pin_report	 queue[PIN_REPORTS];
	uint8_t			 first, count;
	uint16_t		 lost;
};

void	pin_watches_init(struct pin_watches *);

/* Whether as many pins more can be watched. */
bool	pin_watches_room(const struct pin_watches *, uint8_t pins);
bool	pin_watches_has(const struct pin_watches *, uint8_t pin);

/* Begins with a report of what is there now.  Replaces the pin's watch. */
void	pin_watches_set(struct pin_watches *, const struct pin_watch *,
	    uint32_t now_ms);

/* Ends the pin's watch, and drops what waits to be said of the pin. */
void	pin_watches_clear(struct pin_watches *, uint8_t pin);

/* Looks at the pins that are due, and queues what there is to report. */
void	pin_watches_poll(struct pin_watches *, uint32_t now_ms);

/* Queues a report; if there is no room, counts it as lost. */
void	pin_watches_push(struct pin_watches *, char letter, uint8_t pin,
	    uint16_t value);

/* Takes the oldest report.  False if there is none. */
bool	pin_watches_pop(struct pin_watches *, struct pin_report *);

/* How long, in ms, until a pin is due; PIN_FOREVER if none is timed. */
uint32_t pin_watches_wait_ms(const struct pin_watches *, uint32_t now_ms);

/* Whether a pin is watched for changes. */
bool	pin_watches_changes(const struct pin_watches *);

#endif
