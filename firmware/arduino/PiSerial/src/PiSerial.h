/* SPDX-License-Identifier: MIT */
/*
 * PiSerial: a Raspberry Pi, or any other computer, tells a sketch what to do
 * over the serial line, and learns whether it was done.
 *
 * A command is one letter a-z, then its parameters in hex digits (0-9, A-F),
 * then a newline.  "rFF" with a newline is command r with the byte 0xFF.  The
 * sketch answers OK or RR.  All else that comes in is noise and is skipped.
 *
 * A sketch calls, in this order: getCommand() in loop(), a param function for
 * each parameter, endCommand(), and then isError(), to learn whether all of
 * it arrived as it should, before it does anything.
 */
#ifndef PISERIAL_H
#define PISERIAL_H

#include <Arduino.h>

class PiSerial {
public:
	PiSerial();

	/* Opens Serial at this speed.  Call it in setup(). */
	void init(long baud);

	/*
	 * How long a parameter or the newline may keep the sketch waiting,
	 * in milliseconds; 100 unless set.  The time is counted anew for each
	 * character.  Make it longer for a sender that types by hand.
	 */
	void setTimeout(unsigned int milliseconds);

	/* The next command letter, or 0 if there is none yet.  Never waits. */
	char getCommand();

	/*
	 * The next parameter: one hex digit (0 to 15), two (0 to 255) or four.
	 * 0 if something else came, or nothing in time: see isError().
	 *
	 * Where an int has 16 bits, as on an Uno, FFFF from paramInt() is -1;
	 * put it in an unsigned int to get 65535.
	 */
	int paramHex();
	int paramByte();
	int paramInt();

	/* Expects the end of the command: \n, or \r\n. */
	void endCommand();

	/* Not 0 if this command did not arrive as it should. */
	int isError();

	/* The answer to the command: done, or not done. */
	void sendOK();
	void sendError();

private:
	char nextCommand;
	unsigned int timeout;

	int readByte();
	void fail(int byte);
};

#endif
