/* SPDX-License-Identifier: MIT */
/*
 * The second stage of booting (data sheet 2.8.1.3).  The boot ROM copies the
 * first 256 bytes of the flash into RAM, checks their CRC-32 (uf2.py puts it
 * there) and calls them.  It has no idea which flash is fitted; this code sets
 * the SSI (4.10) so that the flash can be read and executed in place.
 *
 * It uses the plainest way there is: command 03h, one bit at a time, at a
 * quarter of the clock.  Every serial flash understands that, nothing in the
 * flash needs to be set, and it is no slower here: the whole image fits into
 * the 16 kB cache between flash and processor.
 *
 * There may be no stack yet.  lr tells who calls: the boot ROM passes 0, and
 * then we go on to the image; flash.c, after it had to leave this mode, passes
 * the way back.
 */
	.syntax	unified
	.cpu	cortex-m0plus
	.thumb

	.equ	SSI, 0x18000000
	.equ	SSI_CTRLR0, 0x00
	.equ	SSI_CTRLR1, 0x04
	.equ	SSI_SSIENR, 0x08
	.equ	SSI_BAUDR, 0x14
	.equ	SSI_SPI_CTRLR0, 0xf4

	.section .boot2, "ax"
	.global	boot2
	.type	boot2, %function
	.thumb_func
boot2:
	ldr	r3, =SSI
	movs	r1, #0
	str	r1, [r3, #SSI_SSIENR]	/* off while it is being set */
	movs	r1, #4
	str	r1, [r3, #SSI_BAUDR]	/* a quarter of the 125 MHz to come */

	/* CTRLR0: standard SPI, frames of 32 bits, mode "EEPROM read". */
	ldr	r1, =(31 << 16 | 3 << 8)
	str	r1, [r3, #SSI_CTRLR0]

	/* SPI_CTRLR0: command 03h of 8 bits, an address of 24 (6 x 4). */
	ldr	r1, =(0x03 << 24 | 2 << 8 | 6 << 2)
	ldr	r2, =(SSI + SSI_SPI_CTRLR0)
	str	r1, [r2]

	movs	r1, #0
	str	r1, [r3, #SSI_CTRLR1]	/* one frame at a time */
	movs	r1, #1
	str	r1, [r3, #SSI_SSIENR]

	mov	r0, lr
	cmp	r0, #0
	beq	enter_image
	bx	lr

	/* The vector table begins with the stack and the entry (2.4.6). */
enter_image:
	ldr	r0, =vectors
	ldr	r1, =0xe000ed08		/* VTOR */
	str	r0, [r1]
	ldmia	r0!, {r1, r2}
	msr	msp, r1
	bx	r2

	.ltorg
