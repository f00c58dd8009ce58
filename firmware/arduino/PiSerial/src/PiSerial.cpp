/* SPDX-License-Identifier: MIT */
/*
 * The one idea here is nextCommand.  It is 0 while all is well.  When a
 * character comes that does not belong to the command being read, it is kept
 * there, and from then on nothing more is read until the sketch asks for the
 * next command.  So it does two jobs at once: not being 0, it says that the
 * command failed, and if the character was the letter of the next command,
 * because the one before was broken off, that command is not lost with it.
 *
 * A sketch must not stop because a cable was pulled out in the middle of a
 * command.  So nothing waits for longer than the timeout.
 */
#include "PiSerial.h"

/* Kept in nextCommand when there is no character to keep.  No command. */
static const char NOTHING = '?';

PiSerial::PiSerial()
{
	nextCommand = 0;
	timeout = 100;
}

void
PiSerial::init(long baud)
{
	Serial.begin(baud);
}

void
PiSerial::setTimeout(unsigned int milliseconds)
{
	timeout = milliseconds;
}

char
PiSerial::getCommand()
{
	char c;

	if (nextCommand) {
		c = nextCommand;
		nextCommand = 0;	/* the error ends here */
	} else if (Serial.available()) {
		c = Serial.read();
	} else {
		return 0;
	}

	return c >= 'a' && c <= 'z' ? c : 0;
}

int
PiSerial::paramHex()
{
	int c;

	if (isError())
		return 0;

	c = readByte();
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;

	fail(c);
	return 0;
}

int
PiSerial::paramByte()
{
	int high = paramHex();
	int low = paramHex();

	return isError() ? 0 : high << 4 | low;
}

int
PiSerial::paramInt()
{
	unsigned int high = paramByte();
	unsigned int low = paramByte();

	return isError() ? 0 : (int)(high << 8 | low);
}

void
PiSerial::endCommand()
{
	int c;

	if (isError())
		return;

	c = readByte();
	if (c == '\r')
		c = readByte();
	if (c != '\n')
		fail(c);
}

int
PiSerial::isError()
{
	return nextCommand != 0;
}

void
PiSerial::sendOK()
{
	Serial.print("OK");
}

void
PiSerial::sendError()
{
	Serial.print("RR");
}

/* The next byte, 0 to 255, or -1 if none came in time. */
int
PiSerial::readByte()
{
	unsigned long start = millis();

	while (!Serial.available()) {
		if (millis() - start >= timeout)
			return -1;
	}
	return Serial.read();
}

/*
 * Enters the error state and keeps the byte.  Not if it is 0, which would say
 * that all is well, nor if there was none.
 */
void
PiSerial::fail(int byte)
{
	nextCommand = byte > 0 ? (char)byte : NOTHING;
}
