/* SPDX-License-Identifier: MIT */
/*
 * Modem lines of a pty, which has none: the kernel answers ENOTTY, and the monitor
 * of arduino-cli and of the Arduino IDE 2 takes that for no serial port.
 */
#ifndef PICOD_MODEM_LINES_H
#define PICOD_MODEM_LINES_H

#include <stdbool.h>

/*
 * In the process that is to execute a tool, where it may do so: from here on who
 * asks about modem lines, there and in its children, asks whoever has the other end
 * of the socket.  Whatever fails, nothing has changed.
 */
void	modem_lines_give(int socket);

/*
 * Waits until that has happened, or the socket's other end is closed.  A descriptor,
 * readable when somebody asks, for the caller to close; or -1.
 */
int	modem_lines_take(int socket);

/*
 * Answers who asks: of the terminal port that all lines are on, of all others what
 * the kernel says.
 */
void	modem_lines_answer(int asked, int port);

#endif
