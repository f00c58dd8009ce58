/* SPDX-License-Identifier: MIT */
/*
 * What is in /sys, and in udev's records, about a serial board on USB: the
 * device, its one interface that matters, the tty, and for a usb-serial driver
 * the port between these two.  A device without tty has none of these.  Only what programs look at is there.
 */
#include <stdlib.h>
#include <string.h>

#include "usb_device.h"

#define CONTROLLER "/devices/pci0000:00/0000:00:14.0"

/* Majors of the kernel's drivers. */
#define MAJOR_USB 189
#define MAJOR_ACM 166
#define MAJOR_USB_SERIAL 188

static const struct {
	const char	*name;
	size_t		 offset;
	gboolean	 needed;
} words[] = {
	{ "port", offsetof(struct usb_device, port), TRUE },
	{ "tty", offsetof(struct usb_device, tty), FALSE },
	{ "pts", offsetof(struct usb_device, pts), FALSE },
	{ "vid", offsetof(struct usb_device, vid), TRUE },
	{ "pid", offsetof(struct usb_device, pid), TRUE },
	{ "driver", offsetof(struct usb_device, driver), FALSE },
	{ "above", offsetof(struct usb_device, above), FALSE },
	{ "serial", offsetof(struct usb_device, serial), FALSE },
	{ "manufacturer", offsetof(struct usb_device, manufacturer), FALSE },
	{ "product", offsetof(struct usb_device, product), FALSE },
	{ "descriptors", offsetof(struct usb_device, descriptors), FALSE },
	{ "transfers", offsetof(struct usb_device, transfers), FALSE },
	{ "interface", offsetof(struct usb_device, interface), FALSE },
	{ "nr", offsetof(struct usb_device, number_of_interface), FALSE },
	{ "udev", offsetof(struct usb_device, udev), FALSE },
};

static char **
device_word(struct usb_device *device, size_t i)
{
	return (char **)(void *)((char *)device + words[i].offset);
}

void
usb_device_free(void *pointer)
{
	struct usb_device *device = pointer;

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		g_free(*device_word(device, i));
	g_free(device->usb_path);
	g_free(device->interface_path);
	g_free(device->serial_path);
	g_free(device->tty_path);
	g_free(device);
}

static gboolean
device_take_word(struct usb_device *device, const char *word)
{
	const char *value = strchr(word, '=');

	for (size_t i = 0; value != NULL && i < G_N_ELEMENTS(words); i++) {
		if (strlen(words[i].name) != (size_t)(value - word) ||
		    !g_str_has_prefix(word, words[i].name))
			continue;
		g_free(*device_word(device, i));
		*device_word(device, i) = g_strdup(value + 1);
		return TRUE;
	}
	return FALSE;
}

/*
 * Where it is in /sys: a usb-serial driver has a folder of its own.  The port of
 * a second tty is the name of its interface.
 */
static void
device_place(struct usb_device *device)
{
	const char *above;

	above = device->above ? device->above : device->port;
	device->usb_path = g_strdup_printf("%s/usb%d/%s", CONTROLLER,
	    atoi(above), above);
	if (device->tty == NULL)
		return;
	device->interface_path = g_strdup_printf("%s/%s%s%s",
	    device->usb_path, device->port, device->above ? "" : ":1.",
	    device->above ? "" : device->number_of_interface ?
	    device->number_of_interface : "0");
	if (g_str_has_prefix(device->tty, "ttyUSB"))
		device->serial_path = g_strdup_printf("%s/%s",
		    device->interface_path, device->tty);
	above = device->serial_path ? device->serial_path :
	    device->interface_path;
	device->tty_path = g_strdup_printf("%s/tty/%s", above, device->tty);
	device->tty_number = atoi(device->tty + strlen("ttyXXX"));
}

struct usb_device *
usb_device_new(char *const *given)
{
	struct usb_device *device = g_new0(struct usb_device, 1);

	for (; *given != NULL; given++) {
		if (!device_take_word(device, *given))
			goto fail;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (words[i].needed && *device_word(device, i) == NULL)
			goto fail;
	}
	if (device->tty != NULL && (strlen(device->tty) < strlen("ttyACM0") ||
	    device->pts == NULL || device->driver == NULL))
		goto fail;
	device_place(device);
	return device;
fail:
	usb_device_free(device);
	return NULL;
}

/* What udev adds to the device and to its tty. */
static void
describe_identity(const struct usb_device *device, GString *text)
{
	char **given = device->udev == NULL ? NULL :
	    g_strsplit(device->udev, " ", -1);

	g_string_append_printf(text, "E: ID_BUS=usb\nE: ID_VENDOR_ID=%s\n"
	    "E: ID_MODEL_ID=%s\nE: USEC_INITIALIZED=1\n", device->vid,
	    device->pid);
	if (device->serial != NULL)
		g_string_append_printf(text, "E: ID_SERIAL_SHORT=%s\n",
		    device->serial);
	for (char **each = given; each != NULL && *each != NULL; each++)
		g_string_append_printf(text, "E: %s\n", *each);
	g_strfreev(given);
}

static void
describe_attribute(GString *text, const char *name, const char *value)
{
	if (value != NULL)
		g_string_append_printf(text, "A: %s=%s\\n\n", name, value);
}

char *
usb_device_node(const struct usb_device *device)
{
	return g_strdup_printf("/dev/bus/usb/001/%03d", device->number);
}

static void
describe_usb(const struct usb_device *device, GString *text)
{
	char *node = usb_device_node(device);

	g_string_append_printf(text, "P: %s\nN: %s%s%s\nE: DEVNAME=%s\n"
	    "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\n"
	    "E: BUSNUM=001\nE: DEVNUM=%03d\nE: MAJOR=%d\nE: MINOR=%d\n"
	    "E: PRODUCT=%lx/%lx/1\n",
	    device->usb_path, node + strlen("/dev/"),
	    device->descriptors ? "=" : "",
	    device->descriptors ? device->descriptors : "", node,
	    device->number, MAJOR_USB, device->number - 1, strtol(device->vid, NULL, 16),
	    strtol(device->pid, NULL, 16));
	g_free(node);
	describe_identity(device, text);
	g_string_append_printf(text, "A: dev=%d:%d\\n\nA: busnum=1\\n\n"
	    "A: devnum=%d\\n\nA: bDeviceClass=02\\n\nA: speed=12\\n\n"
	    "A: bNumInterfaces= 1\\n\n", MAJOR_USB, device->number - 1,
	    device->number);
	describe_attribute(text, "idVendor", device->vid);
	describe_attribute(text, "idProduct", device->pid);
	describe_attribute(text, "serial", device->serial);
	describe_attribute(text, "manufacturer", device->manufacturer);
	describe_attribute(text, "product", device->product);
	if (device->descriptors != NULL)
		g_string_append_printf(text, "A: bConfigurationValue=1\\n\n"
		    "H: descriptors=%s\n", device->descriptors);
	g_string_append_c(text, '\n');
}

static void
describe_interface(const struct usb_device *device, GString *text)
{
	g_string_append_printf(text, "P: %s\nE: SUBSYSTEM=usb\n"
	    "E: DEVTYPE=usb_interface\nE: DRIVER=%s\nE: USEC_INITIALIZED=1\n"
	    "A: bInterfaceNumber=0%s\\n\nA: bInterfaceClass=02\\n\n"
	    "A: interface=%s\\n\n\n", device->interface_path, device->driver,
	    strrchr(device->interface_path, '.') + 1,
	    device->interface ? device->interface : "");
	if (device->serial_path != NULL)
		g_string_append_printf(text, "P: %s\nE: SUBSYSTEM=usb-serial\n"
		    "E: DRIVER=%s\nA: port_number=0\\n\n\n",
		    device->serial_path, device->driver);
}

static void
describe_tty(const struct usb_device *device, GString *text)
{
	int major = device->serial_path ? MAJOR_USB_SERIAL : MAJOR_ACM;

	/* No "N:" line: the node is our own link to the pty. */
	g_string_append_printf(text, "P: %s\nE: SUBSYSTEM=tty\n"
	    "E: DEVNAME=/dev/%s\nE: MAJOR=%d\nE: MINOR=%d\n"
	    "E: ID_USB_DRIVER=%s\nE: ID_USB_INTERFACE_NUM=00\n",
	    device->tty_path, device->tty, major, device->tty_number,
	    device->driver);
	describe_identity(device, text);
	g_string_append_printf(text, "A: dev=%d:%d\\n\n"
	    "L: device=../../../%s\n\n", major, device->tty_number,
	    strrchr(device->serial_path ? device->serial_path :
	    device->interface_path, '/') + 1);
}

void
usb_device_describe(const struct usb_device *device, GString *text)
{
	if (device->above == NULL)
		describe_usb(device, text);
	if (device->tty == NULL)
		return;
	describe_interface(device, text);
	describe_tty(device, text);
}

char *
usb_device_record_name(const struct usb_device *device, gboolean tty)
{
	if (!tty)
		return g_strdup_printf("c%d:%d", MAJOR_USB,
		    device->number - 1);
	return g_strdup_printf("c%d:%d", device->serial_path ?
	    MAJOR_USB_SERIAL : MAJOR_ACM, device->tty_number);
}

char *
usb_device_record(const struct usb_device *device)
{
	GString *text = g_string_new("I:1\n");

	describe_identity(device, text);
	for (char *e; (e = strstr(text->str, "E: ")) != NULL; )
		g_string_erase(text, e + 2 - text->str, 1);
	return g_string_free(text, FALSE);
}
