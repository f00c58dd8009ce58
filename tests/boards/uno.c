/* SPDX-License-Identifier: MIT */
/*
 * An Arduino Uno that needs no hardware: its real firmware on an emulated
 * ATmega328P, with a pseudo-terminal for the serial port, in real time.  Or an
 * Arduino Mega, on an ATmega2560.
 *
 * This file is only the command line and the end: it goes when it is told to,
 * by an order or a signal, and when the process that started it has gone.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "avr_board.h"
#include "avr_control.h"
#include "avr_report.h"

static const struct avr_model uno = {
	.mcu = "atmega328p",
	.hz = 16000000,
	.pins = "D0 D1 D2 D3 D4 D5 D6 D7 B0 B1 B2 B3 B4 B5 C0 C1 C2 C3 C4 C5",
};

/* As far as the last of the pins that an Uno has too, the LED's. */
static const struct avr_model mega = {
	.mcu = "atmega2560",
	.hz = 16000000,
	.pins = "E0 E1 E4 E5 G5 E3 H3 H4 H5 H6 B4 B5 B6 B7",
};

struct options {
	const char	*sketch;
	const char	*boot;
	const char	*link;
	const char	*modem;
	int		 control;
	bool		 dtr;
	bool		 mega;
};

static void
usage(FILE *file)
{
	fprintf(file,
	    "usage: uno [--mega] [--sketch HEX] [--boot HEX] [--link PATH]\n"
	    "           [--dtr] [--modem DIR] [--control FD]\n"
	    "  --mega         it is an Arduino Mega 2560\n"
	    "  --sketch HEX   the program\n"
	    "  --boot HEX     a boot loader, started first\n"
	    "  --link PATH    a name for the serial port\n"
	    "  --dtr          opening the port resets the board\n"
	    "  --modem DIR    the port has modem lines, for ttyshim.so\n"
	    "  --control FD   orders and events here, not on stdin and stdout\n"
	    "Orders, a line each:\n%s", avr_control_help);
}

static int
parse(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{ "sketch", required_argument, NULL, 's' },
		{ "boot", required_argument, NULL, 'b' },
		{ "link", required_argument, NULL, 'l' },
		{ "modem", required_argument, NULL, 'm' },
		{ "control", required_argument, NULL, 'c' },
		{ "dtr", no_argument, NULL, 'd' },
		{ "mega", no_argument, NULL, 'M' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 's': options->sketch = optarg; break;
		case 'b': options->boot = optarg; break;
		case 'l': options->link = optarg; break;
		case 'm': options->modem = optarg; break;
		case 'c': options->control = atoi(optarg); break;
		case 'd': options->dtr = true; break;
		case 'M': options->mega = true; break;
		case 'h': usage(stdout); exit(0);
		default: return -EINVAL;
		}
	}
	return optind == argc ? 0 : -EINVAL;
}

/* Signals that end it arrive by this descriptor, so that none is missed. */
static int
catch_signals(void)
{
	pid_t parent = getppid();
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		return -1;
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

static int
build(struct avr_board *board, const struct options *options)
{
	int error;

	error = avr_board_init(board, options->mega ? &mega : &uno,
	    options->link, options->modem);
	if (error < 0)
		return error;
	board->dtr_resets = options->dtr;
	if (options->sketch != NULL)
		error = avr_chip_load(&board->chip, options->sketch);
	if (error == 0 && options->boot != NULL)
		error = avr_chip_load_boot(&board->chip, options->boot);
	if (error == 0)
		error = avr_board_plug(board);
	if (error < 0)
		avr_board_finish(board);
	return error;
}

static void
live(struct avr_board *board, int control_fd, int signals)
{
	struct avr_control control;
	struct pollfd fds[2];

	avr_control_init(&control, control_fd);
	while (!control.quit) {
		fds[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = control.fd, .events = POLLIN };
		avr_board_run(board, fds, 2);
		if (fds[0].revents)
			break;
		if (fds[1].revents)
			avr_control_read(&control, board);
	}
}

int
main(int argc, char **argv)
{
	struct options options = { .control = -1 };
	struct avr_board board;
	int signals;
	int error;

	if (parse(&options, argc, argv) < 0) {
		usage(stderr);
		return 2;
	}
	signals = catch_signals();
	if (signals < 0)
		return 1;
	if (options.control >= 0)
		avr_report_to(options.control);
	error = build(&board, &options);
	if (error < 0) {
		fprintf(stderr, "uno: %s\n", strerror(-error));
		return 1;
	}
	live(&board, options.control >= 0 ? options.control : STDIN_FILENO,
	    signals);
	avr_board_finish(&board);
	close(signals);
	return 0;
}
