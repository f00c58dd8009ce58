/* SPDX-License-Identifier: MIT */
/*
 * A TCP connection.  Finding the address and connecting take time; libevent
 * does both without blocking, and then hands the descriptor over.
 */
#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "link.h"

/* Lost connections are noticed within a minute or so. */
#define KEEPALIVE_IDLE_S	30
#define KEEPALIVE_INTERVAL_S	10
#define KEEPALIVE_COUNT		3

struct tcp {
	struct evdns_base	*dns;
	struct bufferevent	*bev;
};

static void
tcp_free(struct tcp *tcp)
{
	if (tcp == NULL)
		return;
	if (tcp->bev != NULL)
		bufferevent_free(tcp->bev);
	if (tcp->dns != NULL)
		evdns_base_free(tcp->dns, 0);
	free(tcp);
}

static void
tcp_tune(int fd)
{
	static const struct {
		int	level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S },
		{ IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S },
		{ IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT },
	};
	size_t	i;

	for (i = 0; i < sizeof options / sizeof *options; i++)
		(void)setsockopt(fd, options[i].level, options[i].name,
		    &options[i].value, sizeof options[i].value);
}

static void
tcp_event_cb(struct bufferevent *bev, short what, void *arg)
{
	struct link	*link = arg;
	int		 error = EVUTIL_SOCKET_ERROR();
	int		 fd = bufferevent_getfd(bev);

	if (what & BEV_EVENT_CONNECTED) {
		/* The bufferevent closes its own. */
		link->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		error = link->fd < 0 ? errno : 0;
		if (error == 0)
			tcp_tune(link->fd);
	} else if (bufferevent_socket_get_dns_error(bev) != 0)
		error = EHOSTUNREACH;
	else if (error == 0)
		error = ECONNREFUSED;
	tcp_free(link->handle);
	link->handle = NULL;
	link->opened(link, -error);
}

static int
tcp_split(const char *address, char *host, size_t size, int *port)
{
	const char	*colon = strrchr(address, ':');
	char		*end;
	long		 n;

	if (colon == NULL || (size_t)(colon - address) >= size)
		return -EINVAL;
	n = strtol(colon + 1, &end, 10);
	if (*end != '\0' || end == colon + 1 || n < 1 || n > 65535)
		return -EINVAL;
	memcpy(host, address, (size_t)(colon - address));
	host[colon - address] = '\0';
	*port = (int)n;
	return 0;
}

/*
 * Where no name server is configured, it asks this machine, as others do.
 * Without it libevent would ask in a way that blocks.
 */
static struct evdns_base *
tcp_resolver(struct event_base *base)
{
	struct evdns_base	*dns = xhave(evdns_base_new(base,
				    EVDNS_BASE_DISABLE_WHEN_INACTIVE));

	(void)evdns_base_resolv_conf_parse(dns, DNS_OPTIONS_ALL,
	    "/etc/resolv.conf");
	return dns;
}

static int
tcp_open(struct link *link)
{
	char		 host[256];
	int		 port;
	struct tcp	*tcp;

	if (tcp_split(link->address, host, sizeof host, &port) < 0)
		return -EINVAL;
	tcp = xcalloc(1, sizeof *tcp);
	tcp->dns = tcp_resolver(link->base);
	tcp->bev = bufferevent_socket_new(link->base, -1, BEV_OPT_CLOSE_ON_FREE);
	link->handle = tcp;
	bufferevent_setcb(tcp->bev, NULL, NULL, tcp_event_cb, link);
	if (bufferevent_socket_connect_hostname(tcp->bev, tcp->dns, AF_UNSPEC,
	    host, port) < 0 && link->handle != NULL) {
		tcp_free(tcp);
		link->handle = NULL;
		return -EHOSTUNREACH;
	}
	return -EINPROGRESS;
}

static void
tcp_close(struct link *link)
{
	tcp_free(link->handle);
	link->handle = NULL;
	if (link->fd >= 0)
		close(link->fd);
}

static int
tcp_reset(struct link *link, bool pull)
{
	(void)link, (void)pull;
	return -ENOTSUP;
}

const struct link_ops link_tcp = {
	.prefix = "tcp:",
	.open = tcp_open, .close = tcp_close, .reset = tcp_reset,
};
