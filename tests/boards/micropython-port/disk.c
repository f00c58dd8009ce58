/* SPDX-License-Identifier: MIT */
/*
 * A disk in memory, with the littlefs that a Pico has on its flash.  It answers
 * MicroPython's block device protocol: five operations on blocks of 4 KB, read
 * and written in part.
 */
#include <string.h>

#include "extmod/vfs.h"
#include "extmod/vfs_lfs.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"

#define BLOCK_BYTES 4096

extern char disk_start[], disk_end[];

static const mp_obj_type_t disk_type;
static const mp_obj_base_t disk = { &disk_type };

/* Arguments: the disk, a block's number, a buffer, the offset in the block. */
static mp_obj_t
disk_move(const mp_obj_t *args, size_t n_args, bool to_disk)
{
	mp_buffer_info_t buffer;
	size_t offset = mp_obj_get_int(args[1]) * BLOCK_BYTES;
	size_t size = disk_end - disk_start;

	if (n_args > 3)
		offset += mp_obj_get_int(args[3]);
	mp_get_buffer_raise(args[2], &buffer,
	    to_disk ? MP_BUFFER_READ : MP_BUFFER_WRITE);
	if (offset > size || buffer.len > size - offset)
		return MP_OBJ_NEW_SMALL_INT(-MP_EINVAL);
	if (to_disk)
		memcpy(disk_start + offset, buffer.buf, buffer.len);
	else
		memcpy(buffer.buf, disk_start + offset, buffer.len);
	return MP_OBJ_NEW_SMALL_INT(0);
}

static mp_obj_t
disk_readblocks(size_t n_args, const mp_obj_t *args)
{
	return disk_move(args, n_args, false);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(
    disk_readblocks_obj, 3, 4, disk_readblocks);

static mp_obj_t
disk_writeblocks(size_t n_args, const mp_obj_t *args)
{
	return disk_move(args, n_args, true);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(
    disk_writeblocks_obj, 3, 4, disk_writeblocks);

static mp_obj_t
disk_ioctl(mp_obj_t self, mp_obj_t operation, mp_obj_t argument)
{
	switch (mp_obj_get_int(operation)) {
	case MP_BLOCKDEV_IOCTL_BLOCK_COUNT:
		return MP_OBJ_NEW_SMALL_INT(
		    (disk_end - disk_start) / BLOCK_BYTES);
	case MP_BLOCKDEV_IOCTL_BLOCK_SIZE:
		return MP_OBJ_NEW_SMALL_INT(BLOCK_BYTES);
	case MP_BLOCKDEV_IOCTL_BLOCK_ERASE:
		return MP_OBJ_NEW_SMALL_INT(0);
	default:
		return mp_const_none;
	}
}
static MP_DEFINE_CONST_FUN_OBJ_3(disk_ioctl_obj, disk_ioctl);

static const mp_rom_map_elem_t disk_members_table[] = {
	{ MP_ROM_QSTR(MP_QSTR_readblocks), MP_ROM_PTR(&disk_readblocks_obj) },
	{ MP_ROM_QSTR(MP_QSTR_writeblocks), MP_ROM_PTR(&disk_writeblocks_obj) },
	{ MP_ROM_QSTR(MP_QSTR_ioctl), MP_ROM_PTR(&disk_ioctl_obj) },
};
static MP_DEFINE_CONST_DICT(disk_members, disk_members_table);

static MP_DEFINE_CONST_OBJ_TYPE(disk_type, MP_QSTR_Disk, MP_TYPE_FLAG_NONE,
    locals_dict, &disk_members);

void
disk_mount(void)
{
	mp_obj_t device = MP_OBJ_FROM_PTR(&disk);
	mp_obj_t root = MP_OBJ_NEW_QSTR(MP_QSTR__slash_);
	mp_obj_t mkfs;

	if (mp_vfs_mount_and_chdir_protected(device, root) == 0)
		return;
	mkfs = mp_load_attr(MP_OBJ_FROM_PTR(&mp_type_vfs_lfs2), MP_QSTR_mkfs);
	mp_call_function_1(mkfs, device);
	mp_vfs_mount_and_chdir_protected(device, root);
}
