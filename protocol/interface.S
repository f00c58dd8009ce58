/* SPDX-License-Identifier: MIT */
/* The interfaces' descriptions as they stand, as strings. */
	.section .rodata
	.global interface_picod, interface_service
interface_picod:
	.incbin "protocol/io.picod.varlink"
	.byte 0
interface_service:
	.incbin "protocol/org.varlink.service.varlink"
	.byte 0
	.section .note.GNU-stack, "", %progbits
