/* SPDX-License-Identifier: MIT */
/*
 * picoctl adopt: a port gets a section of its own in picod's configuration.
 *
 * A USB port is told by its serial number if no other has the same, else by where
 * it is plugged in; anything else by its path.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adopt.h"
#include "protocol/setting.h"
#include "rules.h"
#include "session.h"

/* The rules of a name would be those of nobody. */
static int
adopt_check_rules(const char *old)
{
	char	*file = adopt_find_section("access", old);

	if (file == NULL)
		return STATUS_OK;
	picoctl_complain("%s says who may use board %s: give [access %s] the new "
	    "name first", file, old, old);
	free(file);
	return STATUS_FAILED;
}

int
adopt_check_name(struct picoctl *ctl, const char *name, const char *old)
{
	char		*file, *own;
	json_t		*boards, *row;
	size_t		 i;
	bool		 taken = false;
	int		 status;

	if (!section_name_is_good(name)) {
		picoctl_complain("\"%s\" is no name for a board: letters, digits, "
		    "- _ and ., at most 40, and not \"all\"", name);
		return STATUS_USAGE;
	}
	own = adopt_path(name);
	file = adopt_find_section("board", name);
	if (file == NULL && access(own, F_OK) == 0)
		file = strdup(own);
	free(own);
	if (file != NULL) {
		picoctl_complain("there is a board %s already, in %s", name,
		    file);
		free(file);
		return STATUS_FAILED;
	}
	status = adopt_list(ctl, &boards);
	if (status != STATUS_OK)
		return status;
	json_array_foreach(boards, i, row)
		taken |= strcmp(output_string(row, "name"), name) == 0 &&
		    strcmp(name, old) != 0;
	json_decref(boards);
	if (!taken)
		return strcmp(name, old) == 0 ? STATUS_OK :
		    adopt_check_rules(old);
	picoctl_complain("picod has another board %s already", name);
	return STATUS_FAILED;
}

/* The row of a board or of the port, or NULL. */
static const json_t *
adopt_row(const json_t *boards, const char *port)
{
	const json_t	*row;
	const char	*at;
	size_t		 i;

	json_array_foreach(boards, i, row) {
		at = output_string(row, "port");
		if (strcmp(output_string(row, "name"), port) == 0 ||
		    strcmp(at, port) == 0 || (strncmp(at, "/dev/", 5) == 0 &&
		    strcmp(at + 5, port) == 0))
			return row;
	}
	return NULL;
}

/* Whether another has the same serial number, at another place, or that place. */
static bool
adopt_is_shared(const json_t *boards, const json_t *row, const char *what)
{
	const json_t	*usb = json_object_get(row, "usb"), *other;
	size_t		 i;
	bool		 same_place;

	json_array_foreach(boards, i, other) {
		if (other == row)
			continue;
		other = json_object_get(other, "usb");
		same_place = json_equal(json_object_get(other, "path"),
		    json_object_get(usb, "path"));
		if (json_equal(json_object_get(other, what),
		    json_object_get(usb, what)) &&
		    same_place == (strcmp(what, "path") == 0))
			return true;
	}
	return false;
}

static unsigned
adopt_id(const json_t *usb, const char *name)
{
	return (unsigned)json_integer_value(json_object_get(usb, name));
}

/* How a port is told from others; false after a complaint. */
static bool
adopt_place(const json_t *boards, const json_t *row, const char *port,
    struct section *s, char *text, size_t size)
{
	const json_t	*usb = json_object_get(row, "usb");
	struct stat	 st;

	if (json_is_object(usb)) {
		s->key = "match";
		section_match(text, size, adopt_id(usb, "vendor"),
		    adopt_id(usb, "product"),
		    adopt_is_shared(boards, row, "serial") ?
		    NULL : output_string(usb, "serial"),
		    output_string(usb, output_string(usb, "place")[0] != '\0' ?
		    "place" : "path"));
		if (adopt_is_shared(boards, row, "path"))
			snprintf(text + strlen(text), size - strlen(text),
			    " if:%02x", adopt_id(usb, "interface") & 0xff);
		return true;
	}
	s->key = "port";
	if (port[0] != '/' && setting_port(port) == NULL) {
		snprintf(text, size, "%s", port);
		return true;
	}
	snprintf(text, size, "%s%s", port[0] == '/' ? "" : "/dev/", port);
	if (text[strcspn(text, "\r\n;#")] == '\0' && stat(text, &st) == 0 &&
	    S_ISCHR(st.st_mode))
		return true;
	picoctl_complain("there is no port %s, and no board of that name; "
	    "\"picoctl list\" shows those there are", port);
	return false;
}

/*
 * A board that is no port of USB's, there or not, has its name from a section, or
 * from where picod was started.
 */
static int
adopt_check_board(const json_t *row)
{
	const char	*name = output_string(row, "name");
	char		*file;

	if (row == NULL || json_is_object(json_object_get(row, "usb")) ||
	    strcmp(output_string(row, "state"), "unclaimed") == 0)
		return STATUS_OK;
	file = adopt_find_section("board", name);
	if (file != NULL)
		picoctl_complain("board %s is configured already, in %s", name,
		    file);
	else
		picoctl_complain("board %s was named where picod was started, by "
		    "\"picod -b\" or another configuration: change it there",
		    name);
	free(file);
	return STATUS_FAILED;
}

/* A port that has a section has its name from there. */
static int
adopt_check_port(const json_t *row, const struct section *s)
{
	char	*file = strcmp(s->key, "port") == 0 ?
		    adopt_find_port(s->where) : NULL;

	if (file == NULL && row != NULL) {
		file = adopt_find_section("board", output_string(row, "name"));
		if (file == NULL)
			file = adopt_find_port(output_string(row, "port"));
	}
	if (file == NULL)
		return STATUS_OK;
	picoctl_complain("the port %s is configured already, in %s", s->where,
	    file);
	free(file);
	return STATUS_FAILED;
}

static int
adopt_put(struct picoctl *ctl, const struct section *s)
{
	char	text[2048], state[32], *file = adopt_path(s->name);
	int	len = section_print(text, sizeof text, s);
	int	status = len < 0 ? STATUS_USAGE :
		    adopt_write(file, text, (size_t)len);

	if (status == STATUS_OK)
		status = adopt_reload_for(ctl, s->name, state, sizeof state);
	if (status == STATUS_OK && (state[0] == '\0' ||
	    (strcmp(s->key, "match") == 0 && strcmp(state, "absent") == 0))) {
		unlink(file);
		adopt_reload(ctl);
		picoctl_complain("picod did not take it, and %s is removed again: "
		    "another section may fit the port, or the configuration "
		    "has mistakes, see \"sudo picod --check\"", file);
		status = STATUS_FAILED;
	} else if (status == STATUS_OK) {
		picoctl_complain("board %s is %s, by %s", s->name, state, file);
		rules_write(s);
	}
	free(file);
	return status;
}

int
adopt_do(struct picoctl *ctl, const char *port, const char *name)
{
	const char *const	*value = ctl->options.value;
	struct section		 s = { .name = name,
				    .driver = value[OPTION_DRIVER],
				    .baud = value[OPTION_BAUD],
				    .flasher = value[OPTION_FLASHER] };
	const char		*why = section_check(&s);
	const json_t		*row;
	json_t			*boards;
	char			 where[512];
	int			 status;

	if (why != NULL)
		return picoctl_usage(ctl->verb, "%s", why);
	status = adopt_may(ctl);
	if (status == STATUS_OK)
		status = adopt_list(ctl, &boards);
	if (status != STATUS_OK)
		return status;
	row = adopt_row(boards, port);
	s.where = where;
	picod_close(ctl->picod);
	ctl->picod = NULL;
	status = adopt_check_board(row);
	if (status == STATUS_OK)
		status = adopt_place(boards, row, port, &s, where,
		    sizeof where) ? adopt_check_port(row, &s) : STATUS_FAILED;
	if (status == STATUS_OK)
		status = adopt_check_name(ctl, name, row != NULL ?
		    output_string(row, "name") : "");
	json_decref(boards);
	return status == STATUS_OK ? adopt_put(ctl, &s) : status;
}

static int
verb_adopt_run(struct picoctl *ctl)
{
	return adopt_do(ctl, ctl->operands[0], ctl->operands[1]);
}

const struct verb	verb_adopt = {
	.name = "adopt",
	.operands = "PORT NAME",
	.summary = "make a port a board of picod",
	.details =
"PORT is what \"picoctl list\" shows as unclaimed, or the path of a port.  A\n"
"section for it is written into picod's configuration, picod reads that, and\n"
"what the board has become is told.  A rule of udev keeps ModemManager and\n"
"brltty off a USB adapter.  It wants root.\n"
"\n"
"  sudo picoctl adopt ttyUSB0 lamp --driver piserial\n"
"\n"
"\"picoctl forget NAME\" takes it back.\n",
	.options = OPTION_BIT(DRIVER) | OPTION_BIT(BAUD) | OPTION_BIT(FLASHER),
	.least = 2,
	.most = 2,
	.run = verb_adopt_run,
};
