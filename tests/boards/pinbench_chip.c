/* SPDX-License-Identifier: MIT */
/*
 * simavr needs help in a few places.  It does not know the phase-correct PWM
 * in which the Arduino core sets its timers; it has eleven bits to a byte on
 * the line; its UART takes 63 bytes where a chip takes two and one that is
 * coming in.  And it sleeps for real when the chip sleeps.
 */
#include <errno.h>
#include <string.h>

#include <simavr/avr_timer.h>
#include <simavr/sim_io.h>
#include <simavr/sim_regbit.h>
#include <simavr/sim_time.h>

#include "pinbench_chip.h"

#define HZ		16000000
#define SUPPLY_MV	5000
#define CHIP_HOLDS	3

static void
sleep_cb(struct avr_t *avr, avr_cycle_count_t cycles)
{
	(void)avr;
	(void)cycles;
}

/* Modes 1 to 3, where they are missing. */
static void
add_timer_modes(struct avr_chip *chip)
{
	static const avr_timer_wgm_t	modes[] = {
		AVR_TIMER_WGM_FCPWM8(), AVR_TIMER_WGM_FCPWM9(),
		AVR_TIMER_WGM_FCPWM10(),
	};
	struct avr_io_t			*io = NULL;
	avr_timer_t			*timer;
	int				 i;

	while ((io = avr_chip_next(chip, "timer", io)) != NULL) {
		timer = (avr_timer_t *)io;
		for (i = 0; i < 3; i++) {
			if (timer->wgm_op[1 + i].kind == avr_timer_wgm_none)
				timer->wgm_op[1 + i] = modes[i];
		}
	}
}

int
pinbench_chip_init(struct avr_chip *chip, const char *mcu, const char *hex)
{
	struct avr_t	*avr;
	int		 error;

	memset(chip, 0, sizeof(*chip));
	avr = chip->avr = avr_make_mcu_by_name(mcu);
	if (avr == NULL)
		return -ENODEV;
	avr_init(avr);
	avr->frequency = HZ;
	avr->vcc = avr->avcc = avr->aref = SUPPLY_MV;
	avr->sleep = sleep_cb;
	avr->gdb_port = 0;
	add_timer_modes(chip);
	error = avr_chip_load(chip, hex);
	if (error == 0)
		avr_reset(avr);
	return error;
}

int
pinbench_chip_run(struct avr_chip *chip, avr_cycle_count_t until)
{
	int	state = cpu_Running;

	while (chip->avr->cycle < until) {
		state = avr_run(chip->avr);
		if (state == cpu_Done || state == cpu_Crashed)
			return -EIO;
	}
	return 0;
}

static void
output_cb(struct avr_irq_t *irq, uint32_t value, void *arg)
{
	struct pinbench_line	*line = arg;

	(void)irq;
	line->sent++;
	if (line->out_len < sizeof(line->out))
		line->out[line->out_len++] = (char)value;
}

/* The firmware has set its speed. */
static void
speed_cb(struct avr_irq_t *irq, uint32_t value, void *arg)
{
	struct pinbench_line	*line = arg;
	uint32_t		 divisor;

	(void)irq;
	(void)value;
	divisor = avr_regbit_get(line->avr, line->uart->ubrrl) |
	    (uint32_t)avr_regbit_get(line->avr, line->uart->ubrrh) << 8;
	line->uart->cycles_per_byte = 10 * (divisor + 1) *
	    (avr_regbit_get(line->avr, line->uart->u2x) ? 8 : 16);
}

static avr_cycle_count_t
feed_cb(struct avr_t *avr, avr_cycle_count_t when, void *arg)
{
	struct pinbench_line	*line = arg;
	const uart_fifo_t	*fifo = &line->uart->input;
	unsigned		 held;

	held = (unsigned)(fifo->write - fifo->read) %
	    (unsigned)uart_fifo_fifo_size;
	if (held >= CHIP_HOLDS || !avr_regbit_get(avr, line->uart->rxen)) {
		line->overrun++;
	} else {
		avr_raise_irq(line->input, line->in[line->in_pos]);
		line->received++;
	}
	line->feeding = ++line->in_pos < line->in_len;
	return line->feeding ? when + line->byte_cycles : 0;
}

int
pinbench_line_init(struct pinbench_line *line, struct avr_chip *chip,
    unsigned baud)
{
	struct avr_io_t	*io = NULL;
	uint32_t	 flags = 0;

	memset(line, 0, sizeof(*line));
	do {
		io = avr_chip_next(chip, "uart", io);
		if (io == NULL)
			return -ENODEV;
	} while (((avr_uart_t *)io)->name != '0');
	line->avr = chip->avr;
	line->uart = (avr_uart_t *)io;
	line->byte_cycles = 10 * HZ / baud;
	avr_ioctl(line->avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
	line->input = avr_io_getirq(line->avr, AVR_IOCTL_UART_GETIRQ('0'),
	    UART_IRQ_INPUT);
	avr_irq_register_notify(avr_io_getirq(line->avr,
	    AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), output_cb, line);
	avr_irq_register_notify(avr_iomem_getirq(line->avr,
	    line->uart->ubrrl.reg, NULL, AVR_IOMEM_IRQ_ALL), speed_cb, line);
	return 0;
}

int
pinbench_line_send(struct pinbench_line *line, uint8_t byte)
{
	if (line->in_pos == line->in_len)
		line->in_pos = line->in_len = 0;
	if (line->in_len == sizeof(line->in))
		return -ENOBUFS;
	line->in[line->in_len++] = byte;
	if (!line->feeding) {
		line->feeding = true;
		avr_cycle_timer_register(line->avr, line->byte_cycles,
		    feed_cb, line);
	}
	return 0;
}
