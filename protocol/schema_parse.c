/* SPDX-License-Identifier: MIT */
/*
 * A recursive descent over the interface definition language.  The text is
 * walked once, with no tokens kept; a name that stands for a type is looked up
 * only when JSON is held against it, so the order of definitions is free.
 */
#include "schema_types.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	const char	*p;
	unsigned	 line;
	int		 depth;
};

/* Deeper types than this nobody reads; the parser is recursive. */
#define DEPTH_MAX 16

static const struct {
	const char		*word;
	enum schema_kind	 kind;
} basic_types[] = {
	{ "bool", KIND_BOOL }, { "int", KIND_INT }, { "float", KIND_FLOAT },
	{ "string", KIND_STRING }, { "object", KIND_OBJECT }, { "any", KIND_ANY },
};

static struct schema_type *parse_type(struct parser *);

static void
type_destroy(struct schema_type *type)
{
	struct schema_field	*field;

	if (type == NULL)
		return;
	while ((field = type->fields) != NULL) {
		type->fields = field->next;
		free(field->name);
		type_destroy(field->type);
		free(field);
	}
	type_destroy(type->element);
	free(type->name);
	free(type);
}

static void
parse_space(struct parser *ps)
{
	for (;; ps->p++) {
		if (*ps->p == '#')
			ps->p += strcspn(ps->p, "\n");
		if (*ps->p == '\n')
			ps->line++;
		else if (*ps->p == '\0' || !isspace((unsigned char)*ps->p))
			return;
	}
}

static bool
parse_char(struct parser *ps, char c)
{
	parse_space(ps);
	if (*ps->p != c)
		return false;
	ps->p++;
	return true;
}

/* A run of letters, digits and the others given; NULL if there is none. */
static char *
parse_word(struct parser *ps, const char *others)
{
	const char	*start;

	parse_space(ps);
	start = ps->p;
	while (*ps->p != '\0' && (isalnum((unsigned char)*ps->p) ||
	    strchr(others, *ps->p) != NULL))
		ps->p++;
	return ps->p == start || !isalpha((unsigned char)*start) ? NULL :
	    strndup(start, (size_t)(ps->p - start));
}

static bool
parse_keyword(struct parser *ps, const char *word)
{
	size_t	len = strlen(word);

	parse_space(ps);
	if (strncmp(ps->p, word, len) != 0 || !isspace((unsigned char)ps->p[len]))
		return false;
	ps->p += len;
	return true;
}

/* One name, and in a struct its type; the first field tells which it is. */
static bool
parse_field(struct parser *ps, struct schema_type *type, bool first,
    struct schema_field **field)
{
	struct schema_field	*f = calloc(1, sizeof *f);

	if (f == NULL)
		return false;
	*field = f;
	f->name = parse_word(ps, "_");
	if (f->name == NULL)
		return false;
	if (!parse_char(ps, ':')) {
		if (first)
			type->kind = KIND_ENUM;
		return type->kind == KIND_ENUM;
	}
	if (type->kind == KIND_ENUM)
		return false;
	f->type = parse_type(ps);
	return f->type != NULL;
}

/* A struct or an enum, behind its opening bracket. */
static struct schema_type *
parse_fields(struct parser *ps)
{
	struct schema_type	*type = calloc(1, sizeof *type);
	struct schema_field	**field;
	bool			 first = true;

	if (type == NULL)
		return NULL;
	type->kind = KIND_STRUCT;
	if (parse_char(ps, ')'))
		return type;
	field = &type->fields;
	do {
		if (!parse_field(ps, type, first, field))
			goto fail;
		field = &(*field)->next;
		first = false;
	} while (parse_char(ps, ','));
	if (parse_char(ps, ')'))
		return type;
fail:
	type_destroy(type);
	return NULL;
}

static struct schema_type *
parse_struct(struct parser *ps)
{
	return parse_char(ps, '(') ? parse_fields(ps) : NULL;
}

/* A basic type or the name of a type. */
static bool
parse_named(struct parser *ps, struct schema_type *type)
{
	size_t	i;

	type->kind = KIND_NAMED;
	type->name = parse_word(ps, "_");
	if (type->name == NULL)
		return false;
	for (i = 0; i < sizeof basic_types / sizeof *basic_types; i++)
		if (strcmp(type->name, basic_types[i].word) == 0)
			type->kind = basic_types[i].kind;
	return true;
}

/* The prefix of a type: ?, [] or [string]. */
static bool
parse_prefix(struct parser *ps, enum schema_kind *kind)
{
	if (parse_char(ps, '?'))
		*kind = KIND_MAYBE;
	else if (!parse_char(ps, '['))
		return false;
	else if (strncmp(ps->p, "string]", 7) == 0) {
		ps->p += 7;
		*kind = KIND_MAP;
	} else if (parse_char(ps, ']'))
		*kind = KIND_ARRAY;
	else
		return false;
	return true;
}

static struct schema_type *
parse_type(struct parser *ps)
{
	struct schema_type	*type;
	bool			 ok;

	if (ps->depth == DEPTH_MAX)
		return NULL;
	if (parse_char(ps, '('))  {
		ps->depth++;
		type = parse_fields(ps);
		ps->depth--;
		return type;
	}
	type = calloc(1, sizeof *type);
	if (type == NULL)
		return NULL;
	ps->depth++;
	if (parse_prefix(ps, &type->kind)) {
		type->element = parse_type(ps);
		ok = type->element != NULL;
	} else
		ok = parse_named(ps, type);
	ps->depth--;
	if (!ok) {
		type_destroy(type);
		return NULL;
	}
	return type;
}

static bool
parse_entry(struct parser *ps, struct schema_entry *entry)
{
	if (parse_keyword(ps, "method"))
		entry->member = SCHEMA_METHOD;
	else if (parse_keyword(ps, "error"))
		entry->member = SCHEMA_ERROR;
	else if (parse_keyword(ps, "type"))
		entry->member = SCHEMA_TYPE;
	else
		return false;
	entry->name = parse_word(ps, "");
	if (entry->name == NULL || !isupper((unsigned char)entry->name[0]))
		return false;
	entry->type[SCHEMA_IN] = parse_struct(ps);
	if (entry->type[SCHEMA_IN] == NULL)
		return false;
	if (entry->member != SCHEMA_METHOD)
		return true;
	if (!parse_char(ps, '-') || !parse_char(ps, '>'))
		return false;
	entry->type[SCHEMA_OUT] = parse_struct(ps);
	return entry->type[SCHEMA_OUT] != NULL;
}

static bool
parse_interface(struct parser *ps, struct schema *schema)
{
	struct schema_entry	**entry = &schema->entries;

	if (!parse_keyword(ps, "interface"))
		return false;
	schema->name = parse_word(ps, ".-");
	if (schema->name == NULL)
		return false;
	for (; !parse_char(ps, '\0'); entry = &(*entry)->next) {
		*entry = calloc(1, sizeof **entry);
		if (*entry == NULL || !parse_entry(ps, *entry))
			return false;
	}
	return true;
}

struct schema *
schema_parse(const char *text, unsigned *line)
{
	struct parser	 ps = { .p = text, .line = 1 };
	struct schema	*schema = calloc(1, sizeof *schema);

	*line = 0;
	if (schema != NULL && !parse_interface(&ps, schema)) {
		*line = ps.line;
		schema_destroy(schema);
		return NULL;
	}
	return schema;
}

void
schema_destroy(struct schema *schema)
{
	struct schema_entry	*entry;

	if (schema == NULL)
		return;
	while ((entry = schema->entries) != NULL) {
		schema->entries = entry->next;
		free(entry->name);
		type_destroy(entry->type[SCHEMA_IN]);
		type_destroy(entry->type[SCHEMA_OUT]);
		free(entry);
	}
	free(schema->name);
	free(schema);
}
