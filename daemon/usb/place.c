/* SPDX-License-Identifier: MIT */
/*
 * The kernel numbers buses in the order in which it finds their controllers, which
 * differs from boot to boot on some machines: "1-2.3" is another socket then.  A
 * controller has its own place, which is in the path of all that hangs on it:
 *
 *	/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.3
 */
#include "place.h"

#include <stdio.h>
#include <string.h>

/* The root hub in a path: "/usb1/1-2", or NULL. */
static const char *
place_hub(const char *syspath)
{
	const char	*p = syspath, *end;

	while ((p = strstr(p, "/usb")) != NULL) {
		end = p + 4 + strspn(p + 4, "0123456789");
		if (end > p + 4 && *end == '/')
			return p;
		p += 4;
	}
	return NULL;
}

/* "0000:00:14.0" */
static int
place_is_pci(const char *name, int len)
{
	return len == 12 && name[4] == ':' && name[7] == ':' && name[10] == '.';
}

void
usb_place(const char *syspath, char *place, size_t size)
{
	const char	*hub = place_hub(syspath), *name = hub, *port;
	int		 len;

	place[0] = '\0';
	if (hub == NULL)
		return;
	while (name > syspath && name[-1] != '/')
		name--;
	len = (int)(hub - name);
	port = strrchr(syspath, '/');
	port = strchr(port, '-') == NULL ? "" : strchr(port, '-') + 1;
	snprintf(place, size, "%s-%.*s-usb-0:%s",
	    place_is_pci(name, len) ? "pci" : "platform", len, name, port);
}
