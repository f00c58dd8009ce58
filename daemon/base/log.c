/* SPDX-License-Identifier: MIT */
/*
 * One message, two readers.  A person at a terminal gets a line, in one write,
 * so that lines of several processes do not mix.  The journal gets an entry with
 * fields: then "journalctl PICOD_BOARD=pico0" is the diary of a board.
 *
 * The journal is used only if standard error goes there anyway: then
 * $JOURNAL_STREAM names its device and inode (systemd.exec(5)).  Whoever sends
 * it elsewhere, to a file or down a pipe, gets lines.
 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#define SD_JOURNAL_SUPPRESS_LOCATION	/* where in the source helps nobody */
#include <systemd/sd-journal.h>
#include <syslog.h>
#include <unistd.h>

#define FIELDS_MAX	6
#define FIELD_SIZE	128
#define LINE_SIZE	1024

/* Made by "systemd-id128 new" and never changed. */
static const char *const message_ids[LOG_KIND_COUNT] = {
	[LOG_ATTACH] = "05abdd6393ae47298ff8116c015bffc6",
	[LOG_DETACH] = "77f9382ab65d48aa822935057819e7a4",
	[LOG_SILENT] = "72f3401646fc4a8193f955d5f0763dca",
	[LOG_FLASHED] = "a704d53b201045a6ab36ca2013e10943",
	[LOG_WILL] = "e37105863ae4471081579cc0275352eb",
};

static bool	log_verbose;
static bool	log_journal;

static bool
log_goes_to_journal(void)
{
	const char		*stream = getenv("JOURNAL_STREAM");
	unsigned long long	 device, inode;
	struct stat		 st;

	return stream != NULL &&
	    sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	    fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device &&
	    st.st_ino == inode;
}

void
log_init(bool verbose)
{
	log_verbose = verbose;
	log_journal = log_goes_to_journal();
}

/* The fields of an entry, with room for their texts. */
struct log_entry {
	struct iovec	fields[FIELDS_MAX];
	int		count;
	char		texts[FIELDS_MAX][FIELD_SIZE];
};

static void __attribute__((format(printf, 2, 3)))
log_entry_add(struct log_entry *entry, const char *format, ...)
{
	char	*text = entry->texts[entry->count];
	va_list	 args;
	int	 len;

	va_start(args, format);
	len = vsnprintf(text, FIELD_SIZE, format, args);
	va_end(args);
	if (len >= FIELD_SIZE)
		len = FIELD_SIZE - 1;
	entry->fields[entry->count++] = (struct iovec){ text, (size_t)len };
}

static void
log_write_entry(int priority, const struct log_about *about, char *message,
    size_t len)
{
	struct log_entry	entry;

	entry.count = 1;
	entry.fields[0] = (struct iovec){ message, len };
	log_entry_add(&entry, "PRIORITY=%d", priority);
	log_entry_add(&entry, "SYSLOG_IDENTIFIER=picod");
	if (about != NULL && about->board != NULL)
		log_entry_add(&entry, "PICOD_BOARD=%s", about->board);
	if (about != NULL && about->client_pid != 0)
		log_entry_add(&entry, "PICOD_CLIENT_PID=%d",
		    (int)about->client_pid);
	if (about != NULL && message_ids[about->kind] != NULL)
		log_entry_add(&entry, "MESSAGE_ID=%s", message_ids[about->kind]);
	(void)sd_journal_sendv(entry.fields, entry.count);
}

static void __attribute__((format(printf, 3, 0)))
log_write(int priority, const struct log_about *about, const char *format,
    va_list args)
{
	static const char	name[] = "MESSAGE=";
	char			message[sizeof name + LINE_SIZE];
	char			*line = message + sizeof name - 1;
	int			len;

	snprintf(message, sizeof message, "%s", name);
	len = vsnprintf(line, LINE_SIZE, format, args);
	if (len >= LINE_SIZE)
		len = LINE_SIZE - 1;
	if (log_journal)
		log_write_entry(priority, about, message,
		    sizeof name - 1 + (size_t)len);
	else
		fprintf(stderr, "picod: %s\n", line);
}

#define LOG_FUNCTION(name, priority, condition)				\
void									\
log_##name(const char *format, ...)					\
{									\
	va_list	args;							\
									\
	if (!(condition))						\
		return;							\
	va_start(args, format);						\
	log_write(priority, NULL, format, args);			\
	va_end(args);							\
}

#define LOG_FUNCTION_ABOUT(name, priority, condition)			\
void									\
log_##name##_about(const struct log_about *about, const char *format, ...) \
{									\
	va_list	args;							\
									\
	if (!(condition))						\
		return;							\
	va_start(args, format);						\
	log_write(priority, about, format, args);			\
	va_end(args);							\
}

LOG_FUNCTION(error, LOG_ERR, true)
LOG_FUNCTION(warn, LOG_WARNING, true)
LOG_FUNCTION(info, LOG_INFO, true)
LOG_FUNCTION(debug, LOG_DEBUG, log_verbose)
LOG_FUNCTION_ABOUT(warn, LOG_WARNING, true)
LOG_FUNCTION_ABOUT(info, LOG_INFO, true)
LOG_FUNCTION_ABOUT(debug, LOG_DEBUG, log_verbose)
