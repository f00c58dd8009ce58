/* SPDX-License-Identifier: MIT */
/* An emulated AVR: its core, its flash and its resets. */
#ifndef AVR_CHIP_H
#define AVR_CHIP_H

#include <stdbool.h>
#include <stdint.h>

#include <simavr/sim_avr.h>
#include <simavr/sim_io.h>

#include "avr_idle.h"

enum avr_cause {
	AVR_POWER_ON,
	AVR_EXTERNAL,		/* the reset pin: a button, or DTR */
	AVR_WATCHDOG,		/* the firmware's own doing */
};

struct avr_chip {
	struct avr_t	*avr;
	struct avr_idle	 idle;
	bool		 halted;	/* runs nothing until it is reset */
	bool		 restarted;	/* was reset, and nobody has asked yet */
	void		(*core_reset)(struct avr_t *);
	int64_t		 stuck;		/* the byte of its flash that is 0, or -1 */
};

/*
 * Makes a chip of this kind ("atmega328p") with an empty flash, that runs at
 * hz.  Returns 0, -ENODEV when the simulator does not know it, or -ENOMEM.
 */
int avr_chip_init(struct avr_chip *chip, const char *mcu, uint32_t hz);
void avr_chip_finish(struct avr_chip *chip);

/* Puts the program at path into the flash.  Returns 0 or a negative errno. */
int avr_chip_load(struct avr_chip *chip, const char *path);

/*
 * Puts a boot loader into the flash, and makes the chip start there, as the
 * fuse BOOTRST does.  Returns 0 or a negative errno.
 */
int avr_chip_load_boot(struct avr_chip *chip, const char *path);

/* A byte of its flash is 0 whatever is written, or is not.  0 or -EINVAL. */
int avr_chip_stick(struct avr_chip *chip, uint32_t address, bool stuck);

void avr_chip_reset(struct avr_chip *chip, enum avr_cause cause);

/*
 * Runs until the clock reads at least this many cycles, or until the firmware
 * resets the chip.  A halted chip only lets the time go by.
 */
void avr_chip_run(struct avr_chip *chip, avr_cycle_count_t until);

/* Whether the firmware has reset the chip since this was last asked. */
bool avr_chip_take_restart(struct avr_chip *chip);

/*
 * The peripherals of one kind ("uart", "port", "timer"), one by one: the one
 * that follows previous, or the first if that is NULL.  NULL at the end.
 */
struct avr_io_t *avr_chip_next(const struct avr_chip *chip, const char *kind,
    const struct avr_io_t *previous);

#endif
