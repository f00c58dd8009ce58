/* SPDX-License-Identifier: MIT */
/*
 * The daemon from the sockets of its clients to the ports of its boards: clients
 * of several users that call every method, ahead of their answers and in pieces,
 * stop reading, shut down and leave; boards that answer, talk, come and go.
 * Whatever happens:
 *
 * - every call is answered once, in order, as the interface describes it, and
 *   well only if it is granted; a connection that did nothing wrong is not closed
 *   before that;
 * - once all clients have left no connection and no descriptor is left;
 * - a board that is there serves the next client;
 * - memory returns when they have left, and all of it when picod ends, wherever
 *   that is.
 *
 * The input is a program.  Sockets are real, time is not: clock.h.
 */
#include <assert.h>
#include <dirent.h>
#include <event2/event.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/base/log.h"
#include "daemon/boards/boards.h"
#include "daemon/config/config.h"
#include "daemon/methods/context.h"
#include "daemon/methods/methods.h"
#include "daemon/base/client.h"
#include "daemon/server/server.h"
#include "tests/fuzz/caller.h"
#include "tests/fuzz/calls.h"
#include "tests/fuzz/clock.h"
#include "tests/fuzz/far_port.h"

#define CALLERS		6
#define PORTS		2
/* Who is in it may use picod; a stranger is not. */
#define GROUP		4242
#define STRANGER	65534
/* More than any request, ladder or limit of time takes. */
#define ROUNDS		400
/* A board that was lost is asked so often until it serves again. */
#define TRIES		4
/* So long a port is left alone that came and went. */
#define PAUSE_MS	5000
/* What libevent and others keep for later. */
#define SLACK		(64 * 1024)

/* Of AddressSanitizer; NULL without it. */
size_t	__sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static const char *const	names[PORTS] = { "repl", "serial" };

static struct event_base	*base;
static struct boards		*boards;
static struct context		 context;
static struct server		*server;
static struct config		 configs[2], config;	/* without rules, with */
static bool			 ruled;
static struct script		 script;
static struct caller		 callers[CALLERS];
static struct far_port		 ports[PORTS];
static char			 token[64];
static bool			 ending, all_left;	/* picod is; its boards are */

static void
turn(void)
{
	int	i;

	for (i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
pass(uint64_t ms)
{
	int	i;

	for (i = 0; i < CALLERS; i++)
		caller_wait(&callers[i], ms);
	fuzz_clock_advance(ms);
	turn();
}

/* ----------------------------------------------------------- what happens */

static struct caller *
pick_caller(void)
{
	return &callers[script_byte(&script) % CALLERS];
}

static struct far_port *
pick_port(void)
{
	return &ports[script_byte(&script) % PORTS];
}

static void
connect_caller(struct caller *c, unsigned who)
{
	static const struct client users[] = {
		{ .pid = 1 }, { .pid = 1, .uid = 1000, .gid = GROUP },
		{ .pid = 1, .uid = 1001, .gid = GROUP },
		{ .pid = 1, .uid = STRANGER, .gid = STRANGER },
	};
	const struct client	*user = &users[who % 4];
	int			 fds[2];

	if (c->fd >= 0 || ending)
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    fds) < 0)
		abort();
	caller_connect(c, fds[1], user->uid == STRANGER);
	c->is_root = user->uid == 0;
	caller_rule(c, ruled && !c->is_root);
	if (server_admit(server, fds[0], user) == NULL)
		abort();
}

static void
call(unsigned who)
{
	struct caller	*c = pick_caller();
	json_t		*json = calls_make(&script, token);
	uint8_t		 kept = script_byte(&script);

	connect_caller(c, who);
	caller_call(c, json, kept < 64 ? kept % 8 : 0);
}

/* Several rounds in which everybody does what he is there for. */
static void
go_on(unsigned rounds)
{
	int	i;

	while (rounds-- > 0) {
		for (i = 0; i < PORTS; i++)
			while (far_port_answer(&ports[i]))
				;
		turn();
		for (i = 0; i < CALLERS; i++)
			caller_read(&callers[i], ending, token);
	}
}

static void
add_board(int i)
{
	struct board_config	board = {
		.name = names[i], .port = ports[i].address, .may_interrupt = true,
		.driver = i == 0 ? &driver_repl : &driver_piserial,
		.baud = 9600, .reports = i == 0 ? NULL : "v",
	};

	if (i == 1)
		board.flash = (struct board_flash){ .flasher = "uno" };
	if (boards_find(boards, names[i]) == NULL &&
	    boards_add(boards, &board) < 0)
		abort();
}

static void
remove_board(int i)
{
	struct board	*b = boards_find(boards, names[i]);

	if (b != NULL)
		boards_remove(boards, b);
}

/* As by SIGHUP: rules for all but root, or none. */
static void
reload(void)
{
	int	i;

	ruled = !ruled;
	config = configs[ruled];
	server_ask_again(server);
	for (i = 0; i < CALLERS; i++)
		caller_rule(&callers[i], ruled && !callers[i].is_root);
}

static void
left(void *arg)
{
	(void)arg;
	all_left = true;
}

/* As by SIGTERM. */
static void
end(void)
{
	if (ending)
		return;
	ending = true;
	server_stop(server);
	boards_leave(boards, left, NULL);
}

static void
operate(void)
{
	static const uint64_t	times[] = { 1, 20, 300, 1000, 5000, 11000,
	    60000, 24 * 60 * 60 * 1000 };
	uint8_t	op = script_byte(&script);

	switch (op % 23) {
	case 0: case 1: case 2: case 3: call(op / 23); break;
	case 4: caller_send_rest(pick_caller()); break;
	case 5: caller_end(pick_caller()); break;
	case 6: caller_leave(pick_caller()); break;
	case 7: case 8: caller_read(pick_caller(), ending, token); break;
	case 9: caller_send_bytes(pick_caller(), &script); break;
	case 10: case 11: far_port_answer(pick_port()); break;
	case 12: far_port_say_word(pick_port(), &script); break;
	case 13: far_port_say_much(pick_port(), &script); break;
	case 14: far_port_plug(pick_port()); break;
	case 15: far_port_unplug(pick_port()); break;
	case 16: far_port_hang_up(pick_port()); break;
	case 17: case 18: turn(); break;
	case 19: go_on(op / 23); break;
	case 20: pass(SCRIPT_PICK(&script, times)); break;
	case 21:
		if (op == 21)
			end();
		else if (op & 1)
			add_board(script_byte(&script) % PORTS);
		else
			remove_board(script_byte(&script) % PORTS);
		break;
	case 22: reload(); break;
	}
	if (op >= 128)
		turn();
}

/* ---------------------------------------------------------------- the end */

static size_t
descriptors(void)
{
	DIR	*dir = opendir("/proc/self/fd");
	size_t	 n = 0;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static bool
is_watching(const struct caller *c)
{
	const char	*method = caller_asks(c);

	return method != NULL && strstr(method, "Watch") != NULL;
}

static bool
is_anybody_left(void)
{
	int	i;

	for (i = 0; i < CALLERS; i++)
		if (callers[i].fd >= 0)
			return true;
	return false;
}

/* What runs without end, and for nobody that could leave, ends with its board. */
static void
stop_endless(unsigned rounds)
{
	int	i;

	for (i = 0; i < PORTS; i++)
		if (rounds % 50 == 49)
			far_port_hang_up(&ports[i]);
}

/*
 * Boards answer, time goes by, and nobody calls any more: all have their answers,
 * and their connections end.  Who watches, which has no end, leaves after a
 * while: perhaps somebody waits for what he holds.  So does whoever may watch,
 * for all one knows of what he sent, who typed more than can be done in time, as
 * 65,536 resets, and, later, who may wait for himself.
 */
static void
let_all_end(void)
{
	unsigned	rounds;
	int		i;

	for (i = 0; i < PORTS; i++)
		far_port_plug(&ports[i]);
	for (i = 0; i < CALLERS; i++)
		caller_end(&callers[i]);
	for (rounds = 0; rounds < ROUNDS && is_anybody_left(); rounds++) {
		go_on(4);
		for (i = 0; i < CALLERS; i++)
			if (rounds > 10 && (is_watching(&callers[i]) ||
			    callers[i].wild || callers[i].floods > 0 ||
			    (rounds > ROUNDS / 2 && callers[i].tenant)))
				caller_leave(&callers[i]);
		stop_endless(rounds);
		pass(rounds < ROUNDS / 2 ? 100 : 24 * 60 * 60 * 1000);
	}
	assert(!is_anybody_left());
}

/* A new client of a board is answered well, if not at once. */
static void
ask_board(const char *name)
{
	struct caller	*c = &callers[0];
	unsigned	 tries, rounds;

	connect_caller(c, 0);
	for (tries = 0; tries < TRIES && !c->served; tries++) {
		caller_call(c, json_pack("{s:s, s:{s:s, s:s}}", "method",
		    "io.picod.Send", "parameters", "board", name, "text", "c1"),
		    0);
		for (rounds = 0; rounds < ROUNDS && caller_asks(c); rounds++) {
			go_on(4);
			pass(100);
		}
		assert(!caller_asks(c));
		if (!c->served)		/* its port may come and go */
			pass(PAUSE_MS);
	}
	assert(c->served);
	caller_leave(c);
}

static void
check_all_gone(void)
{
	unsigned	rounds;
	int		i;

	for (i = 0; i < CALLERS; i++)
		caller_leave(&callers[i]);
	for (rounds = 0; rounds < ROUNDS && server_count(server) > 0; rounds++) {
		go_on(1);
		stop_endless(rounds);
		pass(rounds < ROUNDS / 2 ? rounds * 10 : 60 * 60 * 1000);
	}
	assert(server_count(server) == 0);
}

static size_t
allocated(void)
{
	return __sanitizer_get_current_allocated_bytes == NULL ? 0 :
	    __sanitizer_get_current_allocated_bytes();
}

static void
start(uint8_t how)
{
	int	i;

	fuzz_clock_reset();
	ending = all_left = ruled = false;
	config = configs[0];
	token[0] = '\0';
	base = event_base_new();
	event_base_priority_init(base, 2);
	boards = boards_create(base);
	context = (struct context){ .base = base, .boards = boards,
	    .config = &config };
	server = server_create(base, &config.access, &methods_handler, &context);
	for (i = 0; i < PORTS; i++)
		if ((how >> i & 1) == 0)
			far_port_plug(&ports[i]);
}

/* The boards are left in bounded time, whatever they do. */
static void
wait_left(void)
{
	unsigned	rounds;

	for (rounds = 0; rounds < ROUNDS && !all_left; rounds++) {
		go_on(1);
		pass(10);
	}
	assert(all_left);
}

/* As in daemon/main.c; a second signal ends it before the boards are left. */
static void
finish(bool second_signal)
{
	int	i;

	end();
	if (!second_signal)
		wait_left();
	methods_stop();
	boards_destroy(boards);
	server_destroy(server);
	event_base_free(base);
	for (i = 0; i < CALLERS; i++)
		caller_leave(&callers[i]);
	for (i = 0; i < PORTS; i++)
		far_port_unplug(&ports[i]);
}

static void
prepare(void)
{
	int	i;

	log_init(false);
	if (getenv("FUZZ_TELL") == NULL)
		stderr = fopen("/dev/null", "w");
	signal(SIGPIPE, SIG_IGN);
	setenv("PATH", "/nonexistent", 1);	/* no tool is run */
	setenv("TMPDIR", "/dev/shm", 1);
	calls_init();
	for (i = 0; i < 2; i++) {
		config_init(&configs[i]);
		configs[i].access.has_group = true;
		configs[i].access.group = GROUP;
	}
	if (access_add(&configs[1].access, NULL, "*", "Send Watch") != NULL)
		abort();
	methods_init();
	for (i = 0; i < PORTS; i++)
		far_port_init(&ports[i], names[i], i == 0);
	for (i = 0; i < CALLERS; i++)
		callers[i].fd = -1;
}

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t	how;
	size_t	fds, bytes;
	int	i;

	if (base == NULL)
		prepare();
	script = (struct script){ data, size };
	how = script_byte(&script);
	start(how);
	fds = descriptors();
	bytes = allocated();
	for (i = 0; i < PORTS; i++)
		add_board(i);
	turn();
	while (script.size > 0)
		operate();
	if (!ending && how & 4) {
		let_all_end();
		check_all_gone();
		for (i = 0; i < PORTS; i++) {
			add_board(i);
			ask_board(names[i]);
		}
		check_all_gone();
		for (i = 0; i < PORTS; i++) {
			remove_board(i);
			far_port_hang_up(&ports[i]);
		}
		turn();
		assert(descriptors() <= fds + PORTS);
		assert(allocated() <= bytes + SLACK);
	}
	finish(how & 8);
	return 0;
}
