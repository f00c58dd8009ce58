/* SPDX-License-Identifier: MIT */
/*
 * One thing is on its way to the host at a time: an answer with its OK, or a
 * report.  While it is, no byte is taken in, so a host that does not read is
 * not read from either, and an answer never needs more memory than one.
 * Commands go before reports: a report is begun only when nothing else is to
 * be done, and its letter keeps it apart from any answer.
 */
#include "pin_server.h"

#include "pin_commands.h"

void
pin_server_init(struct pin_server *server)
{
	uint8_t	pin;

	pin_line_init(&server->line);
	pin_watches_init(&server->watches);
	server->out_count = server->out_sent = 0;
	server->tone_pin = PIN_NONE;
	server->measuring = server->boot = false;
	server->now_ms = 0;
	for (pin = 0; pin < PIN_MAX; pin++)
		server->use[pin] = PIN_USE_NONE;
	pin_commands_reset(server);
	pin_watches_push(&server->watches, 'h', 0, PIN_VERSION);
}

bool
pin_server_ready(const struct pin_server *server)
{
	return server->out_count == 0 && !server->measuring && !server->boot;
}

void
pin_server_put(struct pin_server *server, char letter)
{
	server->out[server->out_count++] = letter;
}

void
pin_server_put_hex(struct pin_server *server, uint32_t value, uint8_t digits)
{
	while (digits-- > 0)
		pin_server_put(server,
		    "0123456789ABCDEF"[value >> (4 * digits) & 15]);
}

/* Ends the answer.  What a command that failed had to say is dropped. */
static void
finish(struct pin_server *server, bool ok)
{
	if (!ok)
		server->out_count = 0;
	else if (server->out_count > 0)
		pin_server_put(server, '\n');
	pin_server_put(server, ok ? 'O' : 'R');
	pin_server_put(server, ok ? 'K' : 'R');
}

static void
run(struct pin_server *server, char letter)
{
	bool	ok;

	ok = pin_commands_run(server, letter, server->line.digit,
	    server->line.count);
	if (!server->measuring)
		finish(server, ok);
}

void
pin_server_feed(struct pin_server *server, uint8_t byte, uint32_t now_ms)
{
	char	letter;

	server->now_ms = now_ms;
	switch (pin_line_feed(&server->line, byte, &letter, now_ms)) {
	case PIN_LINE_COMMAND:
		run(server, letter);
		break;
	case PIN_LINE_BROKEN:
		finish(server, false);
		break;
	case PIN_LINE_NONE:
		break;
	}
}

static void
poll_pulse(struct pin_server *server)
{
	uint32_t us;

	if (!server->measuring || !hal_pulse_done(&us))
		return;
	server->measuring = false;
	pin_server_put(server, 'u');
	pin_server_put_hex(server, us, 8);
	finish(server, us > 0);
}

static void
poll_tone(struct pin_server *server)
{
	if (server->tone_pin != PIN_NONE && server->tone_ends &&
	    server->now_ms - server->tone_end_ms <= INT32_MAX)
		pin_server_take(server, server->tone_pin, PIN_USE_NONE);
}

static void
send_report(struct pin_server *server)
{
	struct pin_report	report;

	if (!pin_watches_pop(&server->watches, &report))
		return;
	pin_server_put(server, report.letter);
	switch (report.letter) {
	case 'h':
		pin_server_put_hex(server, report.value, 2);
		break;
	case 'o':
		pin_server_put_hex(server, report.value, 4);
		break;
	default:
		pin_server_put_hex(server, report.pin, 2);
		pin_server_put_hex(server, report.value,
		    report.letter == 'v' ? 4 : 1);
	}
	pin_server_put(server, '\n');
}

void
pin_server_poll(struct pin_server *server, uint32_t now_ms)
{
	server->now_ms = now_ms;
	poll_tone(server);
	pin_watches_poll(&server->watches, now_ms);
	if (server->out_count > 0)
		return;
	poll_pulse(server);
	if (server->out_count == 0 &&
	    pin_line_tick(&server->line, now_ms) == PIN_LINE_BROKEN)
		finish(server, false);
	if (server->out_count == 0)
		send_report(server);
}

size_t
pin_server_output(const struct pin_server *server, const char **bytes)
{
	*bytes = server->out + server->out_sent;
	return server->out_count - server->out_sent;
}

void
pin_server_sent(struct pin_server *server, size_t count)
{
	server->out_sent += count;
	if (server->out_sent == server->out_count)
		server->out_sent = server->out_count = 0;
}

uint32_t
pin_server_wait_ms(const struct pin_server *server)
{
	uint32_t wait, left;

	if (server->measuring ||
	    (server->watches.count > 0 && server->out_count == 0))
		return 0;
	wait = pin_watches_wait_ms(&server->watches, server->now_ms);
	if (pin_line_open(&server->line) && wait > PIN_LINE_TIMEOUT_MS)
		wait = PIN_LINE_TIMEOUT_MS;
	if (server->tone_pin != PIN_NONE && server->tone_ends) {
		left = server->tone_end_ms - server->now_ms;
		if (left > INT32_MAX)
			left = 0;
		if (left < wait)
			wait = left;
	}
	return wait;
}

bool
pin_server_looks(const struct pin_server *server)
{
	return pin_watches_changes(&server->watches);
}

void
pin_server_hangup(struct pin_server *server)
{
	pin_line_init(&server->line);
	server->out_count = server->out_sent = 0;
}

bool
pin_server_boots(const struct pin_server *server)
{
	return server->boot && server->out_count == 0;
}

void
pin_server_take(struct pin_server *server, uint8_t pin, enum pin_use use)
{
	if (server->use[pin] != PIN_USE_NONE &&
	    (server->use[pin] != use || use == PIN_USE_TONE))
		hal_stop(pin, (enum pin_use)server->use[pin]);
	server->use[pin] = use;
	if (server->tone_pin == pin)
		server->tone_pin = PIN_NONE;
}

bool
pin_server_free(const struct pin_server *server, uint8_t pin, enum pin_use use)
{
	uint8_t	other, timer = hal_timer(pin, use);
	enum pin_use has;

	for (other = 0; other < hal_info.pins; other++) {
		has = (enum pin_use)server->use[other];
		if (other == pin || has < PIN_USE_PWM ||
		    hal_timer(other, has) != timer)
			continue;
		if (has != use || hal_output(other) == hal_output(pin))
			return false;
	}
	return true;
}
