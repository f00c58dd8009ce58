/* SPDX-License-Identifier: MIT */
/*
 * The serial line of the board, with the ways in which a real one loses data.
 *
 * A byte takes ten bits' time, in both directions.  It is lost when the
 * receiver is off: during a reset, in a boot loader that is about to leave,
 * before the sketch has called begin().  It is lost when the firmware has not
 * read the bytes before it: the chip holds two, and one more as it comes in.
 * It arrives as something else when the speeds differ.
 *
 * simavr alone is kinder: it holds 63 bytes, sends at once, and knows no
 * speed.  It also counts eleven bits to a byte, always one for parity.
 */
#include <errno.h>
#include <string.h>

#include <simavr/sim_regbit.h>
#include <simavr/sim_time.h>

#include "avr_serial.h"
#include "avr_wire.h"

#define CHIP_HOLDS 3		/* two in the buffer, one in the shifter */

static uint32_t
bit_cycles(const struct avr_serial *serial)
{
	const avr_uart_t *uart = serial->uart;
	uint32_t divisor;

	divisor = avr_regbit_get(serial->avr, uart->ubrrl) |
	    (uint32_t)avr_regbit_get(serial->avr, uart->ubrrh) << 8;
	return (divisor + 1) * (avr_regbit_get(serial->avr, uart->u2x) ? 8 : 16);
}

static bool
receiver_is_on(const struct avr_serial *serial)
{
	return avr_regbit_get(serial->avr, serial->uart->rxen) != 0;
}

static unsigned
chip_holds(const struct avr_serial *serial)
{
	const uart_fifo_t *fifo = &serial->uart->input;

	return (unsigned)(fifo->write - fifo->read) %
	    (unsigned)uart_fifo_fifo_size;
}

/* A byte reaches the chip. */
static void
feed_byte(struct avr_serial *serial, uint8_t byte)
{
	if (!receiver_is_on(serial)) {
		serial->deaf++;
	} else if (chip_holds(serial) >= CHIP_HOLDS) {
		avr_regbit_set(serial->avr, serial->uart->dor);
		serial->overrun++;
	} else {
		avr_raise_irq(serial->input, byte);
		serial->received++;
		serial->received_at = serial->avr->cycle;
	}
}

static avr_cycle_count_t
feed_cb(struct avr_t *avr, avr_cycle_count_t when, void *arg)
{
	struct avr_serial *serial = arg;

	(void)avr;
	feed_byte(serial, serial->in[serial->in_pos++]);
	serial->in_next = when + serial->in_cycles;
	serial->feeding = serial->in_pos < serial->in_len;
	return serial->feeding ? serial->in_next : 0;
}

static void
start_feeding(struct avr_serial *serial)
{
	avr_cycle_count_t now = serial->avr->cycle;

	serial->feeding = serial->in_pos < serial->in_len;
	if (serial->feeding)
		avr_cycle_timer_register(serial->avr,
		    serial->in_next > now ? serial->in_next - now : 1,
		    feed_cb, serial);
}

/* The firmware has sent a byte; its last bit leaves a byte's time later. */
static void
output_cb(struct avr_irq_t *irq, uint32_t value, void *arg)
{
	struct avr_serial *serial = arg;
	avr_cycle_count_t begin = serial->avr->cycle;
	size_t end;

	(void)irq;
	if (serial->out_len == AVR_SERIAL_OUT)
		return;		/* cannot be: not in 2 ms */
	if (begin < serial->out_last)
		begin = serial->out_last;
	serial->out_last = begin + 10 * bit_cycles(serial);
	end = (serial->out_pos + serial->out_len++) % AVR_SERIAL_OUT;
	serial->out[end].byte = (uint8_t)value;
	serial->out[end].done = serial->out_last;
	serial->sent++;
	serial->sent_at = serial->avr->cycle;
}

/* The firmware has set its speed. */
static void
speed_cb(struct avr_irq_t *irq, uint32_t value, void *arg)
{
	struct avr_serial *serial = arg;

	(void)irq;
	(void)value;
	serial->uart->cycles_per_byte = 10 * bit_cycles(serial);
}

/* Of several, the USB bridge of every board is at the one called 0. */
static const avr_io_t *
find_uart(const struct avr_chip *chip)
{
	const avr_io_t *io = NULL;

	do
		io = avr_chip_next(chip, "uart", io);
	while (io != NULL && ((const avr_uart_t *)io)->name != '0');
	return io;
}

int
avr_serial_init(struct avr_serial *serial, struct avr_chip *chip)
{
	const avr_io_t *io = find_uart(chip);
	struct avr_t *avr = chip->avr;
	uint32_t flags = 0;
	char name;

	memset(serial, 0, sizeof(*serial));
	if (io == NULL)
		return -ENODEV;
	serial->avr = avr;
	serial->uart = (avr_uart_t *)(uintptr_t)io;
	name = serial->uart->name;

	/* Neither copy the output to stdout nor sleep when it is polled. */
	avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS(name), &flags);
	serial->input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ(name),
	    UART_IRQ_INPUT);
	avr_irq_register_notify(avr_io_getirq(avr,
	    AVR_IOCTL_UART_GETIRQ(name), UART_IRQ_OUTPUT), output_cb, serial);
	avr_irq_register_notify(avr_iomem_getirq(avr,
	    serial->uart->ubrrl.reg, NULL, AVR_IOMEM_IRQ_ALL), speed_cb, serial);
	return 0;
}

void
avr_serial_restart(struct avr_serial *serial)
{
	serial->out_len = 0;
	serial->out_last = serial->avr->cycle;
	start_feeding(serial);
}

size_t
avr_serial_room(const struct avr_serial *serial)
{
	/* A burst is taken whole, so that none begins within another. */
	return serial->feeding ? 0 : AVR_SERIAL_IN;
}

void
avr_serial_write(struct avr_serial *serial, const uint8_t *bytes, size_t n,
    uint32_t baud)
{
	uint32_t own = avr_serial_baud(serial);

	if (baud == 0)
		return;
	serial->in_pos = 0;
	if (receiver_is_on(serial)) {
		serial->in_len = avr_wire_receive(bytes, n, baud, own,
		    serial->in, sizeof(serial->in));
	} else {
		memcpy(serial->in, bytes, n);
		serial->in_len = n;
	}
	serial->in_cycles = 10 * (serial->avr->frequency / baud);
	start_feeding(serial);
}

size_t
avr_serial_read(struct avr_serial *serial, uint8_t out[AVR_SERIAL_OUT],
    uint32_t baud)
{
	uint8_t arrived[AVR_SERIAL_OUT];
	size_t n = 0;

	while (serial->out_len > 0 &&
	    serial->out[serial->out_pos].done <= serial->avr->cycle) {
		arrived[n++] = serial->out[serial->out_pos].byte;
		serial->out_pos = (serial->out_pos + 1) % AVR_SERIAL_OUT;
		serial->out_len--;
	}
	return avr_wire_receive(arrived, n, avr_serial_baud(serial), baud,
	    out, AVR_SERIAL_OUT);
}

bool
avr_serial_busy(const struct avr_serial *serial)
{
	return serial->feeding || serial->out_len > 0;
}

uint32_t
avr_serial_baud(const struct avr_serial *serial)
{
	return serial->avr->frequency / bit_cycles(serial);
}
