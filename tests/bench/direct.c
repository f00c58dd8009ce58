/* SPDX-License-Identifier: MIT */
/*
 * What the same statement costs without a daemon: a program that has the board
 * for itself and does nothing that could be left out.
 *
 *	direct repl|piserial ADDRESS TEXT [COUNT]
 *
 * ADDRESS is unix:PATH or the path of a terminal.  TEXT goes to the raw REPL
 * as it is, so it has to print what it wants to show.  Without COUNT the board
 * is asked once and the output is shown.  With COUNT it is asked so many times,
 * staying in the raw REPL, and the time of each round trip is shown in ns.
 *
 * It enters the raw REPL and sends the statement in one write; it believes that
 * nothing runs, that no byte is lost and that all answers are well formed; it
 * would not notice a Ctrl-D that the program itself prints.  So it is a bound
 * and no rival.
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* A board that says nothing for so long is not what is measured here. */
#define PATIENCE_S 60

#define PISERIAL_SPEED B9600

struct answer {
	bool	repl;
	bool	begun;		/* OK has been seen */
	char	last;
	int	ends;		/* how many Ctrl-D have been */
};

static int
direct_open_socket(const char *path)
{
	struct sockaddr_un	addr = { .sun_family = AF_UNIX };
	int			fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || strlen(path) >= sizeof addr.sun_path)
		errx(1, "%s: no socket", path);
	strcpy(addr.sun_path, path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		err(1, "%s", path);
	return fd;
}

static int
direct_open(const char *address)
{
	struct termios	tio;
	int		fd;

	if (strncmp(address, "unix:", 5) == 0)
		return direct_open_socket(address + 5);
	fd = open(address, O_RDWR | O_NOCTTY);
	if (fd < 0 || tcgetattr(fd, &tio) < 0)
		err(1, "%s", address);
	cfmakeraw(&tio);
	cfsetspeed(&tio, PISERIAL_SPEED);
	if (tcsetattr(fd, TCSANOW, &tio) < 0)
		err(1, "%s", address);
	return fd;
}

static void
direct_write(int fd, const char *bytes, size_t len)
{
	ssize_t	n;

	for (; len > 0; bytes += n, len -= (size_t)n) {
		n = write(fd, bytes, len);
		if (n <= 0)
			err(1, "write");
	}
}

/*
 * Goes over buf[0..len) and leaves the output there; *out is its length.
 * Whether the answer is complete.
 */
static bool
direct_hear(struct answer *a, char *buf, size_t len, size_t *out)
{
	size_t	i, n = 0;
	bool	over = false;

	for (i = 0; i < len && !over; i++) {
		if (!a->repl) {
			buf[n++] = buf[i];
			over = (a->last == 'O' && buf[i] == 'K') ||
			    (a->last == 'R' && buf[i] == 'R');
		} else if (!a->begun)
			a->begun = a->last == 'O' && buf[i] == 'K';
		else if (buf[i] == '\x04')
			a->ends++;
		else if (a->ends < 2)
			buf[n++] = buf[i];
		else
			over = buf[i] == '>';
		a->last = buf[i];
	}
	*out = n;
	return over;
}

/* Reads an answer, and shows it if it is wanted. */
static void
direct_read(int fd, bool repl, bool show)
{
	struct answer	a = { .repl = repl };
	char		buf[65536];
	ssize_t		n;
	size_t		len;
	bool		over;

	do {
		n = read(fd, buf, sizeof buf);
		if (n <= 0)
			err(1, "read");
		over = direct_hear(&a, buf, (size_t)n, &len);
		if (show && len > 0)
			direct_write(STDOUT_FILENO, buf, len);
	} while (!over);
}

static long long
direct_now(void)
{
	struct timespec	now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

int
main(int argc, char **argv)
{
	bool		 repl;
	char		*text;
	int		 fd, len;
	long		 i, count;
	long long	 start;

	if (argc < 4)
		errx(2, "usage: direct repl|piserial ADDRESS TEXT [COUNT]");
	alarm(PATIENCE_S);
	repl = strcmp(argv[1], "repl") == 0;
	fd = direct_open(argv[2]);
	count = argc > 4 ? atol(argv[4]) : 0;
	len = asprintf(&text, repl ? "\x01%s\x04" : "%s\n", argv[3]);
	if (len < 0)
		errx(1, "out of memory");
	for (i = 0; i == 0 || i < count; i++) {
		start = direct_now();
		if (repl && i > 0)
			direct_write(fd, text + 1, (size_t)len - 1);
		else
			direct_write(fd, text, (size_t)len);
		direct_read(fd, repl, count == 0);
		if (count > 0)
			printf("%lld\n", direct_now() - start);
		else if (!repl)
			direct_write(STDOUT_FILENO, "\n", 1);
	}
	free(text);
	close(fd);
	return 0;
}
