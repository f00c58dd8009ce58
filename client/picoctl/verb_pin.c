/* SPDX-License-Identifier: MIT */
/*
 * picoctl pin: words for the letters of a PinServer.
 *
 * The board is asked first who it is, because what a pin is called and what a
 * voltage means differ between boards.  "watch" needs two connections: on one
 * picod tells what the board reports, on the other the command goes, after the
 * first listens, so that no report is lost.  It is a child that prints reports,
 * so that whatever ends it leaves somebody who tells the board to stop.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/pins.h"
#include "session.h"

/* What an answer shows; the words that made the command are done with. */
struct pin {
	struct pins_board	 board;
	struct pins_command	 command;
};

/* Of Send, for a command; NULL after a complaint. */
static json_t *
verb_pin_parameters(struct picoctl *ctl, const char *text)
{
	json_t	*parameters = session_parameters(ctl, true);

	if (parameters == NULL)
		return NULL;
	json_object_set_new(parameters, "text", json_string(text));
	session_add_time(ctl, parameters, OPTION_TIMEOUT, "timeout");
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	return parameters;
}

/* Sends a command; its reply is the caller's. */
static int
verb_pin_send(struct picoctl *ctl, const char *text, json_t **reply)
{
	return session_call(ctl, "io.picod.Send", verb_pin_parameters(ctl, text),
	    reply);
}

static int
verb_pin_stranger(void)
{
	picoctl_complain("the board is no PinServer: put that on it with "
	    "\"picoctl flash pinserver\", or use \"picoctl send\"");
	return STATUS_FAILED;
}

/* Another sketch says RR, as to all that it does not know; a Python a traceback. */
static int
verb_pin_identify(struct picoctl *ctl, struct pins_board *board)
{
	json_t	*reply, *parameters = verb_pin_parameters(ctl, PINS_IDENTIFY);
	int	 failure, status = STATUS_OK;

	if (parameters == NULL)
		return STATUS_USAGE;
	failure = session_ask(ctl, "io.picod.Send", parameters, &reply);
	if (failure == PICOD_COMMAND_REJECTED ||
	    failure == PICOD_STATEMENT_FAILED)
		return verb_pin_stranger();
	if (failure != 0)
		return session_failed(ctl, failure, false);
	if (pins_identify(board, output_string(reply, "output")) < 0)
		status = verb_pin_stranger();
	json_decref(reply);
	return status;
}

/* Prints text as an answer is printed. */
static void
verb_pin_print(struct picoctl *ctl, const char *text)
{
	json_t	*json = json_pack("{s:s}", "output", text);

	ctl->output.ops->answer(&ctl->output, json);
	json_decref(json);
}

static int
verb_pin_answer(struct picoctl *ctl, const struct pin *pin, json_t *reply)
{
	const char	*output = output_string(reply, "output");
	unsigned long	 values[PINS_VALUES];
	char		 text[PINS_TEXT];
	int		 i, n;
	json_t		*list;

	if (pins_answer(&pin->command, &pin->board, output, text) < 0) {
		picoctl_complain("the answer does not fit: \"%s\"; is reports = "
		    "%s set for the board?", output, pins_reports);
		return STATUS_FAILED;
	}
	if (ctl->output.ops != &output_json) {
		verb_pin_print(ctl, text);
		return STATUS_OK;
	}
	n = pins_values(&pin->command, output, values);
	list = json_array();
	for (i = 0; i < n; i++)
		json_array_append_new(list, json_integer((json_int_t)values[i]));
	json_object_set_new(reply, "values", list);
	ctl->output.ops->answer(&ctl->output, reply);
	return STATUS_OK;
}

/* Whether a line of a report is about a pin of the command. */
static bool
verb_pin_concerns(const struct pin *pin, const char *line)
{
	char	name[PINS_TEXT];
	size_t	i, len = strcspn(line, " ");

	for (i = 0; i < pin->command.pin_count; i++)
		if (pins_pin_name(&pin->board, pin->command.pin[i], name) ==
		    (int)len && memcmp(name, line, len) == 0)
			return true;
	return strncmp(line, "lost ", 5) == 0;
}

/* The reports of one event, one a line. */
static void
verb_pin_reports(struct picoctl *ctl, const struct pin *pin,
    const json_t *event)
{
	const char	*p = output_string(event, "output");
	char		 report[16], line[PINS_TEXT];
	size_t		 len;

	for (; *p != '\0'; p += len + (p[len] == '\n')) {
		len = strcspn(p, "\n");
		if (len >= sizeof report)
			continue;
		memcpy(report, p, len);
		report[len] = '\0';
		if (pins_report(&pin->board, report, line) < 0 ||
		    !verb_pin_concerns(pin, line))
			continue;
		strcat(line, "\n");
		verb_pin_print(ctl, line);
	}
	output_flush(&ctl->output);
}

/* The child: prints reports until it is ended. */
static int
verb_pin_listen(struct picoctl *ctl, const struct pin *pin)
{
	json_t	*event;
	bool	 continues = true;
	int	 failure = 0;

	while (failure == 0 && continues) {
		failure = picod_json_next(ctl->picod, &event, &continues);
		if (failure != 0)
			break;
		verb_pin_reports(ctl, pin, event);
		json_decref(event);
	}
	return failure == 0 ? STATUS_OK : STATUS_NO_DAEMON;
}

/* From here on the board has to be told, whatever would end us. */
static void
verb_pin_block(sigset_t *ends, sigset_t *before)
{
	static const int	signals[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD
	};
	size_t			i;

	sigemptyset(ends);
	for (i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaddset(ends, signals[i]);
	sigprocmask(SIG_BLOCK, ends, before);
}

/* What would end us ends the child; then it may end us again. */
static int
verb_pin_await(pid_t child, const sigset_t *ends, const sigset_t *before)
{
	const struct timespec	now = { 0 };
	int			signal_number, ended = 0;

	while (waitpid(child, &ended, WNOHANG) == 0 &&
	    sigwait(ends, &signal_number) == 0)
		if (signal_number != SIGCHLD)
			kill(child, signal_number);
	/* A second Ctrl-C does, but not what is left of the first one. */
	while (sigtimedwait(ends, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, before, NULL);
	return WIFSIGNALED(ended) ? STATUS_SIGNAL + WTERMSIG(ended) :
	    WEXITSTATUS(ended);
}

/* Tells the board to stop what the command began. */
static void
verb_pin_quiet(struct picoctl *ctl, const struct pins_command *command)
{
	char	 text[1 + PINS_DIGITS + 1] = "k";
	size_t	 i;
	json_t	*reply;

	for (i = 0; i < command->pin_count; i++)
		snprintf(text + 1 + 2 * i, 3, "%02X", command->pin[i]);
	if (verb_pin_send(ctl, text, &reply) == STATUS_OK)
		json_decref(reply);
}

/* Connects anew, so that the first connection can be listened at. */
static int
verb_pin_watch(struct picoctl *ctl, const struct pin *pin)
{
	struct picoctl	 listener = *ctl;
	json_t		*parameters = session_parameters(ctl, false), *reply;
	sigset_t	 ends, before;
	pid_t		 child;
	int		 status;

	if (parameters == NULL)
		return STATUS_USAGE;
	if (picod_json_begin(listener.picod, "io.picod.Watch", parameters,
	    true) != 0 || session_open(ctl) != STATUS_OK)
		return STATUS_NO_DAEMON;
	status = verb_pin_send(ctl, pin->command.text, &reply);
	if (status != STATUS_OK)
		return status;
	verb_pin_block(&ends, &before);
	json_decref(reply);
	output_flush(&ctl->output);
	child = fork();
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(verb_pin_listen(&listener, pin));
	}
	status = verb_pin_await(child, &ends, &before);
	picod_close(listener.picod);
	verb_pin_quiet(ctl, &pin->command);
	return status;
}

static int
verb_pin_run(struct picoctl *ctl)
{
	const char	**words = malloc(sizeof *words *
			    (size_t)(ctl->operand_count + 1));
	char		 why[PINS_TEXT];
	struct pin	 pin;
	json_t		*reply;
	int		 i, status = session_open(ctl);

	if (status == STATUS_OK)
		status = verb_pin_identify(ctl, &pin.board);
	for (i = 0; words != NULL && i < ctl->operand_count; i++)
		words[i] = ctl->operands[i];
	if (status == STATUS_OK && (words == NULL || pins_command(&pin.command,
	    &pin.board, (size_t)i, words, why) < 0))
		status = picoctl_usage(ctl->verb, "%s", words == NULL ?
		    "out of memory" : why);
	free(words);
	if (status != STATUS_OK)
		return status;
	if (pin.command.watches)
		return verb_pin_watch(ctl, &pin);
	status = verb_pin_send(ctl, pin.command.text, &reply);
	if (status != STATUS_OK)
		return status;
	status = verb_pin_answer(ctl, &pin, reply);
	json_decref(reply);
	return status;
}

const struct verb	verb_pin = {
	.name = "pin",
	.operands = "WORD...",
	.summary = "use the pins of a PinServer",
	.details =
"Pins come first, then what to do with them:\n"
"\n"
"    picoctl pin 13 on             picoctl pin 9 pwm 128\n"
"    picoctl pin A0 read           picoctl pin 2 3 4 read\n"
"    picoctl pin 2 pullup          picoctl pin 2 watch\n"
"    picoctl pin 6 servo 90deg     picoctl pin 8 tone 440 500\n"
"    picoctl pin i2c 0x48 0 read 2 picoctl pin info\n"
"\n"
"\"watch\" prints each change until Ctrl-C and then tells the board to stop.\n"
"A pin is named by its number, or A0, A1 ... for the analogue ones.  All words\n"
"are in pinserver(7).  \"picoctl send\" takes the letters themselves.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(TIMEOUT) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.run = verb_pin_run,
};
