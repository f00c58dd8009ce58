/* SPDX-License-Identifier: MIT */
/*
 * A value of a type is picked by the script; of strings and numbers, among those
 * that mean something to the daemon or have hurt it once.
 */
#include "tests/fuzz/calls.h"

#include <assert.h>
#include <string.h>

#include "protocol/schema_types.h"
#include "protocol/text.h"

static struct schema	*schemas[2];
static char		*uf2;		/* an image for a Pico, in base64 */

static void
calls_make_uf2(void)
{
	static const uint32_t	head[] = {
		0x0a324655, 0x9e5d5157, 0x2000, 0x10000000, 256, 0, 1, 0xe48bff56,
	};
	static const uint32_t	tail = 0x0ab16f30;
	char			block[512] = "";

	memcpy(block, head, sizeof head);
	memcpy(block + sizeof block - sizeof tail, &tail, sizeof tail);
	uf2 = text_base64(block, sizeof block);
}

void
calls_init(void)
{
	unsigned	line;

	if (schemas[0] != NULL)
		return;
	schemas[0] = schema_parse(interface_picod, &line);
	schemas[1] = schema_parse(interface_service, &line);
	assert(schemas[0] != NULL && schemas[1] != NULL);
	calls_make_uf2();
}

static json_t *
calls_text(struct script *script)
{
	static const char *const texts[] = {
		"1", "f()", "x=1\ny=2", "c1", "", "\0hidden", "print('\4\4>')",
		"n#", "\xc3\xbc\n", "never()",
	};
	static const uint8_t	lengths[] = { 1, 3, 7, 2, 0, 7, 12, 2, 3, 7 };
	uint8_t			n = script_byte(script) % sizeof lengths;

	return json_stringn(texts[n], lengths[n]);
}

static json_t *
calls_long_text(void)
{
	char	text[3000];

	memset(text, '#', sizeof text);
	return json_stringn(text, sizeof text);
}

/* By what the member is called. */
static json_t *
calls_string(struct script *script, const char *name, const char *token)
{
	static const char *const boards[] = {
		"repl", "serial", "", "nothing", "repl,serial", "all", "pico0",
		"mine", "uno0", "/dev/ttyACM0",
	};
	static const char *const data[] = {
		"OjA0MDAwMDAwMDEwMjAzMDRGMgo6MDAwMDAwMDFGRgo=",	/* HEX */
		"AAAA", "====", "VUYyClFXnp0=", "A", "",
	};
	static const char *const others[] = {
		"", "x", "io.picod", "org.varlink.service", "led", "pinserver",
		"/", "main.py", "../x", "lib/",
	};

	if (strcmp(name, "board") == 0)
		return json_string(SCRIPT_PICK(script, boards));
	if (strcmp(name, "text") == 0 || strcmp(name, "will") == 0)
		return script_byte(script) == 255 ? calls_long_text() :
		    calls_text(script);
	if (strcmp(name, "hold") == 0)
		return json_string(script_byte(script) & 1 ? token : "0123");
	if (strcmp(name, "data") == 0)
		return json_string(script_byte(script) % 4 == 0 ? uf2 :
		    SCRIPT_PICK(script, data));
	return json_string(SCRIPT_PICK(script, others));
}

static json_t *
calls_int(struct script *script)
{
	static const json_int_t	ints[] = {
		0, 1, 2, 3, 20, 100, 1000, 20000, 24 * 60 * 60 * 1000,
		24 * 60 * 60 * 1000 + 1, -1, INT64_MAX,
	};

	return json_integer(SCRIPT_PICK(script, ints));
}

static json_t *
calls_enum(struct script *script, const struct schema_type *type)
{
	const struct schema_field	*field = type->fields;
	uint8_t				 n = script_byte(script) % 8;

	for (; n > 0 && field->next != NULL; n--)
		field = field->next;
	return json_string(field->name);
}

static const struct schema_type *
calls_named(const struct schema *schema, const char *name)
{
	const struct schema_entry	*entry = schema->entries;

	while (entry->member != SCHEMA_TYPE || strcmp(entry->name, name) != 0)
		entry = entry->next;
	return entry->type[SCHEMA_IN];
}

static json_t *calls_value(const struct schema *, const struct schema_type *,
    const char *name, struct script *, const char *token);

static json_t *
calls_struct(const struct schema *schema, const struct schema_type *type,
    struct script *script, const char *token)
{
	json_t				*json = json_object(), *value;
	const struct schema_field	*field;

	for (field = type->fields; field != NULL; field = field->next) {
		value = calls_value(schema, field->type, field->name, script,
		    token);
		if (value != NULL)
			json_object_set_new(json, field->name, value);
	}
	return json;
}

static json_t *
calls_array(const struct schema *schema, const struct schema_type *type,
    const char *name, struct script *script, const char *token)
{
	json_t	*json = json_array();
	uint8_t	 n;

	for (n = script_byte(script) % 4; n > 0; n--)
		json_array_append_new(json, calls_value(schema, type->element,
		    name, script, token));
	return json;
}

/* NULL where it is left out. */
static json_t *
calls_value(const struct schema *schema, const struct schema_type *type,
    const char *name, struct script *script, const char *token)
{
	uint8_t	n;

	switch (type->kind) {
	case KIND_BOOL: return json_boolean(script_byte(script) & 1);
	case KIND_INT: return calls_int(script);
	case KIND_STRING: return calls_string(script, name, token);
	case KIND_ENUM: return calls_enum(script, type);
	case KIND_STRUCT: return calls_struct(schema, type, script, token);
	case KIND_ARRAY: return calls_array(schema, type, name, script, token);
	case KIND_NAMED:
		return calls_value(schema, calls_named(schema, type->name),
		    name, script, token);
	case KIND_MAYBE:
		n = script_byte(script);
		return n % 4 < 2 ? NULL : n == 255 ? json_null() :
		    calls_value(schema, type->element, name, script, token);
	default:
		return json_real(0.5);
	}
}

static const struct schema_entry *
calls_method(const struct schema *schema, unsigned n)
{
	const struct schema_entry	*entry;

	for (entry = schema->entries; entry != NULL; entry = entry->next)
		if (entry->member == SCHEMA_METHOD && n-- == 0)
			break;
	return entry;
}

static const struct schema_entry *
calls_pick(const struct schema *schema, struct script *script)
{
	unsigned	count = 0;

	while (calls_method(schema, count) != NULL)
		count++;
	return calls_method(schema, script_byte(script) % count);
}

json_t *
calls_make(struct script *script, const char *token)
{
	uint8_t				 how = script_byte(script);
	const struct schema		*schema = schemas[how % 16 == 15];
	const struct schema_entry	*entry = calls_pick(schema, script);
	json_t				*json;

	json = json_pack("{s:o, s:o}", "method", json_sprintf("%s.%s",
	    schema->name, how == 255 ? "Nothing" : entry->name), "parameters",
	    calls_struct(schema, entry->type[SCHEMA_IN], script, token));
	assert(json != NULL);
	if (how == 254)		/* one that nobody knows */
		json_object_set_new(json_object_get(json, "parameters"), "x",
		    json_true());
	if (how & 0x10)
		json_object_set_new(json, "more", json_true());
	if ((how & 0x60) == 0x60)
		json_object_set_new(json, "oneway", json_true());
	if (how & 0x80)
		json_object_set_new(json, "upgrade", json_true());
	return json;
}

static int
calls_check(const char *name, enum schema_member member, enum schema_side side,
    json_t *parameters)
{
	const char	*dot = strrchr(name, '.'), *bad;
	size_t		 i, len;

	if (dot == NULL)
		return -1;
	len = (size_t)(dot - name);
	for (i = 0; i < 2; i++)
		if (strlen(schemas[i]->name) == len &&
		    memcmp(schemas[i]->name, name, len) == 0)
			return schema_check(schemas[i], member, dot + 1, side,
			    parameters, &bad);
	return -1;
}

bool
calls_answers(const char *method, json_t *message)
{
	json_t		*parameters = json_object_get(message, "parameters");
	const char	*error;

	error = json_string_value(json_object_get(message, "error"));
	if (error != NULL)
		return calls_check(error, SCHEMA_ERROR, SCHEMA_IN,
		    parameters) == 0;
	return calls_check(method, SCHEMA_METHOD, SCHEMA_OUT, parameters) == 0;
}
