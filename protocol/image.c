/* SPDX-License-Identifier: MIT */
/*
 * An image is refused before a board is touched: a board whose old firmware is
 * gone and whose new one is half a download is a board somebody has to walk to.
 */
#include "image.h"

#include <errno.h>
#include <string.h>

static const char *const format_names[] = { "hex", "elf", "uf2", "bin" };

const char *
image_format_name(enum image_format format)
{
	return format < IMAGE_FORMAT_COUNT ? format_names[format] : "";
}

enum image_format
image_format_find(const char *name)
{
	int	format;

	for (format = 0; format < IMAGE_FORMAT_COUNT; format++)
		if (strcmp(format_names[format], name) == 0)
			break;
	return (enum image_format)format;
}

static bool
image_is_within(const struct image *image, uint64_t start, uint64_t size)
{
	return image->low >= start && image->high <= start + size;
}

/* Whether what it says of the chip it is for is true of this one. */
static bool
image_is_for(const struct image *image, const struct image_chip *chip)
{
	unsigned	avr = image->flags & IMAGE_AVR_FAMILY;

	if (image->format == IMAGE_UF2)
		return (image->families & chip->families) != 0;
	if (image->format == IMAGE_BIN)
		return chip->arch == IMAGE_AVR ? image->starts_avr :
		    chip->families != IMAGE_RP2040 || image->starts_rp2040;
	if (image->arch == IMAGE_AVR && chip->avr != 0 && avr != 0 &&
	    avr != chip->avr)
		return false;
	return image->arch == IMAGE_ANY_ARCH || image->arch == chip->arch ||
	    (chip->arch == IMAGE_ANY_ARCH && image->arch != IMAGE_AVR &&
	    image->arch != IMAGE_OTHER_ARCH);
}

int
image_check(const struct image *image, const struct image_chip *chip,
    const char **why)
{
	uint64_t	base = image->format == IMAGE_BIN ? chip->start : 0;
	struct image	placed = *image;

	if (!image_is_for(image, chip)) {
		*why = image->format == IMAGE_BIN ?
		    "it does not begin as a program for this chip does" :
		    "it is for another chip";
		return -EINVAL;
	}
	placed.low += base;
	placed.high += base;
	if (image_is_within(&placed, chip->start, chip->size) ||
	    (chip->ram_size > 0 &&
	    image_is_within(&placed, chip->ram_start, chip->ram_size))) {
		if (image->format != IMAGE_HEX || chip->families == 0)
			return 0;
		*why = "such a board takes .uf2 and .elf, and no Intel HEX";
		return -EINVAL;
	}
	*why = placed.low < chip->start || placed.low >= chip->start + chip->size ?
	    "its addresses are those of another chip" :
	    "it is too large for this board";
	return -EINVAL;
}
