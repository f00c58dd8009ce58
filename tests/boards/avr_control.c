/* SPDX-License-Identifier: MIT */
/*
 * A bench plays the world around the board: it presses the button, pulls the
 * cable, turns a potentiometer, and looks at the pins.  It does so in lines of
 * text, so that a person can too.  Every order is answered by one line that
 * begins with "ok" or "error"; all other lines are events.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "avr_control.h"
#include "avr_report.h"

struct order {
	const char	*name;
	unsigned	 arguments;
	int		(*run)(struct avr_board *, unsigned, unsigned);
};

static int
run_pins(struct avr_board *board, unsigned a, unsigned b)
{
	static const char *const marks[] = {
		[AVR_PIN_INPUT] = "i", [AVR_PIN_OUTPUT] = "",
		[AVR_PIN_PWM] = "p",
	};
	const struct avr_pin *pin;
	char text[AVR_PINS_MAX * 12] = "";
	size_t len = 0;

	(void)a;
	(void)b;
	for (unsigned i = 0; (pin = avr_pins_get(&board->pins, i)); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    " %u=%s%u", i, marks[pin->mode], pin->value);
	avr_answer("ok pins%s", text);
	return 1;
}

static int
run_analog(struct avr_board *board, unsigned channel, unsigned value)
{
	return avr_pins_set_analog(&board->pins, channel, value);
}

static int
run_drive(struct avr_board *board, unsigned pin, unsigned level)
{
	return avr_pins_drive(&board->pins, pin, (int)level);
}

static int
run_release(struct avr_board *board, unsigned pin, unsigned unused)
{
	(void)unused;
	return avr_pins_release(&board->pins, pin);
}

static int
run_stick(struct avr_board *board, unsigned address, unsigned stuck)
{
	return avr_chip_stick(&board->chip, address, stuck != 0);
}

static int
run_reset(struct avr_board *board, unsigned a, unsigned b)
{
	(void)a;
	(void)b;
	avr_board_reset(board);
	return 0;
}

static int
run_plug(struct avr_board *board, unsigned a, unsigned b)
{
	(void)a;
	(void)b;
	return avr_board_plug(board);
}

static int
run_unplug(struct avr_board *board, unsigned a, unsigned b)
{
	(void)a;
	(void)b;
	return avr_board_unplug(board);
}

static long
cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
	    (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static int
run_stat(struct avr_board *board, unsigned a, unsigned b)
{
	const struct avr_serial *serial = &board->serial;
	const struct avr_port *port = &board->port;

	(void)a;
	(void)b;
	avr_answer("ok stat cycles=%llu lag_ms=%lld cpu_ms=%ld resets=%lu "
	    "opens=%lu dtr=%lu dropped=%lu baud=%u received=%lu "
	    "received_at=%llu sent=%lu sent_at=%llu deaf=%lu overrun=%lu",
	    (unsigned long long)board->chip.avr->cycle,
	    (long long)(board->clock.forgiven_ns / 1000000), cpu_ms(),
	    board->resets, port->opens, port->dtr_rises, port->dropped,
	    avr_serial_baud(serial), serial->received,
	    (unsigned long long)serial->received_at, serial->sent,
	    (unsigned long long)serial->sent_at, serial->deaf,
	    serial->overrun);
	return 1;
}

const char avr_control_help[] =
	"  pins             each pin's level; i: input, p: PWM duty\n"
	"  analog A N       analogRead(A) shall give N, 0 to 1023\n"
	"  drive P 0|1      connects pin P to a level\n"
	"  release P        and disconnects it\n"
	"  stick A 0|1      whether a byte of the flash is 0 for good\n"
	"  reset            the reset button\n"
	"  unplug, plug     the cable\n"
	"  stat             counters\n"
	"  quit\n";

/* An order returns 1 if it has answered, 0 for "ok", or a negative errno. */
static const struct order orders[] = {
	{ "pins", 0, run_pins },
	{ "analog", 2, run_analog },
	{ "drive", 2, run_drive },
	{ "release", 1, run_release },
	{ "stick", 2, run_stick },
	{ "reset", 0, run_reset },
	{ "plug", 0, run_plug },
	{ "unplug", 0, run_unplug },
	{ "stat", 0, run_stat },
};

static const struct order *
find_order(const char *name, int arguments)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (strcmp(orders[i].name, name) == 0 &&
		    (int)orders[i].arguments == arguments)
			return &orders[i];
	}
	return NULL;
}

static void
obey(struct avr_control *control, struct avr_board *board, const char *line)
{
	const struct order *order;
	char name[16];
	unsigned a = 0, b = 0;
	int words;
	int result;

	words = sscanf(line, "%15s %u %u", name, &a, &b);
	if (words < 1)
		return;
	if (strcmp(name, "quit") == 0) {
		control->quit = true;
		avr_answer("ok");
		return;
	}
	order = find_order(name, words - 1);
	if (order == NULL) {
		avr_answer("error no such order: %s", line);
		return;
	}
	result = order->run(board, a, b);
	if (result < 0)
		avr_answer("error %s: %s", line, strerror(-result));
	else if (result == 0)
		avr_answer("ok");
}

void
avr_control_init(struct avr_control *control, int fd)
{
	memset(control, 0, sizeof(*control));
	control->fd = fd;
}

static void
take_byte(struct avr_control *control, struct avr_board *board, char byte)
{
	if (byte != '\n') {
		if (control->len < sizeof(control->line) - 1)
			control->line[control->len++] = byte;
		return;
	}
	control->line[control->len] = '\0';
	control->len = 0;
	obey(control, board, control->line);
}

void
avr_control_read(struct avr_control *control, struct avr_board *board)
{
	char bytes[256];
	ssize_t n;

	n = read(control->fd, bytes, sizeof(bytes));
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		control->fd = -1;
	for (ssize_t i = 0; i < n; i++)
		take_byte(control, board, bytes[i]);
}
