/* SPDX-License-Identifier: MIT */
/*
 * How the address of a TCP port is found, in a network of its own, where the
 * test is the name server.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "apart.h"
#include "daemon/port/link.h"
#include "tests/unit/suite.h"

/* In the third and fourth byte: an answer, that there is no such name. */
#define NO_SUCH_NAME_2	0x81
#define NO_SUCH_NAME_3	0x83

static struct event_base	*base;
static int			 opened, said;

static void
set_up_loopback(int fd)
{
	struct ifreq	lo = { .ifr_name = "lo" };

	ck_assert_int_eq(ioctl(fd, SIOCGIFFLAGS, &lo), 0);
	lo.ifr_flags |= IFF_UP;
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
}

static void
answer_cb(evutil_socket_t fd, short what, void *arg)
{
	unsigned char		query[512];
	struct sockaddr_in	from;
	socklen_t		size = sizeof from;
	ssize_t			n;

	(void)what, (void)arg;
	n = recvfrom(fd, query, sizeof query, 0, (struct sockaddr *)&from,
	    &size);
	ck_assert_int_gt(n, 4);
	query[2] = NO_SUCH_NAME_2;
	query[3] = NO_SUCH_NAME_3;
	ck_assert_int_eq(sendto(fd, query, (size_t)n, 0,
	    (struct sockaddr *)&from, size), n);
}

static struct event *
name_server(void)
{
	struct sockaddr_in	at = { .sin_family = AF_INET,
				    .sin_port = htons(53),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct event		*event;
	int			 fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC,
				    0);

	set_up_loopback(fd);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	event = event_new(base, fd, EV_READ | EV_PERSIST, answer_cb, NULL);
	event_add(event, NULL);
	return event;
}

static void
on_opened(struct link *link, int error)
{
	(void)link;
	opened++;
	said = error;
}

/* Nothing waits meanwhile but who wants to have it open. */
START_TEST(test_it_is_found_where_no_name_server_is_configured)
{
	struct link	 link = { .fd = -1 };
	struct event	*server;
	int		 fd;

	if (!apart_enter() || !apart_empty("/etc"))
		return;
	if (_i == 1)
		apart_write("/etc/resolv.conf", "# none\n");
	base = event_base_new();
	server = name_server();
	ck_assert_int_eq(link_init(&link, base, "tcp:board.example.org:4000", 0,
	    on_opened, NULL), 0);
	ck_assert_int_eq(link_open(&link), -EINPROGRESS);
	ck_assert_int_eq(opened, 0);
	while (opened == 0)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(said, -EHOSTUNREACH);
	link_close(&link);
	fd = event_get_fd(server);
	event_free(server);
	close(fd);
	event_base_free(base);
}
END_TEST

int
main(void)
{
	Suite	*s = suite_create("link_tcp");
	TCase	*tc = tcase_create("link_tcp");

	suite_add_tcase(s, tc);
	tcase_add_loop_test(tc,
	    test_it_is_found_where_no_name_server_is_configured, 0, 2);
	return suite_run(s);
}
