/* SPDX-License-Identifier: MIT */
/*
 * SPI (data sheet 4.4) on GPIO 16 (MISO), 18 (SCK) and 19 (MOSI).  The select
 * line is any pin, and the caller's.
 */
#include "buses.h"

#include "clocks.h"
#include "gpio.h"
#include "pin_hal.h"
#include "rp2040.h"

#define MISO	16
#define SCK	18
#define MOSI	19

const uint8_t hal_spi_pins[] = { MISO, MOSI, SCK, PIN_NONE };

void
spi_init(void)
{
	clocks_unreset(RESET_SPI0);
}

/*
 * The clock is divided twice: by an even number up to 254, then by 1 to 256.
 * The first pair that does not exceed what is wanted has the least of the
 * first divider, and so comes nearest.
 */
bool
hal_spi_setup(uint8_t mode, uint16_t khz)
{
	uint32_t wanted, first = 2, second;

	if (khz == 0)
		return false;
	wanted = (CLOCK_HZ / 1000 + khz - 1) / khz;
	while ((second = (wanted + first - 1) / first) > 256)
		first += 2;
	if (first > 254)
		return false;
	REG(SPI0_SSPCR1) = 0;
	REG(SPI0_SSPCPSR) = first;
	REG(SPI0_SSPCR0) = SPI_CR0_8_BITS | SPI_CR0_SCR(second - 1) |
	    (mode & 2 ? SPI_CR0_SPO : 0) | (mode & 1 ? SPI_CR0_SPH : 0);
	REG(SPI0_SSPCR1) = SPI_CR1_ENABLE;
	return true;
}

void
hal_spi_start(void)
{
	gpio_pull(MISO, 0);
	gpio_function(MISO, FUNC_SPI);
	gpio_function(MOSI, FUNC_SPI);
	gpio_function(SCK, FUNC_SPI);
}

void
hal_spi(uint8_t *bytes, uint8_t count)
{
	for (; count > 0; count--, bytes++) {
		REG(SPI0_SSPDR) = *bytes;
		while ((REG(SPI0_SSPSR) & SPI_SR_RNE) == 0)
			;
		*bytes = (uint8_t)REG(SPI0_SSPDR);
	}
}
