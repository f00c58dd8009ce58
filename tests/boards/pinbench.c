/* SPDX-License-Identifier: MIT */
/*
 * An Arduino on a bench with a clock that is turned by hand: it runs the
 * firmware for just as long as it is told, as fast as it can, and everything
 * that happens at its pins is written down with its time.  The board that
 * tests/boards/uno runs lives in real time, as picod needs it; here a pulse is
 * as long as it is meant to be, and a test has the same outcome every time.
 *
 *	pinbench uno|mega HEX
 *
 * Orders come on standard input, a line each; each is answered by a line.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avr_chip.h"
#include "avr_pins.h"
#include "pinbench_bus.h"
#include "pinbench_chip.h"

#define BAUD		115200
#define EDGES_MAX	65536

static const struct model {
	const char	*name, *mcu, *pins;
	unsigned	 select;
} models[] = {
	{ "uno", "atmega328p", "D0 D1 D2 D3 D4 D5 D6 D7 B0 B1 B2 B3 B4 B5 "
	    "C0 C1 C2 C3 C4 C5", 10 },
	{ "mega", "atmega2560", "E0 E1 E4 E5 G5 E3 H3 H4 H5 H6 B4 B5 B6 B7 J1 "
	    "J0 H1 H0 D3 D2 D1 D0 A0 A1 A2 A3 A4 A5 A6 A7 C7 C6 C5 C4 C3 C2 "
	    "C1 C0 D7 G2 G1 G0 L7 L6 L5 L4 L3 L2 L1 L0 B3 B2 B1 B0 F0 F1 F2 "
	    "F3 F4 F5 F6 F7 K0 K1 K2 K3 K4 K5 K6 K7", 53 },
};

struct edge {
	unsigned		 pin, level;
	avr_cycle_count_t	 when;
};

struct task {
	struct bench		*bench;
	unsigned		 pin, level, left;
	avr_cycle_count_t	 period;
};

struct bench {
	struct avr_chip		 chip;
	struct avr_pins		 pins;
	struct pinbench_line	 line;
	struct pinbench_bus	 bus;
	struct task		 task;
	struct edge		 edge[EDGES_MAX];
	size_t			 edges;
};

static void
changed_cb(void *arg, unsigned number, const struct avr_pin *pin)
{
	struct bench	*bench = arg;

	if (bench->edges < EDGES_MAX)
		bench->edge[bench->edges++] = (struct edge){ number,
		    pin->value, bench->chip.avr->cycle };
}

static avr_cycle_count_t
cycles(const struct bench *bench, unsigned long us)
{
	return us * (bench->chip.avr->frequency / 1000000);
}

/* --- orders: each prints what follows "ok", or returns a negative errno */

/* send TEXT: escapes are \xNN */
static int
order_send(struct bench *bench, char *text)
{
	unsigned value;
	int	 error;

	for (; *text != '\0'; text++) {
		value = (unsigned char)*text;
		if (value == '\\' && sscanf(text + 1, "x%2x", &value) == 1)
			text += 3;
		error = pinbench_line_send(&bench->line, (uint8_t)value);
		if (error < 0)
			return error;
	}
	printf("ok\n");
	return 0;
}

/* run US: prints what the board has sent in that time */
static int
order_run(struct bench *bench, char *text)
{
	unsigned long	 us = strtoul(text, NULL, 10);
	const char	*out = bench->line.out;
	size_t		 i;
	int		 error;

	bench->line.out_len = 0;
	error = pinbench_chip_run(&bench->chip, bench->chip.avr->cycle +
	    cycles(bench, us));
	if (error < 0)
		return error;
	printf("ok ");
	for (i = 0; i < bench->line.out_len; i++)
		printf(out[i] == '\n' ? "\\n" : "%c", out[i]);
	printf("\n");
	return 0;
}

static void
print_input(const struct bench *bench, const struct avr_pin *pin)
{
	const uint8_t	*data = bench->chip.avr->data;

	if (data[pin->port->r_port] & pin->mask)
		printf(" u%u", pin->value);
	else if (pin->driven)
		printf(" i%u", pin->value);
	else
		printf(" i");
}

/*
 * pins: the state of each, "1" an output, "i0" an input, "i" one that nothing
 * is connected to, "u1" one with its pull-up, "p128" PWM
 */
static int
order_pins(struct bench *bench, char *text)
{
	const struct avr_pin	*pin;
	unsigned		 i;

	(void)text;
	printf("ok");
	for (i = 0; (pin = avr_pins_get(&bench->pins, i)) != NULL; i++) {
		if (pin->mode == AVR_PIN_INPUT)
			print_input(bench, pin);
		else
			printf(" %s%u", pin->mode == AVR_PIN_PWM ? "p" : "",
			    pin->value);
	}
	printf("\n");
	return 0;
}

/* edges PIN: when the board has changed it, since this was last asked */
static int
order_edges(struct bench *bench, char *text)
{
	unsigned pin = (unsigned)strtoul(text, NULL, 10);
	size_t	 i, kept = 0;
	double	 per_us = bench->chip.avr->frequency / 1e6;

	printf("ok");
	for (i = 0; i < bench->edges; i++) {
		if (bench->edge[i].pin == pin)
			printf(" %.2f=%u", (double)bench->edge[i].when /
			    per_us, bench->edge[i].level);
		else
			bench->edge[kept++] = bench->edge[i];
	}
	bench->edges = kept;
	printf("\n");
	return 0;
}

static int
order_forget(struct bench *bench, char *text)
{
	(void)text;
	bench->edges = 0;
	printf("ok\n");
	return 0;
}

static int
say_ok(int error)
{
	if (error == 0)
		printf("ok\n");
	return error;
}

static int
order_drive(struct bench *bench, char *text)
{
	unsigned pin, level;

	if (sscanf(text, "%u %u", &pin, &level) != 2)
		return -EINVAL;
	return say_ok(avr_pins_drive(&bench->pins, pin, (int)level));
}

static int
order_release(struct bench *bench, char *text)
{
	return say_ok(avr_pins_release(&bench->pins,
	    (unsigned)strtoul(text, NULL, 10)));
}

static int
order_analog(struct bench *bench, char *text)
{
	unsigned channel, value;

	if (sscanf(text, "%u %u", &channel, &value) != 2)
		return -EINVAL;
	return say_ok(avr_pins_set_analog(&bench->pins, channel, value));
}

static avr_cycle_count_t
toggle_cb(struct avr_t *avr, avr_cycle_count_t when, void *arg)
{
	struct task	*task = arg;

	(void)avr;
	avr_pins_drive(&task->bench->pins, task->pin, (int)task->level);
	task->level ^= 1;
	return --task->left > 0 ? when + task->period : 0;
}

/* toggle PIN LEVEL DELAY_US PERIOD_US COUNT: drives it to LEVEL and back */
static int
order_toggle(struct bench *bench, char *text)
{
	unsigned long	delay, period;
	struct task	*task = &bench->task;

	if (task->left > 0)
		return -EBUSY;
	if (sscanf(text, "%u %u %lu %lu %u", &task->pin, &task->level, &delay,
	    &period, &task->left) != 5)
		return -EINVAL;
	task->bench = bench;
	task->period = cycles(bench, period);
	avr_cycle_timer_register(bench->chip.avr, cycles(bench, delay),
	    toggle_cb, task);
	return say_ok(0);
}

static int
order_eeprom(struct bench *bench, char *text)
{
	size_t	i;

	(void)text;
	printf("ok ");
	for (i = 0; i < sizeof(bench->bus.memory); i++)
		printf("%02X", bench->bus.memory[i]);
	printf("\n");
	return 0;
}

/* data ADDRESS: a byte of the chip's registers */
static int
order_data(struct bench *bench, char *text)
{
	unsigned long	address = strtoul(text, NULL, 0);

	if (address > bench->chip.avr->ramend)
		return -EINVAL;
	printf("ok %u\n", bench->chip.avr->data[address]);
	return 0;
}

static int
order_stat(struct bench *bench, char *text)
{
	(void)text;
	printf("ok cycles=%" PRIu64 " sent=%lu received=%lu overrun=%lu\n",
	    bench->chip.avr->cycle, bench->line.sent,
	    bench->line.received, bench->line.overrun);
	return 0;
}

static const struct order {
	const char	*name;
	int		(*run)(struct bench *, char *);
} orders[] = {
	{ "analog", order_analog },
	{ "data", order_data },
	{ "drive", order_drive },
	{ "edges", order_edges },
	{ "eeprom", order_eeprom },
	{ "forget", order_forget },
	{ "pins", order_pins },
	{ "release", order_release },
	{ "run", order_run },
	{ "send", order_send },
	{ "stat", order_stat },
	{ "toggle", order_toggle },
};

static void
carry_out(struct bench *bench, char *line)
{
	char	*name = strsep(&line, " ");
	size_t	 i;
	int	 error = -ENOSYS;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (strcmp(orders[i].name, name) == 0) {
			error = orders[i].run(bench, line ? line : name +
			    strlen(name));
			break;
		}
	}
	if (error < 0)
		printf("error %s: %s\n", name, strerror(-error));
	fflush(stdout);
}

static int
bench_init(struct bench *bench, const struct model *model, const char *hex)
{
	int	error;

	error = pinbench_chip_init(&bench->chip, model->mcu, hex);
	if (error == 0)
		error = avr_pins_init(&bench->pins, &bench->chip, model->pins,
		    changed_cb, bench);
	if (error == 0)
		error = pinbench_line_init(&bench->line, &bench->chip, BAUD);
	if (error < 0)
		return error;
	pinbench_bus_init(&bench->bus, &bench->chip, &bench->pins,
	    model->select);
	avr_pins_restart(&bench->pins);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct bench	 bench;
	static char		 line[PINBENCH_LINE];
	const struct model	*model = models;
	const struct model	*end = models +
				    sizeof(models) / sizeof(models[0]);
	int			 error;

	while (argc == 3 && model < end && strcmp(model->name, argv[1]) != 0)
		model++;
	if (argc != 3 || model == end) {
		fprintf(stderr, "usage: pinbench uno|mega HEX\n");
		return 2;
	}
	error = bench_init(&bench, model, argv[2]);
	if (error < 0) {
		fprintf(stderr, "%s: %s\n", argv[2], strerror(-error));
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		carry_out(&bench, line);
	}
	return 0;
}
