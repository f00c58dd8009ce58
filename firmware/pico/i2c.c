/* SPDX-License-Identifier: MIT */
/*
 * I2C (data sheet 4.3) on GPIO 4 (SDA) and 5 (SCL).  Each byte, in or out, is
 * a command to the controller, with marks for what precedes and follows it on
 * the bus; the controller does the rest.
 *
 * Clocks are counted in cycles of 125 MHz, whatever the speed mode is called:
 * "fast" mode does all speeds up to 1 MHz.
 */
#include "buses.h"

#include "clocks.h"
#include "gpio.h"
#include "pin_hal.h"
#include "rp2040.h"

#define SDA		4
#define SCL		5
#define TIMEOUT_US	25000	/* for a byte; a slave may stretch the clock */

const uint8_t hal_i2c_pins[] = { SDA, SCL, PIN_NONE };

void
i2c_init(void)
{
	clocks_unreset(RESET_I2C0);
	REG(I2C0_ENABLE) = 0;
	REG(I2C0_CON) = I2C_CON_MASTER | I2C_CON_FAST | I2C_CON_RESTART |
	    I2C_CON_NO_SLAVE | I2C_CON_TX_EMPTY;
}

/*
 * 4.3.14: low for 60 % of the time.  SDA is held for 300 ns after SCL has
 * fallen, which is 38 cycles; glitches of up to a sixteenth of the low time
 * are ignored.
 */
bool
hal_i2c_clock(uint16_t khz)
{
	uint32_t period, low;

	if (khz < 10 || khz > 1000)
		return false;
	period = CLOCK_HZ / 1000 / khz;
	low = period * 3 / 5;
	REG(I2C0_ENABLE) = 0;
	REG(I2C0_FS_SCL_HCNT) = period - low;
	REG(I2C0_FS_SCL_LCNT) = low;
	REG(I2C0_FS_SPKLEN) = low / 16 > 255 ? 255 : low / 16;
	REG(I2C0_SDA_HOLD) = 38;
	return true;
}

void
hal_i2c_start(void)
{
	gpio_pull(SDA, PAD_PULL_UP);
	gpio_pull(SCL, PAD_PULL_UP);
	gpio_function(SDA, FUNC_I2C);
	gpio_function(SCL, FUNC_I2C);
}

/* Waits for one of these interrupts, or an abort.  False for an abort. */
static bool
wait_for(uint32_t interrupts)
{
	uint32_t begin_us = clocks_us(), seen;

	do {
		seen = REG(I2C0_RAW_INTR_STAT);
		if (seen & I2C_INTR_TX_ABRT)
			return false;
		if (seen & interrupts)
			return true;
	} while (clocks_us() - begin_us < TIMEOUT_US);
	return false;
}

static bool
wait_for_byte(void)
{
	uint32_t begin_us = clocks_us();

	while (REG(I2C0_RXFLR) == 0) {
		if (REG(I2C0_RAW_INTR_STAT) & I2C_INTR_TX_ABRT ||
		    clocks_us() - begin_us >= TIMEOUT_US)
			return false;
	}
	return true;
}

static bool
transfer(const uint8_t *out, uint8_t outs, uint8_t *in, uint8_t ins)
{
	uint8_t	 i;

	for (i = 0; i < outs; i++) {
		REG(I2C0_DATA_CMD) = out[i] |
		    (i + 1 == outs && ins == 0 ? I2C_CMD_STOP : 0);
		if (!wait_for(I2C_INTR_TX_EMPTY))
			return false;
	}
	for (i = 0; i < ins; i++) {
		REG(I2C0_DATA_CMD) = I2C_CMD_READ |
		    (i == 0 && outs > 0 ? I2C_CMD_RESTART : 0) |
		    (i + 1 == ins ? I2C_CMD_STOP : 0);
		if (!wait_for_byte())
			return false;
		in[i] = (uint8_t)REG(I2C0_DATA_CMD);
	}
	return wait_for(I2C_INTR_STOP_DET);
}

/*
 * This controller cannot send an address and nothing else, so the question
 * whether anything is there is put by reading a byte.
 */
bool
hal_i2c(uint8_t address, const uint8_t *out, uint8_t outs, uint8_t *in,
    uint8_t ins)
{
	uint8_t	unused;
	bool	ok;

	REG(I2C0_ENABLE) = 0;
	REG(I2C0_TAR) = address;
	REG(I2C0_ENABLE) = 1;
	(void)REG(I2C0_CLR_TX_ABRT);
	(void)REG(I2C0_CLR_STOP_DET);
	if (outs == 0 && ins == 0)
		ok = transfer(out, 0, &unused, 1);
	else
		ok = transfer(out, outs, in, ins);
	if (!ok) {
		/* After an abort the controller makes a stop by itself. */
		(void)REG(I2C0_CLR_TX_ABRT);
		wait_for(I2C_INTR_STOP_DET);
	}
	REG(I2C0_ENABLE) = 0;
	return ok;
}
