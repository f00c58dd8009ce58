/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the configuration: a file, after a NUL its drop-in, after another
 * one the argument of a -b.  What is wrong is told and counted; what is not can
 * be served: each board has a name that is one and can be added, and rules and
 * patterns can be asked.
 */
#include <assert.h>
#include <ctype.h>
#include <event2/event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/boards/attach.h"
#include "daemon/boards/boards.h"
#include "daemon/boards/claim.h"
#include "daemon/config/config.h"

static char	path[64], folder[80], drop_in[96];

static void
remove_files(void)
{
	unlink(path);
	unlink(drop_in);
	rmdir(folder);
}

static void
prepare(void)
{
	snprintf(path, sizeof path, "/dev/shm/picod-fuzz-%d.conf",
	    (int)getpid());
	snprintf(folder, sizeof folder, "%s.d", path);
	snprintf(drop_in, sizeof drop_in, "%s/a.conf", folder);
	if (mkdir(folder, 0700) < 0 || atexit(remove_files) != 0)
		abort();
	log_init(false);
}

static void
write_file(const char *name, const char *text)
{
	FILE	*file = fopen(name, "w");

	fputs(text, file);
	fclose(file);
}

/* Fills in the configuration; what is told meanwhile, for the caller to free. */
static char *
read_config(struct config *config, const char *file, const char *more,
    const char *argument)
{
	FILE	*real = stderr;
	char	*told;
	size_t	 size;

	stderr = open_memstream(&told, &size);
	config_init(config);
	if (argument[0] != '\0')
		config_add_board(config, argument);
	write_file(path, file);
	write_file(drop_in, more);
	assert(config_read(config, path) == 0);
	config_check(config);
	fclose(stderr);
	stderr = real;
	return told;
}

static void
check_name(const char *name)
{
	assert(name[0] != '\0' && strlen(name) <= LIMIT_BOARD_NAME);
	for (; *name != '\0'; name++)
		assert(isalnum((unsigned char)*name) ||
		    strchr("-_.", *name) != NULL);
}

/* Nothing is opened: no loop runs. */
static void
check_boards(const struct config *config)
{
	struct event_base		*base = event_base_new();
	struct boards			*boards = boards_create(base);
	const struct config_board	*b = config->boards;
	struct board_config		 board;

	for (; b < config->boards + config->board_count; b++) {
		check_name(b->name);
		assert((b->port != NULL) != (b->match != NULL));
		board = attach_config(b, NULL);
		assert(boards_add(boards, &board) == 0);
	}
	boards_destroy(boards);
	event_base_free(base);
}

static void
check_questions(const struct config *config)
{
	static const struct client	client = { .uid = 1000, .gid = 1000 };
	static const struct access_groups none = { 0 };
	static const struct hotplug_tty	ttys[] = {
		{ "1", "/dev/ttyACM0", 0x2e8a, 5, "s1", "1-2", "1-2", 0,
		    "Pico", "MicroPython", "Board CDC", "", { "", "", "", "" } },
		{ "2", "/dev/ttyUSB0", 0x1a86, 0x7523, "", "1-3.4", "1-3.4", 0,
		    "", "", "", "", { "", "piserial", "9600", "" } },
		{ "3", "", 0x2e8a, 3, "E0", "1-2", "1-2", 0, "RP2 Boot", "",
		    "", "", { "", "", "", "" } },
	};
	struct claim			claim;
	size_t				i;

	for (i = 0; i < 3; i++) {
		claim = claim_decide(config, &ttys[i]);
		assert(claim.verdict != CLAIM_CONFIGURED ||
		    claim.config != NULL);
	}
	for (i = 0; i < config->board_count; i++)
		access_permits(&config->access, &client, &none,
		    &(struct access_ask){ .board = config->boards[i].name,
		    .method = "Send", .text = "c1", .len = 2,
		    .is_command = i % 2 == 0 });
}

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config	 config;
	char			*text = calloc(1, size + 3), *told;
	const char		*more, *argument;

	if (path[0] == '\0')
		prepare();
	memcpy(text, data, size);
	more = text + strlen(text) + 1;
	if (more > text + size)
		more = text + size;
	argument = more + strlen(more) + 1;
	if (argument > text + size)
		argument = text + size;
	told = read_config(&config, text, more, argument);
	assert((config.errors > 0) == (told[0] != '\0'));
	if (config.errors == 0) {
		check_boards(&config);
		check_questions(&config);
	}
	config_finish(&config);
	free(told);
	free(text);
	return 0;
}
