/* SPDX-License-Identifier: MIT */
/*
 * Every limit on what a client, a board or a configuration may ask for, in one
 * table.  Each has a test that goes one past its edge.
 */
#ifndef PICOD_LIMITS_H
#define PICOD_LIMITS_H

/* One Varlink message, without its NUL: a statement of the full length, every
 * byte of it escaped in JSON as six, and room for the rest. */
#define LIMIT_MESSAGE		(2 * 1024 * 1024)

/* Values in one message, and names of members: no call needs nearly as many, and
 * each costs time and memory. */
#define LIMIT_VALUES		256

/* How long a message that has begun may take, for each 64 KiB of it. */
#define LIMIT_MESSAGE_MS	10000

/* A statement or program, in bytes: more than any board's heap.  And what people
 * are told who send more. */
#define LIMIT_STATEMENT		(256 * 1024)
#define LIMIT_STATEMENT_SAID	"256 KiB"

/* A PiSerial command, in bytes without its newline; likewise. */
#define LIMIT_COMMAND		256
#define LIMIT_COMMAND_SAID	"256 characters"

/* Connections at one time, of all users and of one; and those that root has
 * besides. */
#define LIMIT_CLIENTS		2048
#define LIMIT_CLIENTS_PER_USER	1024
#define LIMIT_CLIENTS_ROOT	16

/* Who may not use picod: how many at one time (the next one takes the place of
 * the first), for how long, and the bytes of his one call. */
#define LIMIT_STRANGERS		32
#define LIMIT_STRANGER_MS	5000
#define LIMIT_STRANGER_MESSAGE	4096

/* Bytes in memory for all connections of one user, and of all: what is said by
 * halves, said ahead, in work and not yet read.  A connection with less than
 * LIMIT_KEPT_FREE is never asked. */
#define LIMIT_KEPT_PER_USER	(32 * 1024 * 1024)
#define LIMIT_KEPT		(128 * 1024 * 1024)
#define LIMIT_KEPT_FREE		(16 * 1024)

/* Bytes of further calls that a connection may send ahead of its answers. */
#define LIMIT_PIPELINE		(16 * 1024)

/* Bytes of replies not yet taken by a client, before no more are made of what
 * there is to say. */
#define LIMIT_BACKLOG		(256 * 1024)

/* Output that a client has not read, in bytes: of one request, or of a console.  A
 * port is never paused, since boards drop what they cannot write; so more ends the
 * request, or the connection. */
#define LIMIT_UNREAD		(8 * 1024 * 1024)

/* How long one may take who is to read the rest before he is disconnected. */
#define LIMIT_STALL_MS		10000

/* Bytes that a tool at picod's own port of a board has not read: more ends its
 * statement, what the board says by itself is dropped, and what is typed at a
 * prompt waits. */
#define LIMIT_TTY		(256 * 1024)

/* Boards: one that nobody would miss is forgotten for a new one.  libinih keeps
 * 49 characters of "access NAME". */
#define LIMIT_BOARDS		64
#define LIMIT_BOARD_NAME	40

/* Boards whose names are remembered: the one not seen for the longest time is
 * forgotten for a new one. */
#define LIMIT_NAMES		512

/* Lines of one configuration: rules of access, and ports that are ignored. */
#define LIMIT_RULES		256
#define LIMIT_IGNORED		64

/* The name of a part or a programmer, as avrdude has it. */
#define LIMIT_TOOL_NAME		40

/* Requests that wait for one board, of all users but root, and of one.  Those of
 * who holds it are not counted. */
#define LIMIT_QUEUE		1024
#define LIMIT_QUEUE_PER_USER	512

/* Bytes of input that a running request has not been given yet. */
#define LIMIT_INPUT		4096

/* Output kept for a call that does not stream, in bytes. */
#define LIMIT_OUTPUT		(1024 * 1024)

/* Answers of a board that are kept for those who share them, and bytes of each. */
#define LIMIT_READINGS		32
#define LIMIT_READING		4096

/* An image for Flash, in bytes: the flash memory of the largest board; what was
 * handed over and is not written yet, images and files, and what is made of them
 * for the programs that write, in bytes, of all users but root, and of one, who may
 * write to a whole class of boards at once; and how long it is kept when nothing is
 * added to it and nobody has taken it, if another needs its place. */
#define LIMIT_IMAGE		(16 * 1024 * 1024)
#define LIMIT_UPLOADS		(128 * 1024 * 1024)
#define LIMIT_UPLOADS_PER_USER	(64 * 1024 * 1024)
#define LIMIT_UPLOAD_MS		60000

/* What a board said unasked, kept for those who come late, in bytes. */
#define LIMIT_HISTORY		(64 * 1024)

/* What happened on a board and went over its wire, kept for watchers that are
 * behind, in bytes of memory: of each board that is watched. */
#define LIMIT_TAPE		(256 * 1024)

/* A path on a board, in bytes, and a file there that is written, or is read in one
 * answer. */
#define LIMIT_PATH		255
#define LIMIT_FILE		(4 * 1024 * 1024)

/* The longest timeout, wait or hold a client may ask for: a day. */
#define LIMIT_TIME_MS		(24 * 60 * 60 * 1000)

#endif
