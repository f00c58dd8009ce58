/* SPDX-License-Identifier: MIT */
/*
 * The main loop of a PinServer on an Arduino.  Serial has a buffer for each
 * direction; what does not fit into the outgoing one waits in the server, and
 * then no more is taken from the incoming one.  A command is taken at a time,
 * so that the pins are looked at between two.
 */
#ifdef ARDUINO_ARCH_AVR

#include "PinServer.h"

#include <avr/sleep.h>

void
PinServer::begin(long baud)
{
	Serial.begin(baud);
	pin_server_init(&server);
}

void
PinServer::run()
{
	while (pin_server_ready(&server) && Serial.available())
		pin_server_feed(&server, Serial.read(), millis());
	send();
	pin_server_poll(&server, millis());
	send();
	rest();
}

void
PinServer::send()
{
	const char *bytes;
	size_t count = pin_server_output(&server, &bytes);
	size_t room = Serial.availableForWrite();

	if (count > room)
		count = room;
	if (count > 0) {
		Serial.write(bytes, count);
		pin_server_sent(&server, count);
	}
}

/*
 * Sleeps until the next interrupt: a byte, or the core's clock within 1 ms.
 * Not while a pin is watched for changes, for nothing tells us of these.  A
 * byte that comes after the last look is not slept over: the instruction
 * after sei() is carried out before any interrupt is.
 */
void
PinServer::rest()
{
	if (pin_server_looks(&server) || pin_server_wait_ms(&server) == 0)
		return;
	set_sleep_mode(SLEEP_MODE_IDLE);
	noInterrupts();
	if (!Serial.available()) {
		sleep_enable();
		interrupts();
		sleep_cpu();
		sleep_disable();
	}
	interrupts();
}

#endif
