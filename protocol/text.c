/* SPDX-License-Identifier: MIT */
/*
 * A board prints bytes, JSON carries characters.  Nearly always the bytes are
 * UTF-8 already and only the line ends differ, so the work is one pass that
 * copies.  UTF-8 is checked as Unicode 15 has it in table 3-7: no overlong
 * forms, no surrogates, nothing past U+10FFFF.
 */
#include "text.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char	base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The length of a character by its first byte; 0 if none begins so. */
static size_t
text_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	if (c >= 0xf0 && c <= 0xf4)
		return 4;
	return 0;
}

/* Table 3-7: the second byte has a narrower range after some first bytes. */
static bool
text_second(unsigned char first, unsigned char c)
{
	switch (first) {
	case 0xe0: return c >= 0xa0 && c <= 0xbf;
	case 0xed: return c >= 0x80 && c <= 0x9f;
	case 0xf0: return c >= 0x90 && c <= 0xbf;
	case 0xf4: return c >= 0x80 && c <= 0x8f;
	default: return c >= 0x80 && c <= 0xbf;
	}
}

/*
 * How many bytes at the beginning belong together: a character (*valid), or a
 * part of one that can only be replaced.  *want is the whole character's length.
 */
static size_t
text_sequence(const unsigned char *p, size_t len, size_t *want, bool *valid)
{
	size_t	n;

	*want = text_length(p[0]);
	*valid = *want == 1;
	if (*want <= 1)
		return 1;
	if (len < 2 || !text_second(p[0], p[1]))
		return 1;
	for (n = 2; n < *want && n < len; n++)
		if (p[n] < 0x80 || p[n] > 0xbf)
			return n;
	*valid = n == *want;
	return n;
}

size_t
text_whole(const char *bytes, size_t len)
{
	const unsigned char	*p = (const unsigned char *)bytes;
	size_t			 back, want;
	bool			 valid;

	if (len > 0 && p[len - 1] == '\r')
		return len - 1;
	for (back = 1; back <= 3 && back <= len; back++) {
		if (text_length(p[len - back]) == 0)
			continue;
		if (text_sequence(p + len - back, back, &want, &valid) == back &&
		    want > back)
			return len - back;
		break;
	}
	return len;
}

char *
text_from_bytes(const char *bytes, size_t len, size_t *text_len, bool *lossy)
{
	const unsigned char	*p = (const unsigned char *)bytes;
	const unsigned char	*end = len > 0 ? p + len : p;
	char			*text = malloc(len * 3 + 1), *out = text;
	size_t			 n, want;
	bool			 valid;

	if (text == NULL)
		return NULL;
	*lossy = false;
	for (; p < end; p += n) {
		n = 1;
		if (p[0] == '\r' && end - p > 1 && p[1] == '\n')
			continue;
		n = text_sequence(p, (size_t)(end - p), &want, &valid);
		if (valid) {
			memcpy(out, p, n);
			out += n;
		} else {
			memcpy(out, "\xef\xbf\xbd", 3);
			out += 3;
			*lossy = true;
		}
	}
	*out = '\0';
	*text_len = (size_t)(out - text);
	return text;
}

/* A control character: of ASCII, or of C1, which some terminals heed too. */
static bool
text_is_control(const unsigned char *p, size_t n)
{
	return (n == 1 && (p[0] < 0x20 || p[0] == 0x7f)) ||
	    (n == 2 && p[0] == 0xc2 && p[1] < 0xa0);
}

void
text_clean(char *text)
{
	const unsigned char	*p = (const unsigned char *)text;
	size_t			 left = strlen(text), n, want;
	bool			 valid;

	for (; left > 0; p += n, left -= n) {
		n = text_sequence(p, left, &want, &valid);
		if (!valid || text_is_control(p, n)) {
			*text++ = '?';
		} else {
			memmove(text, p, n);
			text += n;
		}
	}
	*text = '\0';
}

char *
text_base64(const char *bytes, size_t len)
{
	const unsigned char	*p = (const unsigned char *)bytes;
	char			*text = malloc((len + 2) / 3 * 4 + 1), *out = text;
	size_t			 i, n;
	uint32_t		 group;

	if (text == NULL)
		return NULL;
	for (; len > 0; p += n, len -= n) {
		n = len < 3 ? len : 3;
		group = 0;
		for (i = 0; i < 3; i++)
			group = group << 8 | (i < n ? p[i] : 0);
		for (i = 0; i < 4; i++)
			*out++ = i <= n ?
			    base64_digits[group >> (18 - 6 * i) & 63] : '=';
	}
	*out = '\0';
	return text;
}

int
text_base64_decode(const char *text, size_t len, char **bytes, size_t *bytes_len)
{
	char		*buf, *out;
	const char	*digit;
	size_t		 i, pad = 0;
	uint32_t	 group = 0;

	if (len % 4 != 0)
		return -EINVAL;
	while (pad < 2 && pad < len && text[len - pad - 1] == '=')
		pad++;
	buf = out = malloc(len / 4 * 3 + 1);
	if (buf == NULL)
		return -ENOMEM;
	for (i = 0; i < len; i++) {
		digit = i >= len - pad ? base64_digits :
		    memchr(base64_digits, text[i], 64);
		if (digit == NULL) {
			free(buf);
			return -EINVAL;
		}
		group = group << 6 | (uint32_t)(digit - base64_digits);
		if (i % 4 == 3) {
			*out++ = (char)(group >> 16);
			*out++ = (char)(group >> 8);
			*out++ = (char)group;
		}
	}
	*bytes = buf;
	*bytes_len = len / 4 * 3 - pad;
	return 0;
}
