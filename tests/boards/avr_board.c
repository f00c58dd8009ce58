/* SPDX-License-Identifier: MIT */
/*
 * The life of a board, a slice at a time: run the chip, carry bytes between
 * its line and the port, and wait until the real time has caught up.
 *
 * A slice is short while bytes move, so that an answer is not late, and long
 * when nothing happens, so that waiting does not cost a core.  Bytes that come
 * in during the wait end it; the board is then ahead of real time by part of a
 * long slice, and that is forgotten, since nobody saw it.
 */
#include <string.h>
#include <time.h>

#include "avr_board.h"
#include "avr_report.h"

/* In parts of a second: 100 us and 2 ms. */
#define SLICES_BUSY 10000
#define SLICES_IDLE 500

/* Not worth a system call that sleeps. */
#define NEAR_NS 60000

/* What it waits for: its own descriptors, and then the caller's. */
enum { WATCH, MODEM, PORT, OWN };

#define MORE_MAX 4

static void
pin_changed_cb(void *arg, unsigned number, const struct avr_pin *pin)
{
	static const char *const words[] = {
		[AVR_PIN_INPUT] = "input",
		[AVR_PIN_OUTPUT] = "pin",
		[AVR_PIN_PWM] = "pwm",
	};

	(void)arg;
	avr_report("%s %u %u", words[pin->mode], number, pin->value);
}

int
avr_board_init(struct avr_board *board, const struct avr_model *model,
    const char *link, const char *modem_directory)
{
	int error;

	memset(board, 0, sizeof(*board));
	board->port.master = board->port.watch = -1;
	avr_modem_init(&board->modem, modem_directory);
	error = avr_chip_init(&board->chip, model->mcu, model->hz);
	if (error == 0)
		error = avr_pins_init(&board->pins, &board->chip, model->pins,
		    pin_changed_cb, board);
	if (error == 0)
		error = avr_serial_init(&board->serial, &board->chip);
	if (error == 0)
		error = avr_port_init(&board->port, link);
	if (error < 0)
		avr_board_finish(board);
	return error;
}

void
avr_board_finish(struct avr_board *board)
{
	avr_modem_close(&board->modem);
	avr_port_finish(&board->port);
	avr_chip_finish(&board->chip);
}

static void
restarted(struct avr_board *board, const char *cause)
{
	board->resets++;
	avr_report("reset %s", cause);
	avr_pins_restart(&board->pins);
	avr_serial_restart(&board->serial);
}

int
avr_board_plug(struct avr_board *board)
{
	int error;

	error = avr_port_plug(&board->port);
	if (error < 0)
		return error;
	error = avr_modem_open(&board->modem, &board->port);
	if (error < 0) {
		avr_port_unplug(&board->port);
		return error;
	}
	board->powered = true;
	avr_chip_reset(&board->chip, AVR_POWER_ON);
	avr_clock_init(&board->clock, board->chip.avr->frequency,
	    board->chip.avr->cycle);
	restarted(board, "power");
	avr_report("port %s", board->port.path);
	return 0;
}

int
avr_board_unplug(struct avr_board *board)
{
	avr_modem_close(&board->modem);
	avr_port_unplug(&board->port);
	board->powered = false;
	return 0;
}

void
avr_board_reset(struct avr_board *board)
{
	if (!board->powered)
		return;
	avr_chip_reset(&board->chip, AVR_EXTERNAL);
	restarted(board, "external");
}

static void
run_chip(struct avr_board *board)
{
	bool was_halted = board->chip.halted;
	uint32_t slices;

	slices = avr_serial_busy(&board->serial) ? SLICES_BUSY : SLICES_IDLE;
	avr_chip_run(&board->chip, board->chip.avr->cycle +
	    board->chip.avr->frequency / slices);
	if (avr_chip_take_restart(&board->chip))
		restarted(board, "watchdog");
	if (board->chip.halted && !was_halted)
		avr_report("halted");
}

static void
carry_out(struct avr_board *board)
{
	uint8_t bytes[AVR_SERIAL_OUT];
	size_t n;

	n = avr_serial_read(&board->serial, bytes,
	    avr_port_baud(&board->port));
	if (n > 0)
		avr_port_write(&board->port, bytes, n);
}

static void
carry_in(struct avr_board *board)
{
	uint8_t bytes[AVR_SERIAL_IN];
	size_t n;

	n = avr_port_read(&board->port, bytes,
	    avr_serial_room(&board->serial));
	if (n == 0)
		return;
	avr_serial_write(&board->serial, bytes, n,
	    avr_port_baud(&board->port));
	if (avr_clock_ahead_ns(&board->clock, board->chip.avr->cycle) > 0)
		avr_clock_set(&board->clock, board->chip.avr->cycle);
}

/* Waits for at most this long, and sees to what came up. */
static void
wait_for_events(struct avr_board *board, struct pollfd *more, unsigned n,
    int64_t wait_ns)
{
	struct pollfd fds[OWN + MORE_MAX] = {
		[WATCH] = { avr_port_watch_fd(&board->port), POLLIN, 0 },
		[MODEM] = { board->modem.socket, POLLIN, 0 },
		[PORT] = { avr_port_read_fd(&board->port), POLLIN, 0 },
	};
	struct timespec timeout = { 0, wait_ns > NEAR_NS ? wait_ns : 0 };

	if (avr_serial_room(&board->serial) == 0)
		fds[PORT].fd = -1;
	memcpy(fds + OWN, more, n * sizeof(*more));
	if (ppoll(fds, OWN + n, board->powered ? &timeout : NULL, NULL) < 0)
		memset(fds, 0, sizeof(fds));
	for (unsigned i = 0; i < n; i++)
		more[i].revents = fds[OWN + i].revents;
	if (fds[WATCH].revents)
		avr_port_look(&board->port);
	if (fds[MODEM].revents)
		avr_modem_serve(&board->modem, &board->port);
	if (fds[PORT].revents)
		carry_in(board);
}

void
avr_board_run(struct avr_board *board, struct pollfd *more, unsigned n)
{
	int64_t ahead_ns = 0;

	if (board->powered) {
		ahead_ns = avr_clock_ahead_ns(&board->clock,
		    board->chip.avr->cycle);
		if (ahead_ns <= NEAR_NS) {
			run_chip(board);
			carry_out(board);
			ahead_ns = avr_clock_ahead_ns(&board->clock,
			    board->chip.avr->cycle);
		}
	}
	wait_for_events(board, more, n, ahead_ns);
	if (avr_port_take_reset(&board->port) && board->dtr_resets)
		avr_board_reset(board);
}
