/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a trace are exact, so they always come in base64, too; the text beside
 * them is for people.
 */
#include "watch_event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "answer.h"
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
watch_event_new(const char *board, enum board_notice_kind kind,
    uint64_t time_us)
{
	return json_pack("{s:s, s:s, s:I}", "board", board, "event",
	    board_notice_name(kind), "time", (json_int_t)time_us);
}

static uint64_t
watch_event_now(void)
{
	struct timespec	now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void
watch_event_set_trace(json_t *json, const struct board_notice *notice)
{
	char	*data = xhave(text_base64(notice->bytes, notice->len));

	json_object_set_new(json, "data", json_string(data));
	free(data);
	json_object_set_new(json, "toBoard", json_boolean(notice->to_board));
	if (notice->client != NULL)
		json_object_set_new(json, "client",
		    method_client_json(notice->client));
}

char *
watch_event(const struct board *b, const struct board_notice *notice,
    size_t *len)
{
	json_t	*json = watch_event_new(board_name(b), notice->kind,
		    notice->time_us);

	json_object_set_new(json, "boot",
	    json_integer((json_int_t)notice->boot));
	if (notice->kind == NOTICE_STATE)
		json_object_set_new(json, "state",
		    json_string(board_state_name(notice->state)));
	if (notice->reason != NULL && notice->reason[0] != '\0')
		json_object_set_new(json, "reason",
		    method_clean_json(notice->reason));
	if (notice->bytes != NULL)
		answer_set_output(json, notice->bytes, notice->len);
	if (notice->kind == NOTICE_TRACE)
		watch_event_set_trace(json, notice);
	return watch_event_encode(json, len);
}

char *
watch_event_state(const struct board *b, size_t *len)
{
	const struct board_notice	state = {
		.kind = NOTICE_STATE, .state = board_state(b),
		.reason = board_problem(b), .boot = board_boot(b),
		.time_us = watch_event_now()
	};

	return watch_event(b, &state, len);
}

char *
watch_event_history(const struct board *b, size_t *len)
{
	const struct history	*history = board_history(b);
	char			*bytes = xmalloc(history->len + 1), *text;
	const struct board_notice said = {
		.kind = NOTICE_OUTPUT, .bytes = bytes, .len = history->len,
		.boot = board_boot(b), .time_us = watch_event_now()
	};

	history_copy(history, bytes);
	text = watch_event(b, &said, len);
	free(bytes);
	return text;
}

char *
watch_event_lost(const struct tape_count *lost, size_t *len)
{
	json_t	*json = watch_event_new("", NOTICE_LOST, watch_event_now());

	json_object_set_new(json, "reason", json_sprintf("%" PRIu64 " bytes in "
	    "%" PRIu64 " events were not told: this watcher was too slow",
	    lost->bytes, lost->events));
	return watch_event_encode(json, len);
}
