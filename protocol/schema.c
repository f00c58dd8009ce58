/* SPDX-License-Identifier: MIT */
/*
 * JSON held against an interface description: a walk over both, side by side.
 * What fails is told by the name of the outermost member, because that is what
 * org.varlink.service.InvalidParameter wants to know.
 */
#include "schema_types.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

const char *
schema_name(const struct schema *schema)
{
	return schema->name;
}

const char *
schema_member_name(const struct schema *schema, enum schema_member member,
    size_t i)
{
	const struct schema_entry	*entry;

	for (entry = schema->entries; entry != NULL; entry = entry->next)
		if (entry->member == member && i-- == 0)
			return entry->name;
	return NULL;
}

static const struct schema_entry *
schema_find(const struct schema *schema, enum schema_member member,
    const char *name)
{
	const struct schema_entry	*entry;

	for (entry = schema->entries; entry != NULL; entry = entry->next)
		if (entry->member == member && strcmp(entry->name, name) == 0)
			return entry;
	return NULL;
}

static const struct schema_field *
type_field(const struct schema_type *type, const char *name)
{
	const struct schema_field	*field;

	for (field = type->fields; field != NULL; field = field->next)
		if (strcmp(field->name, name) == 0)
			return field;
	return NULL;
}

static bool check_value(const struct schema *, const struct schema_type *,
    json_t *, const char **);

/* Missing or wrong members first, in the order of the description, then strangers. */
static bool
check_struct(const struct schema *schema, const struct schema_type *type,
    json_t *json, const char **bad)
{
	const struct schema_field	*field;
	const char			*key;
	json_t				*value;

	if (!json_is_object(json))
		return false;
	for (field = type->fields; field != NULL; field = field->next) {
		value = json_object_get(json, field->name);
		if (!check_value(schema, field->type, value, bad)) {
			*bad = field->name;
			return false;
		}
	}
	json_object_foreach(json, key, value) {
		if (type_field(type, key) == NULL) {
			*bad = key;
			return false;
		}
	}
	return true;
}

static bool
check_elements(const struct schema *schema, const struct schema_type *type,
    json_t *json, const char **bad)
{
	const char	*key;
	json_t		*value;
	size_t		 i;

	if (type->kind == KIND_ARRAY) {
		json_array_foreach(json, i, value)
			if (!check_value(schema, type->element, value, bad))
				return false;
		return json_is_array(json);
	}
	json_object_foreach(json, key, value)
		if (!check_value(schema, type->element, value, bad))
			return false;
	return json_is_object(json);
}

/* json is NULL where the member is missing: jansson's tests take that. */
static bool
check_value(const struct schema *schema, const struct schema_type *type,
    json_t *json, const char **bad)
{
	const struct schema_entry	*named;

	switch (type->kind) {
	case KIND_BOOL: return json_is_boolean(json);
	case KIND_INT: return json_is_integer(json);
	case KIND_FLOAT: return json_is_number(json);
	case KIND_STRING: return json_is_string(json);
	case KIND_OBJECT: return json_is_object(json);
	case KIND_ANY: return json != NULL;
	case KIND_STRUCT: return check_struct(schema, type, json, bad);
	case KIND_ENUM: return json_is_string(json) &&
	    type_field(type, json_string_value(json)) != NULL;
	case KIND_ARRAY:
	case KIND_MAP: return check_elements(schema, type, json, bad);
	case KIND_MAYBE: return json == NULL || json_is_null(json) ||
	    check_value(schema, type->element, json, bad);
	case KIND_NAMED:
		named = schema_find(schema, SCHEMA_TYPE, type->name);
		return named != NULL &&
		    check_value(schema, named->type[SCHEMA_IN], json, bad);
	}
	return false;
}

int
schema_check(const struct schema *schema, enum schema_member member,
    const char *name, enum schema_side side, json_t *object, const char **bad)
{
	const struct schema_entry	*entry = schema_find(schema, member, name);

	if (entry == NULL)
		return -ENOENT;
	*bad = "parameters";
	return check_struct(schema, entry->type[side], object, bad) ? 0 : -EINVAL;
}
