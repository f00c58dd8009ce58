/* SPDX-License-Identifier: MIT */
/* Any bytes become valid UTF-8, and pieces say the same as the whole. */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char	*bytes = (const char *)data;
	char		*text, *decoded;
	size_t		 len;
	bool		 lossy;
	json_t		*json;

	text = text_from_bytes(bytes, size, &len, &lossy);
	json = json_stringn(text, len);
	assert(json != NULL);		/* jansson checks UTF-8 itself */
	json_decref(json);
	free(text);
	assert(text_whole(bytes, size) + 3 >= size);
	text = text_base64(bytes, size);
	assert(text_base64_decode(text, strlen(text), &decoded, &len) == 0);
	assert(len == size && memcmp(decoded, bytes, len) == 0);
	free(decoded);
	free(text);
	if (text_base64_decode(bytes, size, &decoded, &len) == 0)
		free(decoded);
	return 0;
}
