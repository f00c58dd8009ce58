/* SPDX-License-Identifier: MIT */
/* The PiSerial driver, held to its contract. */
#include "tests/fuzz/drive.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static size_t
answer(struct drive *v, uint8_t *to)
{
	memcpy(to, v->now % 3 ? "OK" : v->now % 2 ? "RR" : "a1\r\n", 2);
	return 2;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drive	v = { .answer = answer };

	drive(&v, &driver_piserial, data, size);
	return 0;
}
