/* SPDX-License-Identifier: MIT */
/*
 * A table, from the boards.txt of the Arduino cores, MicroPython's and
 * CircuitPython's mpconfigboard files, and usb.ids.  An exact product comes
 * before its vendor's 0.  A new board is a new line; picod.conf(5) shows them.
 */
#include "known.h"

#include <stddef.h>

#include "protocol/pins.h"

#define NATIVE(vendor, product, prefix, driver, what) \
	{ vendor, product, KNOWN_BOARD, prefix, &driver, 0, true, true, what, NULL, \
	    false }
#define UART(vendor, product, prefix, driver, baud, what) \
	{ vendor, product, KNOWN_BOARD, prefix, &driver, baud, false, false, what, \
	    NULL, false }
#define MEGA(vendor, product, what) \
	{ vendor, product, KNOWN_BOARD, "mega", &driver_piserial, 115200, false, \
	    false, what, NULL, true }
#define BRIDGE(vendor, product, what) \
	{ vendor, product, KNOWN_BRIDGE, "serial", &driver_auto, 115200, false, \
	    false, what, NULL, false }
#define BOOTSEL(vendor, product, what) \
	{ vendor, product, KNOWN_BOOTSEL, "pico", &driver_auto, 0, true, false, \
	    what, NULL, false }

static const struct known table[] = {
	BOOTSEL(0x2e8a, 0x0003, "RP2040 in BOOTSEL"),
	BOOTSEL(0x2e8a, 0x000f, "RP2350 in BOOTSEL"),
	NATIVE(0x2e8a, 0x0005, "pico", driver_repl, "MicroPython on RP2040 or RP2350"),
	NATIVE(0x2e8a, 0x000a, "pico", driver_auto, "Raspberry Pi Pico, Pico SDK"),
	NATIVE(0x2e8a, 0x0009, "pico", driver_auto, "Raspberry Pi RP2350, Pico SDK"),
	NATIVE(0x2e8a, 0x00c0, "pico", driver_auto, "Arduino core on a Pico"),
	NATIVE(0x2e8a, 0xf00a, "pico", driver_auto, "Arduino core on a Pico W"),
	{ 0x1209, 0x0001, KNOWN_BOARD, "pico", &driver_piserial, 0, true, true,
	    "PinServer on a Pico", pins_reports, false },
	NATIVE(0x239a, 0, "circuitpy", driver_repl, "CircuitPython or Adafruit"),
	NATIVE(0x303a, 0, "esp", driver_repl, "Espressif, USB of its own"),
	NATIVE(0xf055, 0x9800, "pyboard", driver_repl, "pyboard"),
	NATIVE(0xf055, 0x9801, "pyboard", driver_repl, "pyboard"),
	NATIVE(0xf055, 0x9802, "pyboard", driver_repl, "pyboard"),
	UART(0x0d28, 0x0204, "microbit", driver_repl, 115200, "BBC micro:bit"),
	UART(0x2341, 0x0043, "uno", driver_piserial, 115200, "Arduino Uno R3"),
	UART(0x2341, 0x0001, "uno", driver_piserial, 115200, "Arduino Uno"),
	UART(0x2a03, 0x0043, "uno", driver_piserial, 115200, "Arduino Uno R3"),
	UART(0x2341, 0x0243, "uno", driver_piserial, 115200, "Arduino Uno R3"),
	MEGA(0x2341, 0x0010, "Arduino Mega 2560"),
	MEGA(0x2341, 0x0042, "Arduino Mega 2560 R3"),
	MEGA(0x2341, 0x0242, "Arduino Mega 2560 R3"),
	MEGA(0x2a03, 0x0042, "Arduino Mega 2560"),
	NATIVE(0x2341, 0x8036, "leonardo", driver_piserial, "Arduino Leonardo"),
	NATIVE(0x2a03, 0x8036, "leonardo", driver_piserial, "Arduino Leonardo"),
	NATIVE(0x2341, 0x8037, "micro", driver_piserial, "Arduino Micro"),
	NATIVE(0x2a03, 0x8037, "micro", driver_piserial, "Arduino Micro"),
	NATIVE(0x1b4f, 0x9206, "promicro", driver_piserial, "SparkFun Pro Micro"),
	UART(0x2341, 0x0058, "nano", driver_piserial, 115200, "Arduino Nano Every"),
	NATIVE(0x2341, 0x0070, "nano", driver_auto, "Arduino Nano ESP32"),
	NATIVE(0x2341, 0x025e, "nano", driver_repl, "Arduino Nano RP2040 Connect"),
	BRIDGE(0x1a86, 0, "CH340 or CH9102 bridge"),
	BRIDGE(0x10c4, 0xea60, "CP210x bridge"),
	BRIDGE(0x10c4, 0xea70, "CP2105 bridge"),
	BRIDGE(0x0403, 0, "FTDI bridge"),
	BRIDGE(0x067b, 0, "PL2303 bridge"),
};

const struct known *
known_get(unsigned i)
{
	return i < sizeof table / sizeof *table ? &table[i] : NULL;
}

const struct known *
known_find(uint16_t vendor, uint16_t product)
{
	const struct known	*k, *any = NULL;
	unsigned		 i;

	for (i = 0; (k = known_get(i)) != NULL; i++) {
		if (k->vendor != vendor)
			continue;
		if (k->product == product)
			return k;
		if (k->product == 0)
			any = k;
	}
	return any;
}
