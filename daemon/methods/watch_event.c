/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a trace are exact, so they always come in base64, too; the text beside
 * them is for people.
 */
#include "watch_event.h"

#include <stdlib.h>
#include <time.h>

#include "daemon/base/memory.h"
#include "daemon/board/board.h"
#include "method.h"
#include "protocol/text.h"

static char *
watch_event_encode(json_t *parameters, size_t *len)
{
	json_t	*message = varlink_reply_new(parameters, true);
	char	*text = xhave(varlink_encode(message, len));

	json_decref(message);
	return text;
}

static json_t *
watch_event_new(const char *board, enum board_notice_kind kind)
{
	struct timespec	now;

	clock_gettime(CLOCK_REALTIME, &now);
	return json_pack("{s:s, s:s, s:I}", "board", board, "event",
	    board_notice_name(kind), "time", (json_int_t)now.tv_sec * 1000000 +
	    now.tv_nsec / 1000);
}

static void
watch_event_set_trace(json_t *json, const struct board *b,
    const struct board_notice *notice)
{
	const struct request	*running = board_running(b);
	char			*data = xhave(text_base64(notice->bytes,
					    notice->len));

	json_object_set_new(json, "data", json_string(data));
	free(data);
	json_object_set_new(json, "toBoard", json_boolean(notice->to_board));
	if (running != NULL)
		json_object_set_new(json, "client",
		    method_client_json(&running->client));
}

char *
watch_event(const struct board *b, const struct board_notice *notice,
    size_t *len)
{
	json_t	*json = watch_event_new(board_name(b), notice->kind);

	json_object_set_new(json, "boot",
	    json_integer((json_int_t)board_boot(b)));
	if (notice->kind == NOTICE_STATE)
		json_object_set_new(json, "state",
		    json_string(board_state_name(notice->state)));
	if (notice->reason != NULL && notice->reason[0] != '\0')
		json_object_set_new(json, "reason",
		    method_clean_json(notice->reason));
	if (notice->bytes != NULL)
		method_set_output(json, notice->bytes, notice->len);
	if (notice->kind == NOTICE_TRACE)
		watch_event_set_trace(json, b, notice);
	return watch_event_encode(json, len);
}

char *
watch_event_lost(size_t bytes, size_t events, size_t *len)
{
	json_t	*json = watch_event_new("", NOTICE_LOST);

	json_object_set_new(json, "reason", json_sprintf("%zu bytes in %zu "
	    "events were not told: this watcher was too slow", bytes, events));
	return watch_event_encode(json, len);
}
