/* SPDX-License-Identifier: MIT */
/*
 * Firmware images: what a file is, for which kind of chip, and where it goes.
 */
#ifndef PICOD_IMAGE_H
#define PICOD_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of the type ImageFormat in io.picod.varlink. */
enum image_format {
	IMAGE_HEX,		/* Intel HEX */
	IMAGE_ELF,
	IMAGE_UF2,
	IMAGE_BIN,		/* bytes for the start of the flash memory */
	IMAGE_FORMAT_COUNT,
	IMAGE_ANY_FORMAT = IMAGE_FORMAT_COUNT,	/* whatever it says it is */
};

enum image_arch {
	IMAGE_ANY_ARCH,		/* the format does not say */
	IMAGE_AVR, IMAGE_ARM, IMAGE_RISCV, IMAGE_OTHER_ARCH
};

/* Families of UF2 that matter here, as bits. */
enum {
	IMAGE_RP2040	= 1 << 0,
	IMAGE_RP2350	= 1 << 1,	/* of either architecture */
	IMAGE_ANYWHERE	= 1 << 2,	/* "absolute": the addresses say it all */
	IMAGE_OTHER	= 1 << 3,	/* another chip's */
};

/* Of the flags of an AVR's ELF: its family, 5 for ATmega328P, 6 for ATmega2560. */
#define IMAGE_AVR_FAMILY	0x7f

struct image {
	enum image_format	 format;
	enum image_arch		 arch;
	unsigned		 families;	/* of UF2 */
	uint64_t		 low, high;	/* it fills [low, high) at most */
	uint64_t		 size;		/* bytes to write */
	/* Of an ELF, as it says them. */
	uint16_t	 machine;
	uint32_t	 entry, flags;
	/* Of a plain binary: what its first bytes would be good for. */
	bool			 starts_avr;	/* a jump */
	bool			 starts_rp2040;	/* a second stage, CRC right */
};

/* What an image is for. */
struct image_chip {
	const char	*name;		/* for people: "ATmega328P" */
	enum image_arch	 arch;		/* ANY where there are several */
	unsigned	 families;	/* of UF2; 0: it takes none */
	uint64_t	 start, size;	/* of flash */
	uint64_t	 ram_start, ram_size;	/* may be loaded, too */
	unsigned	 avr;		/* family of an AVR, as ELFs have it; 0: any */
};

/* "hex", "elf", "uf2" or "bin"; the format of such a name, or ANY. */
const char		*image_format_name(enum image_format);
enum image_format	 image_format_find(const char *name);

/* A piece of an image: bytes for an address, of a plain binary from 0. */
struct image_piece {
	uint64_t	 address;
	const uint8_t	*data;		/* until the reader is used again */
	size_t		 len;		/* may be 0 */
};

/* The most that one call of image_read() looks at, in bytes. */
#define IMAGE_STEP	4096

/* Where a reader is; only image is for others. */
struct image_reader {
	struct image	 image;		/* of what was read so far */
	const uint8_t	*buf;
	size_t		 len, at;
	uint64_t	 base;		/* HEX: what addresses are added to */
	uint8_t		 data[255];	/* HEX: of a record */
	uint32_t	 segment, segment_at;	/* ELF: where in which */
	uint32_t	 expected, count;	/* UF2: the next block, of how many */
	bool		 is_other;	/* than it is said to be */
};

/*
 * Begins to read an image, which stays the caller's and must outlive the reader.
 * format: what it is said to be; a plain binary has no marks, and is one only if
 * it is said to be.
 */
void	image_reader_init(struct image_reader *, const uint8_t *buf, size_t len,
    enum image_format format);

/*
 * Reads on, by IMAGE_STEP bytes at most, so that a large image can be read
 * between other things.  1: a piece, and there is more to read; 0: it is whole,
 * and reader->image what it is; -EINVAL with a sentence in *why (static), that
 * begins in lower case and has no full stop.
 */
int	image_read(struct image_reader *, struct image_piece *,
    const char **why);

/* Whether it is for that chip and fits.  0, or -EINVAL with *why as above. */
int	image_check(const struct image *, const struct image_chip *,
    const char **why);

#endif
