/* SPDX-License-Identifier: MIT */
/*
 * Files on a board.  How they get there is picod's affair; a client hands over
 * bytes in pieces that fit into messages, and takes others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "picod_private.h"
#include "protocol/text.h"

/* Bytes in one call: as base64, well within a message. */
#define PIECE_SIZE	(512 * 1024)

static int
upload_piece(struct picod *p, size_t at, const void *bytes, size_t len)
{
	char	*text = text_base64(bytes, len);
	json_t	*parameters, *reply;
	int	 error;

	parameters = text == NULL ? NULL : json_pack("{s:s, s:I}", "data",
	    text, "at", (json_int_t)at);
	free(text);
	if (parameters == NULL)
		return connection_fail(p, -ENOMEM);
	error = picod_json_call(p, "io.picod.Upload", parameters, &reply);
	if (error == 0)
		json_decref(reply);
	return error;
}

int
picod_json_upload(struct picod *p, const void *bytes, size_t len)
{
	size_t	n, off = 0;
	int	error;

	do {	/* an empty file is an empty piece */
		n = len - off < PIECE_SIZE ? len - off : PIECE_SIZE;
		error = upload_piece(p, off, (const char *)bytes + off, n);
		off += n;
	} while (error == 0 && off < len);
	return error;
}

static void
tell_progress(const json_t *reply, picod_progress_fn *progress, void *arg)
{
	long long	done, total;

	done = json_integer_value(json_object_get(reply, "done"));
	total = json_integer_value(json_object_get(reply, "total"));
	if (progress != NULL)
		progress((unsigned long long)done, (unsigned long long)total,
		    arg);
}

int
picod_json_write_file(struct picod *p, json_t *parameters, const void *bytes,
    size_t len, picod_progress_fn *progress, void *arg, bool *changed)
{
	json_t	*reply;
	bool	 continues = true;
	int	 error;

	error = parameters == NULL ? connection_fail(p, -EINVAL) :
	    picod_json_upload(p, bytes, len);
	if (error != 0) {
		json_decref(parameters);
		return error;
	}
	error = picod_json_begin(p, "io.picod.WriteFile", parameters, true);
	while (error == 0 && continues) {
		error = picod_json_next(p, &reply, &continues);
		if (error != 0)
			break;
		tell_progress(reply, progress, arg);
		if (!continues && changed != NULL)
			*changed = !json_is_false(json_object_get(reply,
			    "changed"));
		json_decref(reply);
	}
	return error;
}

/* What has been read so far. */
struct reading {
	char	*bytes;
	size_t	 len;
};

static int
reading_add(struct reading *r, const json_t *data)
{
	char	*piece, *grown;
	size_t	 len;
	int	 error;

	if (!json_is_string(data))
		return -EBADMSG;
	error = text_base64_decode(json_string_value(data),
	    json_string_length(data), &piece, &len);
	if (error < 0)
		return error == -EINVAL ? -EBADMSG : error;
	grown = realloc(r->bytes, r->len + len + 1);
	if (grown == NULL) {
		free(piece);
		return -ENOMEM;
	}
	memcpy(grown + r->len, piece, len);
	free(piece);
	r->bytes = grown;
	r->len += len;
	r->bytes[r->len] = '\0';
	return 0;
}

int
picod_json_read_file(struct picod *p, json_t *parameters,
    picod_progress_fn *progress, void *arg, void **bytes, size_t *len)
{
	struct reading	 r = { 0 };
	json_t		*reply;
	bool		 continues = true;
	int		 error;

	error = picod_json_begin(p, "io.picod.ReadFile", parameters, true);
	while (error == 0 && continues) {
		error = picod_json_next(p, &reply, &continues);
		if (error != 0)
			break;
		error = reading_add(&r, json_object_get(reply, "data"));
		if (error < 0)
			connection_break(p, error);
		tell_progress(reply, progress, arg);
		json_decref(reply);
	}
	if (error != 0) {
		free(r.bytes);
		return error;
	}
	*bytes = r.bytes;
	*len = r.len;
	return 0;
}

/* The parameters of a call about a path; NULL if any of it is not UTF-8. */
static json_t *
file_parameters(const char *board, const char *path)
{
	json_t	*parameters = picod_json_parameters(board, true);

	if (parameters != NULL && json_object_set_new(parameters, "path",
	    json_string(path)) < 0) {
		json_decref(parameters);
		return NULL;
	}
	return parameters;
}

int
picod_write_file(struct picod *p, const char *board, const char *path,
    const void *bytes, size_t len, picod_progress_fn *progress, void *arg,
    bool *changed)
{
	return picod_json_write_file(p, file_parameters(board, path), bytes,
	    len, progress, arg, changed);
}

int
picod_read_file(struct picod *p, const char *board, const char *path,
    picod_progress_fn *progress, void *arg, void **bytes, size_t *len)
{
	return picod_json_read_file(p, file_parameters(board, path), progress,
	    arg, bytes, len);
}

void
picod_free_files(struct picod_file *files, size_t count)
{
	size_t	i;

	for (i = 0; i < count; i++) {
		free(files[i].path);
		free(files[i].hash);
	}
	free(files);
}

static int
file_fill(struct picod_file *file, const json_t *json)
{
	const char	*path = json_string_value(json_object_get(json, "path"));
	const char	*hash = json_string_value(json_object_get(json, "hash"));

	file->is_directory = json_is_true(json_object_get(json, "directory"));
	file->size = (unsigned long long)json_integer_value(
	    json_object_get(json, "size"));
	file->path = strdup(path == NULL ? "" : path);
	file->hash = hash == NULL ? NULL : strdup(hash);
	return file->path == NULL || (hash != NULL && file->hash == NULL) ?
	    -ENOMEM : 0;
}

int
picod_list_files(struct picod *p, const char *board, const char *path,
    bool recursive, bool hash, struct picod_file **files, size_t *count)
{
	json_t			*parameters = file_parameters(board, path);
	json_t			*reply, *list;
	struct picod_file	*all;
	size_t			 i, n;
	int			 error;

	json_object_set_new(parameters, "recursive", json_boolean(recursive));
	json_object_set_new(parameters, "hash", json_boolean(hash));
	error = picod_json_call(p, "io.picod.ListFiles", parameters, &reply);
	if (error != 0)
		return error;
	list = json_object_get(reply, "files");
	n = json_array_size(list);
	all = calloc(n + 1, sizeof *all);
	for (i = 0; all != NULL && error == 0 && i < n; i++)
		error = file_fill(&all[i], json_array_get(list, i));
	json_decref(reply);
	if (all == NULL || error < 0) {
		picod_free_files(all, all == NULL ? 0 : n);
		return connection_fail(p, -ENOMEM);
	}
	*files = all;
	*count = n;
	return 0;
}

static int
file_do(struct picod *p, const char *method, json_t *parameters,
    const char *name, json_t *value)
{
	json_t	*reply;
	int	 error;

	if (json_object_set_new(parameters, name, value) < 0) {
		json_decref(parameters);
		parameters = NULL;
	}
	error = picod_json_call(p, method, parameters, &reply);
	if (error == 0)
		json_decref(reply);
	return error;
}

int
picod_remove_file(struct picod *p, const char *board, const char *path,
    bool recursive)
{
	return file_do(p, "io.picod.RemoveFile", file_parameters(board, path),
	    "recursive", json_boolean(recursive));
}

int
picod_make_directory(struct picod *p, const char *board, const char *path)
{
	return file_do(p, "io.picod.MakeDirectory",
	    file_parameters(board, path), "parents", json_true());
}

int
picod_rename_file(struct picod *p, const char *board, const char *path,
    const char *to)
{
	return file_do(p, "io.picod.RenameFile", file_parameters(board, path),
	    "to", json_string(to));
}
