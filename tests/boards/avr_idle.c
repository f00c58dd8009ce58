/* SPDX-License-Identifier: MIT */
/*
 * Most of its life a sketch runs round loop() and finds nothing to do.  To
 * emulate each round costs a tenth of a core for each board.
 *
 * A round after which everything is as it was before, each register and each
 * byte of memory, will be followed by one just like it, and so on until an
 * interrupt comes or the world changes something.  When that is due, simavr
 * knows: it is the next of its cycle timers.  So such rounds are counted and
 * not run, and the outcome is the same to the cycle.
 *
 * Not so where a round has an effect or depends on the time.  So each access
 * to a register behind which there is a peripheral makes it no idle round,
 * but for those that are only looked at: PINx, and the state of the UART.
 *
 * To see a round, it is run one instruction at a time, which is slow; if none
 * is found, the search rests, longer each time.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_io.h>

#include "avr_idle.h"

/* A round is rarely longer, in instructions; else it begins elsewhere. */
#define ROUND_STEPS 600

/* The search gives up after this many, and rests for 2 to 32 ms. */
#define SEARCH_STEPS 2400
#define REST_CYCLES 16384
#define FAILURES_MAX 5

/*
 * Rounds that are run even so before the next interrupt: a round may be what
 * keeps it away, by resetting the watchdog.
 */
#define ROUNDS_LEFT 2

static void
touched_cb(struct avr_irq_t *irq, uint32_t value, void *arg)
{
	struct avr_idle *idle = arg;

	(void)irq;
	(void)value;
	idle->touches++;
}

/* Reading it changes nothing, and it does not change by itself. */
static bool
is_only_looked_at(const struct avr_t *avr, avr_io_addr_t address)
{
	for (struct avr_io_t *io = avr->io_port; io != NULL; io = io->next) {
		if (strcmp(io->kind, "port") == 0 &&
		    ((avr_ioport_t *)io)->r_pin == address)
			return true;
		if (strcmp(io->kind, "uart") == 0 &&
		    ((avr_uart_t *)io)->r_ucsra == address)
			return true;
	}
	return false;
}

int
avr_idle_init(struct avr_idle *idle, struct avr_t *avr)
{
	memset(idle, 0, sizeof(*idle));
	idle->avr = avr;
	idle->data = calloc(1, (size_t)avr->ramend + 1);
	if (idle->data == NULL)
		return -ENOMEM;
	for (unsigned a = AVR_IO_TO_DATA(0); a <= avr->ioend; a++) {
		unsigned io = AVR_DATA_TO_IO(a);
		avr_io_addr_t address = (avr_io_addr_t)a;

		if (io >= MAX_IOs)
			break;		/* a Mega's has nothing there */
		if ((avr->io[io].r.c == NULL && avr->io[io].w.c == NULL) ||
		    is_only_looked_at(avr, address))
			continue;
		avr_irq_register_notify(avr_iomem_getirq(avr, address, NULL,
		    AVR_IOMEM_IRQ_ALL), touched_cb, idle);
	}
	return 0;
}

void
avr_idle_finish(struct avr_idle *idle)
{
	free(idle->data);
	idle->data = NULL;
}

static void
remember(struct avr_idle *idle)
{
	const struct avr_t *avr = idle->avr;

	memcpy(idle->data, avr->data, (size_t)avr->ramend + 1);
	memcpy(idle->sreg, avr->sreg, sizeof(idle->sreg));
	idle->pc = avr->pc;
	idle->then = avr->cycle;
	idle->touches_then = idle->touches;
}

static bool
is_as_before(const struct avr_idle *idle)
{
	const struct avr_t *avr = idle->avr;

	return avr->state == cpu_Running && avr->interrupt_state == 0 &&
	    idle->touches == idle->touches_then &&
	    memcmp(idle->sreg, avr->sreg, sizeof(idle->sreg)) == 0 &&
	    memcmp(idle->data, avr->data, (size_t)avr->ramend + 1) == 0;
}

/* Counts the rounds that there is time for. */
static void
skip_rounds(struct avr_idle *idle, avr_cycle_count_t until)
{
	struct avr_t *avr = idle->avr;
	avr_cycle_count_t round = avr->cycle - idle->then;
	avr_cycle_count_t rounds;

	if (avr->cycle_timers.timer != NULL &&
	    avr->cycle_timers.timer->when < until)
		until = avr->cycle_timers.timer->when;
	if (until <= avr->cycle || round == 0)
		return;
	rounds = (until - avr->cycle) / round;
	if (rounds > ROUNDS_LEFT)
		avr->cycle += (rounds - ROUNDS_LEFT) * round;
}

void
avr_idle_restart(struct avr_idle *idle)
{
	idle->failures = 0;
	idle->rest_until = 0;
	idle->steps = 0;
	remember(idle);
}

static void
rest(struct avr_idle *idle)
{
	if (idle->failures < FAILURES_MAX)
		idle->failures++;
	idle->rest_until = idle->avr->cycle +
	    ((avr_cycle_count_t)REST_CYCLES << idle->failures);
	idle->steps = 0;
}

void
avr_idle_look(struct avr_idle *idle, avr_cycle_count_t until,
    avr_cycle_count_t usual_cycles)
{
	struct avr_t *avr = idle->avr;

	if (avr->cycle < idle->rest_until) {
		avr->run_cycle_limit = usual_cycles;
		return;
	}
	avr->run_cycle_limit = 1;
	idle->steps++;
	if (avr->pc == idle->pc && is_as_before(idle)) {
		skip_rounds(idle, until);
		idle->then = avr->cycle;
		idle->failures = 0;
		idle->steps = 0;
	} else if (idle->steps == SEARCH_STEPS) {
		rest(idle);
	} else if (avr->pc == idle->pc || idle->steps % ROUND_STEPS == 0) {
		remember(idle);
	}
}
