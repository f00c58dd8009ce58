/* SPDX-License-Identifier: MIT */
/*
 * PinServer: a board whose pins are commanded from a computer, by text that
 * one can also type in the Serial Monitor.  commands.def lists the commands.
 */
#ifndef PINSERVER_H
#define PINSERVER_H

#include <Arduino.h>

#include "pin_server.h"

class PinServer {
public:
	/* Opens Serial at this speed and begins.  Call it in setup(). */
	void begin(long baud);

	/* Does what there is to do.  Call it in loop(), and nothing else. */
	void run();

private:
	struct pin_server server;

	void send();
	void rest();
};

#endif
