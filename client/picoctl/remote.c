/* SPDX-License-Identifier: MIT */
/*
 * A board's files by the methods of io.picod.  The bar that shows how far a file
 * is has the file's name in front of it.
 */
#include "remote.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "client/lib/picod_json.h"
#include "session.h"

/* A path as JSON; NULL after a complaint. */
static json_t *
remote_json(const char *path)
{
	return remote_is_utf8(path) ? json_string(path) : NULL;
}

/* The parameters of a method about a path; NULL after a complaint. */
static json_t *
remote_parameters(struct picoctl *ctl, const char *path)
{
	json_t	*parameters = session_parameters(ctl, true);
	json_t	*json = parameters == NULL ? NULL : remote_json(path);

	if (json_object_set_new(parameters, "path", json) < 0) {
		json_decref(parameters);
		return NULL;
	}
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	return parameters;
}

/* The parameters of a method that makes what has that path. */
static json_t *
remote_new_parameters(struct picoctl *ctl, const char *path)
{
	return remote_is_fit(path) ? remote_parameters(ctl, path) : NULL;
}

/*
 * The exit status for a call that had these parameters, which are done with.  Where
 * one of them was refused the error has its name, but not the path that it was.
 */
static int
remote_status(struct picoctl *ctl, json_t *parameters, int failure)
{
	const char	*refused = output_string(picod_json_error(ctl->picod),
			    "parameter");
	const char	*path = json_string_value(json_object_get(parameters,
			    refused));
	int		 status = STATUS_OK;

	output_end_bar(&ctl->output);
	if (failure != 0)
		status = path != NULL ? session_refused(ctl, path) :
		    session_failed(ctl, failure, false);
	json_decref(parameters);
	return status;
}

/* As session_call(). */
static int
remote_call(struct picoctl *ctl, const char *method, json_t *parameters,
    json_t **reply)
{
	if (parameters == NULL)
		return STATUS_USAGE;
	return remote_status(ctl, parameters, session_ask(ctl, method,
	    json_incref(parameters), reply));
}

static char *
remote_copy(const char *text)
{
	char	*copy = strdup(text);

	if (copy == NULL)
		abort();
	return copy;
}

static void
remote_fill(struct remote_file *file, const json_t *json)
{
	const json_t	*hash = json_object_get(json, "hash");

	file->path = remote_copy(output_string(json, "path"));
	file->is_directory = json_is_true(json_object_get(json, "directory"));
	file->size = (unsigned long long)json_integer_value(
	    json_object_get(json, "size"));
	file->hash = json_is_string(hash) ?
	    remote_copy(json_string_value(hash)) : NULL;
}

static void
remote_add(struct remote_list *list, const json_t *json)
{
	list->files = reallocarray(list->files, list->count + 1,
	    sizeof *list->files);
	if (list->files == NULL)
		abort();
	remote_fill(&list->files[list->count++], json);
}

void
remote_list_free(struct remote_list *list)
{
	size_t	i;

	for (i = 0; i < list->count; i++) {
		free(list->files[i].path);
		free(list->files[i].hash);
	}
	free(list->files);
	*list = (struct remote_list){ 0 };
}

/* A directory comes right before what is in it: "/" is the least of all. */
static int
remote_compare(const void *a, const void *b)
{
	const char	*p = ((const struct remote_file *)a)->path;
	const char	*q = ((const struct remote_file *)b)->path;

	for (; *p != '\0' && *p == *q; p++)
		q++;
	if (*p == *q)
		return 0;
	if (*p == '\0' || *q == '\0')
		return *p == '\0' ? -1 : 1;
	if (*p == '/' || *q == '/')
		return *p == '/' ? -1 : 1;
	return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
}

int
remote_list(struct picoctl *ctl, const char *path, bool recursive, bool hash,
    struct remote_list *list)
{
	json_t	*parameters = remote_parameters(ctl, path), *reply, *file;
	size_t	 i;
	int	 status;

	*list = (struct remote_list){ 0 };
	if (parameters != NULL) {
		json_object_set_new(parameters, "recursive",
		    json_boolean(recursive));
		json_object_set_new(parameters, "hash", json_boolean(hash));
	}
	status = remote_call(ctl, "io.picod.ListFiles", parameters, &reply);
	if (status != STATUS_OK)
		return status;
	json_array_foreach(json_object_get(reply, "files"), i, file)
		remote_add(list, file);
	json_decref(reply);
	if (list->count > 0)
		qsort(list->files, list->count, sizeof *list->files,
		    remote_compare);
	return STATUS_OK;
}

/* Whether the error that came last says that a path is not there. */
static bool
remote_is_not_found(const struct picoctl *ctl)
{
	const char	*name = picod_error_name(ctl->picod);

	return name != NULL && strcmp(name, "io.picod.FileError") == 0 &&
	    strcmp(output_string(picod_json_error(ctl->picod), "kind"),
	    "notFound") == 0;
}

int
remote_pass_over(struct picoctl *ctl, int status)
{
	if (status != STATUS_FILE || !remote_is_not_found(ctl))
		return status;
	ctl->missed++;
	return STATUS_OK;
}

int
remote_passed_over(struct picoctl *ctl, int status)
{
	if (status == STATUS_OK && ctl->missed > 0)
		status = STATUS_FILE;
	ctl->missed = 0;
	return status;
}

int
remote_stat(struct picoctl *ctl, const char *path, bool hash,
    struct remote_file *found)
{
	json_t	*parameters = remote_parameters(ctl, path), *reply;
	int	 failure;

	if (parameters == NULL)
		return STATUS_USAGE;
	json_object_set_new(parameters, "hash", json_boolean(hash));
	failure = picod_json_call(ctl->picod, "io.picod.Stat",
	    json_incref(parameters), &reply);
	if (failure > 0 && remote_is_not_found(ctl)) {
		json_decref(parameters);
		return REMOTE_ABSENT;
	}
	if (failure == 0 && found != NULL)
		remote_fill(found, json_object_get(reply, "file"));
	if (failure == 0)
		json_decref(reply);
	return remote_status(ctl, parameters, failure);
}

/* The directory that a pattern is about: what is before its last slash. */
static char *
remote_directory(const char *path)
{
	const char	*base = remote_base(path);
	char		*directory = remote_copy(base == path ? "/" : path);

	if (base > path + 1)
		directory[base - path - 1] = '\0';
	else if (base > path)
		directory[1] = '\0';
	return directory;
}

static bool
remote_is_like(const struct remote_file *file, const char *pattern)
{
	return fnmatch(pattern, remote_base(file->path), FNM_PERIOD) == 0;
}

static bool
remote_is_called(const struct remote_file *file, const char *name)
{
	return strcmp(name, remote_base(file->path)) == 0;
}

/*
 * Keeps what fits the pattern; where nothing does, it is a name that happens to
 * have such characters, as in a shell.
 */
static void
remote_keep(struct remote_list *list, const char *pattern)
{
	bool	(*fits)(const struct remote_file *, const char *) =
		    remote_is_called;
	size_t	i, n = 0;

	for (i = 0; i < list->count && fits == remote_is_called; i++)
		if (remote_is_like(&list->files[i], pattern))
			fits = remote_is_like;
	for (i = 0; i < list->count; i++) {
		if (fits(&list->files[i], pattern)) {
			list->files[n++] = list->files[i];
			continue;
		}
		free(list->files[i].path);
		free(list->files[i].hash);
	}
	list->count = n;
}

int
remote_glob(struct picoctl *ctl, const char *word, bool hash,
    struct remote_list *list)
{
	const char	*path = remote_path(word);
	char		*directory;
	int		 status;

	if (!remote_is_pattern(word)) {
		list->files = calloc(1, sizeof *list->files);
		if (list->files == NULL)
			abort();
		list->count = 1;
		list->files[0].path = remote_copy(path);
		return STATUS_OK;
	}
	directory = remote_directory(path);
	status = remote_list(ctl, directory, false, hash, list);
	free(directory);
	if (status != STATUS_OK)
		return remote_pass_over(ctl, status);
	remote_keep(list, remote_base(path));
	if (list->count > 0)
		return STATUS_OK;
	picoctl_complain("nothing on the board is like %s", path);
	remote_list_free(list);
	ctl->missed++;
	return STATUS_OK;
}

/* A file on its way, for its bar, which has a line of its own. */
struct remote_bar {
	struct picoctl	*ctl;
	const char	*path;
};

static void
remote_progress(unsigned long long done, unsigned long long total, void *arg)
{
	const struct remote_bar	*bar = arg;

	bar->ctl->output.ops->progress(&bar->ctl->output, bar->path, done,
	    total);
}

int
remote_read(struct picoctl *ctl, const char *path, bool shows, void **bytes,
    size_t *len)
{
	struct remote_bar	 bar = { ctl, path };
	json_t			*parameters = remote_parameters(ctl, path);

	if (parameters == NULL)
		return STATUS_USAGE;
	return remote_status(ctl, parameters, picod_json_read_file(ctl->picod,
	    json_incref(parameters), shows ? remote_progress : NULL, &bar,
	    bytes, len));
}

int
remote_write(struct picoctl *ctl, const char *path, const void *bytes,
    size_t len, bool *changed)
{
	struct remote_bar	 bar = { ctl, path };
	json_t			*parameters = remote_new_parameters(ctl, path);

	if (parameters == NULL)
		return STATUS_USAGE;
	return remote_status(ctl, parameters, picod_json_write_file(ctl->picod,
	    json_incref(parameters), bytes, len, remote_progress, &bar,
	    changed));
}

static int
remote_do(struct picoctl *ctl, const char *method, json_t *parameters,
    const char *name, json_t *value)
{
	json_t	*reply;
	int	 status;

	if (parameters != NULL)
		json_object_set(parameters, name, value);
	json_decref(value);
	status = remote_call(ctl, method, parameters, &reply);
	if (status == STATUS_OK)
		json_decref(reply);
	return status;
}

int
remote_remove(struct picoctl *ctl, const char *path, bool recursive)
{
	return remote_do(ctl, "io.picod.RemoveFile",
	    remote_parameters(ctl, path), "recursive",
	    json_boolean(recursive));
}

int
remote_make_directory(struct picoctl *ctl, const char *path)
{
	return remote_do(ctl, "io.picod.MakeDirectory",
	    remote_new_parameters(ctl, path), "parents", json_true());
}

int
remote_rename(struct picoctl *ctl, const char *path, const char *to)
{
	json_t	*json = remote_is_fit(to) ? remote_json(to) : NULL;

	return json == NULL ? STATUS_USAGE : remote_do(ctl,
	    "io.picod.RenameFile", remote_parameters(ctl, path), "to", json);
}
