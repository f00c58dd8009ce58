/* SPDX-License-Identifier: MIT */
/*
 * ListFirmware and Upload: what may be flashed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/boards/boards.h"
#include "daemon/flash/firmware.h"
#include "daemon/flash/flash_recipe.h"
#include "method.h"
#include "protocol/limits.h"
#include "upload.h"

static void
list_firmware_run(struct call *call)
{
	struct flash_recipe	 recipe = { .images = NULL };
	struct firmware		*list;
	struct board		*b = call->board;
	char			 why[FLASH_WHY_MAX];
	json_t			*json;
	size_t			 i, count;

	if (b != NULL && flash_recipe_get(b, &recipe, why) < 0) {
		call_fail(call, ERROR_UNSUPPORTED,
		    json_pack("{s:s}", "board", board_name(b)),
		    "board %s: %s", board_name(b), why);
		return;
	}
	json = json_array();
	count = firmware_list(recipe.images, &list);
	for (i = 0; i < count; i++)
		json_array_append_new(json, json_pack("{s:s, s:s, s:s, s:I}",
		    "name", list[i].name, "board", list[i].board, "file",
		    list[i].file, "size", (json_int_t)list[i].size));
	free(list);
	call_reply(call, json_pack("{s:o}", "firmware", json));
}

const struct method method_list_firmware = {
	.name = "io.picod.ListFirmware",
	.run = list_firmware_run,
	.target = TARGET_ANY,
};

static void
upload_fail(struct call *call, int error)
{
	if (error == -EINVAL)
		method_refuse_parameter(call, "at");
	else if (error == -EFBIG)
		call_fail(call, ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}",
		    "limit", "image", "value", LIMIT_IMAGE),
		    "an image has %d bytes at most", LIMIT_IMAGE);
	else if (error == -EUSERS)
		call_fail(call, ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}",
		    "limit", "uploads", "value", LIMIT_UPLOADS_PER_USER),
		    "%d MiB of images and files of yours wait for boards "
		    "already, or %d of all users; try again later",
		    LIMIT_UPLOADS_PER_USER >> 20, LIMIT_UPLOADS >> 20);
	else
		call_fail(call, ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}",
		    "limit", "disk", "value", 0), "picod cannot keep the "
		    "image: %s", strerror(-error));
}

static void
upload_run(struct call *call)
{
	const json_t	*at = json_object_get(call_parameters(call), "at");
	char		*bytes;
	size_t		 len;
	long long	 size;

	if (!method_bytes(call, "data", &bytes, &len))
		return;
	size = upload_add(call, json_integer_value(at), bytes, len);
	free(bytes);
	if (size < 0)
		upload_fail(call, (int)size);
	else
		call_reply(call, json_pack("{s:I}", "size", (json_int_t)size));
}

const struct method method_upload = {
	.name = "io.picod.Upload",
	.run = upload_run,
	.target = TARGET_ANY,
	.also = { "Flash", "WriteFile" },
};
