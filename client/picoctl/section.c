/* SPDX-License-Identifier: MIT */
/*
 * What picod.conf(5) takes is checked before it is written, so that a slip is
 * told to whoever made it and not to the log of picod.
 */
#include "section.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"
#include "protocol/setting.h"

const char *
section_check(const struct section *s)
{
	const char	*why = NULL;

	if (s->driver != NULL)
		why = setting_driver(s->driver);
	if (why == NULL && s->baud != NULL)
		why = setting_baud(s->baud);
	if (why == NULL && s->flasher != NULL)
		why = setting_flasher(s->flasher);
	if (why == NULL && s->flasher != NULL &&
	    strcmp(s->flasher, "avrdude") == 0)
		why = "flasher avrdude wants more settings, see picod.conf(5)";
	return why;
}

bool
section_name_is_good(const char *name)
{
	const char	*p;

	if (strlen(name) > LIMIT_BOARD_NAME || !isalnum((unsigned char)name[0]) ||
	    strcmp(name, "all") == 0)
		return false;
	for (p = name; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("-_.", *p) == NULL)
			return false;
	return true;
}

void
section_match(char *text, size_t size, unsigned vendor, unsigned product,
    const char *serial, const char *path)
{
	bool	by_serial = serial != NULL && serial[0] != '\0';
	char	*p;

	snprintf(text, size, "%04x:%04x %s:", vendor, product, by_serial ?
	    "serial" : "path");
	p = text + strlen(text);
	snprintf(p, size - (size_t)(p - text), "%s", by_serial ? serial : path);
	for (; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("-_.:", *p) == NULL)
			*p = '?';
}

static int
section_line(char *text, size_t size, int len, const char *name,
    const char *value)
{
	if (value == NULL || len < 0)
		return len;
	len += snprintf(text + len, size - (size_t)len, "%s = %s\n", name,
	    value);
	return (size_t)len < size ? len : -1;
}

int
section_print(char *text, size_t size, const struct section *s)
{
	int	len = snprintf(text, size, "%s\n[board %s]\n", SECTION_MARK,
		    s->name);

	if ((size_t)len >= size)
		return -1;
	len = section_line(text, size, len, s->key, s->where);
	len = section_line(text, size, len, "driver", s->driver);
	len = section_line(text, size, len, "baud", s->baud);
	return section_line(text, size, len, "flasher", s->flasher);
}

/*
 * Where it is plugged in, as udev tells: by the controller it has to be asked for,
 * by the kernel it is the name.  It ends what the device has to have.
 */
static int
section_rule_place(char *text, size_t size, const char *ids,
    const char *place)
{
	if (isdigit((unsigned char)place[0]))
		return snprintf(text, size, "%s, KERNEL==\"%s\"", ids, place);
	return snprintf(text, size, "%s, IMPORT{builtin}=\"path_id\"\n"
	    "%s, \\\n    ENV{ID_PATH}==\"%s\"", ids, ids, place);
}

int
section_rule(char *text, size_t size, const struct section *s)
{
	char		 ids[160], device[600];
	const char	*where = s->where;
	int		 len;

	if (strcmp(s->key, "match") != 0 || strstr(where, " if:") != NULL)
		return 0;
	snprintf(ids, sizeof ids, "ACTION!=\"remove\", SUBSYSTEM==\"usb\", "
	    "ENV{DEVTYPE}==\"usb_device\", \\\n    ATTR{idVendor}==\"%.4s\", "
	    "ATTR{idProduct}==\"%.4s\"", where, where + 5);
	where += strlen("1a86:7523 ");
	if (strncmp(where, "serial:", 7) == 0)
		len = snprintf(device, sizeof device, "%s, ATTR{serial}==\"%s\"",
		    ids, where + 7);
	else
		len = section_rule_place(device, sizeof device, ids,
		    where + strlen("path:"));
	if ((size_t)len >= sizeof device)
		return -1;
	len = snprintf(text, size, "%s\n"
	    "# ModemManager and brltty leave board %s alone.\n"
	    "%s, \\\n    ENV{ID_MM_DEVICE_IGNORE}=\"1\", ENV{PICOD_ADOPTED}=\"1\"\n"
	    "ENV{PICOD_ADOPTED}==\"1\", ENV{BRLTTY_BRAILLE_DRIVER}==\"?*\", \\\n"
	    "    ENV{BRLTTY_BRAILLE_DRIVER}=\"\", ENV{SYSTEMD_WANTS}=\"\"\n",
	    SECTION_MARK, s->name, device);
	return (size_t)len < size ? len : -1;
}

/* The begin of the line [HEADER], or NULL. */
static const char *
section_find(const char *text, const char *header)
{
	const char	*line;
	size_t		 len = strlen(header);

	for (line = text; *line != '\0'; line += *line == '\n') {
		line += strspn(line, " \t");
		if (line[0] == '[' && strncmp(line + 1, header, len) == 0 &&
		    line[len + 1] == ']')
			return line;
		line += strcspn(line, "\n");
	}
	return NULL;
}

bool
section_has(const char *text, const char *header)
{
	return section_find(text, header) != NULL;
}

/* Past "port = ", or NULL if the line is something else. */
static const char *
section_port(const char *line)
{
	if (strncmp(line, "port", 4) != 0)
		return NULL;
	line += 4 + strspn(line + 4, " \t");
	return *line == '=' || *line == ':' ? line + 1 +
	    strspn(line + 1, " \t") : NULL;
}

bool
section_has_port(const char *text, const char *port)
{
	const char	*line, *value;
	size_t		 len = strlen(port);

	for (line = text; *line != '\0'; line += *line == '\n') {
		line += strspn(line, " \t");
		value = section_port(line);
		if (value != NULL && strncmp(value, port, len) == 0 &&
		    strchr(" \t\r\n", value[len]) != NULL)
			return true;
		line += strcspn(line, "\n");
	}
	return false;
}

int
section_rename(char *text, size_t size, const char *old_text, const char *old,
    const char *name)
{
	char		 header[LIMIT_BOARD_NAME + sizeof "board "];
	const char	*at, *rest;
	int		 len;

	snprintf(header, sizeof header, "board %s", old);
	at = section_find(old_text, header);
	if (at == NULL)
		return -1;
	rest = at + strlen(header) + 2;
	len = snprintf(text, size, "%.*s[board %s]%s", (int)(at - old_text),
	    old_text, name, rest);
	return (size_t)len < size ? len : -1;
}
