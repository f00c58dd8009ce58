/* SPDX-License-Identifier: MIT */
/* Any bytes as an image of any format: refused, or within its own bounds. */
#include <assert.h>

#include "protocol/image.h"

static const struct image_chip	uno = {
	.name = "ATmega328P", .arch = IMAGE_AVR, .size = 32256
};

/* All of it can be read, and it is where the image says it is. */
static void
check_piece(const struct image *image, const struct image_piece *piece)
{
	static volatile uint8_t	sum;
	size_t			i;

	assert(piece->len <= IMAGE_STEP);
	for (i = 0; i < piece->len; i++)
		sum = sum ^ piece->data[i];
	assert(piece->len == 0 || (piece->address >= image->low &&
	    piece->address + piece->len <= image->high));
}

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image_reader	 reader;
	struct image_piece	 piece;
	const char		*why = NULL;
	size_t			 calls = 0, len = 0;
	int			 result;

	if (size == 0)
		return 0;
	image_reader_init(&reader, data + 1, size - 1, data[0] % 5);
	while ((result = image_read(&reader, &piece, &why)) == 1) {
		check_piece(&reader.image, &piece);
		len += piece.len;
		assert(++calls <= size + 2);
	}
	assert(len == reader.image.size && len <= size);
	if (result < 0) {
		assert(why != NULL);
		return 0;
	}
	assert(len > 0 && reader.image.low < reader.image.high);
	if (image_check(&reader.image, &uno, &why) == 0)
		assert(reader.image.high <= uno.size);
	return 0;
}
