/* SPDX-License-Identifier: MIT */
/*
 * A PinServer, apart from the board it runs on: bytes from the host go in,
 * bytes for the host come out, the pins are reached through pin_hal.h, and
 * time is an argument, in ms of a clock that may wrap.
 *
 * The board's main loop:
 *
 *	while there is a byte and pin_server_ready(): pin_server_feed()
 *	pin_server_poll()
 *	offer pin_server_output() to the line, tell pin_server_sent()
 *	sleep for at most pin_server_wait_ms(), or until something happens
 */
#ifndef PIN_SERVER_H
#define PIN_SERVER_H

#include "pin_hal.h"
#include "pin_line.h"
#include "pin_watch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The longest answer: four digits for each pin of a full line, and OK. */
#define PIN_OUT_MAX	(1 + PIN_LINE_DIGITS / 2 * 4 + 1 + 2)

struct pin_server {
	struct pin_line		 line;
	struct pin_watches	 watches;
	char			 out[PIN_OUT_MAX];
	uint8_t			 out_count, out_sent;
	uint8_t			 use[PIN_MAX];	/* enum pin_use of each pin */
	uint8_t			 tone_pin;	/* PIN_NONE: silence */
	bool			 tone_ends;
	uint32_t		 tone_end_ms;
	bool			 measuring;	/* a pulse */
	bool			 boot;		/* asked to restart */
	uint32_t		 now_ms;
};

/* All pins become inputs; the first thing said is the report hello. */
void	pin_server_init(struct pin_server *);

/* Whether a byte may be fed.  Not while an answer is still on its way. */
bool	pin_server_ready(const struct pin_server *);
void	pin_server_feed(struct pin_server *, uint8_t byte, uint32_t now_ms);

/* Does what time, pins and line have made possible.  Call it often. */
void	pin_server_poll(struct pin_server *, uint32_t now_ms);

/* A peek at what is to be sent, and how much of it was taken. */
size_t	pin_server_output(const struct pin_server *, const char **bytes);
void	pin_server_sent(struct pin_server *, size_t count);

/*
 * How long the board may sleep if nothing happens at the line, in ms.  A board
 * that is not woken by changes at its pins must look at pin_server_looks().
 */
uint32_t pin_server_wait_ms(const struct pin_server *);
bool	pin_server_looks(const struct pin_server *);

/*
 * The host has closed the line, where a board can tell: what it had begun to
 * say and what it did not fetch is forgotten.
 */
void	pin_server_hangup(struct pin_server *);

/* Whether the host asked for the boot loader, and has its OK. */
bool	pin_server_boots(const struct pin_server *);

/* For the commands: appends to the answer. */
void	pin_server_put(struct pin_server *, char letter);
void	pin_server_put_hex(struct pin_server *, uint32_t value,
	    uint8_t digits);

/*
 * For the commands: ends what the pin is used for and begins another use.
 * free: whether no other pin has the timer that this takes.
 */
void	pin_server_take(struct pin_server *, uint8_t pin, enum pin_use);
bool	pin_server_free(const struct pin_server *, uint8_t pin, enum pin_use);

#ifdef __cplusplus
}
#endif

#endif
