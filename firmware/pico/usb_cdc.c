/* SPDX-License-Identifier: MIT */
/*
 * The serial port.  Bytes wait in a ring for each direction.  A packet is
 * accepted from the host only when all of it fits, so a host that sends faster
 * than we work is made to wait by USB itself, and nothing is lost.
 *
 * A host reads in pieces of several packets and takes a packet that is not
 * full for the end of a piece.  So after a full one with nothing behind it
 * goes an empty one, or the host would keep what it has to itself.
 */
#include "usb.h"

#include <stddef.h>

#include "usb_internal.h"

/* PSTN 1.2, 6.3 */
#define SET_LINE_CODING		0x20
#define GET_LINE_CODING		0x21
#define SET_CONTROL_LINE_STATE	0x22
#define SEND_BREAK		0x23
#define LINE_DTR		1

/* Class requests are for the interface; some hosts say, for the device. */
#define TYPE_CLASS_MASK		0x60
#define TYPE_CLASS		0x20

#define TOUCH_BAUD		1200

#define RX_SIZE			256	/* powers of 2 */
#define TX_SIZE			1024

static uint8_t rx[RX_SIZE], tx[TX_SIZE];
static uint32_t rx_in, rx_out, tx_in, tx_out;	/* they run on and on */
static uint8_t line_coding[7] = { 0, 0xc2, 1, 0, 0, 0, 8 };	/* 115200 8N1 */
static bool ready;		/* configured */
static bool sending;		/* a packet is on its way to the host */
static bool end_due;		/* the last packet was full */
static bool receiving;		/* a packet may come */
static bool dtr, hangup, touched;

void
usb_cdc_configured(bool on)
{
	ready = on;
	sending = receiving = end_due = false;
	if (!on) {
		hangup = dtr;
		dtr = false;
		rx_in = rx_out = tx_in = tx_out = 0;
	}
}

static void
set_line_state(uint16_t value)
{
	bool	is_up = value & LINE_DTR;

	if (dtr && !is_up) {
		hangup = true;
		tx_out = tx_in;
	}
	dtr = is_up;
}

bool
usb_cdc_out(const struct usb_setup *setup)
{
	if ((setup->type & TYPE_CLASS_MASK) != TYPE_CLASS)
		return false;
	switch (setup->request) {
	case SET_CONTROL_LINE_STATE:
		set_line_state(setup->value);
		return true;
	case SET_LINE_CODING:
		return setup->length == sizeof(line_coding);
	case SEND_BREAK:
		return true;
	default:
		return false;
	}
}

const uint8_t *
usb_cdc_in(const struct usb_setup *setup, uint16_t *length)
{
	if ((setup->type & TYPE_CLASS_MASK) != TYPE_CLASS ||
	    setup->request != GET_LINE_CODING)
		return NULL;
	*length = sizeof(line_coding);
	return line_coding;
}

/* The data of the only request that has any. */
void
usb_cdc_data(const uint8_t *bytes, uint8_t count)
{
	uint8_t	i;

	if (count != sizeof(line_coding))
		return;
	for (i = 0; i < count; i++)
		line_coding[i] = bytes[i];
	touched = (line_coding[0] | line_coding[1] << 8 |
	    line_coding[2] << 16) == TOUCH_BAUD;
}

void
usb_cdc_sent(uint8_t endpoint)
{
	if (endpoint == USB_EP_DATA)
		sending = false;
}

void
usb_cdc_received(uint8_t endpoint)
{
	uint8_t	bytes[USB_PACKET], count, i;

	if (endpoint != USB_EP_DATA)
		return;
	count = usb_received(endpoint, bytes);
	for (i = 0; i < count; i++)
		rx[rx_in++ % RX_SIZE] = bytes[i];
	receiving = false;
}

static void
send_packet(void)
{
	uint8_t	bytes[USB_PACKET], count = 0;

	while (count < USB_PACKET && tx_out != tx_in)
		bytes[count++] = tx[tx_out++ % TX_SIZE];
	if (count == 0 && !end_due)
		return;
	end_due = count == USB_PACKET;
	sending = true;
	usb_send(USB_EP_DATA, bytes, count);
}

void
usb_cdc_poll(void)
{
	if (!ready)
		return;
	if (!sending)
		send_packet();
	if (!receiving && RX_SIZE - (rx_in - rx_out) >= USB_PACKET) {
		receiving = true;
		usb_receive(USB_EP_DATA);
	}
}

int
usb_read(void)
{
	return rx_out == rx_in ? -1 : rx[rx_out++ % RX_SIZE];
}

bool
usb_readable(void)
{
	return rx_out != rx_in;
}

size_t
usb_write(const char *bytes, size_t count)
{
	size_t	done;

	if (!ready)
		return 0;
	for (done = 0; done < count && tx_in - tx_out < TX_SIZE; done++)
		tx[tx_in++ % TX_SIZE] = (uint8_t)bytes[done];
	return done;
}

bool
usb_flushed(void)
{
	return !sending && tx_out == tx_in;
}

bool
usb_take_hangup(void)
{
	bool	was = hangup;

	hangup = false;
	return was;
}

bool
usb_touched(void)
{
	return touched;
}
