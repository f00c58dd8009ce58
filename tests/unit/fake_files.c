/* SPDX-License-Identifier: MIT */
#include "fake_files.h"

#include <check.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct file *
fake_find(struct fake *b, const char *name)
{
	int	i;

	for (i = 0; i < NAMES; i++)
		if (strcmp(b->files[i].name, name) == 0)
			return &b->files[i];
	return NULL;
}

/* False: there was no space for all of it. */
static bool
fake_write(struct fake *b, const char *name, const char *mode, const void *p,
    size_t want)
{
	size_t		 len = want < b->space ? want : b->space;
	struct file	*f = fake_find(b, name);

	if (f == NULL) {
		f = fake_find(b, "");
		ck_assert_ptr_nonnull(f);
		strcpy(f->name, name);
	}
	if (mode[0] == 'w')
		f->len = 0;
	f->content = realloc(f->content, f->len + len + 1);
	memcpy(f->content + f->len, p, len);
	f->len += len;
	b->space -= len;
	return len == want;
}

void
fake_remove(struct fake *b, const char *name)
{
	struct file	*f = fake_find(b, name);

	if (f == NULL)
		return;
	free(f->content);
	memset(f, 0, sizeof *f);
}

/* A temporary, where what it was to replace is still there. */
static void
fake_clean(struct fake *b, const char *text)
{
	char	name[64];

	if (sscanf(text, "try:\n __import__('os').stat('/%60[^']')", name) == 1
	    && fake_find(b, name) == NULL)
		return;
	ck_assert_int_eq(sscanf(strstr(text, ".remove("), ".remove('/%60[^']')",
	    name), 1);
	fake_remove(b, name);
}

static void
fake_say(struct fake *b, const void *p, size_t len)
{
	ck_assert_uint_lt(b->out_len + len, sizeof b->out);
	memcpy(b->out + b->out_len, p, len);
	b->out_len += len;
}

static void
fake_print(struct fake *b, const char *text)
{
	fake_say(b, text, strlen(text));
}

static void
fake_digest(const struct file *f, char digest[65])
{
	uint8_t		sum[SHA256_DIGEST_LENGTH];
	SHA2_CTX	sha;
	int		i;

	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)f->content, f->len);
	SHA256Final(sum, &sha);
	for (i = 0; i < SHA256_DIGEST_LENGTH; i++)
		sprintf(digest + 2 * i, "%02x", sum[i]);
}

void
fake_stop_taking(struct fake *b)
{
	if (b->inflating)
		inflateEnd(&b->inflater);
	b->inflating = false;
	b->in_len = 0;
	b->running = DONE;
}

static void
fake_place(struct fake *b)
{
	struct file	*f = fake_find(b, b->temporary);
	char		 digest[65];

	fake_stop_taking(b);
	fake_digest(f, digest);
	if (strcmp(digest, b->digest) != 0) {
		fake_print(b, "\6%E5;");
		return;
	}
	fake_remove(b, b->name);
	strcpy(f->name, b->name);
}

/* What was hidden, as it would be an order to a REPL, is itself again. */
static void
fake_reveal(uint8_t *plain, unsigned from, unsigned count)
{
	static const uint8_t	hidden[] = { 2, 3, 4, 13 };
	unsigned		i, v;

	for (i = from; i < from + 2 * count; i += 2) {
		v = (plain[i] & 127u) << 7 | (plain[i + 1] & 127u);
		plain[v & 4095] = hidden[v >> 12];
	}
}

/* How much of the file a frame's bytes are, which are inflated in their place. */
static size_t
fake_inflate(struct fake *b, uint8_t *plain, unsigned len)
{
	size_t	 n = b->left < b->cover ? b->left : b->cover;
	uint8_t	*packed;

	if (b->bits == 0)
		return len;
	packed = malloc(len);
	memcpy(packed, plain, len);
	b->inflater.next_in = packed;
	b->inflater.avail_in = len;
	b->inflater.next_out = plain;
	b->inflater.avail_out = (uInt)n;
	ck_assert_int_eq(inflate(&b->inflater, Z_SYNC_FLUSH), Z_OK);
	ck_assert_uint_eq(b->inflater.avail_out, 0);
	free(packed);
	return n;
}

/* A frame that has arrived whole, or false. */
static bool
fake_take_frame(struct fake *b)
{
	static uint8_t	plain[5000];
	unsigned	k, e, crc;
	size_t		n;

	if (b->in_len < 16)
		return false;
	if (sscanf((char *)b->in, "%4x%4x%8x", &k, &e, &crc) != 3 ||
	    strspn((char *)b->in, "0123456789abcdef") < 16 || k > b->window) {
		memmove(b->in, b->in + 16, b->in_len -= 16);
		fake_print(b, "\6%-");
		return true;
	}
	if (b->in_len < 16 + k)
		return false;
	memcpy(plain, b->in + 16, k);
	memmove(b->in, b->in + 16 + k, b->in_len -= 16 + k);
	if (crc32(0, plain, k) != crc) {
		fake_print(b, "\6%-");
		return true;
	}
	fake_print(b, "\6%+");
	fake_reveal(plain, k - 2 * e, e);
	n = fake_inflate(b, plain, k - 2 * e);
	if (!fake_write(b, b->temporary, "ab", plain, n)) {
		fake_print(b, "\6%E28;");
		fake_stop_taking(b);
		return false;
	}
	b->left -= n < b->left ? n : b->left;
	fake_print(b, "\6%.");
	return true;
}

void
fake_hear(struct fake *b, uint8_t c)
{
	if (b->running != TAKES)
		return;
	/* What a REPL would act on never comes, but from a bad line. */
	b->in[b->in_len++] = c;
	ck_assert_uint_lt(b->in_len, sizeof b->in);
	while (b->left > 0 && fake_take_frame(b))
		;
	if (b->running == TAKES && b->left == 0)
		fake_place(b);
}

static void
fake_about(struct fake *b, const char *name, long digest_if)
{
	struct file	*f = fake_find(b, name);
	char		 text[200], digest[65] = "-";

	if (f != NULL && (digest_if == -1 || digest_if == (long)f->len))
		fake_digest(f, digest);
	if (f == NULL)
		snprintf(text, sizeof text, "\6%%T-1,0,-;");
	else
		snprintf(text, sizeof text, "\6%%T0,%zu,%s;", f->len, digest);
	fake_print(b, text);
	snprintf(text, sizeof text, "\6%%V4096,%llu,256,0;",
	    (unsigned long long)b->room);
	fake_print(b, text);
}

static void
fake_give(struct fake *b, const char *name, size_t off, size_t window)
{
	struct file	*f = fake_find(b, name);
	uint8_t		 data[4000], places[2000];
	char		 head[20];
	size_t		 n, e, i;

	for (; off < f->len; off += n) {
		n = f->len - off < window ? f->len - off : window;
		memcpy(data, f->content + off, n);
		for (e = i = 0; i < n; i++)
			if (data[i] == 4) {
				data[i] = ' ';
				places[2 * e] = (uint8_t)(i >> 7 | 128);
				places[2 * e++ + 1] = (uint8_t)(i & 127) | 128;
			}
		memcpy(data + n, places, 2 * e);
		snprintf(head, sizeof head, "\6%%=%04zx%04zx%08lx", n + 2 * e, e,
		    crc32(0, data, (uInt)(n + 2 * e)));
		fake_print(b, head);
		fake_say(b, data, n + 2 * e);
	}
	fake_print(b, "\6%$");
}

static void
fake_sweep(struct fake *b)
{
	char	name[sizeof b->files[0].name];
	char	*end;
	int	i;

	for (i = 0; i < NAMES; i++) {
		strcpy(name, b->files[i].name);
		end = strstr(name, ".~");
		if (end == NULL)
			continue;
		*end = '\0';
		if (fake_find(b, name) != NULL)
			fake_remove(b, b->files[i].name);
	}
}

static void
fake_define(struct fake *b, const char *text)
{
	ck_assert(strstr(text, ").exec('") != NULL ||
	    strncmp(text, "__fm={}", 7) == 0);
	if (b->scattered > 0 && strstr(text, ").exec('") != NULL) {
		b->scattered--;
		b->full = true;
		return;
	}
	for (; strncmp(text, "__fm.pop('", 10) == 0; b->defined--)
		text = strchr(text, '\n') + 1;
	if (strncmp(text, "__fm={}", 7) == 0)
		b->defined = 0;
	while ((text = strstr(text, ").exec('")) != NULL) {
		b->defined++;
		text++;
	}
	b->full = b->functions > 0 && b->defined > b->functions;
}

void
fake_run(struct fake *b, const char *text)
{
	char	mode[3], name[64];
	long	n;
	size_t	a, w;

	b->jobs++;
	b->running = DONE;
	if (strstr(text, "sys\\',\\'stdin") != NULL) {
		fake_print(b, "\6%?");
		fake_print(b, b->has);
		fake_print(b, b->memory);
	} else if (sscanf(text, "__fm['C']('A','/%60[^']','/',%ld)", name,
	    &n) == 2) {
		fake_about(b, name, n);
	} else if (sscanf(text, "__fm['C']('W','/%60[^']','%2[^']',%zu,%zu,%zu,%u,"
	    "'/%60[^']','%64[^']')", b->temporary, mode, &b->left, &b->window,
	    &b->cover, &b->bits, b->name, b->digest) == 8) {
		fake_write(b, b->temporary, mode, "", 0);
		fake_print(b, "\6%!");
		b->running = TAKES;
		if (b->bits > 0) {
			memset(&b->inflater, 0, sizeof b->inflater);
			inflateInit2(&b->inflater, -(int)b->bits);
			b->inflating = true;
		}
		if (b->left == 0)
			fake_place(b);
	} else if (sscanf(text, "__fm['C']('G','/%60[^']',%zu,%zu)", name, &a,
	    &w) == 3) {
		fake_give(b, name, a, w);
	} else if (strncmp(text, "try:\n", 5) == 0) {
		fake_clean(b, text);
	} else if (strstr(text, "==\\'.~\\'") != NULL) {
		fake_sweep(b);
	} else
		fake_define(b, text);
}

void
fake_finish(struct fake *b)
{
	int	i;

	fake_stop_taking(b);
	for (i = 0; i < NAMES; i++)
		free(b->files[i].content);
}
