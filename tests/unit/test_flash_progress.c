/* SPDX-License-Identifier: MIT */
/* What avrdude 7.1 and picotool 2.1.1 print on a pipe, cut at every place. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "protocol/flash_progress.h"
#include "tests/unit/suite.h"

#define TEN	"##########"
#define BAR	TEN TEN TEN TEN TEN

static const char	avrdude[] =
    "\navrdude: AVR device initialized and ready to accept instructions\n"
    "\nReading | " BAR " | 100% 0.00s\n\n"
    "avrdude: device signature = 0x1e950f (probably m328p)\n"
    "avrdude: reading input file led.hex for flash\n"
    "         with 2220 bytes in 1 section within [0, 0x8ab]\n"
    "\nWriting | " BAR " | 100% 0.27s\n\n"
    "avrdude: 2220 bytes of flash written\n"
    "\nReading | " BAR " | 100% 0.20s\n\n"
    "avrdude: 2220 bytes of flash verified\n\navrdude done.  Thank you.\n\n";

static const char	picotool[] =
    "Family ID 'rp2040' can be downloaded in absolute space:\n"
    "  00000000->02000000\n"
    "Loading into Flash:   [                              ]  0%\r"
    "Loading into Flash:   [=============                 ]  45%\r"
    "Loading into Flash:   [==============================]  100%\r\n"
    "Verifying Flash:      [                              ]  0%\r"
    "Verifying Flash:      [==============================]  100%\r\n"
    "  OK\n\nThe device was rebooted to start the application.\n";

/* Every change, as "stage percent" in a text. */
static char	seen[4096];

static void
feed(struct flash_progress *p, const char *text, size_t len)
{
	size_t	n;
	bool	changed;

	while (len > 0) {
		n = flash_progress_feed(p, (const uint8_t *)text, len, &changed);
		ck_assert_uint_gt(n, 0);
		text += n;
		len -= n;
		if (changed)
			sprintf(seen + strlen(seen), "%s %u\n",
			    flash_stage_name(p->stage), p->percent);
	}
}

static const char *
run(enum flash_tool tool, const char *text, size_t cut)
{
	static struct flash_progress	p;

	seen[0] = '\0';
	flash_progress_init(&p, tool);
	feed(&p, text, cut);
	feed(&p, text + cut, strlen(text) - cut);
	return flash_progress_log(&p);
}

START_TEST(test_avrdude)
{
	char	first[sizeof seen];
	size_t	cut;

	run(FLASH_AVRDUDE, avrdude, 0);
	memcpy(first, seen, sizeof seen);
	ck_assert_ptr_nonnull(strstr(seen, "preparing 100\nwriting 0\n"
	    "writing 2\n"));
	ck_assert_ptr_nonnull(strstr(seen, "writing 100\nverifying 0\n"));
	ck_assert_str_eq(strstr(seen, "verifying 98\n"),
	    "verifying 98\nverifying 100\n");
	for (cut = 1; cut < sizeof avrdude; cut++) {
		ck_assert_ptr_nonnull(strstr(run(FLASH_AVRDUDE, avrdude, cut),
		    "\navrdude: 2220 bytes of flash written\n"
		    "avrdude: 2220 bytes of flash verified\n"));
		ck_assert_str_eq(seen, first);
	}
}
END_TEST

START_TEST(test_picotool)
{
	size_t	cut;

	for (cut = 0; cut < sizeof picotool; cut++) {
		ck_assert_str_eq(run(FLASH_PICOTOOL, picotool, cut),
		    "Family ID 'rp2040' can be downloaded in absolute space:\n"
		    "  00000000->02000000\n  OK\n"
		    "The device was rebooted to start the application.\n");
		ck_assert_str_eq(seen, "writing 0\nwriting 45\nwriting 100\n"
		    "verifying 0\nverifying 100\n");
	}
}
END_TEST

/* The log keeps its end, in whole lines, and nothing a terminal acts on. */
START_TEST(test_log)
{
	struct flash_progress	p;
	const char		*log;
	int			i;

	seen[0] = '\0';
	flash_progress_init(&p, FLASH_AVRDUDE);
	for (i = 0; i < 1000; i++)
		feed(&p, "avrdude: \033[31mnot in sync\n", 26);
	feed(&p, "the end, without a newline", 26);
	log = flash_progress_log(&p);
	ck_assert_uint_le(strlen(log), FLASH_LOG_SIZE);
	ck_assert_uint_gt(strlen(log), FLASH_LOG_SIZE - 100);
	ck_assert_int_eq(strncmp(log, "avrdude: ?[31mnot in sync\n", 26), 0);
	ck_assert_ptr_nonnull(strstr(log, "\nthe end, without a newline\n"));
}
END_TEST

/* No newline for ever: bounded. */
START_TEST(test_endless_line)
{
	struct flash_progress	p;
	int			i;

	flash_progress_init(&p, FLASH_PICOTOOL);
	for (i = 0; i < 100000; i++)
		feed(&p, "abcdefgh", 8);
	ck_assert_uint_eq(strlen(flash_progress_log(&p)), sizeof p.line + 1);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("flash_progress");
	TCase	*tc = tcase_create("flash_progress");

	tcase_add_test(tc, test_avrdude);
	tcase_add_test(tc, test_picotool);
	tcase_add_test(tc, test_log);
	tcase_add_test(tc, test_endless_line);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
