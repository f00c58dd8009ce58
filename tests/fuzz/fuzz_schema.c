/* SPDX-License-Identifier: MIT */
/* Interface descriptions: any text is parsed or refused with a line. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char		*text = malloc(size + 1);
	unsigned	 line;
	struct schema	*schema;

	memcpy(text, data, size);
	text[size] = '\0';
	schema = schema_parse(text, &line);
	assert(schema != NULL || line > 0);
	schema_destroy(schema);
	free(text);
	return 0;
}
