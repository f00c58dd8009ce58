/* SPDX-License-Identifier: MIT */
/*
 * picod: from the command line to the loop, and from SIGTERM to the end.
 *
 * The end is a small procession: no more clients, every board left as a person
 * would find it, then out.  A second signal does not wait for the boards.
 * SIGHUP reads the configuration again; one with mistakes changes nothing.
 */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/boards/attach.h"
#include "daemon/boards/boards.h"
#include "daemon/config/config.h"
#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/faces/ttys.h"
#include "daemon/methods/context.h"
#include "daemon/methods/methods.h"
#include "notify.h"
#include "daemon/server/server.h"

#define SYSTEM_SOCKET "/run/picod/io.picod"

struct options {
	const char	*config_path;	/* NULL: the default, if it is there */
	const char	*socket;
	const char	*boards[LIMIT_BOARDS];	/* of -b */
	size_t		 board_count;
	bool		 verbose;
	bool		 check;
};

struct daemon {
	struct options		 options;
	struct config		 config;
	struct event_base	*base;
	struct boards		*boards;
	struct context		 context;
	struct server		*server;
	struct ttys		*ttys;
	struct attach		*attach;
	struct notify		*notify;
	struct event		*sigterm, *sigint, *sighup;
	bool			 ending;
};

static const char usage[] =
    "usage: picod [-v] [-c FILE] [-s SOCKET]\n"
    "             [-b NAME=PORT[,driver=repl|piserial|auto][,baud=N]]...\n"
    "       picod --check [-c FILE]\n"
    "\n"
    "  -b, --board    serve this board; once for each\n"
    "  -c, --config   read this file instead of " CONFIG_PATH "\n"
    "      --check    say what is wrong with the configuration, and end\n"
    "  -s, --socket   listen here instead of $XDG_RUNTIME_DIR/picod/io.picod, or,\n"
    "                 as root and as a service, " SYSTEM_SOCKET "\n"
    "  -v, --verbose  tell everything that happens\n"
    "  -h, --help     -V, --version\n";

static const struct option long_options[] = {
	{ "board", required_argument, NULL, 'b' },
	{ "config", required_argument, NULL, 'c' },
	{ "check", no_argument, NULL, 'C' },
	{ "socket", required_argument, NULL, 's' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

static void
options_parse(int argc, char **argv, struct options *options)
{
	int	c;

	while ((c = getopt_long(argc, argv, "b:c:s:vhV", long_options, NULL)) != -1)
		switch (c) {
		case 'b':
			if (options->board_count == LIMIT_BOARDS) {
				fprintf(stderr, "picod: more than %d boards\n",
				    LIMIT_BOARDS);
				exit(2);
			}
			options->boards[options->board_count++] = optarg;
			break;
		case 'c': options->config_path = optarg; break;
		case 'C': options->check = true; break;
		case 's': options->socket = optarg; break;
		case 'v': options->verbose = true; break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		case 'V':
			puts("picod " PICOD_VERSION);
			exit(0);
		default:
			fputs(usage, stderr);
			exit(2);
		}
	if (optind < argc) {
		fprintf(stderr, "picod: %s: no such argument\n%s", argv[optind],
		    usage);
		exit(2);
	}
}

/*
 * Fills in a configuration, to be finished in any case: 0, or the exit status,
 * with what is wrong logged.
 */
static int
configure(const struct options *options, struct config *config)
{
	const char	*path = options->config_path;
	size_t		 i;

	config_init(config);
	if (path == NULL)
		path = CONFIG_PATH;
	if (config_read(config, path) == -ENOENT && options->config_path != NULL) {
		log_error("%s: there is no such file", path);
		return 1;
	}
	for (i = 0; i < options->board_count; i++)
		if (config_add_board(config, options->boards[i]) < 0)
			return 2;
	config_check(config);
	if (config->errors > 0) {
		log_error("%zu mistake%s in the configuration", config->errors,
		    config->errors == 1 ? "" : "s");
		return 1;
	}
	return 0;
}

/* Where clients look too; the folder is made if it is ours to make. */
static const char *
socket_path(const struct options *options, char *buf, size_t size)
{
	const char	*path = options->socket;
	const char	*folder = getenv("XDG_RUNTIME_DIR");

	if (path == NULL)
		path = getenv("PICOD_SOCKET");
	if (path != NULL)
		return path;
	if (geteuid() == 0 || folder == NULL) {
		mkdir("/run/picod", 0755);
		return SYSTEM_SOCKET;
	}
	snprintf(buf, size, "%s/picod", folder);
	mkdir(buf, 0700);
	snprintf(buf, size, "%s/picod/io.picod", folder);
	return buf;
}

/*
 * A client costs up to two descriptors.  The soft limit is low for the sake of
 * programs that use select(); picod does not.
 */
static void
raise_descriptors(void)
{
	struct rlimit	limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void
left_cb(void *arg)
{
	struct daemon	*d = arg;

	event_base_loopexit(d->base, NULL);
}

static void
signal_cb(evutil_socket_t number, short what, void *arg)
{
	struct daemon	*d = arg;

	(void)what;
	if (d->ending) {
		event_base_loopbreak(d->base);
		return;
	}
	d->ending = true;
	log_info("ending because of signal %d", (int)number);
	notify_stopping(d->notify);
	server_stop(d->server);
	boards_leave(d->boards, left_cb, d);
}

static void
reload_cb(evutil_socket_t number, short what, void *arg)
{
	struct daemon	*d = arg;
	struct config	 config, old;

	(void)number, (void)what;
	if (d->ending)
		return;
	notify_reloading(d->notify);
	if (configure(&d->options, &config) == 0) {
		old = d->config;
		d->config = config;
		attach_reload(d->attach);
		ttys_reload(d->ttys);
		server_ask_again(d->server);
		config_finish(&old);
		log_info("the configuration was read again");
	} else {
		config_finish(&config);
		log_warn("the configuration stays as it was");
	}
	notify_reloaded(d->notify);
}

/* Makes a folder of one's own, and those above it; buf is as it was. */
static void
make_folder(char *buf)
{
	char	*slash = buf;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		mkdir(buf, 0700);
		*slash = '/';
	}
	mkdir(buf, 0700);
}

/* Where the names of boards are kept: systemd tells a service its folder. */
static const char *
names_path(char *buf, size_t size)
{
	const char	*folder = getenv("STATE_DIRECTORY");
	const char	*home = getenv("HOME");

	if (folder != NULL) {
		snprintf(buf, size, "%s/names", folder);
		return buf;
	}
	if (geteuid() == 0)
		snprintf(buf, size, "/var/lib/picod");
	else if ((folder = getenv("XDG_STATE_HOME")) != NULL)
		snprintf(buf, size, "%s/picod", folder);
	else if (home != NULL)
		snprintf(buf, size, "%s/.local/state/picod", home);
	else
		return NULL;
	make_folder(buf);
	strncat(buf, "/names", size - strlen(buf) - 1);
	return buf;
}

static void
daemon_catch_signals(struct daemon *d)
{
	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	d->sigterm = evsignal_new(d->base, SIGTERM, signal_cb, d);
	d->sigint = evsignal_new(d->base, SIGINT, signal_cb, d);
	d->sighup = evsignal_new(d->base, SIGHUP, reload_cb, d);
	event_add(d->sigterm, NULL);
	event_add(d->sigint, NULL);
	event_add(d->sighup, NULL);
}

/* Beside the socket. */
static const char *
ttys_folder(const char *socket, char *buf, size_t size)
{
	const char	*slash = strrchr(socket, '/');

	snprintf(buf, size, "%.*stty", slash == NULL ? 0 :
	    (int)(slash + 1 - socket), socket);
	return buf;
}

static int
daemon_start(struct daemon *d)
{
	char		 buf[4096], folder[4096];
	const char	*path = socket_path(&d->options, buf, sizeof buf);
	int		 error;

	d->base = event_base_new();
	if (d->base == NULL) {
		log_error("cannot wait for anything: %s", strerror(errno));
		return -errno;
	}
	event_base_priority_init(d->base, 2);	/* 0 is hot-plug, 1 the rest */
	d->boards = boards_create(d->base);
	d->context = (struct context){ .base = d->base,
	    .boards = d->boards, .config = &d->config };
	d->server = server_create(d->base, &d->config.access, &methods_handler,
	    &d->context);
	methods_init();
	daemon_catch_signals(d);
	error = server_listen(d->server, path);
	if (error == -EADDRINUSE)
		log_error("another picod answers at %s", path);
	else if (error < 0)
		log_error("cannot listen at %s: %s%s", path, strerror(-error),
		    geteuid() == 0 ? "" : "; -s names a socket elsewhere, and "
		    "$PICOD_SOCKET tells picoctl of it");
	if (error < 0)
		return error;
	d->ttys = ttys_create(d->base, d->boards, &d->config,
	    ttys_folder(path, folder, sizeof folder));
	d->context.ttys = d->ttys;
	d->attach = attach_create(d->base, d->boards, &d->config,
	    names_path(buf, sizeof buf));
	if (d->attach == NULL)
		return -errno;
	d->notify = notify_create(d->base, d->boards, d->server);
	return d->notify == NULL ? -EIO : 0;
}

static void
daemon_finish(struct daemon *d)
{
	d->ending = true;
	notify_destroy(d->notify);
	attach_destroy(d->attach);
	methods_stop();
	ttys_destroy(d->ttys);
	boards_destroy(d->boards);
	server_destroy(d->server);
	methods_finish();
	if (d->sigterm != NULL)
		event_free(d->sigterm);
	if (d->sigint != NULL)
		event_free(d->sigint);
	if (d->sighup != NULL)
		event_free(d->sighup);
	if (d->base != NULL)
		event_base_free(d->base);
	libevent_global_shutdown();
}

int
main(int argc, char **argv)
{
	struct daemon	d = { 0 };
	int		status;

	memory_init();
	log_init(false);
	options_parse(argc, argv, &d.options);
	log_init(d.options.verbose);
	status = configure(&d.options, &d.config);
	if (status != 0 || d.options.check)
		goto out;
	status = daemon_start(&d) < 0;
	if (status == 0)
		event_base_dispatch(d.base);
	daemon_finish(&d);
out:
	config_finish(&d.config);
	return status;
}
