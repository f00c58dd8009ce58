/* SPDX-License-Identifier: MIT */
/*
 * A USB bus into which boards are plugged, and from which they are
 * pulled, without hardware.
 *
 * umockdev fakes /sys, /dev and uevents for every process that preloads it and
 * has our folder in UMOCKDEV_DIR.  The tty is not umockdev's: its own ptys are
 * no terminals and cannot be plugged in twice.  It is a pty of whoever plays
 * the board, behind a symbolic link in the faked /dev.
 *
 * Orders come by stdin, a line each, answered by "ok" or "error ...".  The
 * first line on stdout is the folder, which is removed when stdin ends.  A
 * device is described by words NAME=VALUE, separated by tabs:
 *
 *   plug	port=1-2	tty=ttyACM0	pts=/dev/pts/7	vid=2341	pid=0043	...
 *   change	port=1-2
 *   unplug	port=1-2
 *
 * A device that programs talk to through libusb, as one with a boot loader for
 * picotool, has descriptors and a socket for its transfers, and no tty.
 *
 * "change" is what udev says when somebody triggers it.  A second tty of the
 * same device is plugged in after the first and pulled before it, as a device
 * of its own with the words above=1-2, port=1-2:1.2.  The first one's interface is
 * 0, or nr=2.  interface= is what the device calls it; udev= has properties that
 * rules of udev would set: "PICOD_BOARD=1 PICOD_BAUD=9600".
 *
 * Pull the cable at the board's end first: the kernel hangs up the tty before
 * anybody is told, and so its master must be closed by then.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <umockdev.h>

#include "usb_device.h"
#include "usb_transfer.h"

#define RECORDS "run/udev/data"
#define PRELOAD "libumockdev-preload.so.0"

struct bus {
	UMockdevTestbed	*testbed;
	const char	*root;		/* the folder that stands for / */
	GHashTable	*devices;	/* by port */
	int		 last_number;
};

static void
bus_unlink(const struct bus *bus, const char *directory, const char *name)
{
	char *path = g_build_filename(bus->root, directory, name, NULL);

	unlink(path);
	g_free(path);
}

static gboolean
bus_link_node(const struct bus *bus, const struct usb_device *device)
{
	char *directory = g_build_filename(bus->root, "dev", NULL);
	char *path = g_build_filename(directory, device->tty, NULL);
	gboolean made;

	made = g_mkdir_with_parents(directory, 0755) == 0 &&
	    symlink(device->pts, path) == 0;
	g_free(path);
	g_free(directory);
	return made;
}

/* Without such a file, udev has not seen the device yet: see udevshim.c. */
static void
bus_record(const struct bus *bus, const struct usb_device *device,
    gboolean tty)
{
	char *directory = g_build_filename(bus->root, RECORDS, NULL);
	char *name = usb_device_record_name(device, tty);
	char *path = g_build_filename(directory, name, NULL);
	char *text = usb_device_record(device);

	if (g_mkdir_with_parents(directory, 0755) < 0 ||
	    !g_file_set_contents(path, text, -1, NULL))
		fprintf(stderr, "usbbus: cannot write %s\n", path);
	g_free(text);
	g_free(path);
	g_free(name);
	g_free(directory);
}

/* umockdev leaves the link by number, and then cannot make it anew. */
static void
bus_forget(const struct bus *bus, const struct usb_device *device,
    gboolean tty)
{
	char *name = usb_device_record_name(device, tty);

	bus_unlink(bus, RECORDS, name);
	bus_unlink(bus, "sys/dev/char", name + strlen("c"));
	g_free(name);
}

/* Programs find it listening when they are told of the device. */
static gboolean
bus_play(struct bus *bus, struct usb_device *device)
{
	char *node;

	if (device->transfers == NULL)
		return TRUE;
	node = usb_device_node(device);
	device->player = usb_player_new(bus->testbed, node, device->transfers);
	g_free(node);
	return device->player != NULL;
}

/* NULL, or why not. */
static const char *
bus_plug(struct bus *bus, char *const *given)
{
	struct usb_device *device = usb_device_new(given);
	GString *text;
	gboolean added;

	if (device == NULL)
		return "not a description of a device";
	if (g_hash_table_contains(bus->devices, device->port) ||
	    (device->tty != NULL && !bus_link_node(bus, device))) {
		usb_device_free(device);
		return "there is one already";
	}
	device->number = ++bus->last_number;
	if (device->above == NULL)
		bus_record(bus, device, FALSE);
	if (device->tty != NULL)
		bus_record(bus, device, TRUE);

	text = g_string_new(NULL);
	usb_device_describe(device, text);
	added = bus_play(bus, device) && umockdev_testbed_add_from_string(
	    bus->testbed, text->str, NULL);
	g_string_free(text, TRUE);
	g_hash_table_insert(bus->devices, device->port, device);
	return added ? NULL : "umockdev does not take it";
}

static void
bus_remove(struct bus *bus, const char *path)
{
	char *syspath;

	if (path == NULL)
		return;
	syspath = g_strconcat("/sys", path, NULL);
#ifndef UMOCKDEV_TELLS_REMOVAL
	umockdev_testbed_uevent(bus->testbed, syspath, "remove");
#endif
	umockdev_testbed_remove_device(bus->testbed, syspath);
	g_free(syspath);
}

/* The device that an order names, or NULL. */
static const struct usb_device *
bus_find(struct bus *bus, char *const *given)
{
	if (given[0] == NULL || !g_str_has_prefix(given[0], "port="))
		return NULL;
	return g_hash_table_lookup(bus->devices, given[0] + strlen("port="));
}

static const char *
bus_change(struct bus *bus, char *const *given)
{
	const struct usb_device *device = bus_find(bus, given);
	char *syspath;

	if (device == NULL)
		return "there is none";
	syspath = g_strconcat("/sys", device->tty_path, NULL);
	umockdev_testbed_uevent(bus->testbed, syspath, "change");
	g_free(syspath);
	return NULL;
}

/*
 * The kernel takes away the node and the name before it tells; umockdev can
 * tell only while the folder in /sys still stands.
 */
static const char *
bus_unplug(struct bus *bus, char *const *given)
{
	const struct usb_device *device = bus_find(bus, given);

	if (device == NULL)
		return "there is none";
	if (device->tty != NULL) {
		bus_unlink(bus, "dev", device->tty);
		bus_unlink(bus, "sys/class/tty", device->tty);
	}
	bus_remove(bus, device->tty_path);
	bus_remove(bus, device->serial_path);
	bus_remove(bus, device->interface_path);
	if (device->tty != NULL)
		bus_forget(bus, device, TRUE);
	usb_player_free(device->player);
	if (device->above == NULL) {
		bus_remove(bus, device->usb_path);
		bus_forget(bus, device, FALSE);
	}
	g_hash_table_remove(bus->devices, device->port);
	return NULL;
}

static void
obey(struct bus *bus, const char *line)
{
	char **given = g_strsplit(line, "\t", -1);
	const char *problem = "no such order";

	if (g_strcmp0(given[0], "plug") == 0)
		problem = bus_plug(bus, given + 1);
	else if (g_strcmp0(given[0], "change") == 0)
		problem = bus_change(bus, given + 1);
	else if (g_strcmp0(given[0], "unplug") == 0)
		problem = bus_unplug(bus, given + 1);
	if (problem == NULL)
		puts("ok");
	else
		printf("error %s: %s\n", line, problem);
	fflush(stdout);
	g_strfreev(given);
}

/* It complains of programs that are killed while they wait for a device. */
static void
log_umockdev_cb(const char *domain, GLogLevelFlags level, const char *message,
    gpointer arg)
{
	if (strstr(message, "Destroying IoctlClient") == NULL)
		g_log_default_handler(domain, level, message, arg);
}

/* We must see what we fake, and so preload umockdev too. */
static void
preload(char **argv)
{
	const char *others = getenv("LD_PRELOAD");
	char *all;

	if (others != NULL && strstr(others, PRELOAD) != NULL)
		return;
	all = g_strconcat(PRELOAD, others ? ":" : NULL, others, NULL);
	setenv("LD_PRELOAD", all, 1);
	g_free(all);
	execv("/proc/self/exe", argv);
}

int
main(int argc, char **argv)
{
	struct bus bus = { .last_number = 1 };
	char line[2048];

	(void)argc;
	preload(argv);
	signal(SIGPIPE, SIG_IGN);	/* umockdev's answer to who has gone */
	g_log_set_handler(NULL, G_LOG_LEVEL_CRITICAL, log_umockdev_cb, NULL);
	bus.testbed = umockdev_testbed_new();
	if (!umockdev_in_mock_environment()) {
		fprintf(stderr, "usbbus: %s does not load\n", PRELOAD);
		return 1;
	}
	bus.root = getenv("UMOCKDEV_DIR");
	bus.devices = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
	    usb_device_free);
	printf("%s\n", bus.root);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		obey(&bus, line);
	}
	g_hash_table_destroy(bus.devices);
	g_object_unref(bus.testbed);
	return 0;
}
