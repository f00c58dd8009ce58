/* SPDX-License-Identifier: MIT */
/*
 * USB devices of any identity that come and go in any order, told twice, or not at
 * all but that some were missed, while the configuration is read again and a client
 * calls.  Whatever happens:
 *
 * - each name is one, and no board has that of another;
 * - what was pulled is not open, and what has no board is not served;
 * - a board that is plugged in after all that is there, under a name, and serves;
 * - names outlive picod, whatever was in them.
 *
 * The bus is bus.h's; all above it is real, the ports of the boards too.
 */
#include <assert.h>
#include <ctype.h>
#include <event2/event.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/base/log.h"
#include "daemon/boards/attach.h"
#include "daemon/boards/boards.h"
#include "daemon/config/config.h"
#include "daemon/methods/context.h"
#include "daemon/methods/methods.h"
#include "daemon/base/client.h"
#include "daemon/server/server.h"
#include "protocol/limits.h"
#include "tests/fuzz/bus.h"
#include "tests/fuzz/caller.h"
#include "tests/fuzz/calls.h"
#include "tests/fuzz/clock.h"

#define CONFIGS		4
#define ROUNDS		300

static struct event_base	*base;
static struct boards		*boards;
static struct context		 context;
static struct server		*server;
static struct attach		*attach;
static struct config		 configs[CONFIGS], config;
static struct script		 script;
static struct caller		 caller = { .fd = -1 };
static char			 names_path[64], token[64];

/* --------------------------------------------------------- what happens */

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
	caller_wait(&caller, ms);
	fuzz_clock_advance(ms);
	turn();
}

static void
go_on(void)
{
	bus_answer();
	turn();
	caller_read(&caller, false, token);
}

static void
connect_caller(void)
{
	static const struct client	root = { .pid = 1 };
	int				fds[2];

	if (caller.fd >= 0)
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    fds) < 0)
		abort();
	caller_connect(&caller, fds[1], false);
	if (server_admit(server, fds[0], &root) == NULL)
		abort();
}

static void
reload(unsigned which)
{
	config = configs[which % CONFIGS];
	attach_reload(attach);
}

static void
operate(void)
{
	uint8_t	op = script_byte(&script);

	switch (op % 12) {
	case 0: case 1: bus_plug(bus_pick(&script), &script, true); break;
	case 2: bus_pull(bus_pick(&script), op & 1); break;
	case 3: bus_tell(bus_pick(&script)); break;
	case 4: bus_pull_stranger(); break;
	case 5: far_port_hang_up(&bus_pick(&script)->port); break;
	case 6: reload(script_byte(&script)); break;
	case 7:
		connect_caller();
		caller_call(&caller, calls_make(&script, token), 0);
		break;
	case 8: caller_leave(&caller); break;
	case 9: pass(op * op); break;
	case 10: go_on(); break;
	case 11:
		if (op >= 128)
			bus_miss(&script);
		turn();
		bus_check_ports(boards);
		break;
	}
}

/* -------------------------------------------------------------- the checks */

static void
check_name(const char *name)
{
	assert(name[0] != '\0' && strlen(name) <= LIMIT_BOARD_NAME);
	for (; *name != '\0'; name++)
		assert(isalnum((unsigned char)*name) ||
		    strchr("-_.", *name) != NULL);
}

static void
check_boards(void)
{
	struct board	*b;
	size_t		 i, j;

	assert(boards_count(boards) <= LIMIT_BOARDS);
	for (i = 0; (b = boards_get(boards, i)) != NULL; i++) {
		check_name(board_name(b));
		for (j = 0; j < i; j++)
			assert(strcmp(board_name(b),
			    board_name(boards_get(boards, j))) != 0);
	}
}

/* Nothing is there: nothing is open, but for what a configuration names. */
static void
pull_all(void)
{
	struct board	*b;
	size_t		 i;

	bus_pull_all();
	turn();
	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		assert(!board_is_open(b));
}

/*
 * What was called for by who has left is done, and is no later board's affair.  It
 * may wait for a board for a day.
 */
static void
finish_calls(void)
{
	unsigned	rounds;

	for (rounds = 0; rounds < ROUNDS && server_count(server) > 0; rounds++) {
		go_on();
		pass(2 * LIMIT_TIME_MS / ROUNDS);
	}
	assert(server_count(server) == 0);
}

/* The board at an address, which must be there. */
static const char *
name_at(const char *address)
{
	struct board	*b;
	size_t		 i;

	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		if (board_is_open(b) && strcmp(board_port(b), address) == 0)
			break;
	assert(b != NULL);
	return board_name(b);
}

/* A Pico, with a serial number that nobody had. */
static void
check_new_board(void)
{
	static const uint8_t	pico[] = {
		0,			/* the first */
		0,			/* it has a port, which answers */
		2, 0,			/* MicroPython on RP2040 */
		226, 'Z', '1', 226, '7', '-', 0,
	};
	struct device		*d;
	unsigned		 rounds;

	script = (struct script){ pico, sizeof pico };
	d = bus_pick(&script);
	bus_plug(d, &script, true);
	turn();
	connect_caller();
	caller_call(&caller, json_pack("{s:s, s:{s:s, s:s, s:i}}", "method",
	    "io.picod.Send", "parameters", "board", name_at(d->port.address),
	    "text", "c1", "wait", 1000), 0);
	for (rounds = 0; rounds < ROUNDS && caller_asks(&caller); rounds++) {
		go_on();
		pass(100);
	}
	assert(caller.served);
}

/* -------------------------------------------------------- begin and end */

static void
start(void)
{
	fuzz_clock_reset();
	token[0] = '\0';
	config = configs[0];
	base = event_base_new();
	event_base_priority_init(base, 2);
	boards = boards_create(base);
	context = (struct context){ .base = base, .boards = boards,
	    .config = &config };
	server = server_create(base, &config.access, &methods_handler, &context);
	attach = attach_create(base, boards, &config, names_path);
	if (attach == NULL)
		abort();
}

/* As in daemon/main.c, after a second signal. */
static void
stop(void)
{
	server_stop(server);
	attach_destroy(attach);
	methods_stop();
	boards_destroy(boards);
	server_destroy(server);
	event_base_free(base);
	caller_leave(&caller);
}

static void
prepare_config(struct config *c, const char *text)
{
	char	 path[64];
	FILE	*file;

	snprintf(path, sizeof path, "/dev/shm/picod-fuzz-%d.conf",
	    (int)getpid());
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
	config_init(c);
	config_read(c, path);
	config_check(c);
	unlink(path);
	assert(c->errors == 0);
}

static void
prepare(void)
{
	static const char *const texts[CONFIGS] = {
		"",
		"[board mine]\nmatch = 2e8a:*\n[ports]\nignore = serial:A*\n",
		("[board mine]\nmatch = path:1-1\ndriver = piserial\n"
		    "[board uno0]\nport = /dev/ttyACM0\n"),
		"[board pico0]\nmatch = serial:E660\ninterrupt = no\n",
	};
	int	i;

	log_init(false);
	if (getenv("FUZZ_TELL") == NULL)
		stderr = fopen("/dev/null", "w");
	signal(SIGPIPE, SIG_IGN);
	setenv("PATH", "/nonexistent", 1);
	setenv("TMPDIR", "/dev/shm", 1);
	calls_init();
	methods_init();
	for (i = 0; i < CONFIGS; i++)
		prepare_config(&configs[i], texts[i]);
	bus_init();
	snprintf(names_path, sizeof names_path, "/dev/shm/picod-fuzz-%d-names",
	    (int)getpid());
}

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t	how;

	if (base == NULL)
		prepare();
	script = (struct script){ data, size };
	how = script_byte(&script);
	start();
	while (script.size > 0) {
		operate();
		check_boards();
	}
	if (how & 1) {		/* it is started again, with what is there */
		stop();
		start();
		check_boards();
	}
	if (how & 2) {
		reload(0);
		caller_leave(&caller);
		pull_all();
		finish_calls();
		check_new_board();
	}
	stop();
	bus_clear();
	unlink(names_path);
	return 0;
}
