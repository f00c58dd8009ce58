/* SPDX-License-Identifier: MIT */
/*
 * picoctl rtc: the board's clock from ours.  Boards have no time zone, so it is
 * the time of day here.
 */
#include <time.h>

#include "send.h"
#include "session.h"

static int
verb_rtc_run(struct picoctl *ctl)
{
	time_t		 now;
	struct tm	 tm;
	char		 text[600];
	int		 len, status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	now = time(NULL);
	localtime_r(&now, &tm);
	len = snprintf(text, sizeof text,
	    "def __pr(y,m,d,w,h,i,s):\n"
	    " try:\n"
	    "  import machine\n"
	    "  machine.RTC().datetime((y,m,d,w,h,i,s,0))\n"
	    " except ImportError:\n"
	    "  import rtc,time\n"
	    "  rtc.RTC().datetime=time.struct_time((y,m,d,h,i,s,w,-1,-1))\n"
	    " print('%%04d-%%02d-%%02d %%02d:%%02d:%%02d'%%(y,m,d,h,i,s))\n"
	    "__pr(%d,%d,%d,%d,%d,%d,%d)\n"
	    "del __pr\n", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	    (tm.tm_wday + 6) % 7, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return send_text(ctl, text, (size_t)len, "the time");
}

const struct verb	verb_rtc = {
	.name = "rtc",
	.operands = "",
	.summary = "set a board's clock from the one here",
	.details =
"Sets the clock of a board that has one to the time of day here, and prints\n"
"that.  Most boards forget it when they lose power.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.run = verb_rtc_run,
};
