/* SPDX-License-Identifier: MIT */
/*
 * As much of the RP2040's boot ROM as an image may ask for (data sheet 2.8.3):
 * the magic number, the table of functions with its codes of two letters, and
 * the function that looks them up.  The functions do nothing themselves: each
 * calls the emulator by a breakpoint, whose number says which it is.
 */
	.syntax	unified
	.cpu	cortex-m0plus
	.thumb
	.text

	.word	0x20042000		/* stack */
	.word	halt + 1
	.word	halt + 1
	.word	halt + 1
	.byte	'M', 'u', 1, 1
	.hword	functions
	.hword	data
	.hword	lookup + 1
	.hword	0

	.macro	function name, number
	.thumb_func
\name:	bkpt	\number
	bx	lr
	.endm

	function connect, 1
	function leave_xip, 2
	function flush_cache, 3
	function enter_xip, 4
	function boot_usb, 5

halt:	b	halt

	/* r0: a table of pairs, ended by 0; r1: the code */
	.thumb_func
lookup:
	ldrh	r2, [r0]
	cmp	r2, #0
	beq	1f
	cmp	r2, r1
	beq	2f
	adds	r0, #4
	b	lookup
1:	movs	r0, #0
	bx	lr
2:	ldrh	r0, [r0, #2]
	bx	lr

	.balign	4
functions:
	.byte	'I', 'F'
	.hword	connect + 1
	.byte	'E', 'X'
	.hword	leave_xip + 1
	.byte	'F', 'C'
	.hword	flush_cache + 1
	.byte	'C', 'X'
	.hword	enter_xip + 1
	.byte	'U', 'B'
	.hword	boot_usb + 1
data:
	.hword	0
