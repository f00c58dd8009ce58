/* SPDX-License-Identifier: MIT */
/*
 * The USB device (data sheet 4.1), as a loop that is called often: interrupts
 * are used only to wake up for it.
 *
 * Everything begins with requests on endpoint 0.  A request has a SETUP packet
 * of eight bytes; then data in the direction that it names, if any; then an
 * empty packet in the other direction, which says that all is well.
 */
#include "usb.h"

#include "clocks.h"
#include "handlers.h"
#include "rp2040.h"
#include "usb_internal.h"

/* bmRequestType and bRequest, as one word */
#define REQUEST(type, request)	((type) << 8 | (request))
#define CLEAR_FEATURE_ENDPOINT	REQUEST(0x02, 1)
#define SET_ADDRESS		REQUEST(0x00, 5)
#define SET_CONFIGURATION	REQUEST(0x00, 9)
#define SET_INTERFACE		REQUEST(0x01, 11)
#define GET_STATUS_DEVICE	REQUEST(0x80, 0)
#define GET_STATUS_INTERFACE	REQUEST(0x81, 0)
#define GET_STATUS_ENDPOINT	REQUEST(0x82, 0)
#define GET_DESCRIPTOR		REQUEST(0x80, 6)
#define GET_CONFIGURATION	REQUEST(0x80, 8)
#define GET_INTERFACE		REQUEST(0x81, 10)

static const char *serial_number;
static uint8_t configured;

/* The request in work. */
static struct usb_setup setup;
static enum { IDLE, DATA_IN, DATA_OUT, STATUS_IN, STATUS_OUT } stage;
static const uint8_t *data;
static uint16_t data_left;
static bool data_ends_full;	/* a last, empty packet is due */

void
usb_init(const char *serial)
{
	uint32_t word;

	serial_number = serial;
	REG_SET(RESETS_RESET) = RESET_USBCTRL;
	clocks_unreset(RESET_USBCTRL);
	for (word = USB_DPRAM; word < USB_DPRAM + 0x1000; word += 4)
		REG(word) = 0;
	REG(USB_MUXING) = USB_MUXING_TO_PHY | USB_MUXING_SOFTCON;
	REG(USB_PWR) = USB_PWR_VBUS_DETECT | USB_PWR_VBUS_OVERRIDE;
	REG(USB_MAIN_CTRL) = USB_CONTROLLER_EN;
	REG(USB_SIE_CTRL) = USB_EP0_INT_1BUF;
	REG(USB_INTE) = USB_INT_BUFF_STATUS | USB_INT_BUS_RESET |
	    USB_INT_SETUP_REQ;
	REG_SET(USB_SIE_CTRL) = USB_PULLUP_EN;
}

static void
send_data(void)
{
	uint16_t count = data_left > USB_PACKET ? USB_PACKET : data_left;

	usb_send(0, data, (uint8_t)count);
	data += count;
	data_left -= count;
	if (count < USB_PACKET)
		data_ends_full = false;
}

/*
 * An answer shorter than was asked for ends with a packet that is not full; if
 * the last one is full, an empty one follows.
 */
static void
begin_answer(const uint8_t *bytes, uint16_t length)
{
	if (bytes == NULL) {
		usb_stall_control();
		return;
	}
	data = bytes;
	data_left = length < setup.length ? length : setup.length;
	data_ends_full = length < setup.length;
	stage = DATA_IN;
	send_data();
}

static void
begin_status_in(void)
{
	stage = STATUS_IN;
	usb_send(0, NULL, 0);
}

static void
configure(uint8_t number)
{
	configured = number;
	if (configured)
		usb_endpoints_reset();
	usb_cdc_configured(configured != 0);
}

static bool
carry_out(void)
{
	switch (REQUEST(setup.type, setup.request)) {
	case SET_ADDRESS:		/* it counts from the next request on */
	case SET_INTERFACE:
		return true;
	case SET_CONFIGURATION:
		configure((uint8_t)setup.value);
		return true;
	case CLEAR_FEATURE_ENDPOINT:
		usb_endpoint_clear((uint8_t)setup.index);
		return true;
	default:
		return usb_cdc_out(&setup);
	}
}

static const uint8_t *
answer(uint16_t *length)
{
	static uint8_t	zero[2];

	switch (REQUEST(setup.type, setup.request)) {
	case GET_DESCRIPTOR:
		return usb_descriptor(setup.value, serial_number, length);
	case GET_STATUS_DEVICE:
	case GET_STATUS_INTERFACE:
	case GET_STATUS_ENDPOINT:
		*length = 2;
		return zero;
	case GET_CONFIGURATION:
		*length = 1;
		return &configured;
	case GET_INTERFACE:
		*length = 1;
		return zero;
	default:
		return usb_cdc_in(&setup, length);
	}
}

static void
begin_request(void)
{
	uint32_t	low = REG(USB_SETUP_PACKET);
	uint32_t	high = REG(USB_SETUP_PACKET + 4);
	const uint8_t	*bytes;
	uint16_t	length = 0;

	REG(USB_SIE_STATUS) = USB_SETUP_REC;	/* cleared by writing it */
	usb_control_begin();
	setup.type = low & 0xff;
	setup.request = low >> 8 & 0xff;
	setup.value = (uint16_t)(low >> 16);
	setup.index = (uint16_t)high;
	setup.length = (uint16_t)(high >> 16);
	stage = IDLE;
	if (setup.type & 0x80) {
		bytes = answer(&length);
		begin_answer(bytes, length);
	} else if (!carry_out()) {
		usb_stall_control();
	} else if (setup.length > 0) {
		stage = DATA_OUT;
		usb_receive(0);
	} else {
		begin_status_in();
	}
}

/* The host has taken a packet of endpoint 0. */
static void
control_sent(void)
{
	if (stage == DATA_IN && (data_left > 0 || data_ends_full)) {
		send_data();
	} else if (stage == DATA_IN) {
		stage = STATUS_OUT;
		usb_receive(0);
	} else if (stage == STATUS_IN) {
		stage = IDLE;
		if (REQUEST(setup.type, setup.request) == SET_ADDRESS)
			REG(USB_ADDR_ENDP) = setup.value & 0x7f;
	}
}

/* The host has sent a packet to endpoint 0. */
static void
control_received(void)
{
	uint8_t	bytes[USB_PACKET], count;

	if (stage == DATA_OUT) {
		count = usb_received(0, bytes);
		usb_cdc_data(bytes, count);
		begin_status_in();
	} else if (stage == STATUS_OUT) {
		stage = IDLE;
	}
}

/* The bits of BUFF_STATUS: IN of endpoint 0, OUT of 0, IN of 1, ... */
static void
handle_buffers(void)
{
	uint32_t done = REG(USB_BUFF_STATUS);
	uint8_t	 n;

	REG(USB_BUFF_STATUS) = done;		/* cleared by writing them */
	if (done & BIT(0))
		control_sent();
	if (done & BIT(1))
		control_received();
	for (n = 1; n <= USB_EP_DATA; n++) {
		if (done & BIT(2 * n))
			usb_cdc_sent(n);
		if (done & BIT(2 * n + 1))
			usb_cdc_received(n);
	}
}

static void
handle_bus_reset(void)
{
	REG(USB_SIE_STATUS) = USB_BUS_RESET;
	REG(USB_ADDR_ENDP) = 0;
	stage = IDLE;
	configure(0);
}

/* What has been done before a SETUP packet came belongs before it. */
void
usb_poll(void)
{
	uint32_t events = REG(USB_INTS);

	if (events & USB_INT_BUS_RESET)
		handle_bus_reset();
	if (events & USB_INT_BUFF_STATUS)
		handle_buffers();
	if (events & USB_INT_SETUP_REQ)
		begin_request();
	usb_cdc_poll();
}

/*
 * The controller asks for an interrupt until it is served, which the main loop
 * does.  So the handler only switches the interrupt off, and it is switched on
 * again for the next sleep.
 */
void
usb_wake_on_event(void)
{
	REG(NVIC_ISER) = BIT(IRQ_USBCTRL);
}

void
usb_handler(void)
{
	REG(NVIC_ICER) = BIT(IRQ_USBCTRL);
}
