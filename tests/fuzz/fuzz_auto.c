/* SPDX-License-Identifier: MIT */
/* The driver that finds out the language, held to its contract. */
#include <stdio.h>

#include "tests/fuzz/drive.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* A little of each language, as the input chooses. */
static size_t
answer(struct drive *v, uint8_t *to)
{
	static const char *const	words[] = { "OK", "RR", "a1\n", ">>> ",
	    "raw REPL; CTRL-B to exit\r\n>", "\x04>", "R\x01",
	    "MicroPython v1 on 2; x\r\n>>> " };

	return (size_t)sprintf((char *)to, "%s", words[drive_byte(v) % 8]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drive	v = { .answer = answer };

	drive(&v, &driver_auto, data, size);
	return 0;
}
