/* SPDX-License-Identifier: MIT */
/*
 * Numbers in what boards print, of a command line, and as we print them.
 */
#ifndef PICOD_NUMBERS_H
#define PICOD_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The value of an answer: a number, True or False, or of PiSerial a command with
 * its digits ("v03FF").  False if it is none.
 */
bool	number_value(const char *text, double *value);

/* A whole number as a user gives it: all of the text is digits, and no more. */
bool	number_count(const char *text, long long most, long long *count);

/* The shortest text of a number that is read back as the same. */
#define NUMBER_TEXT	32
void	number_text(double value, char text[NUMBER_TEXT]);

/*
 * The next number in a line, and what stands before it as its name ("temp: 21.5",
 * "a=1 b=2", "1,2"); *p moves behind it.  False: there is no more.  name has size
 * bytes and is "" for none.
 */
bool	number_next(const char **p, char *name, size_t size, double *value);

#endif
