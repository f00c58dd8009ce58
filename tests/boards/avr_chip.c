/* SPDX-License-Identifier: MIT */
/*
 * The emulated chip, on libsimavr.  This file knows what has to be done to
 * simavr 1.6 so that it behaves as the real chip:
 *
 * It sleeps by itself to keep to real time; here the caller does that, so its
 * sleep is taken away.  Its reset does not say in MCUSR why it happened, which
 * a boot loader decides by.  It ends when it meets an empty flash;
 * the real chip then does nothing of use until it is reset, and so does this.
 * And it lacks the timer modes that analogWrite() uses.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <simavr/avr_timer.h>

#include "avr_chip.h"
#include "avr_hex.h"

/* How long the core may run without a look at its timers: 62 us on an Uno. */
#define RUN_CYCLES 1000

/* A 5 V board. */
#define SUPPLY_MV 5000

/* For the leak sanitizer: avr_terminate() forgets the list of its IRQs. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libsimavr";
}

static void
log_cb(struct avr_t *avr, const int level, const char *format, va_list ap)
{
	(void)avr;
	(void)level;
	(void)format;
	(void)ap;
}

static void
sleep_cb(struct avr_t *avr, avr_cycle_count_t cycles)
{
	(void)avr;
	(void)cycles;
}

static void
reset_cb(struct avr_t *avr)
{
	struct avr_chip *chip = avr->custom.data;

	chip->restarted = true;
	if (chip->core_reset != NULL)
		chip->core_reset(avr);
}

/*
 * Phase-correct PWM with 8, 9 and 10 bits.  For timers 0 and 2 only the first
 * exists, for 1, 3, 4 and 5 all three.  Left out, simavr takes the period for
 * one count and spends its time on overflows that never happen.
 */
static void
add_timer_modes(struct avr_chip *chip)
{
	static const avr_timer_wgm_t modes[] = {
		AVR_TIMER_WGM_FCPWM8(),
		AVR_TIMER_WGM_FCPWM9(),
		AVR_TIMER_WGM_FCPWM10(),
	};
	struct avr_io_t *io = NULL;

	while ((io = avr_chip_next(chip, "timer", io)) != NULL) {
		avr_timer_t *timer = (avr_timer_t *)io;

		for (int i = 0; i < 3; i++) {
			if (timer->wgm_op[1 + i].kind == avr_timer_wgm_none)
				timer->wgm_op[1 + i] = modes[i];
		}
	}
}

int
avr_chip_init(struct avr_chip *chip, const char *mcu, uint32_t hz)
{
	memset(chip, 0, sizeof(*chip));
	chip->stuck = -1;
	avr_global_logger_set(log_cb);
	chip->avr = avr_make_mcu_by_name(mcu);
	if (chip->avr == NULL)
		return -ENODEV;

	avr_init(chip->avr);
	chip->avr->frequency = hz;
	chip->avr->vcc = SUPPLY_MV;
	chip->avr->avcc = SUPPLY_MV;
	chip->avr->aref = SUPPLY_MV;
	chip->avr->sleep = sleep_cb;
	chip->avr->gdb_port = 0;
	chip->avr->custom.data = chip;
	chip->core_reset = chip->avr->reset;
	chip->avr->reset = reset_cb;
	add_timer_modes(chip);
	return avr_idle_init(&chip->idle, chip->avr);
}

void
avr_chip_finish(struct avr_chip *chip)
{
	if (chip->avr == NULL)
		return;
	avr_idle_finish(&chip->idle);
	avr_terminate(chip->avr);
	free(chip->avr);
	chip->avr = NULL;
}

int
avr_chip_load(struct avr_chip *chip, const char *path)
{
	uint32_t start;

	return avr_hex_load(path, chip->avr->flash, chip->avr->flashend + 1,
	    &start);
}

int
avr_chip_load_boot(struct avr_chip *chip, const char *path)
{
	uint32_t start;
	int error;

	error = avr_hex_load(path, chip->avr->flash, chip->avr->flashend + 1,
	    &start);
	if (error == 0)
		chip->avr->reset_pc = start;
	return error;
}

int
avr_chip_stick(struct avr_chip *chip, uint32_t address, bool stuck)
{
	if (address > chip->avr->flashend)
		return -EINVAL;
	chip->stuck = stuck ? (int64_t)address : -1;
	return 0;
}

void
avr_chip_reset(struct avr_chip *chip, enum avr_cause cause)
{
	avr_reset(chip->avr);
	chip->halted = false;
	chip->restarted = false;
	avr_idle_restart(&chip->idle);
	if (cause == AVR_POWER_ON)
		avr_regbit_set(chip->avr, chip->avr->reset_flags.porf);
	else
		avr_regbit_set(chip->avr, chip->avr->reset_flags.extrf);
}

void
avr_chip_run(struct avr_chip *chip, avr_cycle_count_t until)
{
	struct avr_t *avr = chip->avr;
	int state;

	/* Soon enough: whoever wrote it has yet to be asked what is there. */
	if (chip->stuck >= 0)
		avr->flash[chip->stuck] = 0;
	while (!chip->halted && avr->cycle < until && !chip->restarted) {
		avr_idle_look(&chip->idle, until, RUN_CYCLES);
		state = avr_run(avr);
		if (state == cpu_Done || state == cpu_Crashed)
			chip->halted = true;
	}
	if (chip->halted && avr->cycle < until) {
		avr->cycle = until;
		avr_cycle_timer_process(avr);
	}
}

bool
avr_chip_take_restart(struct avr_chip *chip)
{
	if (!chip->restarted)
		return false;
	chip->restarted = false;
	avr_idle_restart(&chip->idle);
	return true;
}

struct avr_io_t *
avr_chip_next(const struct avr_chip *chip, const char *kind,
    const struct avr_io_t *previous)
{
	struct avr_io_t *io;

	io = previous != NULL ? previous->next : chip->avr->io_port;
	while (io != NULL && strcmp(io->kind, kind) != 0)
		io = io->next;
	return io;
}
