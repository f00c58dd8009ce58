/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into picod: one call of a kind fails, the n-th.
 *
 *	FAULT=malloc|read|write|open|fork:N
 *	FAULT_NOTE=FILE		where it is told who called, by its addresses
 *	FAULT_LATE=1		calls count once a client has come
 *
 * Only the program that is started has it: what it runs itself works.  A kind
 * is a family: open is whatever gives a descriptor.  libevent's own recv(2) and
 * read(2) are for signals, which it ends without; what it has for us is readv(2).
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define FRAMES_MAX	12

enum fault_kind {
	FAULT_MALLOC, FAULT_READ, FAULT_WRITE, FAULT_OPEN, FAULT_FORK,
	FAULT_KIND_COUNT
};

static const char *const	names[FAULT_KIND_COUNT] = {
	"malloc", "read", "write", "open", "fork"
};
static const int		errors[FAULT_KIND_COUNT] = {
	ENOMEM, EIO, EIO, EMFILE, EAGAIN
};

static enum fault_kind	kind = FAULT_KIND_COUNT;
static long		left;		/* calls of it until it fails */
static bool		counting;
static const char	*note;
static pid_t		self;

void	*__libc_malloc(size_t);
void	*__libc_calloc(size_t, size_t);
void	*__libc_realloc(void *, size_t);

/* Who called, so that a failure can be found in the source. */
static void
fault_tell(void)
{
	void	*frames[FRAMES_MAX];
	int	 fd = open(note, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	backtrace_symbols_fd(frames, backtrace(frames, FRAMES_MAX), fd);
	close(fd);
}

/* libevent's, which has nobody to tell: signals are blocked in it. */
static bool
fault_in_handler(void)
{
	sigset_t	mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	return sigismember(&mask, SIGUSR1);
}

/* Whether this call fails; then errno is set. */
static bool
fault_now(enum fault_kind this)
{
	if (this != kind || !counting || getpid() != self ||
	    (this == FAULT_WRITE && fault_in_handler()) || --left > 0)
		return false;
	kind = FAULT_KIND_COUNT;	/* once */
	fault_tell();
	errno = errors[this];
	return true;
}

static void __attribute__((constructor))
fault_init(void)
{
	const char	*fault = getenv("FAULT"), *colon;
	void		*frame;
	int		 i;

	note = getenv("FAULT_NOTE");
	colon = fault == NULL ? NULL : strchr(fault, ':');
	if (colon == NULL || note == NULL)
		return;
	backtrace(&frame, 1);		/* it allocates the first time */
	self = getpid();
	left = atol(colon + 1);
	counting = getenv("FAULT_LATE") == NULL;
	for (i = 0; i < FAULT_KIND_COUNT; i++)
		if (strncmp(fault, names[i], (size_t)(colon - fault)) == 0)
			kind = (enum fault_kind)i;
	unsetenv("LD_PRELOAD");
	unsetenv("FAULT");
}

static bool
fault_is_of(const void *caller, const char *library)
{
	Dl_info	info;

	return dladdr(caller, &info) != 0 &&
	    strstr(info.dli_fname, library) != NULL;
}

/* What libc allocates for itself is its own: not all of it stands a failure. */
static bool
fault_is_libcs(const void *caller)
{
	return fault_is_of(caller, "/libc.so") ||
	    fault_is_of(caller, "/ld-linux");
}

#define FAULT_MEMORY	(kind == FAULT_MALLOC && counting && \
	!fault_is_libcs(__builtin_return_address(0)) && fault_now(FAULT_MALLOC))

void *
malloc(size_t size)
{
	return FAULT_MEMORY ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return FAULT_MEMORY ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return FAULT_MEMORY ? NULL : __libc_realloc(p, size);
}

/* As libc has it. */
#define NEXT(name)							\
	__typeof__(&name)	next;					\
									\
	*(void **)&next = dlsym(RTLD_NEXT, #name)

char *
strdup(const char *s)
{
	size_t	 size = strlen(s) + 1;
	char	*copy = FAULT_MEMORY ? NULL : __libc_malloc(size);

	return copy == NULL ? NULL : memcpy(copy, s, size);
}

#define FAULTY(kind, type, name, arguments, ...)			\
type									\
name arguments								\
{									\
	NEXT(name);							\
									\
	return fault_now(kind) ? (type)-1 : next(__VA_ARGS__);		\
}

FAULTY(FAULT_READ, ssize_t, readv, (int fd, const struct iovec *v, int n),
    fd, v, n)
FAULTY(FAULT_WRITE, ssize_t, write, (int fd, const void *buf, size_t n),
    fd, buf, n)
FAULTY(FAULT_WRITE, ssize_t, writev, (int fd, const struct iovec *v, int n),
    fd, v, n)
FAULTY(FAULT_WRITE, ssize_t, send,
    (int fd, const void *buf, size_t n, int flags), fd, buf, n, flags)
FAULTY(FAULT_OPEN, int, socket, (int domain, int type, int protocol),
    domain, type, protocol)
FAULTY(FAULT_OPEN, int, pipe2, (int fds[2], int flags), fds, flags)
FAULTY(FAULT_FORK, pid_t, fork, (void))

ssize_t
read(int fd, void *buf, size_t n)
{
	NEXT(read);

	if (kind == FAULT_READ && counting &&
	    !fault_is_of(__builtin_return_address(0), "/libevent") &&
	    fault_now(FAULT_READ))
		return -1;
	return next(fd, buf, n);
}

int
accept4(int fd, __SOCKADDR_ARG addr, socklen_t *len, int flags)
{
	NEXT(accept4);

	if (fault_now(FAULT_OPEN))
		return -1;
	counting = true;
	return next(fd, addr, len, flags);
}

FILE *
fopen(const char *path, const char *mode)
{
	NEXT(fopen);

	return fault_now(FAULT_OPEN) ? NULL : next(path, mode);
}

int
open(const char *path, int flags, ...)
{
	mode_t	mode = 0;
	va_list	args;
	NEXT(open);

	if (flags & (O_CREAT | __O_TMPFILE)) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	return fault_now(FAULT_OPEN) ? -1 : next(path, flags, mode);
}
