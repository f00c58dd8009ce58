/* SPDX-License-Identifier: MIT */
/*
 * What is installed at this machine, and what to say of it in a report.
 */
#include "doctor.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "program.h"

/* Programs that take ports unasked, and how to have them not do so. */
static const struct {
	const char	*program;
	const char	*cure;
	bool		 kept_off;	/* by udev's rules */
} meddlers[] = {
	{ "ModemManager", "it probes ports for modems; without modems: sudo "
	    "systemctl disable --now ModemManager", true },
	{ "brltty", "it takes CH340 and CP210x chips for Braille displays; "
	    "without one: sudo apt remove brltty", true },
	{ "gpsd", "it takes ports for GPS receivers; set USBAUTO=\"false\" in "
	    "/etc/default/gpsd, if it takes boards", false },
};

static const char *const	rules[] = {
	"/etc/udev/rules.d/60-picod.rules",
	"/usr/local/lib/udev/rules.d/60-picod.rules",
	"/usr/lib/udev/rules.d/60-picod.rules",
	"/lib/udev/rules.d/60-picod.rules",
};

/* A member of os-release(5), to be freed, or NULL. */
static char *
machine_release(const char *member)
{
	FILE	*file = fopen("/etc/os-release", "re");
	char	 line[256], *value, *found = NULL;
	size_t	 len = strlen(member);

	while (file != NULL && found == NULL &&
	    fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, member, len) != 0 || line[len] != '=')
			continue;
		value = line + len + 1;
		value += value[0] == '"';
		value[strcspn(value, "\"\n")] = '\0';
		found = strdup(value);
	}
	if (file != NULL)
		fclose(file);
	return found;
}

static bool
machine_has_rules(void)
{
	size_t	i;

	for (i = 0; i < sizeof rules / sizeof *rules; i++)
		if (access(rules[i], R_OK) == 0)
			return true;
	return false;
}

static void
machine_check_meddlers(struct doctor *d, bool has_rules)
{
	size_t	i;

	for (i = 0; i < sizeof meddlers / sizeof *meddlers; i++)
		if (!(meddlers[i].kept_off && has_rules) &&
		    doctor_runs(meddlers[i].program))
			doctor_say(d, VERDICT_NOTE, meddlers[i].program, "%s",
			    meddlers[i].cure);
}

static bool
machine_is_member(const struct group *group, const char *user)
{
	char	**member;

	for (member = group->gr_mem; *member != NULL; member++)
		if (strcmp(*member, user) == 0)
			return true;
	return false;
}

/* Who was added to a group has it from the next login on. */
static void
machine_check_group(struct doctor *d)
{
	const struct passwd	*user = getpwuid(getuid());
	const struct group	*group = getgrnam("picod");

	if (geteuid() == 0 || group == NULL || user == NULL ||
	    !machine_is_member(group, user->pw_name) ||
	    group_member(group->gr_gid))
		return;
	doctor_say(d, VERDICT_NOTE, "group", "you are in the group picod, but "
	    "not yet in this session: log in again");
}

/* Whether a board is there of that vendor or driver. */
static bool
machine_has_board(const struct doctor *d, json_int_t vendor,
    const char *driver)
{
	const json_t	*board;
	size_t		 i;

	json_array_foreach(d->boards, i, board)
		if (strcmp(output_string(board, "driver"), driver) == 0 ||
		    json_integer_value(json_object_get(json_object_get(board,
		    "usb"), "vendor")) == vendor)
			return true;
	return false;
}

static void
machine_check_tools(struct doctor *d)
{
	char	*id = machine_release("ID");
	char	*number = machine_release("VERSION_ID");

	if (machine_has_board(d, 0x2341, "piserial") &&
	    !program_is_there("avrdude"))
		doctor_say(d, VERDICT_NOTE, "avrdude", "it is missing, and "
		    "writes firmware to Arduinos: sudo apt install avrdude");
	if (!machine_has_board(d, 0x2e8a, "") ||
	    program_is_there("picotool"))
		;
	else if (id != NULL && strcmp(id, "debian") == 0 && number != NULL &&
	    atoi(number) == 12)
		doctor_say(d, VERDICT_NOTE, "picotool", "Debian 12 has none; "
		    "picoctl flash copies firmware to the drive of a Pico in "
		    "BOOTSEL instead");
	else
		doctor_say(d, VERDICT_NOTE, "picotool", "it is missing, and "
		    "writes firmware to Picos: sudo apt install picotool");
	free(id);
	free(number);
}

void
doctor_machine(struct doctor *d)
{
	bool	has_rules = machine_has_rules();

	if (!has_rules)
		doctor_say(d, VERDICT_NOTE, "udev", "picod's rules are not "
		    "installed: other programs may take boards, and plugging "
		    "one in does not start picod");
	machine_check_group(d);
	machine_check_meddlers(d, has_rules);
	machine_check_tools(d);
}

static void
machine_print_board(FILE *out, const json_t *board)
{
	static const char *const	members[] = {
		"name", "state", "driver", "port", "about"
	};
	const json_t	*usb = json_object_get(board, "usb");
	const char	*value;
	size_t		 i;

	fputs("   ", out);
	for (i = 0; i < sizeof members / sizeof *members; i++) {
		value = output_string(board, members[i]);
		if (value[0] == '\0')
			continue;
		fputc(' ', out);
		output_escape(out, OUTPUT_LINE, value, strlen(value));
		if (i == 0 && json_is_object(usb))
			fprintf(out, " %04llx:%04llx", (unsigned long long)
			    json_integer_value(json_object_get(usb, "vendor")),
			    (unsigned long long)json_integer_value(
			    json_object_get(usb, "product")));
	}
	fputc('\n', out);
}

static void
machine_print_report(struct doctor *d, const char *release,
    const struct utsname *kernel)
{
	FILE		*out = d->ctl->output.out;
	const json_t	*board;
	size_t		 i;

	fprintf(out, "\nA report of a bug should have these lines, and what "
	    "\"picoctl trace\" shows of it:\n\n"
	    "    picoctl " PICOD_VERSION ", %s%s\n    %s, Linux %s %s\n",
	    d->version[0] != '\0' ? "picod " : "no picod", d->version, release,
	    kernel->release, kernel->machine);
	json_array_foreach(d->boards, i, board)
		machine_print_board(out, board);
}

void
doctor_report(struct doctor *d)
{
	char		*release = machine_release("PRETTY_NAME");
	const char	*system = release != NULL ? release : "?";
	struct utsname	 kernel;
	json_t		*json;

	uname(&kernel);
	if (options_given(&d->ctl->options, OPTION_JSON)) {
		json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "finding",
		    "report", "picoctl", PICOD_VERSION, "picod", d->version,
		    "system", system, "kernel", kernel.release);
		d->ctl->output.ops->done(&d->ctl->output, json);
		json_decref(json);
	} else {
		machine_print_report(d, system, &kernel);
	}
	free(release);
}
