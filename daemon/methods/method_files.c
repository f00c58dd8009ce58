/* SPDX-License-Identifier: MIT */
/*
 * A board's files: ListFiles, Stat, ReadFile, WriteFile, RemoveFile,
 * MakeDirectory and RenameFile.  Each is one turn in the board's queue.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/boards/boards.h"
#include "filing.h"
#include "method.h"
#include "protocol/limits.h"
#include "protocol/text.h"
#include "upload.h"

/* A piece of a file, and of a list, that is worth a reply. */
#define PIECE_BYTES	4096
#define PIECE_ENTRIES	64

static bool
files_flag(struct call *call, const char *name)
{
	return json_is_true(json_object_get(call_parameters(call), name));
}

/* The path of a parameter; NULL: it can be none, and the call has ended. */
static const char *
files_path(struct call *call, const char *name)
{
	const char	*path = method_string(call, name);

	if (files_path_wrong(path) == NULL)
		return path;
	method_refuse_parameter(call, name);
	return NULL;
}

/*
 * Whether what the port takes arrives, however busy the board is: USB and sockets
 * hold it back; behind a bridge chip or a UART there is only a small buffer.
 */
static bool
files_port_is_lossless(const struct board *b)
{
	const char	*port = board_port(b);

	return strncmp(port, "unix:", 5) == 0 || strncmp(port, "tcp:", 4) == 0 ||
	    strncmp(port, "/dev/ttyACM", 11) == 0;
}

static void
files_do(struct call *call, struct files_order *order, struct scratch *file,
    const struct filing_ops *ops)
{
	struct board	*b = call->board;

	order->lossless = files_port_is_lossless(b);
	filing_begin(call, b, order, file, ops);
}

/* ------------------------------------------------------------------ lists */

static json_t *
files_entry_json(const struct files_entry *entry)
{
	json_t	*json = json_pack("{s:s, s:b, s:I}", "path", entry->path,
		    "directory", entry->is_directory, "size",
		    (json_int_t)entry->size);

	if (json != NULL && entry->hash != NULL)
		json_object_set_new(json, "hash", json_string(entry->hash));
	return json;
}

static json_t *
files_list_json(struct filing *f)
{
	json_t	*json = json_pack("{s:O}", "files", f->list);

	json_decref(f->list);
	f->list = json_array();
	f->kept = 0;
	return json;
}

static void
files_list_event(struct filing *f, const struct files_event *event)
{
	/* A name that is no UTF-8 is no name that a client could say. */
	json_array_append_new(f->list, files_entry_json(&event->entry));
	if (f->call->in.more && json_array_size(f->list) == PIECE_ENTRIES)
		call_continue(f->call, files_list_json(f));
}

static json_t *
files_list_reply(struct filing *f, const struct files_result *result)
{
	(void)result;
	return files_list_json(f);
}

static void
list_files_run(struct call *call)
{
	static const struct filing_ops	ops = {
		files_list_event, files_list_reply
	};
	const char			*path = method_string(call, "path");
	struct files_order		 order = {
		.op = FILES_LIST,
		.path = path,
		.recursive = files_flag(call, "recursive"),
		.hash = files_flag(call, "hash"),
	};

	if (path[0] == '\0' || files_path(call, "path") != NULL)
		files_do(call, &order, NULL, &ops);
}

const struct method method_list_files = {
	.name = "io.picod.ListFiles",
	.run = list_files_run,
	.target = TARGET_BOARD,
};

static void
files_stat_event(struct filing *f, const struct files_event *event)
{
	if (event->type == FILES_ENTRY)
		json_array_append_new(f->list, files_entry_json(&event->entry));
}

static json_t *
files_stat_reply(struct filing *f, const struct files_result *result)
{
	json_t	*json = json_pack("{s:O}", "file", json_array_get(f->list, 0));

	if (result->capacity > 0) {
		json_object_set_new(json, "capacity",
		    json_integer((json_int_t)result->capacity));
		json_object_set_new(json, "available",
		    json_integer((json_int_t)result->available));
	}
	return json;
}

static void
stat_run(struct call *call)
{
	static const struct filing_ops	ops = {
		files_stat_event, files_stat_reply
	};
	struct files_order		order = {
		.op = FILES_STAT,
		.path = files_path(call, "path"),
		.hash = files_flag(call, "hash"),
	};

	if (order.path != NULL)
		files_do(call, &order, NULL, &ops);
}

const struct method method_stat = {
	.name = "io.picod.Stat",
	.run = stat_run,
	.target = TARGET_BOARD,
};

/* ---------------------------------------------------------------- reading */

static json_t *
files_data_json(struct filing *f)
{
	size_t	 len = evbuffer_get_length(f->data);
	char	*text = xhave(text_base64((char *)evbuffer_pullup(f->data, -1),
		    len));
	json_t	*json = json_pack("{s:s, s:I, s:I}", "data", text, "done",
		    (json_int_t)f->done, "total", (json_int_t)f->total);

	free(text);
	evbuffer_drain(f->data, len);
	f->kept = 0;
	return json;
}

static void
files_read_event(struct filing *f, const struct files_event *event)
{
	if (event->type != FILES_CONTENT)
		return;
	evbuffer_add(f->data, event->data, event->len);
	f->done = event->done;
	f->total = event->total;
	if (f->call->in.more && evbuffer_get_length(f->data) >= PIECE_BYTES)
		call_continue(f->call, files_data_json(f));
}

static json_t *
files_read_reply(struct filing *f, const struct files_result *result)
{
	(void)result;
	return files_data_json(f);
}

static void
read_file_run(struct call *call)
{
	static const struct filing_ops	ops = {
		files_read_event, files_read_reply
	};
	struct files_order		order = {
		.op = FILES_READ,
		.path = files_path(call, "path"),
	};

	if (order.path != NULL)
		files_do(call, &order, NULL, &ops);
}

const struct method method_read_file = {
	.name = "io.picod.ReadFile",
	.run = read_file_run,
	.target = TARGET_BOARD,
};

/* ---------------------------------------------------------------- writing */

static void
files_write_event(struct filing *f, const struct files_event *event)
{
	if (event->type == FILES_PROGRESS && f->call->in.more &&
	    !call_is_full(f->call))
		call_continue(f->call, json_pack("{s:I, s:I}", "done",
		    (json_int_t)event->done, "total",
		    (json_int_t)event->total));
}

static json_t *
files_write_reply(struct filing *f, const struct files_result *result)
{
	return json_pack("{s:I, s:I, s:b}", "done", (json_int_t)f->total,
	    "total", (json_int_t)f->total, "changed", !result->unchanged);
}

/* No file that is lost on its way becomes an empty one. */
static void
files_fail_upload(struct call *call, const char *path)
{
	call_fail(call, ERROR_FILE_ERROR, json_pack("{s:s, s:s, s:s}", "board",
	    board_name(call->board), "path", path, "kind", "other"),
	    "%s: nothing was handed over for it; Upload it on this connection, "
	    "an empty file as an empty piece", path);
}

static void
files_refuse_upload(struct call *call, size_t len)
{
	if (len > LIMIT_FILE)
		call_fail(call, ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}",
		    "limit", "file", "value", LIMIT_FILE), "a file on a board "
		    "may have %d MiB", LIMIT_FILE >> 20);
	else
		call_fail(call, ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}",
		    "limit", "memory", "value", 0),
		    "what was handed over cannot be read");
}

/* What the connection has handed over; NULL: the call has ended. */
static struct scratch *
files_take_upload(struct call *call, struct files_order *order)
{
	struct scratch	*file = upload_take(call);

	if (file == NULL) {
		files_fail_upload(call, order->path);
		return NULL;
	}
	order->len = scratch_size(file);
	order->content = order->len > LIMIT_FILE ? NULL : scratch_bytes(file);
	if (order->content != NULL)
		return file;
	scratch_destroy(file);
	files_refuse_upload(call, order->len);
	return NULL;
}

static void
write_file_run(struct call *call)
{
	static const struct filing_ops	ops = {
		files_write_event, files_write_reply
	};
	struct files_order		order = {
		.op = FILES_WRITE,
		.path = files_path(call, "path"),
	};
	struct scratch			*file;

	if (order.path == NULL)
		return;
	file = files_take_upload(call, &order);
	if (file != NULL)
		files_do(call, &order, file, &ops);
}

const struct method method_write_file = {
	.name = "io.picod.WriteFile",
	.run = write_file_run,
	.target = TARGET_BOARD,
};

/* -------------------------------------------------------------- the rest */

static const struct filing_ops	files_quiet = { NULL, NULL };

static void
remove_file_run(struct call *call)
{
	struct files_order	order = {
		.op = FILES_REMOVE,
		.path = files_path(call, "path"),
		.recursive = files_flag(call, "recursive"),
	};

	if (order.path != NULL)
		files_do(call, &order, NULL, &files_quiet);
}

const struct method method_remove_file = {
	.name = "io.picod.RemoveFile",
	.run = remove_file_run,
	.target = TARGET_BOARD,
};

static void
make_directory_run(struct call *call)
{
	struct files_order	order = {
		.op = FILES_MAKE_DIRECTORY,
		.path = files_path(call, "path"),
		.recursive = files_flag(call, "parents"),
	};

	if (order.path != NULL)
		files_do(call, &order, NULL, &files_quiet);
}

const struct method method_make_directory = {
	.name = "io.picod.MakeDirectory",
	.run = make_directory_run,
	.target = TARGET_BOARD,
};

static void
rename_file_run(struct call *call)
{
	struct files_order	order = {
		.op = FILES_RENAME,
		.path = files_path(call, "path"),
	};

	if (order.path == NULL)
		return;
	order.to = files_path(call, "to");
	if (order.to != NULL)
		files_do(call, &order, NULL, &files_quiet);
}

const struct method method_rename_file = {
	.name = "io.picod.RenameFile",
	.run = rename_file_run,
	.target = TARGET_BOARD,
};
