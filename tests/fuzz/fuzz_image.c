/* SPDX-License-Identifier: MIT */
/* Any bytes as an image of any format: refused, or within its own bounds. */
#include <assert.h>

#include "protocol/image.h"

static const struct image_chip	uno = {
	.name = "ATmega328P", .arch = IMAGE_AVR, .size = 32256
};

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image	 image;
	const char	*why = NULL;

	if (size == 0)
		return 0;
	if (image_parse(data + 1, size - 1, data[0] % 5, &image, &why) < 0) {
		assert(why != NULL);
		return 0;
	}
	assert(image.size > 0 && image.low < image.high);
	if (image_check(&image, &uno, &why) == 0)
		assert(image.high <= uno.size);
	return 0;
}
