/* SPDX-License-Identifier: MIT */
/* What the board says to whoever runs it, a line each. */
#ifndef AVR_REPORT_H
#define AVR_REPORT_H

/* Lines go to this descriptor from now on; stdout before. */
void avr_report_to(int fd);

/*
 * Tells of something that happened.  Never waits: when nobody reads, the line
 * is dropped, and "lost N" says so as soon as there is room again.
 */
void avr_report(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Answers somebody who has asked, and so reads: waits for room. */
void avr_answer(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
