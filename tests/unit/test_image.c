/* SPDX-License-Identifier: MIT */
/* Images: whole ones, cut ones, and those for another chip. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "protocol/image_write.h"
#include "protocol/limits.h"
#include "tests/unit/suite.h"

static const struct image_chip	uno = {
	.name = "ATmega328P", .arch = IMAGE_AVR, .start = 0, .size = 32256,
	.avr = 5
};
static const struct image_chip	pico = {
	.name = "RP2040", .arch = IMAGE_ARM, .families = IMAGE_RP2040,
	.start = 0x10000000, .size = 0x1000000, .ram_start = 0x20000000,
	.ram_size = 0x42000
};

static const char	hex[] =
    ":100000000C945C000C946E000C946E000C946E00CA\r\n"
    ":0400100001020304E2\n"
    ":00000001FF\n";

static struct image	image;
static const char	*why;

/* Reads all of it: 0 or -EINVAL. */
static int
parse(const uint8_t *buf, size_t len, enum image_format format)
{
	struct image_reader	reader;
	struct image_piece	piece;
	int			result;

	image_reader_init(&reader, buf, len, format);
	do
		result = image_read(&reader, &piece, &why);
	while (result == 1);
	image = reader.image;
	return result;
}

static int
parse_text(const char *text, enum image_format format)
{
	return parse((const uint8_t *)text, strlen(text), format);
}

static void
put32(uint8_t *p, uint32_t value)
{
	int	i;

	for (i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* One block of UF2, 256 bytes of payload. */
static void
put_block(uint8_t *block, uint32_t family, uint32_t address, uint32_t number,
    uint32_t count)
{
	memset(block, 0, 512);
	put32(block, 0x0a324655);
	put32(block + 4, 0x9e5d5157);
	put32(block + 8, 0x2000);
	put32(block + 12, address);
	put32(block + 16, 256);
	put32(block + 20, number);
	put32(block + 24, count);
	put32(block + 28, family);
	put32(block + 508, 0x0ab16f30);
}

/* A program of one segment, with 16 bytes at an address. */
static void
put_elf(uint8_t elf[128], uint8_t machine, uint32_t address)
{
	memset(elf, 0, 128);
	memcpy(elf, "\177ELF\1\1\1", 7);
	elf[16] = 2;
	elf[18] = machine;
	elf[28] = 52;
	elf[42] = 32;
	elf[44] = 1;
	put32(elf + 52, 1);
	put32(elf + 56, 84);
	put32(elf + 64, address);
	put32(elf + 68, 16);
}

START_TEST(test_hex)
{
	ck_assert_int_eq(parse_text(hex, IMAGE_ANY_FORMAT), 0);
	ck_assert_int_eq(image.format, IMAGE_HEX);
	ck_assert_uint_eq(image.size, 20);
	ck_assert_uint_eq(image.low, 0);
	ck_assert_uint_eq(image.high, 20);
	ck_assert_int_eq(image_check(&image, &uno, &why), 0);
	ck_assert_int_eq(image_check(&image, &pico, &why), -EINVAL);
}
END_TEST

/* Cut anywhere before its end it is refused, but for the last newline. */
START_TEST(test_hex_cut)
{
	size_t	len;

	for (len = 0; len < strlen(hex) - 1; len++)
		ck_assert_int_eq(parse((const uint8_t *)hex, len,
		    IMAGE_ANY_FORMAT), -EINVAL);
}
END_TEST

/* Any digit changed is seen. */
START_TEST(test_hex_damaged)
{
	char	copy[sizeof hex];
	size_t	i;

	for (i = 0; i < sizeof hex - 1; i++) {
		if (strchr("\r\n", hex[i]) != NULL)
			continue;
		memcpy(copy, hex, sizeof hex);
		copy[i] = copy[i] == '7' ? '8' : '7';
		ck_assert_msg(parse_text(copy, IMAGE_HEX) == -EINVAL, "%zu", i);
	}
}
END_TEST

static const struct {
	const char	*text;
	uint64_t	 low, high;
} based[] = {
	{ ":020000040800F2\n:0100000055AA\n:00000001FF\n", 0x8000000, 0x8000001 },
	{ ":020000021000EC\n:0100000055AA\n:00000001FF\n", 0x10000, 0x10001 },
	{ ":0400000300007000" "89\n:0100000055AA\n:00000001FF\n", 0, 1 },
};

START_TEST(test_hex_bases)
{
	ck_assert_int_eq(parse_text(based[_i].text, IMAGE_HEX), 0);
	ck_assert_uint_eq(image.low, based[_i].low);
	ck_assert_uint_eq(image.high, based[_i].high);
}
END_TEST

START_TEST(test_too_large)
{
	ck_assert_int_eq(parse_text(":017DFF0055" "2E\n:00000001FF\n",
	    IMAGE_HEX), 0);
	ck_assert_int_eq(image_check(&image, &uno, &why), 0);
	ck_assert_int_eq(parse_text(":017E000055" "2C\n:00000001FF\n",
	    IMAGE_HEX), 0);
	image.low = 0;
	ck_assert_int_eq(image_check(&image, &uno, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why, "too large"));
}
END_TEST

static const char	*const no_image[] = {
	"", "hello", ":", "\177ELF", "#!/bin/sh\n", ":00000001FF\n",
	"UF2\nWQ]\x9e", "MZ", "\n\n\n"
};

START_TEST(test_no_image)
{
	ck_assert_int_eq(parse_text(no_image[_i], IMAGE_ANY_FORMAT), -EINVAL);
	ck_assert_ptr_nonnull(why);
}
END_TEST

START_TEST(test_said_to_be)
{
	ck_assert_int_eq(parse_text(hex, IMAGE_ELF), -EINVAL);
	ck_assert_int_eq(parse_text(hex, IMAGE_BIN), -EINVAL);
	ck_assert_int_eq(parse_text("hello", IMAGE_HEX), -EINVAL);
	ck_assert_int_eq(parse_text("hello", IMAGE_BIN), 0);
	ck_assert_int_eq(image_check(&image, &uno, &why), -EINVAL);
}
END_TEST

START_TEST(test_uf2)
{
	uint8_t	blocks[3 * 512];

	put_block(blocks, 0xe48bff57, 0x10ffff00, 0, 2);
	put_block(blocks + 512, 0xe48bff56, 0x10000000, 0, 2);
	put_block(blocks + 1024, 0xe48bff56, 0x10000100, 1, 2);
	ck_assert_int_eq(parse(blocks, 1536, IMAGE_ANY_FORMAT), 0);
	ck_assert_uint_eq(image.families, IMAGE_RP2040 | IMAGE_ANYWHERE);
	ck_assert_uint_eq(image.size, 512);
	ck_assert_int_eq(image_check(&image, &pico, &why), 0);
	ck_assert_int_eq(image_check(&image, &uno, &why), -EINVAL);
	ck_assert_int_eq(parse(blocks, 1024, IMAGE_UF2),
	    -EINVAL);
	ck_assert_int_eq(parse(blocks, 1535, IMAGE_UF2),
	    -EINVAL);
	blocks[1535]++;
	ck_assert_int_eq(parse(blocks, 1536, IMAGE_UF2),
	    -EINVAL);
}
END_TEST

START_TEST(test_uf2_of_another_chip)
{
	uint8_t	block[512];

	put_block(block, 0xe48bff59, 0x10000000, 0, 1);
	ck_assert_int_eq(parse(block, 512, IMAGE_UF2), 0);
	ck_assert_int_eq(image_check(&image, &pico, &why), -EINVAL);
	ck_assert_str_eq(why, "it is for another chip");
}
END_TEST

/* The flags of an ELF have the family of an AVR, or 0; 0x80 is about its linking. */
START_TEST(test_elf_of_another_avr)
{
	struct image		elf = { .format = IMAGE_ELF, .arch = IMAGE_AVR,
				    .high = 100, .size = 100 };
	struct image_chip	any = uno;

	any.avr = 0;
	for (elf.flags = 0; elf.flags <= 0xff; elf.flags++) {
		ck_assert_int_eq(image_check(&elf, &any, &why), 0);
		ck_assert_int_eq(image_check(&elf, &uno, &why),
		    (elf.flags & 0x7f) == 5 || (elf.flags & 0x7f) == 0 ? 0 :
		    -EINVAL);
	}
	ck_assert_str_eq(why, "it is for another chip");
}
END_TEST

START_TEST(test_elf)
{
	uint8_t	elf[128];
	size_t	len;

	put_elf(elf, 83, 0);
	ck_assert_int_eq(parse(elf, 128, IMAGE_ANY_FORMAT), 0);
	ck_assert_uint_eq(image.size, 16);
	ck_assert_int_eq(image_check(&image, &uno, &why), 0);
	ck_assert_int_eq(image_check(&image, &pico, &why), -EINVAL);
	for (len = 0; len < 100; len++)
		ck_assert_int_eq(parse(elf, len, IMAGE_ELF),
		    -EINVAL);
	put_elf(elf, 40, 0x10000000);
	ck_assert_int_eq(parse(elf, 128, IMAGE_ELF), 0);
	ck_assert_int_eq(image_check(&image, &pico, &why), 0);
	ck_assert_int_eq(image_check(&image, &uno, &why), -EINVAL);
	put_elf(elf, 62, 0x400000);		/* this computer's */
	ck_assert_int_eq(parse(elf, 128, IMAGE_ELF), 0);
	ck_assert_int_eq(image_check(&image, &pico, &why), -EINVAL);
}
END_TEST

START_TEST(test_bin)
{
	uint8_t	bin[256] = { 0x0c, 0x94, 0x5c };

	ck_assert_int_eq(parse(bin, 256, IMAGE_BIN), 0);
	ck_assert_int_eq(image_check(&image, &uno, &why), 0);
	ck_assert_int_eq(image_check(&image, &pico, &why), -EINVAL);
	image.high = uno.size + 1;
	ck_assert_int_eq(image_check(&image, &uno, &why), -EINVAL);
	ck_assert_int_eq(parse(bin, 256, IMAGE_ANY_FORMAT), -EINVAL);
}
END_TEST

/* What firmware.mk builds. */
START_TEST(test_our_own)
{
	static uint8_t	 buf[1 << 20];
	const char	*build = getenv("PICOD_BUILD");
	char		 path[256];
	FILE		*file;
	size_t		 len;
	bool		 is_uno = _i == 0;

	snprintf(path, sizeof path, "%s/firmware/%s", build == NULL ? "build" :
	    build, is_uno ? "uno-led.hex" : "pico-pinserver.uf2");
	file = fopen(path, "re");
	ck_assert_ptr_nonnull(file);
	len = fread(buf, 1, sizeof buf, file);
	fclose(file);
	ck_assert_int_eq(parse(buf, len, IMAGE_ANY_FORMAT), 0);
	ck_assert_int_eq(image_check(&image, is_uno ? &uno : &pico, &why), 0);
	ck_assert_int_eq(image_check(&image, is_uno ? &pico : &uno, &why),
	    -EINVAL);
}
END_TEST

/* ------------------------------------------------- the work of each call */

#define MEMORY_PAGE	4096
#define BEHIND		(MEMORY_PAGE + IMAGE_STEP)	/* may be "shown", too */

static void
fill_records(uint8_t *buf, const char *record)
{
	size_t	at, len = strlen(record);

	for (at = 0; at + len <= LIMIT_IMAGE - 11; at += len)
		memcpy(buf + at, record, len);
	memset(buf + at, ' ', LIMIT_IMAGE - 11 - at);
	memcpy(buf + LIMIT_IMAGE - 11, ":00000001FF", 11);
}

static void
fill_one_line(uint8_t *buf)
{
	fill_records(buf, ":00000000" "00");
}

static void
fill_long_records(uint8_t *buf)
{
	char	record[2 * 260 + 2] = ":FF000000";

	memset(record + 9, '0', 2 * 255);
	memcpy(record + 9 + 2 * 255, "01", 3);
	fill_records(buf, record);
}

static void
fill_spaces(uint8_t *buf)
{
	memset(buf, '\n', LIMIT_IMAGE);
	memcpy(buf, ":0100000055AA", 13);
	memcpy(buf + LIMIT_IMAGE - 11, ":00000001FF", 11);
}

static void
fill_uf2(uint8_t *buf)
{
	uint32_t	i, count = LIMIT_IMAGE / 512;

	for (i = 0; i < count; i++)
		put_block(buf + 512 * i, 0xe48bff56, 0x10000000 + 256 * i, i,
		    count);
}

static void
fill_elf(uint8_t *buf)
{
	put_elf(buf, 40, 0x10000000);
	put32(buf + 56, MEMORY_PAGE);
	put32(buf + 68, LIMIT_IMAGE - MEMORY_PAGE);
}

static void
fill_bin(uint8_t *buf)
{
	memset(buf, 0xff, LIMIT_IMAGE);
}

static const struct {
	void			(*fill)(uint8_t *);
	enum image_format	  format;
	size_t			  least;	/* bytes of it for a call */
} large[] = {
	{ fill_one_line, IMAGE_HEX, 11 },
	{ fill_long_records, IMAGE_HEX, 521 },
	{ fill_spaces, IMAGE_HEX, 1024 },
	{ fill_uf2, IMAGE_UF2, 512 },
	{ fill_elf, IMAGE_ELF, 1024 },
	{ fill_bin, IMAGE_BIN, 1024 },
};

/* Only so much of it can be seen as a call may look at, and an ELF's head. */
static void
show(uint8_t *buf, size_t at, enum image_format format)
{
	static size_t	shown;
	size_t		page = at & ~(size_t)(MEMORY_PAGE - 1);

	if (at != 0 && page == shown)
		return;
	shown = page;
	mprotect(buf, LIMIT_IMAGE, PROT_NONE);
	mprotect(buf + page, BEHIND, PROT_READ);
	if (format == IMAGE_ELF)
		mprotect(buf, MEMORY_PAGE, PROT_READ);
}

/* The largest image costs a bounded number of calls, each of bounded work. */
START_TEST(test_work_is_bounded)
{
	uint8_t			*buf = mmap(NULL, LIMIT_IMAGE + BEHIND,
				    PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct image_reader	 reader;
	struct image_piece	 piece;
	size_t			 at = 0, calls = 0;
	int			 result;

	large[_i].fill(buf);
	show(buf, 0, large[_i].format);
	image_reader_init(&reader, buf, LIMIT_IMAGE, large[_i].format);
	do {
		show(buf, at, large[_i].format);
		result = image_read(&reader, &piece, &why);
		if (piece.data >= buf && piece.data < buf + LIMIT_IMAGE)
			at = (size_t)(piece.data - buf) + piece.len;
		else if (reader.at > at)
			at = reader.at;
	} while (result == 1 && ++calls < LIMIT_IMAGE / large[_i].least + 4);
	ck_assert_int_eq(result, large[_i].fill == fill_one_line ? -EINVAL : 0);
	ck_assert_uint_ge(at, LIMIT_IMAGE - 16);
	munmap(buf, LIMIT_IMAGE + BEHIND);
}
END_TEST

/* As many segments as there can be, all of them the same part of the file. */
START_TEST(test_elf_read_again_and_again)
{
	static uint8_t	 elf[128 + 65535 * 32 + 4096];
	size_t		 i, calls = 0;
	struct image_reader	 reader;
	struct image_piece	 piece;

	put_elf(elf, 40, 0x10000000);
	put32(elf + 68, 65536);
	elf[44] = elf[45] = 0xff;
	for (i = 1; i < 65535; i++)
		memcpy(elf + 52 + 32 * i, elf + 52, 32);
	image_reader_init(&reader, elf, sizeof elf, IMAGE_ELF);
	while (image_read(&reader, &piece, &why) == 1)
		calls++;
	ck_assert_uint_lt(calls, sizeof elf / 1024);
	ck_assert_uint_le(reader.image.size, sizeof elf);
}
END_TEST

/* ------------------------------------------------------- written again */

static struct {
	uint64_t	 address;
	uint8_t		 data[64 * 1024];
	size_t		 len;
} parts[64];
static size_t		part_count;

/* Reads all of an image into parts that follow each other. */
static void
collect(const uint8_t *buf, size_t len, enum image_format format)
{
	struct image_reader	 reader;
	struct image_piece	 piece;

	part_count = 0;
	image_reader_init(&reader, buf, len, format);
	while (image_read(&reader, &piece, &why) == 1) {
		if (piece.len == 0)
			continue;
		if (part_count == 0 || parts[part_count - 1].address +
		    parts[part_count - 1].len != piece.address) {
			ck_assert_uint_lt(part_count, 64);
			parts[part_count].address = piece.address;
			parts[part_count++].len = 0;
		}
		memcpy(parts[part_count - 1].data + parts[part_count - 1].len,
		    piece.data, piece.len);
		parts[part_count - 1].len += piece.len;
	}
	image = reader.image;
}

static const struct image_piece	written[] = {
	{ 0, (const uint8_t *)"0123456789abcdefghi", 19 },
	{ 19, (const uint8_t *)"", 0 },
	{ 0x1fff8, (const uint8_t *)"over an edge of 64 KiB", 22 },
	{ 5, (const uint8_t *)"back", 4 },
	{ 0xfffffffe, (const uint8_t *)"zz", 2 },
};

#define WRITTEN	(sizeof written / sizeof *written)

static void
check_written(size_t i, size_t part)
{
	ck_assert_uint_eq(parts[part].address, written[i].address);
	ck_assert_uint_eq(parts[part].len, written[i].len);
	ck_assert_mem_eq(parts[part].data, written[i].data, written[i].len);
}

/* Pieces in any order, read again, are the same. */
START_TEST(test_hex_written)
{
	struct image_hex	 h = { 0 };
	static char		 text[WRITTEN * IMAGE_HEX_MAX];
	size_t			 len = 0, i, n, part = 0;

	for (i = 0; i < WRITTEN; i++) {
		n = image_hex_write(&h, &written[i], text + len);
		ck_assert_uint_le(n, IMAGE_HEX_MAX);
		len += n;
	}
	len += image_hex_end(text + len);
	collect((uint8_t *)text, len, IMAGE_HEX);
	for (i = 0; i < WRITTEN; i++)
		if (written[i].len > 0)
			check_written(i, part++);
	ck_assert_uint_eq(part, part_count);
}
END_TEST

/* The longest piece, wherever it begins, stays within what was promised. */
START_TEST(test_hex_longest)
{
	static uint8_t		data[IMAGE_STEP];
	static char		text[IMAGE_HEX_MAX];
	struct image_hex	h;
	struct image_piece	piece = { 0, data, sizeof data };

	for (piece.address = 0xf000; piece.address < 0x10010; piece.address++) {
		h.upper = 7;
		ck_assert_uint_le(image_hex_write(&h, &piece, text),
		    IMAGE_HEX_MAX);
	}
}
END_TEST

START_TEST(test_elf_written)
{
	static uint8_t		elf[IMAGE_ELF_DATA + 64];
	struct image_elf	e = { 0 };
	struct image		like = { .machine = 40, .entry = 0x10000001,
				    .flags = 0x5000200 };
	size_t			len = IMAGE_ELF_DATA, i, part = 0;

	for (i = 0; i < WRITTEN - 1; i++) {
		ck_assert_int_eq(image_elf_add(&e, &written[i]), 0);
		memcpy(elf + len, written[i].data, written[i].len);
		len += written[i].len;
	}
	image_elf_head(&e, &like, elf);
	collect(elf, len, IMAGE_ELF);
	for (i = 0; i < WRITTEN - 1; i++)
		if (written[i].len > 0)
			check_written(i, part++);
	ck_assert_uint_eq(part, part_count);
	ck_assert_int_eq(image.arch, IMAGE_ARM);
	ck_assert_uint_eq(image.entry, like.entry);
	ck_assert_uint_eq(image.flags, like.flags);
}
END_TEST

/* A program of as many segments as there may be, and one more. */
START_TEST(test_elf_segments)
{
	struct image_elf	e = { 0 };
	struct image_piece	piece = { 0, (const uint8_t *)"ab", 2 };
	uint32_t		i;

	for (i = 0; i < IMAGE_SEGMENTS; i++) {
		piece.address = 4 * i;
		ck_assert_int_eq(image_elf_add(&e, &piece), 0);
	}
	piece.address += 2;		/* it follows the last */
	ck_assert_int_eq(image_elf_add(&e, &piece), 0);
	piece.address += 4;
	ck_assert_int_eq(image_elf_add(&e, &piece), -E2BIG);
}
END_TEST

START_TEST(test_hex_beyond_32_bits)
{
	ck_assert_int_eq(parse_text(":02000004FFFFFC\n:01FFFF00AA57\n"
	    ":00000001FF\n", IMAGE_HEX), 0);
	ck_assert_uint_eq(image.high, 0x100000000);
	ck_assert_int_eq(parse_text(":02000004FFFFFC\n:02FFFF00AAAAAC\n"
	    ":00000001FF\n", IMAGE_HEX), -EINVAL);
}
END_TEST

/* picotool has no reader for it. */
START_TEST(test_hex_for_a_pico)
{
	ck_assert_int_eq(parse_text(":020000041000EA\n:0100000055AA\n"
	    ":00000001FF\n", IMAGE_HEX), 0);
	ck_assert_int_eq(image_check(&image, &pico, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why, ".uf2 and .elf"));
}
END_TEST

START_TEST(test_names)
{
	ck_assert_int_eq(image_format_find("uf2"), IMAGE_UF2);
	ck_assert_int_eq(image_format_find("exe"), IMAGE_ANY_FORMAT);
	ck_assert_str_eq(image_format_name(IMAGE_BIN), "bin");
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("image");
	TCase	*tc = tcase_create("image");

	tcase_add_test(tc, test_hex);
	tcase_add_test(tc, test_hex_cut);
	tcase_add_test(tc, test_hex_damaged);
	tcase_add_loop_test(tc, test_hex_bases, 0, sizeof based / sizeof *based);
	tcase_add_test(tc, test_too_large);
	tcase_add_loop_test(tc, test_no_image, 0,
	    sizeof no_image / sizeof *no_image);
	tcase_add_test(tc, test_said_to_be);
	tcase_add_test(tc, test_uf2);
	tcase_add_test(tc, test_uf2_of_another_chip);
	tcase_add_test(tc, test_elf_of_another_avr);
	tcase_add_test(tc, test_elf);
	tcase_add_test(tc, test_bin);
	tcase_add_loop_test(tc, test_our_own, 0, 2);
	tcase_add_loop_test(tc, test_work_is_bounded, 0,
	    sizeof large / sizeof *large);
	tcase_add_test(tc, test_elf_read_again_and_again);
	tcase_add_test(tc, test_hex_written);
	tcase_add_test(tc, test_hex_longest);
	tcase_add_test(tc, test_elf_written);
	tcase_add_test(tc, test_elf_segments);
	tcase_add_test(tc, test_hex_beyond_32_bits);
	tcase_add_test(tc, test_hex_for_a_pico);
	tcase_add_test(tc, test_names);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
