/* SPDX-License-Identifier: MIT */
/*
 * What this MicroPython can do: about what the one of a Raspberry Pi Pico can,
 * where a client can tell.
 */
#ifndef MPCONFIGPORT_H
#define MPCONFIGPORT_H

#include <alloca.h>
#include <stdint.h>

#define MICROPY_HW_BOARD_NAME "mps2-an385"
#define MICROPY_HW_MCU_NAME "Cortex-M3"
#define MICROPY_PY_SYS_PLATFORM "qemu"

#define MICROPY_CONFIG_ROM_LEVEL MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES
#define MICROPY_ENABLE_GC 1
#define MICROPY_ENABLE_EMERGENCY_EXCEPTION_BUF 1
#define MICROPY_LONGINT_IMPL MICROPY_LONGINT_IMPL_MPZ
#define MICROPY_FLOAT_IMPL MICROPY_FLOAT_IMPL_FLOAT
#define MICROPY_USE_INTERNAL_ERRNO 1
#define MICROPY_VFS 1
#define MICROPY_READER_VFS 1
#define MICROPY_PY_ASYNCIO 0
#define MICROPY_PY_OS_UNAME 1
#define MICROPY_PY_MACHINE 1
#define MICROPY_PY_MACHINE_INCLUDEFILE "machine_port.h"
#define MICROPY_PY_MACHINE_RESET 1
#define MICROPY_PY_MACHINE_BARE_METAL_FUNCS 0

/* The UART's interrupt may raise an exception in the interpreter. */
#define MICROPY_BEGIN_ATOMIC_SECTION() board_irq_disable()
#define MICROPY_END_ATOMIC_SECTION(state) board_irq_restore(state)
#define MICROPY_INTERNAL_WFE(timeout_ms) board_wait_ms(timeout_ms)

/* Newlib's headers know no log2() and have no unistd.h to trust. */
#define MP_NEED_LOG2 1
#define MP_SSIZE_MAX 0x7fffffff
#define UINT_FMT "%lu"
#define INT_FMT "%ld"

typedef int32_t mp_int_t;
typedef uint32_t mp_uint_t;
typedef long mp_off_t;

#define MP_STATE_PORT MP_STATE_VM

uint32_t	board_irq_disable(void);
void		board_irq_restore(uint32_t state);

/* Sleeps until an interrupt, or the time if it is not negative, has come. */
void		board_wait_ms(int32_t timeout_ms);

#endif
