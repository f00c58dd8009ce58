/* SPDX-License-Identifier: MIT */
/*
 * Times as people write them on a command line.
 */
#ifndef PICOD_DURATION_H
#define PICOD_DURATION_H

/*
 * "500ms", "2s", "1.5m", "1h"; without a unit seconds.  Rounded up to
 * milliseconds, so that no time becomes none.  0, -EINVAL if it is no such
 * text, -ERANGE past LIMIT_TIME_MS.
 */
int	duration_parse(const char *text, int *ms);

#endif
