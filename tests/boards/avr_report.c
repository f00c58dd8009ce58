/* SPDX-License-Identifier: MIT */
/*
 * The lines that a board says to its bench.  The board is not to stand still
 * because its bench does not listen, so an event that does not fit is dropped.
 * A pipe or socket that poll() calls writable takes a short line whole.
 */
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "avr_report.h"

#define LINE_SIZE 1024

static int report_fd = STDOUT_FILENO;
static unsigned long lost;

void
avr_report_to(int fd)
{
	report_fd = fd;
}

static bool
has_room(void)
{
	struct pollfd writable = { .fd = report_fd, .events = POLLOUT };

	return poll(&writable, 1, 0) == 1 && writable.revents == POLLOUT;
}

static void put_line(const char *, va_list)
    __attribute__((format(printf, 1, 0)));

static void
put_line(const char *format, va_list ap)
{
	char line[LINE_SIZE];
	ssize_t written;
	int n;

	n = vsnprintf(line, sizeof(line) - 1, format, ap);
	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	line[n++] = '\n';
	for (int at = 0; at < n; at += (int)written) {
		written = write(report_fd, line + at, (size_t)(n - at));
		if (written < 0)
			return;		/* the bench is gone */
	}
}

void
avr_answer(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_line(format, ap);
	va_end(ap);
}

void
avr_report(const char *format, ...)
{
	va_list ap;

	if (!has_room()) {
		lost++;
		return;
	}
	if (lost > 0) {
		avr_answer("lost %lu", lost);
		lost = 0;
	}
	va_start(ap, format);
	put_line(format, ap);
	va_end(ap);
}
