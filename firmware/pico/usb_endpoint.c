/* SPDX-License-Identifier: MIT */
/*
 * Endpoints (data sheet 4.1.2.5).  Each direction of each endpoint has a
 * buffer in the dual-port RAM and a word of control.  To send, one fills the
 * buffer and hands it to the controller with the bit AVAILABLE; to receive,
 * one hands over an empty one.  The controller gives it back when the host has
 * taken or filled it.  Packets are numbered DATA0 and DATA1 in turn.
 */
#include "rp2040.h"
#include "usb_internal.h"

#define ENDPOINTS	3

/* Where the buffers are; the first 0x100 bytes hold the control words. */
#define BUFFER_CONTROL	(USB_DPRAM + 0x100)	/* endpoint 0, both ways */
#define BUFFER_IN(n)	(USB_DPRAM + 0x180 + 0x80 * ((n) - 1))
#define BUFFER_OUT(n)	(BUFFER_IN(n) + 0x40)

/* The number of the next packet: 0 or BUF_DATA1. */
static uint32_t next_in[ENDPOINTS], next_out[ENDPOINTS];

/*
 * 4.1.2.5.1: the controller runs on another clock and must see the rest of the
 * word before it sees AVAILABLE.  Twelve cycles are enough at 125 MHz.
 */
static void
hand_over(uint32_t control, uint32_t value)
{
	REG(control) = value;
	__asm__ volatile (
	    "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\t"
	    "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop");
	REG(control) = value | BUF_AVAILABLE;
}

/* The dual-port RAM takes bytes, but memcpy() may use words unaligned. */
static void
copy_in(uint32_t buffer, const uint8_t *bytes, uint8_t count)
{
	volatile uint8_t	*to = (volatile uint8_t *)buffer;

	while (count-- > 0)
		*to++ = *bytes++;
}

void
usb_send(uint8_t endpoint, const uint8_t *bytes, uint8_t count)
{
	copy_in(endpoint == 0 ? BUFFER_CONTROL : BUFFER_IN(endpoint), bytes,
	    count);
	hand_over(USB_BUF_CTRL_IN(endpoint),
	    BUF_FULL | next_in[endpoint] | count);
	next_in[endpoint] ^= BUF_DATA1;
}

void
usb_receive(uint8_t endpoint)
{
	hand_over(USB_BUF_CTRL_OUT(endpoint),
	    next_out[endpoint] | USB_PACKET);
	next_out[endpoint] ^= BUF_DATA1;
}

uint8_t
usb_received(uint8_t endpoint, uint8_t *bytes)
{
	const volatile uint8_t	*from = (const volatile uint8_t *)
				    (endpoint == 0 ? BUFFER_CONTROL :
				    BUFFER_OUT(endpoint));
	uint8_t			 count, i;

	count = REG(USB_BUF_CTRL_OUT(endpoint)) & BUF_LENGTH;
	for (i = 0; i < count; i++)
		bytes[i] = from[i];
	return count;
}

/* Refuses a request: 4.1.2.6.2.  The next SETUP ends the refusal. */
void
usb_stall_control(void)
{
	REG_SET(USB_EP_STALL_ARM) = 3;
	REG(USB_BUF_CTRL_IN(0)) = BUF_STALL;
	REG(USB_BUF_CTRL_OUT(0)) = BUF_STALL;
}

/* After a SETUP packet, which is DATA0, both directions go on with DATA1. */
void
usb_control_begin(void)
{
	REG(USB_BUF_CTRL_IN(0)) = 0;
	REG(USB_BUF_CTRL_OUT(0)) = 0;
	next_in[0] = next_out[0] = BUF_DATA1;
}

static void
enable(uint32_t control, uint32_t type, uint32_t buffer)
{
	REG(control) = EP_ENABLE | EP_INTERRUPT | type | (buffer - USB_DPRAM);
}

/* What SET_CONFIGURATION does to the endpoints. */
void
usb_endpoints_reset(void)
{
	uint8_t	n;

	for (n = 1; n < ENDPOINTS; n++) {
		REG(USB_BUF_CTRL_IN(n)) = 0;
		REG(USB_BUF_CTRL_OUT(n)) = 0;
		next_in[n] = next_out[n] = 0;
	}
	enable(USB_EP_CTRL_IN(USB_EP_NOTIFY), EP_INTERRUPT_TYPE,
	    BUFFER_IN(USB_EP_NOTIFY));
	enable(USB_EP_CTRL_IN(USB_EP_DATA), EP_BULK, BUFFER_IN(USB_EP_DATA));
	enable(USB_EP_CTRL_OUT(USB_EP_DATA), EP_BULK,
	    BUFFER_OUT(USB_EP_DATA));
}

/*
 * What CLEAR_FEATURE(ENDPOINT_HALT) asks for, halted or not: the next packet
 * is DATA0.  A buffer that is handed over already gets the number too.
 */
void
usb_endpoint_clear(uint8_t address)
{
	uint8_t		 n = address & 0xf;
	uint32_t	 control, *next;

	if (n == 0 || n >= ENDPOINTS)
		return;
	control = address & 0x80 ? USB_BUF_CTRL_IN(n) : USB_BUF_CTRL_OUT(n);
	next = address & 0x80 ? &next_in[n] : &next_out[n];
	*next = 0;
	if (REG(control) & BUF_AVAILABLE) {
		hand_over(control, REG(control) &
		    ~(BUF_DATA1 | BUF_AVAILABLE));
		*next = BUF_DATA1;
	}
}
