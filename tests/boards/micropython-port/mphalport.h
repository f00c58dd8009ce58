/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "shared/runtime/interrupt_char.h"

struct _mp_obj_base_t;

/* The LED's state; QEMU's monitor sees it too. */
void	board_led_set(int on);
int	board_led_get(void);

/* Starts the board anew, as its reset button does. */
void	board_reset(void) __attribute__((noreturn));

/* Mounts the disk at "/", formatted if it is blank. */
void	disk_mount(void);

extern const struct _mp_obj_type_t pin_type;
