/* SPDX-License-Identifier: MIT */
/*
 * One message, two readers.  A person at a terminal gets a line, in one write,
 * so that lines of several processes do not mix.  The journal gets an entry with
 * fields: then "journalctl PICOD_BOARD=pico0" is the diary of a board.
 *
 * The journal is used only if standard error goes there anyway: then
 * $JOURNAL_STREAM names its device and inode (systemd.exec(5)).  Whoever sends
 * it elsewhere, to a file or down a pipe, gets lines.
 *
 * sd_journal_sendv() waits for a journal that does not read, and all boards would
 * wait with it: entries are sent from here, in its protocol (systemd.io,
 * JOURNAL_NATIVE_PROTOCOL), and what it does not take at once is counted.
 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#define JOURNAL		"/run/systemd/journal/socket"
#define LINE_SIZE	1024
#define ENTRY_SIZE	(LINE_SIZE + 512)

/* Made by "systemd-id128 new" and never changed. */
static const char *const message_ids[LOG_KIND_COUNT] = {
	[LOG_ATTACH] = "05abdd6393ae47298ff8116c015bffc6",
	[LOG_DETACH] = "77f9382ab65d48aa822935057819e7a4",
	[LOG_SILENT] = "72f3401646fc4a8193f955d5f0763dca",
	[LOG_FLASHED] = "a704d53b201045a6ab36ca2013e10943",
	[LOG_WILL] = "e37105863ae4471081579cc0275352eb",
};

static bool		log_verbose;
static int		log_journal = -1;	/* a socket, or -1 */
static unsigned long	log_lost;

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
	if (log_journal < 0 && log_goes_to_journal())
		log_journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* One entry: a field a line. */
struct log_entry {
	char	text[ENTRY_SIZE];
	size_t	len;
};

static void __attribute__((format(printf, 2, 3)))
log_entry_add(struct log_entry *entry, const char *format, ...)
{
	size_t	room = sizeof entry->text - entry->len;
	va_list	args;
	int	len;

	va_start(args, format);
	len = vsnprintf(entry->text + entry->len, room, format, args);
	va_end(args);
	if (len > 0 && (size_t)len < room)	/* or it is left out */
		entry->len += (size_t)len;
}

/* Whether the journal took it. */
static bool
log_send_entry(int priority, const struct log_about *about, const char *line)
{
	struct sockaddr_un	to = { .sun_family = AF_UNIX,
				    .sun_path = JOURNAL };
	struct log_entry	entry = { .len = 0 };

	log_entry_add(&entry, "MESSAGE=%s\n", line);
	log_entry_add(&entry, "PRIORITY=%d\nSYSLOG_IDENTIFIER=picod\n", priority);
	if (about != NULL && about->board != NULL)
		log_entry_add(&entry, "PICOD_BOARD=%s\n", about->board);
	if (about != NULL && about->client_pid != 0)
		log_entry_add(&entry, "PICOD_CLIENT_PID=%d\n",
		    (int)about->client_pid);
	if (about != NULL && message_ids[about->kind] != NULL)
		log_entry_add(&entry, "MESSAGE_ID=%s\n",
		    message_ids[about->kind]);
	return sendto(log_journal, entry.text, entry.len,
	    MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&to,
	    sizeof to) >= 0;
}

static void
log_write_entry(int priority, const struct log_about *about, const char *line)
{
	char	lost[96];

	if (log_lost > 0) {
		snprintf(lost, sizeof lost, "%lu messages were lost: the journal "
		    "did not take them", log_lost);
		if (log_send_entry(LOG_WARNING, NULL, lost))
			log_lost = 0;
	}
	if (!log_send_entry(priority, about, line))
		log_lost++;
}

/* Whoever may choose a part of a message does not write one of his own. */
static void
log_clean(char *line)
{
	for (; *line != '\0'; line++)
		if ((*line > 0 && *line < ' ') || *line == 0x7f)
			*line = '?';
}

static void __attribute__((format(printf, 3, 0)))
log_write(int priority, const struct log_about *about, const char *format,
    va_list args)
{
	char	line[LINE_SIZE];

	vsnprintf(line, sizeof line, format, args);
	log_clean(line);
	if (log_journal >= 0)
		log_write_entry(priority, about, line);
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
