/* SPDX-License-Identifier: MIT */
/*
 * The input of a fuzzer as a program: bytes that are taken one after the other
 * and mean what whoever takes them makes of them.  After the end come zeros.
 */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct script {
	const uint8_t	*data;
	size_t		 size;
};

static inline uint8_t
script_byte(struct script *s)
{
	if (s->size == 0)
		return 0;
	s->size--;
	return *s->data++;
}

/* One of an array. */
#define SCRIPT_PICK(script, array) \
	((array)[script_byte(script) % (sizeof (array) / sizeof *(array))])

/* With FUZZ_TELL set: what happens, for who wants to know why it fails. */
static inline void __attribute__((format(printf, 1, 2)))
script_tell(const char *format, ...)
{
	va_list	args;

	if (getenv("FUZZ_TELL") == NULL)
		return;
	va_start(args, format);
	vdprintf(STDERR_FILENO, format, args);
	va_end(args);
	dprintf(STDERR_FILENO, "\n");
}

#endif
