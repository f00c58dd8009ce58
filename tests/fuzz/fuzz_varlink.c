/* SPDX-License-Identifier: MIT */
/* Varlink frames cut in pieces of 1 to 8 bytes, and the calls in them. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "protocol/schema.h"
#include "protocol/varlink.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct schema	*schema;
	struct varlink_decoder	 d;
	struct varlink_call	 call;
	const char		*bad, *dot;
	json_t			*message;
	unsigned		 line;
	size_t			 piece, n;
	ssize_t			 eaten;

	if (schema == NULL)
		schema = schema_parse(interface_picod, &line);
	if (size == 0)
		return 0;
	piece = data[0] % 8 + 1;
	varlink_decoder_init(&d, 256, 16);
	for (data++, size--; size > 0; data += eaten, size -= (size_t)eaten) {
		n = size < piece ? size : piece;
		eaten = varlink_decoder_feed(&d, (const char *)data, n, &message);
		if (eaten < 0)
			break;
		assert(eaten > 0 && (size_t)eaten <= n);
		if (message == NULL || varlink_call_parse(message, &call) < 0)
			continue;
		dot = strrchr(call.method, '.');
		schema_check(schema, SCHEMA_METHOD, dot == NULL ? "Send" :
		    dot + 1, SCHEMA_IN, call.parameters, &bad);
		varlink_call_finish(&call);
	}
	varlink_decoder_finish(&d);
	return 0;
}
