/* SPDX-License-Identifier: MIT */
/*
 * What reads the files of the configuration (config_read.c) hands its lines to what
 * knows the settings (config.c).
 */
#ifndef PICOD_CONFIG_LINES_H
#define PICOD_CONFIG_LINES_H

#include "config.h"

/* A setting; where it stands is "FILE, line N". */
void	config_line(struct config *, const char *where, const char *section,
    const char *name, const char *value);

/* A mistake; where is "FILE, line N" or "-b". */
void	config_error(struct config *, const char *where, const char *format, ...)
	    __attribute__((format(printf, 3, 4)));

#endif
