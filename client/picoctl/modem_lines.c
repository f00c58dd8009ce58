/* SPDX-License-Identifier: MIT */
/*
 * Nothing that is preloaded reaches a program in Go, which calls the kernel itself.
 * So the kernel is told to ask us: a filter of system calls hands us those few, and
 * lets us say for each whether it is ours or goes on as if nobody had looked.  It
 * takes a right that a user has in his namespace, where private_dev() has put him.
 */
#include "modem_lines.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#if defined __x86_64__ && !defined __ILP32__
#define NATIVE	AUDIT_ARCH_X86_64
#elif defined __aarch64__ && !defined __AARCH64EB__
#define NATIVE	AUDIT_ARCH_AARCH64
#elif defined __arm__ && !defined __ARMEB__
#define NATIVE	AUDIT_ARCH_ARM
#elif defined __i386__
#define NATIVE	AUDIT_ARCH_I386
#else
#define NATIVE	0		/* numbers of calls are not looked at */
#endif

#define LINES	(TIOCM_DTR | TIOCM_RTS | TIOCM_CTS | TIOCM_DSR | TIOCM_CAR)

#define LOAD(member) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define IS(value, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)

/* All of these are little endian, where a word begins with its low half. */
static int
filter_install(void)
{
	struct sock_filter	steps[] = {
		LOAD(arch), IS(NATIVE, 0, 7),
		LOAD(nr), IS(SYS_ioctl, 0, 5),
		LOAD(args[1]), IS(TIOCMGET, 4, 0), IS(TIOCMSET, 3, 0),
		IS(TIOCMBIS, 2, 0), IS(TIOCMBIC, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog	program = { sizeof steps / sizeof *steps, steps };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* A message of one byte, with room for a descriptor. */
struct parcel {
	struct msghdr	 message;
	struct iovec	 bytes;
	char		 byte;
	_Alignas(struct cmsghdr)
	char		 room[CMSG_SPACE(sizeof(int))];
};

static void
parcel_init(struct parcel *p)
{
	*p = (struct parcel){ 0 };
	p->bytes = (struct iovec){ &p->byte, 1 };
	p->message.msg_iov = &p->bytes;
	p->message.msg_iovlen = 1;
	p->message.msg_control = p->room;
	p->message.msg_controllen = sizeof p->room;
}

void
modem_lines_give(int socket)
{
	struct parcel	p;
	struct cmsghdr	*header;
	int		asked = filter_install();

	if (asked < 0)
		return;
	parcel_init(&p);
	header = CMSG_FIRSTHDR(&p.message);	/* there is room */
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof asked);
	memcpy(CMSG_DATA(header), &asked, sizeof asked);
	sendmsg(socket, &p.message, MSG_NOSIGNAL);
	close(asked);
}

int
modem_lines_take(int socket)
{
	struct parcel	p;
	struct cmsghdr	*header;
	ssize_t		 n;
	int		 asked = -1;

	parcel_init(&p);
	do
		n = recvmsg(socket, &p.message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	header = CMSG_FIRSTHDR(&p.message);
	if (n > 0 && header != NULL && header->cmsg_type == SCM_RIGHTS)
		memcpy(&asked, CMSG_DATA(header), sizeof asked);
	return asked;
}

/* Whether the terminal that was asked of is this one, by whatever name. */
static bool
is_of(const struct seccomp_notif *question, int port)
{
	struct stat	theirs, ours;
	char		path[64];

	snprintf(path, sizeof path, "/proc/%u/fd/%d", question->pid,
	    (int)question->data.args[0]);
	return stat(path, &theirs) == 0 && fstat(port, &ours) == 0 &&
	    S_ISCHR(theirs.st_mode) && theirs.st_rdev == ours.st_rdev;
}

/* A process that was killed meanwhile may have left its number to another. */
static bool
still_asks(int asked, const struct seccomp_notif *question)
{
	uint64_t	id = question->id;

	return ioctl(asked, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/* What is set is taken, and matters to nobody. */
static bool
is_told(const struct seccomp_notif *question)
{
	int		lines = LINES;
	struct iovec	here = { &lines, sizeof lines }, there = {
		(void *)(uintptr_t)question->data.args[2], sizeof lines
	};

	return question->data.args[1] != TIOCMGET ||
	    process_vm_writev((pid_t)question->pid, &here, 1, &there, 1, 0) ==
	    sizeof lines;
}

void
modem_lines_answer(int asked, int port)
{
	union {				/* a later kernel may have more of each */
		struct seccomp_notif		 notif;
		char				 room[512];
	}	question;
	union {
		struct seccomp_notif_resp	 resp;
		char				 room[512];
	}	answer;

	memset(&question, 0, sizeof question);
	memset(&answer, 0, sizeof answer);
	if (ioctl(asked, SECCOMP_IOCTL_NOTIF_RECV, &question) < 0)
		return;		/* who asked is gone */
	answer.resp.id = question.notif.id;
	if (!is_of(&question.notif, port) || !still_asks(asked,
	    &question.notif) || !is_told(&question.notif))
		answer.resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(asked, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
