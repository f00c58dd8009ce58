/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/slots.h"

#include <assert.h>
#include <string.h>

/* What a console types is told from all that drivers send. */
#define TYPED	0xc0

static unsigned
slot_number(const struct slot *slot)
{
	return (unsigned)(slot - slot->slots->all);
}

static bool
slot_output(struct asker *a)
{
	struct slot	*slot = a->arg;
	size_t		 len = evbuffer_get_length(a->output);

	assert(slot->asker == a && len > 0);
	evbuffer_drain(a->output, len);
	return len % 7 != 3;	/* he keeps no more */
}

static void
console_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	struct slot	*slot = arg;

	assert(slot->has && slot->kind == REQUEST_CONSOLE);
	(void)bytes, (void)len;
}

/*
 * As a connection does that is closed: it gives the board back right there,
 * unless the board is about to go.
 */
static void
console_ended(void *arg)
{
	struct slot	*slot = arg;

	assert(slot->has && slot->kind == REQUEST_CONSOLE);
	slot->has = slot->typing = false;
	if (!slot->slots->gone) {
		board_return(slot->host->board, slot->host->now);
		host_pump(slot->host);
	}
}

static void
console_room(void *arg)
{
	struct slot	*slot = arg;

	assert(slot->has && slot->kind == REQUEST_CONSOLE);
	slot->typing = false;
}

static const struct board_console console = {
	console_bytes, console_room, console_ended
};

static bool
slot_is_taking(enum request_kind kind)
{
	return kind == REQUEST_LEND || kind == REQUEST_CONSOLE ||
	    kind == REQUEST_FLASH;
}

/* One job more, as often as it has one. */
static bool
slot_next(struct asker *a, const struct request_result *result)
{
	struct slot	*slot = a->arg;

	assert(slot->asker == a && a->request->place == REQUEST_RUNNING);
	if (slot->jobs == 0 || result->error == ERROR_DISCONNECTED)
		return false;
	slot->jobs--;
	request_renew(a->request, slot->jobs % 3 == 1 ? REQUEST_SOFT_RESET :
	    REQUEST_RUN, "c2", 2, 50);
	return true;
}

static void
slot_finish(struct asker *a, const struct request_result *result)
{
	struct request	*r = a->request;
	struct slot	*slot = a->arg;
	struct slots	*s = slot->slots;

	assert(slot->asker == a);
	assert(result->error == ERROR_NONE || result->message[0] != '\0');
	script_tell("%6llu client %u, kind %d: %s %s",
	    (unsigned long long)s->host->now, slot_number(slot), r->kind,
	    error_name(result->error), result->message);
	slot->asker = NULL;
	s->last_error = result->error;
	if (r->kind == REQUEST_HOLD && result->error == ERROR_NONE) {
		slot->holds = true;
		memcpy(slot->token, r->token, sizeof slot->token);
	} else if (slot_is_taking(r->kind) && result->error == ERROR_NONE) {
		slot->has = true;
		slot->kind = r->kind;
		if (r->kind == REQUEST_CONSOLE)
			board_set_console(s->host->board, &console, slot);
	}
	if (s->resubmit) {
		s->resubmit = false;
		slots_submit(s);
	}
}

static const struct request_sink sink = { .finish = slot_finish };
static const struct request_sink stream_sink = {
	.output = slot_output, .finish = slot_finish,
};
static const struct request_sink job_sink = {
	.next = slot_next, .finish = slot_finish,
};

static struct slot *
slots_free(struct slots *s)
{
	size_t	i;

	for (i = 0; i < SLOTS; i++)
		if (s->all[i].asker == NULL && !s->all[i].holds &&
		    !s->all[i].has)
			return &s->all[i];
	return NULL;
}

struct slot *
slots_pick(struct slots *s)
{
	return &s->all[script_byte(s->script) % SLOTS];
}

void
slots_submit(struct slots *s)
{
	static const char *const texts[] = { "1", "never()", "x=1\ny=2", "c1", "" };
	static const enum request_kind kinds[] = {
		REQUEST_RUN, REQUEST_RUN, REQUEST_RUN, REQUEST_HOLD,
		REQUEST_SOFT_RESET, REQUEST_HARD_RESET, REQUEST_BOOTLOADER,
		REQUEST_LEND, REQUEST_CONSOLE, REQUEST_FLASH,
	};
	static const struct client	client = { .pid = 1, .user = "u" };
	struct slot			*slot = slots_free(s), *holder;
	enum request_kind		 kind = SCRIPT_PICK(s->script, kinds);
	unsigned			 how = script_byte(s->script);
	const char			*text = texts[how % 5];
	struct request			*r;

	if (slot == NULL)
		return;
	slot->jobs = kind <= REQUEST_BOOTLOADER && (how & 0xf) == 9 ? 3 : 0;
	r = request_create(kind, slot->jobs > 0 ? &job_sink : how & 0x10 ?
	    &stream_sink : &sink, slot, &client, text, strlen(text));
	assert(r != NULL);
	slot->asker = request_maker(r);
	if (how & 0x20) {
		r->wait_ms = how;
		r->wait_given = true;
	}
	if (how & 0x40)
		r->timeout_ms = 50;
	if (how & 0x80)
		r->rank = REQUEST_FIRST;
	if (kind == REQUEST_HOLD && how & 0x40)
		r->lasting_ms = how * 10;
	holder = slots_pick(s);
	if (holder->holds)
		memcpy(r->token, holder->token, sizeof holder->token);
	board_submit(s->host->board, r, s->host->now);
	host_pump(s->host);
}

void
slots_join(struct slots *s)
{
	struct slot	*slot = slots_free(s), *other = slots_pick(s);

	if (slot == NULL || other->asker == NULL ||
	    slot_is_taking(other->asker->request->kind) ||
	    other->asker->request->kind == REQUEST_HOLD)
		return;
	slot->jobs = 0;
	slot->asker = request_join(other->asker->request, &sink, slot);
}

void
slot_go(struct slot *slot, void (*go)(struct board *, struct asker *, uint64_t))
{
	struct asker	*a = slot->asker;

	if (a == NULL)
		return;
	slot->asker = NULL;
	go(slot->host->board, a, slot->host->now);
	host_pump(slot->host);
}

static void
slot_withdraw(struct slot *slot)
{
	slot_go(slot, board_withdraw);
}

void
slot_release(struct slot *slot, bool lost)
{
	if (!slot->holds)
		return;
	slot->holds = false;
	board_release(slot->host->board, slot->token, lost, slot->host->now);
	host_pump(slot->host);
}

void
slot_return(struct slot *slot)
{
	if (!slot->has)
		return;
	slot->has = slot->typing = false;
	board_return(slot->host->board, slot->host->now);
	host_pump(slot->host);
}

void
slot_type(struct slot *slot)
{
	uint8_t	bytes[300];
	size_t	len = slot->slots->script->size % sizeof bytes + 1;

	if (!slot->has || slot->kind != REQUEST_CONSOLE)
		return;
	memset(bytes, TYPED + (int)slot_number(slot), sizeof bytes);
	slot->typing = true;
	assert(board_type(slot->host->board, bytes, len) <= len);
	host_pump(slot->host);
}

void
slot_leave(struct slot *slot)
{
	slot_withdraw(slot);
	slot_return(slot);
	slot_release(slot, true);
}

static void
slots_check_sent(void *arg, const uint8_t *bytes, size_t len)
{
	const struct slots	*s = arg;
	const struct slot	*slot;
	size_t			 i;

	for (i = 0; i < len; i++) {
		if (bytes[i] < TYPED || bytes[i] >= TYPED + SLOTS)
			continue;
		slot = &s->all[bytes[i] - TYPED];
		assert(slot->has && slot->kind == REQUEST_CONSOLE);
	}
}

void
slots_init(struct slots *s, struct host *host, struct script *script)
{
	size_t	i;

	memset(s, 0, sizeof *s);
	s->host = host;
	s->script = script;
	for (i = 0; i < SLOTS; i++) {
		s->all[i].slots = s;
		s->all[i].host = host;
	}
	host->check_sent = slots_check_sent;
	host->check_arg = s;
}

bool
slots_are_idle(const struct slots *s)
{
	size_t	i;

	for (i = 0; i < SLOTS; i++)
		if (s->all[i].asker != NULL)
			return false;
	return true;
}
