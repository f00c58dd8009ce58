/* SPDX-License-Identifier: MIT */
/*
 * Sets the colour of an RGB LED from another computer.  Its red, green and
 * blue legs are on pins 9, 10 and 11, each through its own resistor, and the
 * common leg is on GND.
 *
 *   rFF       red to full brightness; g and b are green and blue
 *   c8000FF   all three at once: red 0x80, green 0x00, blue 0xFF
 *   n  f      the LED on the board (pin 13) on and off
 *
 * To try it by hand, open the Serial Monitor at 9600 baud with "Newline".
 */
#include <PiSerial.h>

const int RED = 9, GREEN = 10, BLUE = 11, LED = 13;

PiSerial piSerial;

/* Expects the end of the command; answers RR if it is not as it should be. */
static bool complete()
{
	piSerial.endCommand();
	if (piSerial.isError())
		piSerial.sendError();
	return !piSerial.isError();
}

static void setOne(int pin)
{
	int level = piSerial.paramByte();

	if (!complete())
		return;
	analogWrite(pin, level);
	piSerial.sendOK();
}

static void setAll()
{
	int red = piSerial.paramByte();
	int green = piSerial.paramByte();
	int blue = piSerial.paramByte();

	if (!complete())
		return;
	analogWrite(RED, red);
	analogWrite(GREEN, green);
	analogWrite(BLUE, blue);
	piSerial.sendOK();
}

static void setLed(int level)
{
	if (!complete())
		return;
	digitalWrite(LED, level);
	piSerial.sendOK();
}

void setup()
{
	piSerial.init(9600);
	pinMode(LED, OUTPUT);
	pinMode(RED, OUTPUT);
	pinMode(GREEN, OUTPUT);
	pinMode(BLUE, OUTPUT);
}

void loop()
{
	switch (piSerial.getCommand()) {
	case 0: break;		/* no command, or noise */
	case 'r': setOne(RED); break;
	case 'g': setOne(GREEN); break;
	case 'b': setOne(BLUE); break;
	case 'c': setAll(); break;
	case 'n': setLed(HIGH); break;
	case 'f': setLed(LOW); break;
	default: piSerial.sendError(); break;	/* none of ours */
	}
}
