/* SPDX-License-Identifier: MIT */
/*
 * What happens on boards, as structs.  An event's strings stay those of its JSON, so
 * that nothing is copied but bytes that came in base64.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "picod_private.h"
#include "protocol/text.h"

int
picod_watch_begin(struct picod *p, const char *board, bool history)
{
	json_t	*parameters = picod_json_parameters(board, false);

	if (history)
		json_object_set_new(parameters, "history", json_true());
	return picod_json_begin(p, "io.picod.Watch", parameters, true);
}

static const char *
watch_string(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

/* Who takes events. */
struct events {
	struct picod	*picod;
	picod_event_fn	*event;
	void		*arg;
};

static int
events_reply(const json_t *json, bool continues, void *arg)
{
	const struct events	*events = arg;
	struct picod_event	 event = {
		.board = watch_string(json, "board"),
		.kind = watch_string(json, "event"),
		.time_us = json_integer_value(json_object_get(json, "time")),
		.state = watch_string(json, "state"),
		.reason = watch_string(json, "reason"),
		.output = watch_string(json, "output"),
		.output_len = json_string_length(json_object_get(json,
		    "output")),
		.boot = json_integer_value(json_object_get(json, "boot")),
	};
	const json_t		*data = json_object_get(json, "data");
	char			*bytes = NULL;
	int			 error = 0;

	(void)continues;
	if (event.board == NULL || event.kind == NULL)
		error = -EBADMSG;
	else if (json_is_string(data))
		error = text_base64_decode(json_string_value(data),
		    json_string_length(data), &bytes, &event.data_len);
	if (error < 0)
		return connection_fail(events->picod, error == -EINVAL ?
		    -EBADMSG : error);
	event.data = bytes;
	error = events->event(&event, events->arg);
	free(bytes);
	return error;
}

int
picod_watch_process(struct picod *p, picod_event_fn *event, void *arg)
{
	struct events	events = { p, event, arg };

	return connection_replies(p, false, events_reply, &events);
}

int
picod_watch(struct picod *p, const char *board, bool history,
    picod_event_fn *event, void *arg)
{
	struct events	events = { p, event, arg };
	int		error = picod_watch_begin(p, board, history);

	return error != 0 ? error : connection_replies(p, true, events_reply,
	    &events);
}
