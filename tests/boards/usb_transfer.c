/* SPDX-License-Identifier: MIT */
/*
 * usbfs (linux/usbdevice_fs.h) as far as libusb 1.0 uses it for control and bulk
 * transfers.  A transfer is done when it is submitted, and then only waits to be
 * reaped: libusb cannot tell, since the node, a plain file, is always ready.
 *
 * The handler runs in a thread of umockdev's, which may wait for the player.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/usbdevice_fs.h>

#include "usb_transfer.h"

#define DIRECTION_IN	0x80
#define CLEAR_FEATURE	1
#define TO_ENDPOINT	2
#define SETUP_SIZE	8

struct usb_player {
	UMockdevTestbed	*testbed;
	UMockdevIoctlBase *handler;
	char		*node;
	int		 socket;
};

static gboolean
player_write(const struct usb_player *player, const void *data, size_t size)
{
	return size == 0 || send(player->socket, data, size, MSG_NOSIGNAL) ==
	    (ssize_t)size;
}

static gboolean
player_read(const struct usb_player *player, void *data, size_t size)
{
	return size == 0 || recv(player->socket, data, size, MSG_WAITALL) ==
	    (ssize_t)size;
}

static gboolean
transfer_is_in(const struct usb_transfer *transfer)
{
	return ((transfer->endpoint | transfer->setup[0]) & DIRECTION_IN) != 0;
}

/* Has the player do it; data is sent, or filled.  As the player answers. */
static int
player_transfer(const struct usb_player *player,
    const struct usb_transfer *transfer, guint8 *data)
{
	gboolean in = transfer_is_in(transfer);
	int32_t result;

	if (!player_write(player, transfer, sizeof(*transfer)) ||
	    !player_write(player, data, in ? 0 : transfer->length) ||
	    !player_read(player, &result, sizeof(result)))
		return -ENODEV;
	if (in && result > (int32_t)transfer->length)
		return -EOVERFLOW;
	if (in && result > 0 && !player_read(player, data, (size_t)result))
		return -ENODEV;
	return result;
}

/*
 * The URB's buffer, resolved, goes out or comes in; its status is set.  There is no
 * buffer where the program was killed meanwhile: umockdev fetches it from there.
 */
static int
player_run(struct usb_player *player, UMockdevIoctlData *data)
{
	struct usbdevfs_urb *urb = (void *)data->data;
	gboolean control = urb->type == USBDEVFS_URB_TYPE_CONTROL;
	gsize start = control ? SETUP_SIZE : 0;
	UMockdevIoctlData *buffer = umockdev_ioctl_data_resolve(data,
	    offsetof(struct usbdevfs_urb, buffer),
	    MAX((gsize)urb->buffer_length, 1), NULL);
	struct usb_transfer transfer = {
		.endpoint = control ? 0 : urb->endpoint,
		.length = (uint32_t)((gsize)urb->buffer_length - start),
	};
	guint8 *bytes;
	int result;

	if (buffer == NULL)
		return -EFAULT;
	bytes = g_malloc0(transfer.length);
	memcpy(transfer.setup, buffer->data, start);
	if (bytes != NULL)
		memcpy(bytes, buffer->data + start, transfer.length);
	result = player_transfer(player, &transfer, bytes);
	if (result > 0 && transfer_is_in(&transfer))
		umockdev_ioctl_data_update(buffer, start, bytes, result);
	g_free(bytes);
	urb->status = MIN(result, 0);
	urb->actual_length = MAX(result, 0);
	umockdev_ioctl_data_unref(buffer);
	return 0;
}

static int
player_clear_halt(const struct usb_player *player, guint8 endpoint)
{
	struct usb_transfer transfer = {
		.setup = { TO_ENDPOINT, CLEAR_FEATURE, 0, 0, endpoint },
	};

	return player_transfer(player, &transfer, NULL);
}

static void
free_urbs(gpointer queue)
{
	g_queue_free_full(queue, (GDestroyNotify)umockdev_ioctl_data_unref);
}

/* The URBs that a program may reap; they go with it. */
static GQueue *
client_done(UMockdevIoctlClient *client)
{
	GQueue *done = g_object_get_data(G_OBJECT(client), "done");

	if (done == NULL) {
		done = g_queue_new();
		g_object_set_data_full(G_OBJECT(client), "done", done,
		    free_urbs);
	}
	return done;
}

static int
client_reap(UMockdevIoctlClient *client, UMockdevIoctlData *argument)
{
	UMockdevIoctlData *urb = g_queue_pop_head(client_done(client));

	if (urb == NULL)
		return -EAGAIN;
	umockdev_ioctl_data_set_ptr(argument, 0, urb);
	umockdev_ioctl_data_unref(urb);
	return 0;
}

/* As ioctl(2), but a negative errno. */
static int
player_obey(struct usb_player *player, UMockdevIoctlClient *client,
    UMockdevIoctlData *data)
{
	int error;

	switch (umockdev_ioctl_client_get_request(client)) {
	case USBDEVFS_GET_CAPABILITIES:
		*(guint32 *)(void *)data->data = USBDEVFS_CAP_BULK_CONTINUATION |
		    USBDEVFS_CAP_NO_PACKET_SIZE_LIM;
		return 0;
	case USBDEVFS_CLAIMINTERFACE:
	case USBDEVFS_RELEASEINTERFACE:
	case USBDEVFS_SETCONFIGURATION:
	case USBDEVFS_DISCONNECT_CLAIM:
		return 0;
	case USBDEVFS_CLEAR_HALT:
		return player_clear_halt(player, data->data[0]);
	case USBDEVFS_GETDRIVER:
		return -ENODATA;		/* the kernel has none for it */
	case USBDEVFS_SUBMITURB:
		error = player_run(player, data);
		if (error < 0)
			return error;
		g_queue_push_tail(client_done(client),
		    umockdev_ioctl_data_ref(data));
		return 0;
	case USBDEVFS_REAPURB:
	case USBDEVFS_REAPURBNDELAY:
		return client_reap(client, data);
	case USBDEVFS_DISCARDURB:
		return -EINVAL;			/* it is done already */
	default:
		return -ENOTTY;
	}
}

static gboolean
player_ioctl_cb(UMockdevIoctlBase *base, UMockdevIoctlClient *client,
    gpointer arg)
{
	gulong request = umockdev_ioctl_client_get_request(client);
	UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0,
	    MAX(_IOC_SIZE(request), 1), NULL);
	int result = data == NULL ? -EFAULT : player_obey(arg, client, data);

	(void)base;
	umockdev_ioctl_client_complete(client, result < 0 ? -1 : result,
	    result < 0 ? -result : 0);
	if (data != NULL)
		umockdev_ioctl_data_unref(data);
	return TRUE;
}

static int
player_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address,
	    sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* With its handler, which is kept for as long as the thread is in it. */
static void
player_destroy(gpointer arg, GClosure *closure)
{
	struct usb_player *player = arg;

	(void)closure;
	close(player->socket);
	g_free(player->node);
	g_free(player);
}

struct usb_player *
usb_player_new(UMockdevTestbed *testbed, const char *node, const char *socket)
{
	struct usb_player *player;
	int fd = player_connect(socket);

	if (fd < 0)
		return NULL;
	player = g_new0(struct usb_player, 1);
	player->testbed = testbed;
	player->node = g_strdup(node);
	player->socket = fd;
	player->handler = umockdev_ioctl_base_new();
	g_signal_connect_data(player->handler, "handle-ioctl",
	    G_CALLBACK(player_ioctl_cb), player, player_destroy, 0);
	umockdev_testbed_attach_ioctl(testbed, node, player->handler, NULL);
	return player;
}

void
usb_player_free(struct usb_player *player)
{
	UMockdevIoctlBase *handler;

	if (player == NULL)
		return;
	handler = player->handler;
	shutdown(player->socket, SHUT_RDWR);
	umockdev_testbed_detach_ioctl(player->testbed, player->node, NULL);
	g_object_unref(handler);
}
