/* SPDX-License-Identifier: MIT */
/*
 * What users of other tools type, and what it is here.
 */
#ifndef PICOD_HINTS_H
#define PICOD_HINTS_H

/* A sentence without a full stop for a word that is no verb, or NULL. */
const char	*hints_find(const char *word);

#endif
