/* SPDX-License-Identifier: MIT */
/*
 * picoctl rtc: the board's clock from ours.  Boards have no time zone, so it is
 * the time of day here.
 */
#include <time.h>

#include "session.h"

/*
 * The first of the two that can be had is it.  A module or a class that is not there
 * is no clock, as one of that name that cannot be set: some count ticks only.
 */
static const char	verb_rtc_program[] =
	"def __pr(y,m,d,w,h,i,s):\n"
	" def micro():\n"
	"  from machine import RTC\n"
	"  RTC().datetime((y,m,d,w,h,i,s,0))\n"
	" def circuit():\n"
	"  import time\n"
	"  from rtc import RTC\n"
	"  RTC().datetime=time.struct_time((y,m,d,h,i,s,w,-1,-1))\n"
	" for f in micro,circuit:\n"
	"  try:\n"
	"   f()\n"
	"  except(ImportError,AttributeError,TypeError,RuntimeError):\n"
	"   continue\n"
	"  print('%%04d-%%02d-%%02d %%02d:%%02d:%%02d'%%(y,m,d,h,i,s))\n"
	"  return\n"
	"try:\n"
	" __pr(%d,%d,%d,%d,%d,%d,%d)\n"
	"finally:\n"
	" del __pr\n";

static json_t *
verb_rtc_parameters(struct picoctl *ctl)
{
	json_t		*parameters = session_parameters(ctl, true);
	char		 text[sizeof verb_rtc_program + 80];
	time_t		 now = time(NULL);
	struct tm	 tm;

	if (parameters == NULL)
		return NULL;
	localtime_r(&now, &tm);
	snprintf(text, sizeof text, verb_rtc_program, tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, (tm.tm_wday + 6) % 7, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
	json_object_set_new(parameters, "text", json_string(text));
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	return parameters;
}

static int
verb_rtc_fail(void)
{
	picoctl_complain("this board has no clock that can be set");
	return STATUS_FAILED;
}

/* Without a clock it prints nothing; what is no Python takes no program. */
static int
verb_rtc_run(struct picoctl *ctl)
{
	json_t	*reply, *parameters;
	int	 failure, status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	parameters = verb_rtc_parameters(ctl);
	if (parameters == NULL)
		return STATUS_USAGE;
	failure = session_ask(ctl, "io.picod.Send", parameters, &reply);
	if (failure == PICOD_INVALID_COMMAND)
		return verb_rtc_fail();
	if (failure != 0)
		return session_failed(ctl, failure, false);
	ctl->output.ops->answer(&ctl->output, reply);
	if (output_string(reply, "output")[0] == '\0')
		status = verb_rtc_fail();
	json_decref(reply);
	return status;
}

const struct verb	verb_rtc = {
	.name = "rtc",
	.operands = "",
	.summary = "set a board's clock from the one here",
	.details =
"Sets the clock of a board that has one to the time of day here, and prints\n"
"that.  Most boards forget it when they lose power.  Where there is no clock\n"
"that can be set, the exit status is 1.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.run = verb_rtc_run,
};
