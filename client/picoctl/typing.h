/* SPDX-License-Identifier: MIT */
/*
 * What is typed at a terminal while a program runs on a board is the program's
 * input.
 */
#ifndef PICOD_TYPING_H
#define PICOD_TYPING_H

#include <jansson.h>
#include <stdbool.h>

struct picoctl;
struct typing;

/* For a call of Send that is about to be made; NULL where nobody can type. */
struct typing	*typing_create(struct picoctl *);

/* Gives the terminal back. */
void		 typing_destroy(struct typing *);

/* As picod_json_next(); meanwhile what is typed goes to the board. */
int		 typing_next(struct typing *, json_t **reply, bool *continues);

#endif
