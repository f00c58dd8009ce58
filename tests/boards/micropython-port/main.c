/* SPDX-License-Identifier: MIT */
/*
 * The life of the board: mount the disk, run boot.py and, where the friendly
 * REPL is wanted, main.py; then serve the REPL until Ctrl-D asks for a soft
 * reset.  Leaving the raw REPL by Ctrl-D keeps main.py from running, as it
 * does on every board.
 */
#include "py/cstack.h"
#include "py/gc.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/readline/readline.h"
#include "shared/runtime/gchelper.h"
#include "shared/runtime/pyexec.h"

#define HEAP_BYTES (140 * 1024)
#define STACK_BYTES (16 * 1024)

extern char stack_top;

static char heap[HEAP_BYTES] __attribute__((aligned(8)));

static void
run_files(void)
{
	int status;

	status = pyexec_file_if_exists("boot.py");
	if (status & PYEXEC_FORCED_EXIT)
		return;
	if (pyexec_mode_kind == PYEXEC_MODE_FRIENDLY_REPL)
		status = pyexec_file_if_exists("main.py");
	if (status & PYEXEC_FORCED_EXIT)
		return;

	do {
		if (pyexec_mode_kind == PYEXEC_MODE_RAW_REPL)
			status = pyexec_raw_repl();
		else
			status = pyexec_friendly_repl();
	} while (status == 0);
}

int
main(void)
{
	mp_cstack_init_with_top(&stack_top, STACK_BYTES);
	for (;;) {
		gc_init(heap, heap + sizeof heap);
		mp_init();
		readline_init0();
		board_led_set(0);
		disk_mount();
		run_files();
		mp_printf(&mp_plat_print, "MPY: soft reboot\n");
		gc_sweep_all();
		mp_deinit();
	}
}

void
gc_collect(void)
{
	gc_collect_start();
	gc_helper_collect_regs_and_stack();
	gc_collect_end();
}

void
nlr_jump_fail(void *exception)
{
	mp_printf(&mp_plat_print, "FATAL: uncaught exception %p\n", exception);
	board_reset();
}
