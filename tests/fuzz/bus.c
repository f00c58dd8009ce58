/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/bus.h"

#include <assert.h>
#include <string.h>

#include "daemon/boards/boards.h"
#include "daemon/usb/known.h"

#define DEVICES		5

struct hotplug {
	const struct hotplug_handler	*handler;
	void				*arg;
};

static struct hotplug	hotplug;
static struct device	devices[DEVICES];

/* ---------------------------------------------------------- hotplug.h, faked */

void
bus_tell(const struct device *d)
{
	if (d->there)
		hotplug.handler->appeared(hotplug.arg, &d->tty);
}

int
hotplug_enumerate(const struct hotplug *h)
{
	int	i;

	(void)h;
	for (i = 0; i < DEVICES; i++)
		bus_tell(&devices[i]);
	return 0;
}

bool
hotplug_is_there(const struct hotplug *h, const struct hotplug_tty *tty)
{
	int	i;

	(void)h;
	for (i = 0; i < DEVICES; i++)
		if (devices[i].there && strcmp(devices[i].id, tty->id) == 0)
			return devices[i].tty.vendor == tty->vendor &&
			    devices[i].tty.product == tty->product &&
			    strcmp(devices[i].serial, tty->serial) == 0;
	return false;
}

struct hotplug *
hotplug_create(struct event_base *event_base,
    const struct hotplug_handler *handler, void *arg)
{
	(void)event_base;
	hotplug = (struct hotplug){ handler, arg };
	hotplug_enumerate(&hotplug);
	return &hotplug;
}

void
hotplug_destroy(struct hotplug *h)
{
	(void)h;
}

/* ------------------------------------------------------------ what happens */

/* A text as the script has it: one that others have too, or any bytes. */
static void
pick_text(char *text, size_t size, struct script *script)
{
	static const char *const texts[] = { "", "E660", "A", "A", "1-1", "1-2",
	    "RP2 Boot", "\xff\x01\n" };
	uint8_t	n = script_byte(script);
	size_t	i;

	if (n < 224) {
		snprintf(text, size, "%s", texts[n % 8]);
		return;
	}
	for (i = 0; i < (size_t)(n - 224) && i < size - 1; i++)
		text[i] = (char)script_byte(script);
	text[i] = '\0';
}

static void
pick_identity(struct device *d, struct script *script)
{
	const struct known	*k = known_get(script_byte(script) % 64);
	uint8_t			 low = script_byte(script);

	if (k == NULL)
		k = known_get(low % 3);
	d->tty.vendor = k->vendor;
	d->tty.product = k->product != 0 ? k->product : low;
	if (low == 255)
		d->tty.vendor = 0x1234;
}

void
bus_plug(struct device *d, struct script *script, bool told)
{
	static const char *const nodes[] = { "", "/dev/shm/picod-fuzz-none",
	    "/dev/ttyACM0" };
	uint8_t			 n = script_byte(script);

	if (d->there)
		return;
	pick_identity(d, script);
	pick_text(d->serial, sizeof d->serial, script);
	pick_text(d->path, sizeof d->path, script);
	pick_text(d->label, sizeof d->label, script);
	d->tty.node = n < 128 ? d->port.address : nodes[n % 3];
	d->tty.interface = n % 8;
	d->tty.place = n % 5 == 0 ? "" : d->path;
	d->tty.maker = n % 7 == 0 ? "MicroPython" : "";
	d->tty.role = n % 7 == 1 ? "CircuitPython CDC control" :
	    n % 7 == 2 ? "CircuitPython CDC2 control" : "";
	d->tty.model = d->label;
	d->tty.udev[HOTPLUG_BOARD] = n % 11 == 0 ? "1" : n % 11 == 1 ? "0" : "";
	d->tty.id = d->id;
	d->tty.serial = d->serial;
	d->tty.path = d->path;
	d->tty.label = d->label;
	d->there = true;
	if (n < 128)
		far_port_plug(&d->port);
	if (told)
		bus_tell(d);
}

void
bus_pull(struct device *d, bool late)
{
	if (!d->there)
		return;
	d->there = false;
	if (!late)
		far_port_unplug(&d->port);
	hotplug.handler->vanished(hotplug.arg, d->id);
	far_port_unplug(&d->port);
}

void
bus_pull_all(void)
{
	int	i;

	for (i = 0; i < DEVICES; i++)
		bus_pull(&devices[i], false);
}

void
bus_pull_stranger(void)
{
	hotplug.handler->vanished(hotplug.arg, "nobody");
}

void
bus_miss(struct script *script)
{
	unsigned	which = script_byte(script);
	int		i;

	for (i = 0; i < DEVICES; i++) {
		if ((which & 1U << i) == 0)
			continue;
		devices[i].there = false;
		far_port_unplug(&devices[i].port);
		if ((which & 128) == 0)
			bus_plug(&devices[i], script, false);
	}
	hotplug.handler->missed(hotplug.arg);
}

void
bus_answer(void)
{
	int	i;

	for (i = 0; i < DEVICES; i++)
		far_port_answer(&devices[i].port);
}

void
bus_clear(void)
{
	int	i;

	for (i = 0; i < DEVICES; i++) {
		devices[i].there = false;
		far_port_unplug(&devices[i].port);
	}
}

struct device *
bus_pick(struct script *script)
{
	return &devices[script_byte(script) % DEVICES];
}

void
bus_init(void)
{
	char	name[16];
	int	i;

	for (i = 0; i < DEVICES; i++) {
		snprintf(name, sizeof name, "usb%d", i);
		snprintf(devices[i].id, sizeof devices[i].id, "dev%d", i);
		far_port_init(&devices[i].port, name, i != 1);
	}
}

/* --------------------------------------------------------------- the check */

void
bus_check_ports(struct boards *boards)
{
	const struct board_usb	*usb;
	struct board		*b;
	size_t			 i, n;

	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		for (n = 0; n < DEVICES; n++) {
			usb = board_usb(b);
			if (!board_is_open(b) || strcmp(board_port(b),
			    devices[n].port.address) != 0)
				continue;
			assert(usb->vendor == devices[n].tty.vendor &&
			    usb->product == devices[n].tty.product &&
			    strcmp(usb->serial, devices[n].serial) == 0);
		}
}
