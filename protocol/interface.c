/* SPDX-License-Identifier: MIT */
/*
 * The interfaces' descriptions as they stand, as strings.  In C rather than in a
 * file of assembly, so that the compiler marks the object as it does all others:
 * one that is not marked takes the protection of the control flow (CET, BTI) from
 * the whole program.
 */
#include "protocol/schema.h"

__asm__(".pushsection .rodata\n"
    ".global interface_picod, interface_service\n"
    "interface_picod:\n"
    "\t.incbin \"protocol/io.picod.varlink\"\n"
    "\t.byte 0\n"
    "interface_service:\n"
    "\t.incbin \"protocol/org.varlink.service.varlink\"\n"
    "\t.byte 0\n"
    ".popsection\n");
