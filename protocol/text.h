/* SPDX-License-Identifier: MIT */
/*
 * What a board printed, as text that fits into JSON: CR LF becomes LF, bytes
 * that are not UTF-8 are replaced, and pieces never split a character.
 */
#ifndef PICOD_TEXT_H
#define PICOD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How many of the bytes may be shown now, so that neither a character of UTF-8
 * nor a CR LF is split: at most 3 bytes less than len.
 */
size_t	text_whole(const char *bytes, size_t len);

/*
 * The text of those bytes, with its length in *text_len, NUL-terminated; the
 * caller frees it.  Invalid sequences become U+FFFD, one for each maximal part
 * (Unicode 15, 3.9); then *lossy is true.  NULL when memory is short.
 */
char	*text_from_bytes(const char *bytes, size_t len, size_t *text_len,
    bool *lossy);

/*
 * Replaces what neither a terminal nor JSON should get by "?": each control
 * character, of C1 too, and each part that is no UTF-8.
 */
void	text_clean(char *text);

/* Base64 (RFC 4648) of the bytes, NUL-terminated; the caller frees it. */
char	*text_base64(const char *bytes, size_t len);

/*
 * The bytes of a base64 text and their number; the caller frees them.  -EINVAL
 * if it is none, -ENOMEM.
 */
int	text_base64_decode(const char *text, size_t len, char **bytes,
    size_t *bytes_len);

#endif
