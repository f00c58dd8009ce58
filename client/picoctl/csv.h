/* SPDX-License-Identifier: MIT */
/*
 * Fields of CSV, as RFC 4180 has it.
 */
#ifndef PICOD_CSV_H
#define PICOD_CSV_H

#include <stdio.h>

/* In quotes where it needs them. */
void	csv_field(FILE *, const char *text);

#endif
