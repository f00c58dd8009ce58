/* SPDX-License-Identifier: MIT */
/*
 * What a request is to the driver, and what it says if it will not have it.
 */
#include <errno.h>
#include <string.h>

#include "board_state.h"

static const char bootloader[] =
    "try:\n import machine\n machine.bootloader()\n"
    "except ImportError:\n import microcontroller as m\n"
    " m.on_next_reset(m.RunMode.UF2)\n m.reset()\n";
/* MicroPython's own word, CircuitPython's, and that of a micro:bit. */
static const char hard_reset[] =
    "try:\n import machine as m\n m.reset\n"
    "except (ImportError,AttributeError):\n"
    " try:\n  import microcontroller as m\n"
    " except ImportError:\n  import microbit as m\n"
    "m.reset()\n";

/* A board is left before it is flashed, and some in their boot loader. */
static struct driver_job
job_of_flash(const struct board *b, const struct request *r)
{
	const char	*language = driver_name(b->driver);

	if (r->len > 0 && strcmp(language, "repl") == 0)
		return (struct driver_job){ .text = bootloader,
		    .len = sizeof bootloader - 1 };
	if (r->len > 0 && strcmp(language, "piserial") == 0)
		return (struct driver_job){ .text = r->text, .len = r->len };
	return (struct driver_job){ .task = DRIVER_LEAVE };
}

/* What a request is to the driver. */
static struct driver_job
job_of(const struct board *b, const struct request *r)
{
	switch (r->kind) {
	case REQUEST_SOFT_RESET:
		return (struct driver_job){ .task = DRIVER_SOFT_RESET };
	case REQUEST_LEND:
	case REQUEST_CONSOLE:
		return (struct driver_job){ .task = DRIVER_LEAVE };
	case REQUEST_FLASH:
		return job_of_flash(b, r);
	case REQUEST_BOOTLOADER:
		return (struct driver_job){ .text = bootloader,
		    .len = sizeof bootloader - 1, .restarts = true };
	case REQUEST_HARD_RESET:
		return (struct driver_job){ .text = hard_reset,
		    .len = sizeof hard_reset - 1, .forced = true,
		    .restarts = true };
	default:
		return (struct driver_job){ .text = r->text, .len = r->len,
		    .marked = r->kind != REQUEST_RUN,
		    .reads_all = r->kind == REQUEST_OWN };
	}
}

/* Whether the language that was found cannot say it, whatever may have been. */
static bool
job_has_no_words(const struct board *b, const char **why)
{
	const struct request	*r = b->turn.request;
	const struct driver_ops	*found = driver_find(driver_name(b->driver));

	return r->kind == REQUEST_RUN && found != NULL &&
	    driver_check(found, r->text, r->len, why) < 0;
}

/* The driver would not take it. */
static void
job_refused(struct board *b, int error)
{
	const char	*why;

	if (job_has_no_words(b, &why))
		run_conclude(b, ERROR_INVALID_COMMAND,
		    "this cannot be sent to board %s: %s", b->name, why);
	else if (error == -EACCES)
		run_forbidden(b);
	else if (error == -ENOTSUP && b->turn.request->kind == REQUEST_OWN)
		run_conclude(b, ERROR_UNSUPPORTED, "board %s has no files: those "
		    "are for MicroPython and CircuitPython", b->name);
	else if (error == -ENOTSUP)
		run_conclude(b, ERROR_UNSUPPORTED,
		    "board %s has no such reset; reset it with its button",
		    b->name);
	else
		run_conclude(b, ERROR_DISCONNECTED, "board %s: %s", b->name,
		    strerror(-error));
}

void
board_start_job(struct board *b, uint64_t now)
{
	struct request		*r = b->turn.request;
	struct driver_job	 job = job_of(b, r);
	int			 error;

	evbuffer_drain(b->input, evbuffer_get_length(b->input));
	b->turn.phase = TURN_SET_OUT;
	if (job.task == DRIVER_RUN && r->kind != REQUEST_RUN &&
	    r->kind != REQUEST_FLASH &&
	    strcmp(driver_name(b->driver), "piserial") == 0)
		error = -ENOTSUP;
	else
		error = driver_run(b->driver, &job, now);
	if (error < 0 && r->kind == REQUEST_FLASH)
		away_take(b);		/* it is written to all the same */
	else if (error < 0)
		job_refused(b, error);
}
