/* SPDX-License-Identifier: MIT */
/*
 * The chip starts on a ring oscillator of some 6 MHz, more or less.  USB needs
 * exactly 48 MHz, so everything is moved to the crystal of 12 MHz: one PLL
 * makes 125 MHz of it for the processor, another 48 MHz for USB and ADC.
 *
 *	crystal 12 -> x 125 = 1500 -> / 6 / 2 = 125  clk_sys, clk_peri
 *	           -> x 120 = 1440 -> / 6 / 5 = 48   clk_usb, clk_adc
 *	           -> / 12 = 1                       the timer
 */
#include "clocks.h"

#include "handlers.h"
#include "rp2040.h"

#define CRYSTAL_MHZ	12

static uint32_t counted_us;	/* until then clocks_ms() has counted */

/* The timer's 32 bits are full after 71 minutes; we must look in between. */
#define LONGEST_SLEEP_MS	1000000u

void
clocks_unreset(uint32_t parts)
{
	REG_CLEAR(RESETS_RESET) = parts;
	while ((REG(RESETS_RESET_DONE) & parts) != parts)
		;
}

/* 2.16.3: the delay is in units of 256 cycles, 47 of which are 1 ms. */
static void
crystal_start(void)
{
	REG(XOSC_CTRL) = XOSC_RANGE_1_15MHZ;
	REG(XOSC_STARTUP) = 47;
	REG_SET(XOSC_CTRL) = XOSC_ENABLE;
	while ((REG(XOSC_STATUS) & XOSC_STABLE) == 0)
		;
}

/* 2.18.3: in this order. */
static void
pll_start(uint32_t pll, uint32_t multiply, uint32_t divide1, uint32_t divide2)
{
	REG(pll + PLL_CS) = 1;			/* do not divide the crystal */
	REG(pll + PLL_FBDIV_INT) = multiply;
	REG_CLEAR(pll + PLL_PWR) = PLL_PWR_PD | PLL_PWR_VCOPD;
	while ((REG(pll + PLL_CS) & PLL_CS_LOCK) == 0)
		;
	REG(pll + PLL_PRIM) = divide1 << 16 | divide2 << 12;
	REG_CLEAR(pll + PLL_PWR) = PLL_PWR_POSTDIVPD;
}

void
clocks_init(void)
{
	crystal_start();

	/* Whoever starts us (picotool, a debugger) may have left clk_sys on */
	/* a PLL: first to clk_ref, and that to the crystal.  2.15.3.2. */
	REG_CLEAR(CLK_SYS_CTRL) = 3;
	while (REG(CLK_SYS_SELECTED) != BIT(CLK_SYS_SRC_REF))
		;
	REG(CLK_REF_CTRL) = CLK_REF_SRC_XOSC;
	while (REG(CLK_REF_SELECTED) != BIT(CLK_REF_SRC_XOSC))
		;

	REG_SET(RESETS_RESET) = RESET_PLL_SYS | RESET_PLL_USB;
	clocks_unreset(RESET_PLL_SYS | RESET_PLL_USB);
	pll_start(PLL_SYS, 125, 6, 2);
	pll_start(PLL_USB, 120, 6, 5);

	REG(CLK_SYS_DIV) = 1 << 8;
	REG(CLK_SYS_CTRL) = CLK_SYS_SRC_REF;	/* AUXSRC while it is unused */
	REG(CLK_SYS_CTRL) = CLK_SYS_SRC_AUX;
	while (REG(CLK_SYS_SELECTED) != BIT(CLK_SYS_SRC_AUX))
		;
	REG(CLK_PERI_CTRL) = CLK_ENABLE;
	REG(CLK_USB_DIV) = 1 << 8;
	REG(CLK_USB_CTRL) = CLK_ENABLE;
	REG(CLK_ADC_DIV) = 1 << 8;
	REG(CLK_ADC_CTRL) = CLK_ENABLE;

	REG(WATCHDOG_TICK) = WATCHDOG_TICK_ENABLE | CRYSTAL_MHZ;
	clocks_unreset(RESET_TIMER | RESET_IO_BANK0 | RESET_PADS_BANK0);
	REG(TIMER_INTE) = BIT(0);
	REG(NVIC_ISER) = BIT(IRQ_TIMER_0);
}

uint32_t
clocks_us(void)
{
	return REG(TIMER_TIMERAWL);
}

uint32_t
clocks_ms(void)
{
	static uint32_t ms;
	uint32_t	more;

	more = (clocks_us() - counted_us) / 1000;
	counted_us += more * 1000;
	ms += more;
	return ms;
}

/* It has done its work by ending the sleep. */
void
timer_handler(void)
{
	REG(TIMER_INTR) = BIT(0);
}

/*
 * WFI returns when an interrupt is pending even while interrupts are disabled,
 * so nothing that happens after the caller's last look is slept over.  The
 * alarm goes off at the very microsecond, or else after 71 minutes; so it must
 * not be set to a time that will have passed.
 */
void
clocks_sleep(uint32_t ms)
{
	uint32_t until_us, left_us;

	if (ms > LONGEST_SLEEP_MS)
		ms = LONGEST_SLEEP_MS;
	until_us = counted_us + ms * 1000;
	left_us = until_us - clocks_us();
	if (left_us > 10 && left_us <= INT32_MAX) {
		REG(TIMER_ALARM0) = until_us;
		__asm__ volatile ("wfi" ::: "memory");
	}
	__asm__ volatile ("cpsie i" ::: "memory");
}
