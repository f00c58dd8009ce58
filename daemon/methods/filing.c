/* SPDX-License-Identifier: MIT */
/*
 * The board has the queue and the jobs, protocol/files.h the conversation; this
 * carries bytes, time and ends between the two.
 */
#include "filing.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "context.h"
#include "daemon/base/clock.h"
#include "daemon/base/memory.h"
#include "daemon/boards/unit.h"
#include "method.h"
#include "protocol/limits.h"

/* An entry of a list, in bytes of memory besides its path. */
#define ENTRY_BYTES	640

/* For the first job, whose start is not seen: from its start on the board. */
#define FIRST_MS	60000

static void
filing_destroy(struct filing *f)
{
	files_destroy(f->files);
	event_free(f->timer);
	evbuffer_free(f->data);
	json_decref(f->list);
	scratch_destroy(f->file);
	free(f);
}

static void
filing_arm(struct filing *f)
{
	uint64_t	deadline = files_deadline(f->files);
	uint64_t	now = clock_now(), ms;
	struct timeval	tv;

	if (deadline == FILES_NEVER) {
		event_del(f->timer);
		return;
	}
	ms = deadline > now ? deadline - now : 0;
	tv.tv_sec = (time_t)(ms / 1000);
	tv.tv_usec = (suseconds_t)(ms % 1000) * 1000;
	event_add(f->timer, &tv);
}

/* What the job is to hear next goes with what else the port gets. */
static void
filing_say(struct filing *f)
{
	const uint8_t	*bytes;
	size_t		 len = files_say(f->files, &bytes);

	if (len > 0) {
		unit_input(f->board, f->asker->request, bytes, len);
		files_said(f->files, len, clock_now());
	}
	filing_arm(f);
}

/* What the method keeps of it until that is answered. */
static size_t
filing_size(const struct files_event *event)
{
	switch (event->type) {
	case FILES_CONTENT: return event->len;
	case FILES_ENTRY: return ENTRY_BYTES + strlen(event->entry.path);
	default: return 0;
	}
}

static void
filing_see(struct filing *f, const struct files_event *event)
{
	f->kept += filing_size(event);
	if (event->type == FILES_STOP) {
		f->stopping = true;
		unit_interrupt(f->board);
	} else if (event->type != FILES_NONE && f->ops->event != NULL &&
	    f->call != NULL) {
		f->ops->event(f, event);
	}
}

static void
filing_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct filing		*f = arg;
	struct files_event	 event;

	(void)fd, (void)what;
	files_tick(f->files, clock_now(), &event);
	filing_see(f, &event);
	filing_arm(f);
}

/*
 * Without "more" all of it is kept here, and becomes one answer; with it, it waits
 * in pieces for the client to read them.
 */
static bool
filing_may_keep(struct filing *f)
{
	if (!f->call->in.more && evbuffer_get_length(f->data) > LIMIT_FILE)
		return false;
	return call_keep(f->call, f->kept) &&
	    call_unread(f->call) <= LIMIT_UNREAD;
}

static bool
filing_output(struct asker *asker)
{
	struct filing		*f = asker->arg;
	struct evbuffer		*output = asker->output;
	struct files_event	 event;
	size_t			 len = evbuffer_get_length(output), off;
	const uint8_t		*bytes = evbuffer_pullup(output, -1);

	for (off = 0; off < len; ) {
		off += files_hear(f->files, bytes + off, len - off,
		    clock_now(), &event);
		filing_see(f, &event);
	}
	evbuffer_drain(output, len);
	filing_say(f);
	f->full |= !filing_may_keep(f);
	return !f->full;
}

/* How a job ended, for the conversation; false: the board is not to be had. */
static bool
filing_end(const struct request_result *result, enum files_end *end)
{
	switch (result->error) {
	case ERROR_NONE: *end = FILES_ENDED; return true;
	case ERROR_STATEMENT_FAILED: *end = FILES_ENDED_RAISED; return true;
	case ERROR_INTERRUPTED: *end = FILES_ENDED_INTERRUPTED; return true;
	case ERROR_DISCONNECTED: *end = FILES_ENDED_RESTARTED; return true;
	default: return false;
	}
}

static bool
filing_next(struct asker *asker, const struct request_result *result)
{
	struct filing	*f = asker->arg;
	enum files_end	 end;
	const char	*text;
	size_t		 len;

	if (!filing_end(result, &end))
		return false;
	f->stopping = false;
	event_del(f->timer);
	files_ended(f->files, end, result->traceback, result->traceback_len);
	text = files_job(f->files, &len);
	if (text == NULL)
		return false;
	request_renew(asker->request, REQUEST_OWN, text, len,
	    REQUEST_NO_LIMIT);
	files_started(f->files, clock_now());
	filing_arm(f);
	return true;
}

static void
filing_fail(struct filing *f, const struct files_result *result)
{
	json_t	*json = json_pack("{s:s, s:s, s:s}", "board",
		    board_name(f->board), "path", result->path, "kind",
		    files_kind_name(result->kind));

	if (result->drive)
		json_object_set_new(json, "drive", json_string("CIRCUITPY"));
	call_fail(f->call, ERROR_FILE_ERROR, json, "%s", result->message);
}

static void
filing_fail_full(struct filing *f)
{
	bool	file = evbuffer_get_length(f->data) > 0;
	int	limit = file ? LIMIT_FILE : LIMIT_KEPT_PER_USER;

	call_keep(f->call, 0);		/* there is room for why */
	call_fail(f->call, ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}", "limit",
	    file ? "file" : "memory", "value", limit), "board %s says more of it "
	    "than is kept for one answer (%d MiB): ask for it in pieces, with "
	    "\"more\"%s", board_name(f->board), limit >> 20,
	    file ? "" : ", or for one directory at a time");
}

/* Whether what the conversation says of the end is of files. */
static bool
filing_is_about_files(const struct files_result *result)
{
	return result->kind != FILES_INTERRUPTED &&
	    result->kind != FILES_RESTARTED;
}

/* It is over, and this is about files: the call ends with what was said. */
static void
filing_answer(struct filing *f, const struct files_result *said)
{
	if (said->kind == FILES_OK)
		call_reply(f->call, f->ops->reply == NULL ? NULL :
		    f->ops->reply(f, said));
	else if (said->kind == FILES_UNSUPPORTED)
		call_fail(f->call, ERROR_UNSUPPORTED, json_pack("{s:s}",
		    "board", board_name(f->board)), "%s", said->message);
	else
		filing_fail(f, said);
}

static void
filing_finish(struct asker *asker, const struct request_result *result)
{
	struct filing			*f = asker->arg;
	const struct files_result	*said = files_result(f->files);
	struct request_result		 end = *result;
	json_t				*json;

	if (f->full && !f->call->in.more) {
		filing_fail_full(f);
		filing_destroy(f);
		return;
	}
	if (files_over(f->files) && filing_is_about_files(said)) {
		filing_answer(f, said);
		filing_destroy(f);
		return;
	}
	if (files_over(f->files)) {
		/* Whatever came of removing, since, what was there of it. */
		end.error = said->kind == FILES_RESTARTED ?
		    ERROR_DISCONNECTED : ERROR_INTERRUPTED;
		end.started = true;
	}
	json = json_object();
	answer_set_error(json, &end);
	call_fail(f->call, end.error, json, "%s", end.error == result->error ?
	    result->message : said->message);
	filing_destroy(f);
}

static const struct request_sink filing_sink = {
	.output = filing_output, .next = filing_next, .finish = filing_finish,
};

/* What is being written is removed by whoever comes next, if anybody does. */
static void
filing_cancel(struct call *call)
{
	struct filing	*f = call->state;

	f->call = NULL;
	unit_withdraw(f->board, f->asker);
	filing_destroy(f);
}

static struct filing *
filing_create(struct call *call, struct board *b,
    const struct files_order *order, struct scratch *file,
    const struct filing_ops *ops)
{
	struct filing	*f = xcalloc(1, sizeof *f);

	f->ops = ops;
	f->call = call;
	f->board = b;
	f->file = file;
	f->total = order->len;
	f->files = xhave(files_create(order, board_files(b)));
	f->timer = evtimer_new(call->context->base,
	    filing_timer_cb, f);
	f->data = evbuffer_new();
	f->list = json_array();
	return f;
}

void
filing_begin(struct call *call, struct board *b,
    const struct files_order *order, struct scratch *file,
    const struct filing_ops *ops)
{
	struct filing	*f = filing_create(call, b, order, file, ops);
	struct request	*r;
	const char	*text;
	size_t		 len;

	text = files_job(f->files, &len);
	if (text == NULL)
		filing_answer(f, files_result(f->files));
	r = text == NULL ? NULL : method_request(call, REQUEST_OWN, text, len);
	if (r == NULL) {
		filing_destroy(f);
		return;
	}
	r->timeout_ms = FIRST_MS;
	f->asker = request_join(r, &filing_sink, f);
	call->state = f;
	call->cancel = filing_cancel;
	unit_submit(b, r);
}
