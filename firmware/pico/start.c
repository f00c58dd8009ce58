/* SPDX-License-Identifier: MIT */
/*
 * From the vector table (data sheet 2.4.6, 2.3.2) to main(): what a C program
 * may expect is made so, and nothing else.  There is no C library; the two
 * functions that the compiler calls by itself are here.
 */
#include <stddef.h>

#include "handlers.h"
#include "rp2040.h"

extern uint32_t data_begin[], data_end[], text_end[];
extern uint32_t bss_begin[], bss_end[], stack_top[];

int	main(void);
void	start(void);
void	*memcpy(void *, const void *, size_t);
void	*memset(void *, int, size_t);

/* Nothing sensible can be done: the board falls silent and shows it. */
static void
fault(void)
{
	for (;;)
		;
}

typedef void handler_fn(void);

/* boot2 takes the first two words and goes on. */
extern handler_fn *const vectors[];

__attribute__((section(".vectors"), used))
handler_fn *const vectors[16 + 32] = {
	(handler_fn *)stack_top,
	start,
	fault,				/* NMI */
	fault,				/* hard fault */
	[11] = fault,			/* SVCall */
	[14] = fault,			/* PendSV */
	[15] = fault,			/* SysTick */
	[16 + IRQ_TIMER_0] = timer_handler,
	[16 + IRQ_USBCTRL] = usb_handler,
	[16 + IRQ_IO_BANK0] = gpio_handler,
};

void
start(void)
{
	const uint32_t	*from = text_end;
	uint32_t	*to;

	for (to = data_begin; to < data_end; to++)
		*to = *from++;
	for (to = bss_begin; to < bss_end; to++)
		*to = 0;
	main();
	fault();
}

void *
memcpy(void *to, const void *from, size_t count)
{
	const uint8_t	*f = from;
	uint8_t		*t = to;

	while (count-- > 0)
		*t++ = *f++;
	return to;
}

void *
memset(void *to, int byte, size_t count)
{
	uint8_t	*t = to;

	while (count-- > 0)
		*t++ = (uint8_t)byte;
	return to;
}
