/* SPDX-License-Identifier: MIT */
/*
 * A sketch for tests: what the library and the simulated board do that the
 * example sketches do not show.  Values come back as a command v of the
 * board's own, with four digits and a newline, before the OK.
 *
 *   tHHHH   setTimeout(HHHH)
 *   iHHHH   the same number back
 *   bHH     the same byte back, as a number of four digits
 *   aH      analogRead(H)
 *   dHH     digitalRead(HH), an input with its pull-up
 *   sHHHH   deaf: interrupts off for HHHH ms
 *   w       the watchdog resets the board
 *   lHHHH   OK, after HHHH ms
 *   rHHHH   RR, and RR once more after HHHH ms, as if noise had made two of it
 *   pHHHH   a word that holds a status, and OK after HHHH ms
 */
#include <PiSerial.h>
#include <avr/wdt.h>
#include <util/delay.h>

PiSerial piSerial;

static void sendValue(unsigned int value)
{
	char text[] = "v0000\n";

	for (int i = 4; i >= 1; i--) {
		text[i] = "0123456789ABCDEF"[value & 15];
		value >>= 4;
	}
	Serial.print(text);
}

static int readPin(int pin)
{
	pinMode(pin, INPUT_PULLUP);
	return digitalRead(pin);
}

static void beDeaf(unsigned int milliseconds)
{
	noInterrupts();
	while (milliseconds-- > 0)
		_delay_ms(1);
	interrupts();
}

static void resetByWatchdog()
{
	wdt_enable(WDTO_15MS);
	for (;;) {
	}
}

static void sendErrorTwice(unsigned int milliseconds)
{
	piSerial.sendError();
	delay(milliseconds);
	piSerial.sendError();
}

/* The parameter of a command, and whether the command is complete. */
static bool take(int (PiSerial::*param)(), int *value)
{
	*value = (piSerial.*param)();
	piSerial.endCommand();
	if (piSerial.isError())
		piSerial.sendError();
	return !piSerial.isError();
}

void setup()
{
	/* After a reset by the watchdog it runs on, at its shortest. */
	MCUSR = 0;
	wdt_disable();
	piSerial.init(PROBE_BAUD);
	pinMode(13, OUTPUT);
}

static void obey(char command)
{
	int value;

	switch (command) {
	case 't':
		if (!take(&PiSerial::paramInt, &value))
			return;
		piSerial.setTimeout(value);
		break;
	case 'i':
		if (!take(&PiSerial::paramInt, &value))
			return;
		sendValue(value);
		break;
	case 'b':
		if (!take(&PiSerial::paramByte, &value))
			return;
		sendValue(value);
		break;
	case 'a':
		if (!take(&PiSerial::paramHex, &value))
			return;
		sendValue(analogRead(value));
		break;
	case 'd':
		if (!take(&PiSerial::paramByte, &value))
			return;
		sendValue(readPin(value));
		break;
	case 's':
		if (!take(&PiSerial::paramInt, &value))
			return;
		beDeaf(value);
		break;
	case 'w':
		resetByWatchdog();
		break;
	case 'l':
		if (!take(&PiSerial::paramInt, &value))
			return;
		delay((unsigned int)value);
		break;
	case 'r':
		if (take(&PiSerial::paramInt, &value))
			sendErrorTwice(value);
		return;
	case 'p':
		if (!take(&PiSerial::paramInt, &value))
			return;
		Serial.println("LOOKING");
		delay((unsigned int)value);
		break;
	default:
		piSerial.sendError();
		return;
	}
	piSerial.sendOK();
}

void loop()
{
	char command = piSerial.getCommand();

	if (command)
		obey(command);
}
