/* SPDX-License-Identifier: MIT */
/*
 * A USB bus: hotplug.h faked, with devices of any identity, each with the port that
 * it has.
 */
#ifndef FUZZ_BUS_H
#define FUZZ_BUS_H

#include <stdbool.h>

#include "daemon/usb/hotplug.h"
#include "tests/fuzz/far_port.h"
#include "tests/fuzz/script.h"

struct boards;

/* Something at the bus. */
struct device {
	bool			 there;
	struct hotplug_tty	 tty;
	char			 id[16];
	char			 serial[64];
	char			 path[64];
	char			 label[64];
	struct far_port		 port;
};

/* Once: nothing is plugged in. */
void	bus_init(void);

/* One of the devices, there or not. */
struct device	*bus_pick(struct script *);

/* As the script has it, unless it is there.  told: picod hears of it. */
void	bus_plug(struct device *, struct script *, bool told);
/* Told once more, if it is there. */
void	bus_tell(const struct device *);
/* late: the port is gone after it is told, not before. */
void	bus_pull(struct device *, bool late);
void	bus_pull_all(void);
/* Something vanished that nobody knew. */
void	bus_pull_stranger(void);
/*
 * Devices are swapped for others while nobody listens.  The ports of those that
 * were there have hung up; then it is said that something was missed.
 */
void	bus_miss(struct script *);
/* Each device with a port hears what picod sent, and answers a command. */
void	bus_answer(void);
/* Nothing is there any more, and nobody is told. */
void	bus_clear(void);

/* No board has the port of another. */
void	bus_check_ports(struct boards *);

#endif
