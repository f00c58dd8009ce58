/* SPDX-License-Identifier: MIT */
/*
 * What the device says of itself: USB 2.0, chapter 9.6, and for the serial
 * port the class definitions CDC 1.2 and PSTN 1.2.
 *
 * 1209:0001 is the identity that pid.codes sets aside for trying things out.
 * Who ships boards must get one of his own.
 */
#include <stddef.h>

#include "usb_internal.h"

#define VENDOR		0x1209
#define PRODUCT		0x0001
#define RELEASE		0x0100		/* bcdDevice: 1.00 */

#define DESCRIPTOR_DEVICE	1
#define DESCRIPTOR_CONFIGURATION 2
#define DESCRIPTOR_STRING	3

#define WORD(n)		(n) & 0xff, (n) >> 8

static const uint8_t device[] = {
	18, DESCRIPTOR_DEVICE,
	WORD(0x0200),			/* USB 2.0 */
	2, 0, 0,			/* class: communications */
	USB_PACKET,
	WORD(VENDOR), WORD(PRODUCT), WORD(RELEASE),
	1, 2, 3,			/* strings: maker, product, serial */
	1,				/* configurations */
};

static const uint8_t configuration[] = {
	9, DESCRIPTOR_CONFIGURATION, WORD(67),
	2,				/* interfaces */
	1, 0, 0x80, 50,			/* powered by the bus, 100 mA */

	/* Interface 0: control, abstract control model, no protocol. */
	9, 4, 0, 0, 1, 2, 2, 0, 0,
	5, 0x24, 0, WORD(0x0110),	/* header: CDC 1.10 */
	5, 0x24, 1, 0, 1,		/* call management: none */
	4, 0x24, 2, 2,			/* ACM: line coding and state */
	5, 0x24, 6, 0, 1,		/* union: 0 controls 1 */
	7, 5, 0x80 | USB_EP_NOTIFY, 3, WORD(8), 255,

	/* Interface 1: data. */
	9, 4, 1, 0, 2, 10, 0, 0, 0,
	7, 5, USB_EP_DATA, 2, WORD(USB_PACKET), 0,
	7, 5, 0x80 | USB_EP_DATA, 2, WORD(USB_PACKET), 0,
};

_Static_assert(sizeof(configuration) == 67, "wTotalLength");

/* Strings go over the bus in UTF-16. */
static const uint8_t *
string_descriptor(const char *text, uint16_t *length)
{
	static uint8_t	 utf16[2 + 2 * 31];
	uint8_t		 n = 2;

	for (; *text != '\0' && n < sizeof(utf16); text++) {
		utf16[n++] = (uint8_t)*text;
		utf16[n++] = 0;
	}
	utf16[0] = n;
	utf16[1] = DESCRIPTOR_STRING;
	*length = n;
	return utf16;
}

static const uint8_t *
string(uint8_t index, const char *serial, uint16_t *length)
{
	static const uint8_t languages[] = { 4, DESCRIPTOR_STRING,
	    WORD(0x0409) };

	switch (index) {
	case 0:
		*length = sizeof(languages);
		return languages;
	case 1:
		return string_descriptor("picod", length);
	case 2:
		return string_descriptor("PinServer Pico", length);
	case 3:
		return string_descriptor(serial, length);
	default:
		return NULL;
	}
}

const uint8_t *
usb_descriptor(uint16_t value, const char *serial, uint16_t *length)
{
	switch (value >> 8) {
	case DESCRIPTOR_DEVICE:
		*length = sizeof(device);
		return device;
	case DESCRIPTOR_CONFIGURATION:
		*length = sizeof(configuration);
		return configuration;
	case DESCRIPTOR_STRING:
		return string(value & 0xff, serial, length);
	default:
		return NULL;
	}
}
