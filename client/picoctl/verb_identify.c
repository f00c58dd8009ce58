/* SPDX-License-Identifier: MIT */
/*
 * picoctl identify: which of sixteen boards is pico7.
 *
 * First all that is known of it is printed: where it is plugged in may do.  Then
 * it shows itself.  A Python board blinks whatever light its firmware has a name
 * for, which is as it was afterwards, and prints its name, since some have a screen
 * that shows what they print.  Of a PiSerial board nobody but its sketch knows what
 * is connected to which pin, so none is touched: it gets bytes that every sketch
 * drops, and the light that shows traffic flickers.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "protocol/error.h"
#include "session.h"
#include "waiting.h"

#define DEFAULT_MS	5000
#define BLINK_MS	250

/*
 * To a PiSerial board: "#" is the letter of no command, and an empty line none.  So
 * many each time that even 9600 baud takes them away meanwhile.
 */
#define FLICKER		"#\n#\n#\n#\n"
#define FLICKER_MS	10

/*
 * Each of the functions has what sets a light, two values that differ, and what
 * puts it back; the first that can be had is it.  A "-" at the end says that none.
 */
static const char	verb_identify_program[] =
	"def __pi(name,count):\n"
	" import time\n"
	" leds='LED','LED_BUILTIN','L','LED_GREEN','LED_BLUE','LED_RED'\n"
	" def bit():\n"
	"  from microbit import display as d,Image as I\n"
	"  was=I(5,5)\n"
	"  for i in range(25):\n"
	"   was.set_pixel(i%%5,i//5,d.get_pixel(i%%5,i//5))\n"
	"  return d.show,I('99999:'*5),I('00000:'*5),lambda:d.show(was)\n"
	" def pin():\n"
	"  from machine import Pin\n"
	"  for led in leds:\n"
	"   try:\n"
	"    was=Pin(led).value()\n"
	"    p=Pin(led,Pin.OUT)\n"
	"   except(ValueError,TypeError):\n"
	"    continue\n"
	"   return p.value,1-was,was,lambda:p.value(was)\n"
	" def pyb():\n"
	"  import pyb\n"
	"  f=pyb.LED(1).intensity\n"
	"  was=f()\n"
	"  return f,255,0,lambda:f(was)\n"
	" def circuit():\n"
	"  import board,digitalio\n"
	"  for led in leds+('NEOPIXEL',):\n"
	"   try:\n"
	"    p=digitalio.DigitalInOut(getattr(board,led))\n"
	"   except(AttributeError,ValueError):\n"
	"    continue\n"
	"   p.switch_to_output()\n"
	"   if led=='NEOPIXEL':\n"
	"    from neopixel_write import neopixel_write as w\n"
	"    return(lambda v:w(p,bytearray([v]*3))),40,0,"
	"lambda:(w(p,bytearray(3)),p.deinit())\n"
	"   return(lambda v:setattr(p,'value',v)),True,False,p.deinit\n"
	" print(name)\n"
	" for f in bit,pin,pyb,circuit:\n"
	"  try:\n"
	"   show,on,off,end=f()\n"
	"   break\n"
	"  except(ImportError,AttributeError,ValueError,TypeError):\n"
	"   pass\n"
	" else:\n"
	"  print('-')\n"
	"  return\n"
	" try:\n"
	"  for i in range(count):\n"
	"   show(off if i%%2 else on)\n"
	"   time.sleep(%d/1000)\n"
	" finally:\n"
	"  end()\n"
	"try:\n"
	" __pi('%s',%d)\n"
	"finally:\n"
	" del __pi\n";

struct identify {
	struct picoctl	*ctl;
	json_t		*row;		/* of ListBoards */
	const char	*name;		/* within it */
	int		 ms;		/* how long it shows itself */
};

/* The row of that name, or else at that port; without a name the only one; or NULL. */
static json_t *
verb_identify_row(json_t *rows, const char *name)
{
	json_t	*row;
	size_t	 i;

	if (name[0] == '\0')
		return json_array_size(rows) == 1 ? json_array_get(rows, 0) :
		    NULL;
	json_array_foreach(rows, i, row)
		if (strcmp(output_string(row, "name"), name) == 0)
			return row;
	json_array_foreach(rows, i, row)
		if (strcmp(output_string(row, "port"), name) == 0 &&
		    strcmp(output_string(row, "state"), "absent") != 0)
			return row;
	return NULL;
}

static int
verb_identify_find(struct identify *identify)
{
	struct picoctl	*ctl = identify->ctl;
	json_t		*parameters = session_parameters(ctl, false), *reply;
	const char	*name;
	int		 status = parameters == NULL ? STATUS_USAGE :
			    session_call(ctl, "io.picod.ListBoards",
			    json_object(), &reply);

	if (status != STATUS_OK)
		goto out;
	name = output_string(parameters, "board");
	identify->row = json_incref(verb_identify_row(
	    json_object_get(reply, "boards"), name));
	json_decref(reply);
	if (identify->row == NULL) {
		picoctl_complain(name[0] == '\0' ? "name the board that is "
		    "looked for: picoctl identify -b NAME" : "there is no board "
		    "%s; \"picoctl list\" shows those there are", name);
		status = error_status(ERROR_NO_SUCH_BOARD);
	}
out:
	json_decref(parameters);
	return status;
}

static void
verb_identify_print(const struct identify *identify)
{
	struct output	*output = &identify->ctl->output;
	json_t		*rows = json_pack("[O]", identify->row);

	output->ops->boards(output, rows, true);
	output_flush(output);
	json_decref(rows);
}

static json_t *
verb_identify_parameters(const struct identify *identify)
{
	json_t	*parameters = session_parameters(identify->ctl, true);

	if (parameters == NULL)
		return NULL;
	json_object_set_new(parameters, "board", json_string(identify->name));
	session_add_time(identify->ctl, parameters, OPTION_WAIT, "wait");
	return parameters;
}

static int
verb_identify_blink(const struct identify *identify)
{
	json_t		*parameters = verb_identify_parameters(identify), *reply;
	char		 text[sizeof verb_identify_program + 80];
	const char	*output;
	int		 status;

	if (parameters == NULL)
		return STATUS_USAGE;
	snprintf(text, sizeof text, verb_identify_program, BLINK_MS,
	    identify->name, (identify->ms + BLINK_MS - 1) / BLINK_MS);
	json_object_set_new(parameters, "text", json_string(text));
	picoctl_complain("look which light blinks; a screen shows \"%s\"",
	    identify->name);
	status = session_call(identify->ctl, "io.picod.Send", parameters,
	    &reply);
	if (status != STATUS_OK)
		return status;
	output = strchr(output_string(reply, "output"), '\n');
	if (output != NULL && strcmp(output, "\n-\n") == 0) {
		picoctl_complain("no light of %s has a name that picod knows, or "
		    "a program has it: the place and the serial number above "
		    "tell which one it is, or pull it out while \"picoctl "
		    "watch\" runs", identify->name);
		status = STATUS_FAILED;
	}
	json_decref(reply);
	return status;
}

static bool
verb_identify_say(int fd)
{
	char	heard[4096];

	while (recv(fd, heard, sizeof heard, MSG_DONTWAIT) > 0)
		;
	return send(fd, FLICKER, strlen(FLICKER), MSG_NOSIGNAL | MSG_DONTWAIT) >
	    0 || errno == EAGAIN;
}

static int
verb_identify_flicker(const struct identify *identify)
{
	struct picoctl	*ctl = identify->ctl;
	struct timespec	 pause = { .tv_nsec = FLICKER_MS * 1000000L };
	const void	*bytes;
	json_t		*begun;
	size_t		 len;
	int		 ms, status;

	status = session_upgrade(ctl, "io.picod.Console",
	    verb_identify_parameters(identify), &begun, &bytes, &len);
	if (status != STATUS_OK)
		return status;
	json_decref(begun);
	picoctl_complain("look which light of those for traffic (RX, L) flickers; "
	    "its pins are its sketch's, and are left alone");
	for (ms = 0; ms < identify->ms; ms += FLICKER_MS) {
		if (ms / BLINK_MS % 2 == 0 &&
		    !verb_identify_say(picod_fd(ctl->picod))) {
			picoctl_complain("the board went away meanwhile");
			return error_status(ERROR_DISCONNECTED);
		}
		nanosleep(&pause, NULL);
	}
	return STATUS_OK;
}

static int
verb_identify_run(struct picoctl *ctl)
{
	struct identify	 identify = { .ctl = ctl, .ms = ctl->options.ms[OPTION_FOR] };
	int		 status = session_open(ctl);

	if (identify.ms < 0)
		identify.ms = DEFAULT_MS;
	if (status == STATUS_OK)
		status = verb_identify_find(&identify);
	if (status != STATUS_OK)
		return status;
	verb_identify_print(&identify);
	identify.name = output_string(identify.row, "name");
	status = strcmp(output_string(identify.row, "driver"), "piserial") == 0 ?
	    verb_identify_flicker(&identify) : verb_identify_blink(&identify);
	json_decref(identify.row);
	return status;
}

const struct verb	verb_identify = {
	.name = "identify",
	.operands = "",
	.summary = "have a board show which one it is",
	.details =
"Prints what is known of the board, such as where it is plugged in, and then has\n"
"it blink for 5 s, or as long as --for says.  A Python board blinks its LED, or\n"
"the one that its firmware calls so, and prints its name, which a board with a\n"
"screen shows; its own program is stopped for that, as by \"picoctl send\".  Of a\n"
"PiSerial board no pin is touched: its light for traffic flickers.  Where picod\n"
"knows no light, the exit status is 1.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(FOR) | OPTION_BIT(WAIT),
	.single = true,
	.run = verb_identify_run,
};
