/* SPDX-License-Identifier: MIT */
/* A parsed interface description: what schema_parse.c makes and schema.c reads. */
#ifndef PICOD_SCHEMA_TYPES_H
#define PICOD_SCHEMA_TYPES_H

#include "schema.h"

enum schema_kind {
	KIND_BOOL, KIND_INT, KIND_FLOAT, KIND_STRING, KIND_OBJECT, KIND_ANY,
	KIND_STRUCT, KIND_ENUM, KIND_ARRAY, KIND_MAP, KIND_MAYBE, KIND_NAMED
};

struct schema_type {
	enum schema_kind	 kind;
	char			*name;		/* of KIND_NAMED */
	struct schema_type	*element;	/* of arrays, maps, maybes */
	struct schema_field	*fields;	/* of structs and enums */
};

struct schema_field {
	struct schema_field	*next;
	char			*name;
	struct schema_type	*type;		/* NULL in enums */
};

struct schema_entry {
	struct schema_entry	*next;
	enum schema_member	 member;
	char			*name;
	struct schema_type	*type[2];	/* by enum schema_side */
};

struct schema {
	char			*name;
	struct schema_entry	*entries;
};

#endif
