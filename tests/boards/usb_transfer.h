/* SPDX-License-Identifier: MIT */
/*
 * A USB device that programs talk to by themselves, through libusb: what they
 * send and fetch goes to whoever plays the device, by a Unix stream socket.
 *
 * Each transfer is a struct usb_transfer from us, followed by its bytes if they
 * go to the device, and answered by an int32_t: how many bytes it took, or gave,
 * which follow; or a negative errno, -EPIPE for a stall.  An end of file means
 * that the device is gone.  Numbers are in the machine's byte order.
 */
#ifndef USB_TRANSFER_H
#define USB_TRANSFER_H

#include <stdint.h>

#include <umockdev.h>

struct usb_transfer {
	uint8_t		 setup[8];	/* of a control transfer, else 0 */
	uint32_t	 endpoint;	/* 0: control; with 0x80: to the host */
	uint32_t	 length;	/* of the data, or at most */
};

struct usb_player;

/*
 * Gives a device's node, "/dev/bus/usb/001/002", to the player at that socket.
 * NULL if it does not listen.
 */
struct usb_player *usb_player_new(UMockdevTestbed *testbed, const char *node,
    const char *socket);
/* Before the device is removed; NULL is accepted. */
void usb_player_free(struct usb_player *player);

#endif
