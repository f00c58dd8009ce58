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
 * hotplug.h is faked; all above it is real, the ports of the boards too.
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
#include "daemon/usb/hotplug.h"
#include "daemon/usb/known.h"
#include "protocol/limits.h"
#include "tests/fuzz/caller.h"
#include "tests/fuzz/calls.h"
#include "tests/fuzz/clock.h"
#include "tests/fuzz/far_port.h"

#define DEVICES		5
#define CONFIGS		4
#define ROUNDS		300

/* Something at the bus, with the port that it has. */
struct device {
	bool			 there;
	struct hotplug_tty	 tty;
	char			 id[16];
	char			 serial[64];
	char			 path[64];
	char			 label[64];
	struct far_port		 port;
};

struct hotplug {
	const struct hotplug_handler	*handler;
	void				*arg;
};

static struct hotplug		 hotplug;
static struct event_base	*base;
static struct boards		*boards;
static struct context		 context;
static struct server		*server;
static struct attach		*attach;
static struct config		 configs[CONFIGS], config;
static struct device		 devices[DEVICES];
static struct script		 script;
static struct caller		 caller = { .fd = -1 };
static char			 names_path[64], token[64];

/* -------------------------------------------------------------- the bus */

static void
device_tell(const struct device *d)
{
	if (d->there)
		hotplug.handler->appeared(hotplug.arg, &d->tty);
}

int
hotplug_enumerate(const struct hotplug *h)
{
	int	i;

	(void)h;
	for (i = 0; i < DEVICES; i++)
		device_tell(&devices[i]);
	return 0;
}

bool
hotplug_is_there(const struct hotplug *h, const struct hotplug_tty *tty)
{
	int	i;

	(void)h;
	for (i = 0; i < DEVICES; i++)
		if (devices[i].there && strcmp(devices[i].id, tty->id) == 0)
			return devices[i].tty.vendor == tty->vendor &&
			    devices[i].tty.product == tty->product &&
			    strcmp(devices[i].serial, tty->serial) == 0;
	return false;
}

struct hotplug *
hotplug_create(struct event_base *event_base,
    const struct hotplug_handler *handler, void *arg)
{
	(void)event_base;
	hotplug = (struct hotplug){ handler, arg };
	hotplug_enumerate(&hotplug);
	return &hotplug;
}

void
hotplug_destroy(struct hotplug *h)
{
	(void)h;
}

/* A text as the script has it: one that others have too, or any bytes. */
static void
pick_text(char *text, size_t size)
{
	static const char *const texts[] = { "", "E660", "A", "A", "1-1", "1-2",
	    "RP2 Boot", "\xff\x01\n" };
	uint8_t	n = script_byte(&script);
	size_t	i;

	if (n < 224) {
		snprintf(text, size, "%s", texts[n % 8]);
		return;
	}
	for (i = 0; i < (size_t)(n - 224) && i < size - 1; i++)
		text[i] = (char)script_byte(&script);
	text[i] = '\0';
}

static void
device_pick_identity(struct device *d)
{
	const struct known	*k = known_get(script_byte(&script) % 64);
	uint8_t			 low = script_byte(&script);

	if (k == NULL)
		k = known_get(low % 3);
	d->tty.vendor = k->vendor;
	d->tty.product = k->product != 0 ? k->product : low;
	if (low == 255)
		d->tty.vendor = 0x1234;
}

/* What is told, unless the burst is too large. */
static void
device_plug(struct device *d, bool told)
{
	static const char *const nodes[] = { "", "/dev/shm/picod-fuzz-none",
	    "/dev/ttyACM0" };
	uint8_t			 n = script_byte(&script);

	if (d->there)
		return;
	device_pick_identity(d);
	pick_text(d->serial, sizeof d->serial);
	pick_text(d->path, sizeof d->path);
	pick_text(d->label, sizeof d->label);
	d->tty.node = n < 128 ? d->port.address : nodes[n % 3];
	d->tty.interface = n % 8;
	d->tty.place = n % 5 == 0 ? "" : d->path;
	d->tty.maker = n % 7 == 0 ? "MicroPython" : "";
	d->tty.role = n % 7 == 1 ? "CircuitPython CDC control" :
	    n % 7 == 2 ? "CircuitPython CDC2 control" : "";
	d->tty.model = d->label;
	d->tty.udev[HOTPLUG_BOARD] = n % 11 == 0 ? "1" : n % 11 == 1 ? "0" : "";
	d->tty.id = d->id;
	d->tty.serial = d->serial;
	d->tty.path = d->path;
	d->tty.label = d->label;
	d->there = true;
	if (n < 128)
		far_port_plug(&d->port);
	if (told)
		device_tell(d);
}

/* late: the port is gone before it is told, or after. */
static void
device_pull(struct device *d, bool late)
{
	if (!d->there)
		return;
	d->there = false;
	if (!late)
		far_port_unplug(&d->port);
	hotplug.handler->vanished(hotplug.arg, d->id);
	far_port_unplug(&d->port);
}

/*
 * Devices are swapped for others while nobody listens.  The ports of those that
 * were there have hung up; then it is said that something was missed.
 */
static void
miss(unsigned which)
{
	int	i;

	for (i = 0; i < DEVICES; i++) {
		if ((which & 1U << i) == 0)
			continue;
		devices[i].there = false;
		far_port_unplug(&devices[i].port);
		if ((which & 128) == 0)
			device_plug(&devices[i], false);
	}
	hotplug.handler->missed(hotplug.arg);
}

/* No board has the port of another. */
static void
check_ports(void)
{
	const struct board_usb	*usb;
	struct board		*b;
	size_t			 i, n;

	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		for (n = 0; n < DEVICES; n++) {
			usb = board_usb(b);
			if (!board_is_open(b) || strcmp(board_port(b),
			    devices[n].port.address) != 0)
				continue;
			assert(usb->vendor == devices[n].tty.vendor &&
			    usb->product == devices[n].tty.product &&
			    strcmp(usb->serial, devices[n].serial) == 0);
		}
}

static struct device *
pick_device(void)
{
	return &devices[script_byte(&script) % DEVICES];
}

/* ------------------------------------------------------------- the rest */

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
	int	i;

	for (i = 0; i < DEVICES; i++)
		far_port_answer(&devices[i].port);
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
	case 0: case 1: device_plug(pick_device(), true); break;
	case 2: device_pull(pick_device(), op & 1); break;
	case 3: device_tell(pick_device()); break;
	case 4: hotplug.handler->vanished(hotplug.arg, "nobody"); break;
	case 5: far_port_hang_up(&pick_device()->port); break;
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
			miss(script_byte(&script));
		turn();
		check_ports();
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

	for (i = 0; i < DEVICES; i++)
		device_pull(&devices[i], false);
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
		0,			/* it has a port, which answers */
		2, 0,			/* MicroPython on RP2040 */
		226, 'Z', '1', 226, '7', '-', 0,
	};
	struct device		*d = &devices[0];
	unsigned		 rounds;

	script = (struct script){ pico, sizeof pico };
	device_plug(d, true);
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
	boards_destroy(boards);
	server_destroy(server);
	methods_stop();
	event_base_free(base);
	caller_leave(&caller);
}

static void
unplug_all(void)
{
	int	i;

	unlink(names_path);
	for (i = 0; i < DEVICES; i++) {
		devices[i].there = false;
		far_port_unplug(&devices[i].port);
	}
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
	char	name[16];
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
	for (i = 0; i < DEVICES; i++) {
		snprintf(name, sizeof name, "usb%d", i);
		snprintf(devices[i].id, sizeof devices[i].id, "dev%d", i);
		far_port_init(&devices[i].port, name, i != 1);
	}
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
	unplug_all();
	return 0;
}
