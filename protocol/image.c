/* SPDX-License-Identifier: MIT */
/*
 * An image is refused before a board is touched: a board whose old firmware is
 * gone and whose new one is half a download is a board somebody has to walk to.
 *
 * All of it is read, not only its head: the checksums and counts of HEX and UF2
 * are what shows that a file was cut.  Formats: Intel's Hexadecimal Object File
 * Format Specification, the ELF specification, and the UF2 specification of
 * Microsoft with the families of its uf2families.json.
 */
#include "image.h"

#include <errno.h>
#include <string.h>

#define UF2_BLOCK		512
#define UF2_PAYLOAD_MAX		476
#define UF2_MAGIC_FIRST		0x0a324655
#define UF2_MAGIC_SECOND	0x9e5d5157
#define UF2_MAGIC_LAST		0x0ab16f30
#define UF2_NOT_FLASH		0x00000001
#define UF2_HAS_FAMILY		0x00002000

#define ELF_HEADER		52
#define ELF_SEGMENT		32
#define ELF_LOAD		1

/* avr-gcc's addresses of RAM and EEPROM, which are no flash. */
#define AVR_NOT_FLASH		0x800000

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

static uint32_t
get16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
get32(const uint8_t *p)
{
	return get16(p) | get16(p + 2) << 16;
}

/* Bytes of the image at an address. */
static void
image_add(struct image *image, uint64_t address, uint64_t len)
{
	if (len == 0)
		return;
	if (image->size == 0 || address < image->low)
		image->low = address;
	if (image->size == 0 || address + len > image->high)
		image->high = address + len;
	image->size += len;
}

/* ------------------------------------------------------------------- HEX */

struct hex_record {
	uint8_t		 len, type;
	uint32_t	 address;
	uint8_t		 data[255];
};

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The next byte of a record, or -1. */
static int
hex_byte(const uint8_t *buf, size_t len, size_t *at)
{
	int	high, low;

	if (len - *at < 2)
		return -1;
	high = hex_digit(buf[*at]);
	low = hex_digit(buf[*at + 1]);
	*at += 2;
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* One record from its colon on; how many bytes it has, or 0. */
static size_t
hex_record(const uint8_t *buf, size_t len, struct hex_record *record)
{
	uint8_t	 head[4], sum = 0;
	size_t	 at = 1, i;
	int	 byte;

	for (i = 0; i < sizeof head; i++) {
		if ((byte = hex_byte(buf, len, &at)) < 0)
			return 0;
		sum += head[i] = (uint8_t)byte;
	}
	record->len = head[0];
	record->address = (uint32_t)head[1] << 8 | head[2];
	record->type = head[3];
	for (i = 0; i < record->len; i++) {
		if ((byte = hex_byte(buf, len, &at)) < 0)
			return 0;
		sum += record->data[i] = (uint8_t)byte;
	}
	byte = hex_byte(buf, len, &at);
	return byte < 0 || (uint8_t)(sum + byte) != 0 ? 0 : at;
}

/* What a record does; -EINVAL if there is none such, 1 if it is the last. */
static int
hex_take(struct image *image, const struct hex_record *r, uint64_t *base)
{
	switch (r->type) {
	case 0:
		image_add(image, *base + r->address, r->len);
		return 0;
	case 1:
		return r->len == 0 ? 1 : -EINVAL;
	case 2:
	case 4:
		if (r->len != 2)
			return -EINVAL;
		*base = (uint64_t)(r->data[0] << 8 | r->data[1]) <<
		    (r->type == 2 ? 4 : 16);
		return 0;
	case 3:
	case 5:			/* where it starts: no chip here asks */
		return r->len == 4 ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int
hex_parse(const uint8_t *buf, size_t len, struct image *image, const char **why)
{
	struct hex_record	record;
	uint64_t		base = 0;
	size_t			at = 0, n;
	int			result = 0;
	bool			is_last = false;

	while (at < len && result == 0) {
		if (strchr(" \t\r\n", buf[at]) != NULL && buf[at] != '\0') {
			at++;
			continue;
		}
		is_last = memchr(buf + at, '\n', len - at) == NULL;
		n = buf[at] == ':' ? hex_record(buf + at, len - at, &record) : 0;
		result = n == 0 ? -EINVAL : hex_take(image, &record, &base);
		at += n;
	}
	if (result == 1)
		return 0;
	*why = result == 0 || is_last ? "it is cut off: its last line is missing" :
	    "a line of it is damaged: not Intel HEX, or a wrong checksum";
	return -EINVAL;
}

/* ------------------------------------------------------------------- ELF */

static enum image_arch
elf_arch(uint32_t machine)
{
	switch (machine) {
	case 83: return IMAGE_AVR;
	case 40: return IMAGE_ARM;
	case 243: return IMAGE_RISCV;
	default: return IMAGE_OTHER_ARCH;
	}
}

static bool
elf_segment(const uint8_t *segment, size_t len, struct image *image)
{
	uint64_t	offset = get32(segment + 4), size = get32(segment + 16);
	uint64_t	address = get32(segment + 12);

	if (get32(segment) != ELF_LOAD)
		return true;
	if (offset + size > len)
		return false;
	if (image->arch != IMAGE_AVR || address < AVR_NOT_FLASH)
		image_add(image, address, size);
	return true;
}

static int
elf_parse(const uint8_t *buf, size_t len, struct image *image, const char **why)
{
	uint64_t	table, count, size, i;

	*why = "it is damaged or cut off: not a whole ELF program";
	if (len < ELF_HEADER || memcmp(buf, "\177ELF", 4) != 0)
		return -EINVAL;
	if (buf[4] != 1 || buf[5] != 1 || get16(buf + 16) != 2) {
		*why = "it is not an ELF program of 32 bits: an object, a "
		    "library, or a program for another computer";
		return -EINVAL;
	}
	image->arch = elf_arch(get16(buf + 18));
	table = get32(buf + 28);
	size = get16(buf + 42);
	count = get16(buf + 44);
	if (size < ELF_SEGMENT || table + size * count > len)
		return -EINVAL;
	for (i = 0; i < count; i++)
		if (!elf_segment(buf + table + i * size, len, image))
			return -EINVAL;
	return 0;
}

/* ------------------------------------------------------------------- UF2 */

static unsigned
uf2_family(const uint8_t *block)
{
	if ((get32(block + 8) & UF2_HAS_FAMILY) == 0)
		return IMAGE_OTHER;
	switch (get32(block + 28)) {
	case 0xe48bff56: return IMAGE_RP2040;
	case 0xe48bff57: return IMAGE_ANYWHERE;
	case 0xe48bff59:	/* Arm, secure; RISC-V; Arm, not secure */
	case 0xe48bff5a:
	case 0xe48bff5b: return IMAGE_RP2350;
	default: return IMAGE_OTHER;
	}
}

static bool
uf2_is_block(const uint8_t *block)
{
	return get32(block) == UF2_MAGIC_FIRST &&
	    get32(block + 4) == UF2_MAGIC_SECOND &&
	    get32(block + UF2_BLOCK - 4) == UF2_MAGIC_LAST &&
	    get32(block + 16) <= UF2_PAYLOAD_MAX;
}

/*
 * Blocks come in order, each with its number and how many there are.  A single
 * "absolute" block in front, an errata of the RP2350, has numbers of its own.
 */
static int
uf2_parse(const uint8_t *buf, size_t len, struct image *image, const char **why)
{
	const uint8_t	*block;
	uint32_t	 expected = 0, count = 0;
	unsigned	 family;

	*why = "it is damaged or cut off: not whole blocks of UF2, in order";
	if (len == 0 || len % UF2_BLOCK != 0)
		return -EINVAL;
	for (block = buf; block < buf + len; block += UF2_BLOCK) {
		if (!uf2_is_block(block))
			return -EINVAL;
		family = uf2_family(block);
		image->families |= family;
		if (family == IMAGE_ANYWHERE)
			continue;
		if (expected == count)
			expected = count = 0;	/* another file behind it */
		if (get32(block + 20) != expected++)
			return -EINVAL;
		if (count == 0)
			count = get32(block + 24);
		if (get32(block + 24) != count || expected > count)
			return -EINVAL;
		if ((get32(block + 8) & UF2_NOT_FLASH) == 0)
			image_add(image, get32(block + 12), get32(block + 16));
	}
	return expected == count ? 0 : -EINVAL;
}

/* ------------------------------------------------------------------- BIN */

/* The CRC of an RP2040's second stage: datasheet, 2.8.1.3.1. */
static uint32_t
bin_crc(const uint8_t *buf, size_t len)
{
	uint32_t	crc = 0xffffffff;
	size_t		i;
	int		bit;

	for (i = 0; i < len; i++) {
		crc ^= (uint32_t)buf[i] << 24;
		for (bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? 0x04c11db7 : 0);
	}
	return crc;
}

static void
bin_parse(const uint8_t *buf, size_t len, struct image *image)
{
	uint32_t	word = len >= 2 ? get16(buf) : 0;

	image_add(image, 0, len);
	/* JMP and RJMP of the AVR instruction set: the vector of reset. */
	image->starts_avr = (word & 0xfe0e) == 0x940c ||
	    (word & 0xf000) == 0xc000;
	image->starts_rp2040 = len >= 256 && bin_crc(buf, 252) ==
	    get32(buf + 252);
}

/* ------------------------------------------------------------------- any */

/* What a file is by its first bytes; ANY if they say nothing. */
static enum image_format
image_recognize(const uint8_t *buf, size_t len)
{
	size_t	at = 0;

	if (len >= 4 && memcmp(buf, "\177ELF", 4) == 0)
		return IMAGE_ELF;
	if (len >= 8 && get32(buf) == UF2_MAGIC_FIRST &&
	    get32(buf + 4) == UF2_MAGIC_SECOND)
		return IMAGE_UF2;
	while (at < len && (buf[at] == '\r' || buf[at] == '\n' ||
	    buf[at] == ' '))
		at++;
	if (len - at >= 11 && buf[at] == ':' && hex_digit(buf[at + 1]) >= 0)
		return IMAGE_HEX;
	return IMAGE_ANY_FORMAT;
}

static int
image_parse_as(const uint8_t *buf, size_t len, struct image *image,
    const char **why)
{
	switch (image->format) {
	case IMAGE_HEX: return hex_parse(buf, len, image, why);
	case IMAGE_ELF: return elf_parse(buf, len, image, why);
	case IMAGE_UF2: return uf2_parse(buf, len, image, why);
	case IMAGE_BIN:
		bin_parse(buf, len, image);
		return 0;
	default:
		*why = "it is no image: neither Intel HEX nor ELF nor UF2";
		return -EINVAL;
	}
}

int
image_parse(const uint8_t *buf, size_t len, enum image_format format,
    struct image *out, const char **why)
{
	enum image_format	found = image_recognize(buf, len);
	struct image		image = { .format = found };
	int			error;

	if (format != IMAGE_ANY_FORMAT && format != found) {
		if (format != IMAGE_BIN || found != IMAGE_ANY_FORMAT) {
			*why = "it is not what its name says it is";
			return -EINVAL;
		}
		image.format = IMAGE_BIN;
	}
	error = image_parse_as(buf, len, &image, why);
	if (error == 0 && image.size == 0) {
		*why = "there is nothing in it";
		error = -EINVAL;
	}
	if (error == 0)
		*out = image;
	return error;
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
	if (image->format == IMAGE_UF2)
		return (image->families & chip->families) != 0;
	if (image->format == IMAGE_BIN)
		return chip->arch == IMAGE_AVR ? image->starts_avr :
		    chip->families != IMAGE_RP2040 || image->starts_rp2040;
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
	if (chip->size == 0 ||
	    image_is_within(&placed, chip->start, chip->size) ||
	    (chip->ram_size > 0 &&
	    image_is_within(&placed, chip->ram_start, chip->ram_size)))
		return 0;
	*why = placed.low < chip->start || placed.low >= chip->start + chip->size ?
	    "its addresses are those of another chip" :
	    "it is too large for this board";
	return -EINVAL;
}
