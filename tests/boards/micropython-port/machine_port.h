/* SPDX-License-Identifier: MIT */
/* This board's part of the module machine, included by MicroPython's. */
#include "py/mphal.h"

#define MICROPY_PY_MACHINE_EXTRA_GLOBALS \
	{ MP_ROM_QSTR(MP_QSTR_Pin), MP_ROM_PTR(&pin_type) },

static void
mp_machine_idle(void)
{
	board_wait_ms(1);
}

static void
mp_machine_reset(void)
{
	board_reset();
}

static mp_int_t
mp_machine_reset_cause(void)
{
	return 0;
}
