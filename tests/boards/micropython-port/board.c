/* SPDX-License-Identifier: MIT */
/*
 * The board's serial port, clock and LED, on ARM's MPS2 with the AN385 image.
 *
 * What arrives at the UART is taken by an interrupt, so that Ctrl-C works while
 * a program computes and the processor can sleep while none does.  The buffer
 * holds as much as a Pico's.  When it is full, the sender is made to wait, as
 * USB does; a Ctrl-C behind a full buffer is then not seen, also as on a Pico.
 * What the board prints waits for the host to take it.
 *
 * A wait must not miss an interrupt that comes just before it sleeps.  A real
 * processor would do it with interrupts off, where WFI still ends; QEMU's WFI
 * does not.  So an interrupt between the look at "event" and the WFI sends the
 * waiter back to look again.
 */
#include "py/mphal.h"
#include "py/mpstate.h"
#include "py/ringbuf.h"
#include "py/runtime.h"
#include "py/stream.h"

struct uart {
	volatile uint32_t	data;
	volatile uint32_t	state;
	volatile uint32_t	control;
	volatile uint32_t	interrupts;
	volatile uint32_t	divider;
};

struct timer {
	volatile uint32_t	control;
	volatile uint32_t	value;
	volatile uint32_t	reload;
	volatile uint32_t	interrupts;
};

#define UART		((struct uart *)0x40004000)
#define UART_TX_FULL	0x1
#define UART_RX_FULL	0x2
#define UART_ENABLE	0xf	/* both directions and their interrupts */
#define UART_TX_DONE	0x1
#define UART_RX_DONE	0x2

/* One timer counts without end, the other wakes a sleeper. */
#define CLOCK		((struct timer *)0x40000000)
#define ALARM		((struct timer *)0x40001000)
#define TIMER_ENABLE	0x9	/* with its interrupt */
#define TICKS_PER_US	25

#define LED		(*(volatile uint32_t *)0x40028000)
#define IRQ_ENABLE	(*(volatile uint32_t *)0xe000e100)
#define IRQ_DISABLE	(*(volatile uint32_t *)0xe000e180)
#define IRQ_UART_RX	(1u << 0)
#define IRQ_UART_TX	(1u << 1)
#define IRQ_CLOCK	(1u << 8)
#define IRQ_ALARM	(1u << 9)
#define RESET		(*(volatile uint32_t *)0xe000ed0c)
#define RESET_REQUEST	0x05fa0004

#define STDIN_BYTES	512

extern char stack_top, bss_start, bss_end;
int	main(void);

static uint8_t		stdin_bytes[STDIN_BYTES];
static ringbuf_t	stdin_ring;
static volatile uint8_t	event;
static volatile uint32_t clock_wraps;

uint32_t
board_irq_disable(void)
{
	uint32_t state;

	__asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(state)::"memory");
	return state;
}

void
board_irq_restore(uint32_t state)
{
	__asm volatile("msr primask, %0" ::"r"(state) : "memory");
}

static void
uart_rx_irq(void)
{
	UART->interrupts = UART_RX_DONE;
	while (UART->state & UART_RX_FULL) {
		if (ringbuf_free(&stdin_ring) == 0) {
			IRQ_DISABLE = IRQ_UART_RX;
			return;
		}
		int c = UART->data & 0xff;
		if (c == mp_interrupt_char) {
			stdin_ring.iget = stdin_ring.iput = 0;
			mp_sched_keyboard_interrupt();
		} else {
			ringbuf_put(&stdin_ring, c);
		}
	}
}

static void
uart_tx_irq(void)
{
	UART->interrupts = UART_TX_DONE;
}

static void
clock_irq(void)
{
	CLOCK->interrupts = 1;
	clock_wraps++;
}

static void
alarm_irq(void)
{
	ALARM->interrupts = 1;
	ALARM->control = 0;
}

/* Sleeps until an interrupt came since the last wait ended. */
__attribute__((naked)) static void
wait_for_event(void)
{
	__asm volatile(
	    "	movw	r0, #:lower16:event\n"
	    "	movt	r0, #:upper16:event\n"
	    "wait_look:\n"
	    "	ldrb	r1, [r0]\n"
	    "	cbnz	r1, wait_end\n"
	    "	wfi\n"
	    "wait_end:\n"
	    "	movs	r1, #0\n"
	    "	strb	r1, [r0]\n"
	    "	bx	lr\n");
}

/* Gets the frame the processor pushed; its word 6 is where it will go on. */
static void __attribute__((used))
irq_dispatch(uint32_t *frame)
{
	extern const char wait_look[], wait_end[];
	static void (*const handlers[32])(void) = {
		[0] = uart_rx_irq, [1] = uart_tx_irq,
		[8] = clock_irq, [9] = alarm_irq,
	};
	uint32_t number;

	__asm volatile("mrs %0, ipsr" : "=r"(number));
	handlers[number - 16]();
	event = 1;
	if (frame[6] >= (uint32_t)wait_look && frame[6] < (uint32_t)wait_end)
		frame[6] = (uint32_t)wait_look;
}

__attribute__((naked)) static void
irq(void)
{
	__asm volatile("mov r0, sp\n\tb irq_dispatch");
}

static void
start(void)
{
	for (uint32_t *p = (uint32_t *)&bss_start;
	    p < (uint32_t *)&bss_end; p++)
		*p = 0;
	stdin_ring.buf = stdin_bytes;
	stdin_ring.size = sizeof stdin_bytes;
	UART->divider = 16;
	UART->control = UART_ENABLE;
	/* QEMU fetches what its host has sent already when data is read. */
	(void)UART->data;
	CLOCK->reload = CLOCK->value = UINT32_MAX;
	CLOCK->control = TIMER_ENABLE;
	IRQ_ENABLE = IRQ_UART_RX | IRQ_UART_TX | IRQ_CLOCK | IRQ_ALARM;
	main();
}

static void
fault(void)
{
	board_reset();
}

static const void *const vectors[16 + 32]
    __attribute__((section(".vectors"), used)) = {
	&stack_top, start, fault, fault, fault, fault, fault,
	[11] = fault, [12] = fault, [14] = fault, [15] = fault,
	[16 + 0] = irq, [16 + 1] = irq, [16 + 8] = irq, [16 + 9] = irq,
};

void
board_reset(void)
{
	RESET = RESET_REQUEST;
	for (;;)
		;
}

void
board_led_set(int on)
{
	LED = on ? 1 : 0;
}

int
board_led_get(void)
{
	return LED & 1;
}

void
board_wait_ms(int32_t timeout_ms)
{
	const int32_t longest_ms = UINT32_MAX / TICKS_PER_US / 1000;

	if (timeout_ms == 0)
		return;
	if (timeout_ms > 0) {
		if (timeout_ms > longest_ms)
			timeout_ms = longest_ms;
		ALARM->reload = 0;
		ALARM->value = (uint32_t)timeout_ms * 1000 * TICKS_PER_US;
		ALARM->control = TIMER_ENABLE;
	}
	wait_for_event();
	ALARM->control = 0;
}

static uint64_t
clock_ticks(void)
{
	uint32_t state = board_irq_disable();
	uint32_t ticks = UINT32_MAX - CLOCK->value;
	uint32_t wraps = clock_wraps;

	/* A wrap whose interrupt has not come through yet. */
	if (CLOCK->interrupts) {
		ticks = UINT32_MAX - CLOCK->value;
		wraps++;
	}
	board_irq_restore(state);
	return (uint64_t)wraps << 32 | ticks;
}

mp_uint_t
mp_hal_ticks_cpu(void)
{
	return clock_ticks();
}

mp_uint_t
mp_hal_ticks_us(void)
{
	return clock_ticks() / TICKS_PER_US;
}

mp_uint_t
mp_hal_ticks_ms(void)
{
	return clock_ticks() / (TICKS_PER_US * 1000);
}

uint64_t
mp_hal_time_ns(void)
{
	return clock_ticks() * (1000 / TICKS_PER_US);
}

void
mp_hal_delay_us(mp_uint_t us)
{
	uint64_t end = clock_ticks() + (uint64_t)us * TICKS_PER_US;

	while (clock_ticks() < end)
		;
}

void
mp_hal_delay_ms(mp_uint_t ms)
{
	const uint64_t ticks_per_ms = TICKS_PER_US * 1000;
	uint64_t end = clock_ticks() + ms * ticks_per_ms;
	uint64_t now;

	mp_event_handle_nowait();
	while ((now = clock_ticks()) < end)
		mp_event_wait_ms((end - now + ticks_per_ms - 1) /
		    ticks_per_ms);
}

uintptr_t
mp_hal_stdio_poll(uintptr_t poll_flags)
{
	uintptr_t ready = poll_flags & MP_STREAM_POLL_WR;

	if (poll_flags & MP_STREAM_POLL_RD && ringbuf_avail(&stdin_ring) > 0)
		ready |= MP_STREAM_POLL_RD;
	return ready;
}

int
mp_hal_stdin_rx_chr(void)
{
	int c;

	for (;;) {
		uint32_t state = board_irq_disable();
		c = ringbuf_get(&stdin_ring);
		board_irq_restore(state);
		IRQ_ENABLE = IRQ_UART_RX;
		if (c >= 0)
			return c;
		mp_event_wait_indefinite();
	}
}

mp_uint_t
mp_hal_stdout_tx_strn(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		while (UART->state & UART_TX_FULL)
			wait_for_event();
		UART->data = text[i];
	}
	return length;
}
