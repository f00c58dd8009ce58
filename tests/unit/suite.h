/* SPDX-License-Identifier: MIT */
/* What main() of a unit test has to do. */
#ifndef TEST_SUITE_H
#define TEST_SUITE_H

#include <check.h>

/* Runs the suite, and frees it; the exit status. */
int	suite_run(Suite *);

#endif
