/* SPDX-License-Identifier: MIT */
/*
 * The UF2 specification of Microsoft, with the families of its uf2families.json:
 * a block a step.
 */
#include "image_private.h"

#include <errno.h>

#define UF2_BLOCK		512
#define UF2_PAYLOAD_MAX		476
#define UF2_MAGIC_LAST		0x0ab16f30
#define UF2_NOT_FLASH		0x00000001
#define UF2_HAS_FAMILY		0x00002000

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

/* Whether a block is the next one of those there are. */
static bool
uf2_is_next(struct image_reader *r, const uint8_t *block)
{
	if (r->expected == r->count)
		r->expected = r->count = 0;	/* another file behind it */
	if (get32(block + 20) != r->expected++)
		return false;
	if (r->count == 0)
		r->count = get32(block + 24);
	return get32(block + 24) == r->count && r->expected <= r->count;
}

/*
 * Blocks come in order, each with its number and how many there are.  A single
 * "absolute" block in front, an errata of the RP2350, has numbers of its own.
 */
int
image_uf2_step(struct image_reader *r, struct image_piece *piece,
    const char **why)
{
	const uint8_t	*block = r->buf + r->at;
	unsigned	 family;

	*why = "it is damaged or cut off: not whole blocks of UF2, in order";
	if (r->len % UF2_BLOCK != 0)
		return -EINVAL;
	if (r->at == r->len)
		return r->expected == r->count ? 0 : -EINVAL;
	if (!uf2_is_block(block))
		return -EINVAL;
	r->at += UF2_BLOCK;
	family = uf2_family(block);
	r->image.families |= family;
	if (family == IMAGE_ANYWHERE)
		return 1;
	if (!uf2_is_next(r, block))
		return -EINVAL;
	if ((get32(block + 8) & UF2_NOT_FLASH) != 0)
		return 1;
	return image_take(&r->image, piece, get32(block + 12), block + 32,
	    get32(block + 16));
}
