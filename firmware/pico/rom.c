/* SPDX-License-Identifier: MIT */
/*
 * The boot ROM has functions for everybody (data sheet 2.8.3.1), found by two
 * letters.  We use the one that restarts into BOOTSEL, and those that stop and
 * start the flash.
 *
 * To read the flash's own number, one must talk to it directly, and while that
 * goes on no code can come from it.  So the function that does it runs from
 * RAM and calls nothing that does not.  Afterwards boot2, of which there is a
 * copy in RAM by then, makes the flash readable again.
 */
#include "rom.h"

#include <stdbool.h>

#include "rp2040.h"

#define RAM_FUNCTION	__attribute__((section(".ramtext"), noinline))

#define CODE(a, b)	((uint32_t)(a) | (uint32_t)(b) << 8)

/* Of every flash: its unique number, after four bytes that mean nothing. */
#define FLASH_READ_ID	0x4b
#define FLASH_ID_SKIP	4

typedef void rom_fn(void);
typedef void *rom_lookup_fn(const uint16_t *table, uint32_t code);
typedef void rom_boot_fn(uint32_t led_mask, uint32_t disable);

struct flash_functions {
	rom_fn	*connect, *leave_xip, *flush_cache, *enter_xip;
};

/* gcc takes an access so near to address 0 for one through a null pointer. */
static uint32_t
rom_word(uint32_t address)
{
	__asm__ ("" : "+r" (address));
	return REG(address);
}

static bool
rom_exists(void)
{
	return (rom_word(ROM_MAGIC) & 0xffffff) == ('M' | 'u' << 8 | 1 << 16);
}

/* Words are read, for the two tables share one. */
static void *
rom_function(uint32_t code)
{
	uint32_t	 table = rom_word(ROM_FUNC_TABLE) & 0xffff;
	rom_lookup_fn	*lookup = (rom_lookup_fn *)
			    (rom_word(ROM_TABLE_LOOKUP) & 0xffff);

	return lookup((const uint16_t *)table, code);
}

RAM_FUNCTION static uint8_t
flash_exchange(uint8_t byte)
{
	while ((REG(SSI_SR) & SSI_SR_TFNF) == 0)
		;
	REG(SSI_DR0) = byte;
	while ((REG(SSI_SR) & SSI_SR_RFNE) == 0)
		;
	return (uint8_t)REG(SSI_DR0);
}

RAM_FUNCTION static void
flash_select(uint32_t level)
{
	REG(IO_QSPI_SS_CTRL) = (REG(IO_QSPI_SS_CTRL) & ~OUTOVER_MASK) | level;
	(void)REG(IO_QSPI_SS_CTRL);
}

RAM_FUNCTION static void
flash_read_id(const struct flash_functions *call, uint8_t *id)
{
	unsigned i;

	call->connect();
	call->leave_xip();
	flash_select(OUTOVER_LOW);
	flash_exchange(FLASH_READ_ID);
	for (i = 0; i < FLASH_ID_SKIP; i++)
		flash_exchange(0);
	for (i = 0; i < ROM_FLASH_ID_BYTES; i++)
		id[i] = flash_exchange(0);
	flash_select(OUTOVER_HIGH);
	call->flush_cache();
	flash_select(0);
	call->enter_xip();
}

void
rom_flash_id(uint8_t id[ROM_FLASH_ID_BYTES])
{
	static uint32_t		boot2_copy[64];
	const uint32_t		*boot2 = (const uint32_t *)0x10000000;
	struct flash_functions	 call;
	unsigned		 i;

	for (i = 0; i < ROM_FLASH_ID_BYTES; i++)
		id[i] = 0;
	if (!rom_exists())
		return;
	for (i = 0; i < 64; i++)
		boot2_copy[i] = boot2[i];
	call.connect = (rom_fn *)rom_function(CODE('I', 'F'));
	call.leave_xip = (rom_fn *)rom_function(CODE('E', 'X'));
	call.flush_cache = (rom_fn *)rom_function(CODE('F', 'C'));
	call.enter_xip = (rom_fn *)((uint32_t)boot2_copy | 1);
	flash_read_id(&call, id);
}

void
rom_boot_usb(void)
{
	rom_boot_fn	*boot = (rom_boot_fn *)rom_function(CODE('U', 'B'));

	__asm__ volatile ("cpsid i");
	boot(0, 0);
	for (;;)
		;
}
