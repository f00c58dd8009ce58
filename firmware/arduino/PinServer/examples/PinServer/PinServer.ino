/* SPDX-License-Identifier: MIT */
/*
 * Makes the board a peripheral: its pins are commanded by a computer, and
 * nothing needs to be programmed here.  At 115200 baud, in the Serial Monitor
 * with "Newline":
 *
 *	n0D	the light on
 *	f0D	the light off
 *	r02	the level at pin 2
 *	a0E	the voltage at A0 of an Uno
 */
#include <PinServer.h>

PinServer server;

void
setup()
{
	server.begin(115200);
}

void
loop()
{
	server.run();
}
