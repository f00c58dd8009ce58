/* SPDX-License-Identifier: MIT */
/*
 * Switches the LED on the board (pin 13) from another computer.
 *
 *   c1    on (any digit but 0)
 *   c0    off
 *
 * To try it by hand, open the Serial Monitor at 9600 baud with "Newline", and
 * type c1.  The answer is OK.
 */
#include <PiSerial.h>

PiSerial piSerial;

void setup()
{
	piSerial.init(9600);
	pinMode(13, OUTPUT);
}

void loop()
{
	int on;

	switch (piSerial.getCommand()) {
	case 0:			/* no command, or noise */
		break;

	case 'c':
		on = piSerial.paramHex();
		piSerial.endCommand();
		if (piSerial.isError()) {
			piSerial.sendError();
			break;
		}
		digitalWrite(13, on ? HIGH : LOW);
		piSerial.sendOK();
		break;

	default:		/* a command, but none of ours */
		piSerial.sendError();
		break;
	}
}
