/* SPDX-License-Identifier: MIT */
/*
 * A Varlink interface description, parsed (https://varlink.org/Interface-Definition),
 * and JSON held against it.  The daemon checks every call with it, so that what
 * the methods accept is what the description says, and nothing is checked twice.
 */
#ifndef PICOD_SCHEMA_H
#define PICOD_SCHEMA_H

#include <jansson.h>
#include <stddef.h>

/* The descriptions built in. */
extern const char	interface_picod[];
extern const char	interface_service[];

struct schema;

enum schema_member { SCHEMA_METHOD, SCHEMA_ERROR, SCHEMA_TYPE };
enum schema_side { SCHEMA_IN, SCHEMA_OUT };	/* errors have only SCHEMA_IN */

/*
 * Parses a description, which need not outlive the call.  NULL on failure, with
 * the number of the offending line in *line, or 0 when memory is short.
 */
struct schema	*schema_parse(const char *text, unsigned *line);
void		 schema_destroy(struct schema *);

/* "io.picod" */
const char	*schema_name(const struct schema *);

/* The i-th member of that kind, counted from 0, or NULL past the last. */
const char	*schema_member_name(const struct schema *, enum schema_member,
    size_t i);

/*
 * Whether an object is what a method takes (SCHEMA_IN) or returns (SCHEMA_OUT),
 * or what an error carries.  0; -ENOENT if there is no such member; -EINVAL with
 * the name of the first member that is missing, unknown or of a wrong type in
 * *bad, which lives as long as the schema and the object.
 */
int	schema_check(const struct schema *, enum schema_member,
    const char *name, enum schema_side, json_t *object, const char **bad);

#endif
