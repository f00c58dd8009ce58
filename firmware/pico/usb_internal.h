/* SPDX-License-Identifier: MIT */
/*
 * Between usb.c, which answers what every USB device is asked, and usb_cdc.c,
 * which is a serial port.
 */
#ifndef USB_INTERNAL_H
#define USB_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#define USB_PACKET	64	/* the most that full speed allows */

struct usb_setup {
	uint8_t	 type;
	uint8_t	 request;
	uint16_t value;
	uint16_t index;
	uint16_t length;
};

/* usb_endpoint.c: one packet at a time */
void	usb_send(uint8_t endpoint, const uint8_t *bytes, uint8_t count);
void	usb_receive(uint8_t endpoint);
uint8_t	usb_received(uint8_t endpoint, uint8_t *bytes);
void	usb_stall_control(void);
void	usb_control_begin(void);
void	usb_endpoints_reset(void);
void	usb_endpoint_clear(uint8_t address);

/* usb_descriptors.c: the descriptor asked for, or NULL */
const uint8_t *usb_descriptor(uint16_t value, const char *serial,
	    uint16_t *length);

/* usb_cdc.c: NULL for what it does not know */
bool	usb_cdc_out(const struct usb_setup *);
const uint8_t *usb_cdc_in(const struct usb_setup *, uint16_t *length);
void	usb_cdc_data(const uint8_t *bytes, uint8_t count);
void	usb_cdc_configured(bool on);
void	usb_cdc_sent(uint8_t endpoint);
void	usb_cdc_received(uint8_t endpoint);
void	usb_cdc_poll(void);

#define USB_EP_NOTIFY	1
#define USB_EP_DATA	2

#endif
