/* SPDX-License-Identifier: MIT */
/*
 * machine.Pin, for the one pin this board has: the LED, Pin(25) or Pin("LED")
 * as on a Pico.
 */
#include "py/mphal.h"
#include "py/runtime.h"

static const mp_obj_base_t pin = { &pin_type };

static void
pin_print(const mp_print_t *print, mp_obj_t self, mp_print_kind_t kind)
{
	mp_print_str(print, "Pin(25, mode=OUT)");
}

static bool
pin_is_led(mp_obj_t id)
{
	if (mp_obj_is_str(id))
		return mp_obj_equal(id, MP_OBJ_NEW_QSTR(MP_QSTR_LED));
	return mp_obj_get_int(id) == 25;
}

static mp_obj_t
pin_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
    const mp_obj_t *args)
{
	mp_arg_check_num(n_args, n_kw, 1, 2, true);
	if (!pin_is_led(args[0]))
		mp_raise_ValueError(MP_ERROR_TEXT("invalid pin"));
	return MP_OBJ_FROM_PTR(&pin);
}

static mp_obj_t
pin_value(size_t n_args, const mp_obj_t *args)
{
	if (n_args == 1)
		return MP_OBJ_NEW_SMALL_INT(board_led_get());
	board_led_set(mp_obj_is_true(args[1]));
	return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(pin_value_obj, 1, 2, pin_value);

static mp_obj_t
pin_on(mp_obj_t self)
{
	board_led_set(1);
	return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(pin_on_obj, pin_on);

static mp_obj_t
pin_off(mp_obj_t self)
{
	board_led_set(0);
	return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(pin_off_obj, pin_off);

static mp_obj_t
pin_toggle(mp_obj_t self)
{
	board_led_set(!board_led_get());
	return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(pin_toggle_obj, pin_toggle);

static const mp_rom_map_elem_t pin_members_table[] = {
	{ MP_ROM_QSTR(MP_QSTR_value), MP_ROM_PTR(&pin_value_obj) },
	{ MP_ROM_QSTR(MP_QSTR_on), MP_ROM_PTR(&pin_on_obj) },
	{ MP_ROM_QSTR(MP_QSTR_off), MP_ROM_PTR(&pin_off_obj) },
	{ MP_ROM_QSTR(MP_QSTR_high), MP_ROM_PTR(&pin_on_obj) },
	{ MP_ROM_QSTR(MP_QSTR_low), MP_ROM_PTR(&pin_off_obj) },
	{ MP_ROM_QSTR(MP_QSTR_toggle), MP_ROM_PTR(&pin_toggle_obj) },
	{ MP_ROM_QSTR(MP_QSTR_IN), MP_ROM_INT(0) },
	{ MP_ROM_QSTR(MP_QSTR_OUT), MP_ROM_INT(1) },
};
static MP_DEFINE_CONST_DICT(pin_members, pin_members_table);

MP_DEFINE_CONST_OBJ_TYPE(pin_type, MP_QSTR_Pin, MP_TYPE_FLAG_NONE,
    make_new, pin_make_new, print, pin_print, locals_dict, &pin_members);
