/* SPDX-License-Identifier: MIT */
/* Words for a PinServer: what they become, and what answers become. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "protocol/pins.h"
#include "tests/unit/suite.h"

#define HEX_NAME	"50696E53657276657220312E302041726475696E6F20556E6F"

static struct pins_board board;

static void
set_up(void)
{
	ck_assert_int_eq(pins_identify(&board,
	    "i01140E060A0D" HEX_NAME "\n"), 0);
}

/* Splits a line at its spaces, in place. */
static size_t
split(char *line, const char **words)
{
	size_t	count = 0;
	char	*word, *rest = line;

	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		words[count++] = word;
	return count;
}

static int
make(struct pins_command *command, const char *line, char *why)
{
	const char	*words[80];
	char		 copy[1024];

	strcpy(copy, line);
	return pins_command(command, &board, split(copy, words), words, why);
}

START_TEST(test_identity)
{
	struct pins_board	other = board;

	ck_assert_str_eq(board.name, "PinServer 1.0 Arduino Uno");
	ck_assert_uint_eq(board.version, 1);
	ck_assert_uint_eq(board.pins, 20);
	ck_assert_uint_eq(board.first_analog, 14);
	ck_assert_uint_eq(board.analogs, 6);
	ck_assert_uint_eq(board.analog_bits, 10);
	ck_assert_uint_eq(board.led, 13);
	ck_assert_int_eq(pins_identify(&other, ""), -EPROTO);
	ck_assert_int_eq(pins_identify(&other, "v0102\n"), -EPROTO);
	ck_assert_int_eq(pins_identify(&other, "i01140E060A0D\n"), -EPROTO);
	ck_assert_int_eq(pins_identify(&other, "i01140E060A0D41\n"), -EPROTO);
	ck_assert_int_eq(pins_identify(&other,
	    "i01140E060A0D" HEX_NAME "0"), -EPROTO);
	ck_assert_int_eq(pins_identify(&other,
	    "i01140E060A0D" HEX_NAME "0A"), -EPROTO);
	ck_assert_int_eq(pins_identify(&other,
	    "i01140E060A0D" HEX_NAME HEX_NAME), -EPROTO);
	ck_assert_mem_eq(&other, &board, sizeof(board));
}
END_TEST

static const struct {
	const char	*words, *text;
} made[] = {
	{ "13 on", "n0D" },
	{ "led off", "f0D" },
	{ "12 D13 on", "n0C0D" },
	{ "2 read", "r02" },
	{ "A0 read", "a0E" },
	{ "A0 A5 read", "a0E13" },
	{ "A0 level", "r0E" },
	{ "14 analog", "a0E" },
	{ "9 pwm 128", "p0980" },
	{ "9 10 pwm 50%", "p09800A80" },
	{ "9 pwm 100%", "p09FF" },
	{ "9 pwm 0x10", "p0910" },
	{ "5 servo 1500", "s0505DC" },
	{ "5 servo 0deg", "s050220" },
	{ "5 servo 90deg", "s0505C0" },
	{ "5 servo 180deg", "s050960" },
	{ "5 6 servo off", "s050000060000" },
	{ "8 tone 440", "t0801B8" },
	{ "8 tone 440 500", "t0801B801F4" },
	{ "8 tone off", "t080000" },
	{ "7 pulse high", "u07103E8" },
	{ "7 pulse low 20", "u0700014" },
	{ "3 4 input", "m030040" },
	{ "3 output", "m031" },
	{ "3 pullup", "m032" },
	{ "3 pulldown", "m033" },
	{ "2 3 watch", "w0203" },
	{ "A1 watch", "g0F03E8" },
	{ "A1 watch 100 8", "g0F00640008" },
	{ "A1 gauge 100", "g0F0064" },
	{ "2 every 50", "e020032" },
	{ "quiet", "k" },
	{ "2 A0 quiet", "k020E" },
	{ "2 13 can", "q020D" },
	{ "info", "i" },
	{ "i2c 0x50", "y5000" },
	{ "i2c 80 1 2 read 3", "y50030102" },
	{ "i2c 0x50 read 32", "y5020" },
	{ "i2c-clock 400", "c0190" },
	{ "10 spi 1 0xff", "x0A01FF" },
	{ "none spi 0", "xFF00" },
	{ "spi-setup 3 2000", "d307D0" },
	{ "reset", "z" },
	{ "bootloader", "bB007" },
};

START_TEST(test_made)
{
	struct pins_command	command;
	char			why[PINS_TEXT] = "";

	ck_assert_msg(make(&command, made[_i].words, why) == 0, "%s: %s",
	    made[_i].words, why);
	ck_assert_str_eq(command.text, made[_i].text);
	ck_assert_int_eq(command.letter, made[_i].text[0]);
	ck_assert_int_eq(command.watches,
	    strchr("weg", made[_i].text[0]) != NULL);
}
END_TEST

static const struct {
	const char	*words, *why;
} refused[] = {
	{ "", "what shall be done" },
	{ "13", "what shall be done" },
	{ "on 13", "the pins come first: PIN... on" },
	{ "13 blink", "there is no word \"blink\"; there are on" },
	{ "on", "PIN... on" },
	{ "13 on now", "PIN... on" },
	{ "20 on", "20: the board has no such pin" },
	{ "256 on", "no pin has such a name" },
	{ "-1 on", "no pin has such a name" },
	{ "A6 read", "A6: the board has no such pin" },
	{ "1x on", "1x: no pin" },
	{ "A read", "A: no pin" },
	{ "2 A0 read", "two commands" },
	{ "9 pwm", "PIN... pwm N" },
	{ "9 pwm 256", "more than 255" },
	{ "9 pwm 101%", "more than 100" },
	{ "9 pwm %", "number" },
	{ "9 pwm half", "half: a number" },
	{ "5 servo 499", "less than 500" },
	{ "5 servo 2501", "more than 2500" },
	{ "5 servo 181deg", "more than 180" },
	{ "5 servo deg", "number" },
	{ "5 6 tone 440", "PIN tone" },
	{ "5 tone 65536", "more than 65535" },
	{ "7 pulse", "PIN pulse" },
	{ "7 pulse up", "high or low" },
	{ "7 pulse high 1001", "more than 1000" },
	{ "A0 A1 watch", "watch" },
	{ "2 watch 100", "watch" },
	{ "2 every", "every MS" },
	{ "2 reset", "reset" },
	{ "i2c", "i2c ADDRESS" },
	{ "i2c 0x80", "more than 127" },
	{ "i2c 1 256", "more than 255" },
	{ "i2c 1 read 33", "more than 32" },
	{ "10 11 spi 1", "spi BYTE" },
	{ "10 spi", "spi BYTE" },
	{ "spi-setup 4 100", "more than 3" },
	{ "none on", "no pin has such a name" },
	{ "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 "
	    "1 1 1 1 on", "too many" },
	{ "1 1 1 1 1 1 1 1 1 1 1 1 1 every 1", "too much" },
};

START_TEST(test_refused)
{
	struct pins_command	command;
	char			why[PINS_TEXT] = "";

	ck_assert_int_eq(make(&command, refused[_i].words, why), -EINVAL);
	ck_assert_msg(strstr(why, refused[_i].why) != NULL, "%s: %s",
	    refused[_i].words, why);
}
END_TEST

/* Every word of the table makes a command, and one of its letter or kin. */
START_TEST(test_every_word_is_made)
{
	const struct pins_word	*word;
	size_t			 i;
	bool			 found;

	for (word = pins_words; word->word != NULL; word++) {
		found = false;
		for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
			if (strstr(made[i].words, word->word) != NULL &&
			    made[i].text[0] == word->letter)
				found = true;
		}
		ck_assert_msg(found, "nothing made by %s", word->word);
		ck_assert(strstr(word->usage, word->word) != NULL);
	}
}
END_TEST

static const struct {
	const char	*words, *output, *text;
} answers[] = {
	{ "13 on", "", "" },
	{ "2 read", "r1\n", "1\n" },
	{ "2 3 read", "r10", "1\n0\n" },
	{ "A0 A1 read", "a03FF0000\n", "1023\n0\n" },
	{ "7 pulse high", "u000005DC\n", "1500\n" },
	{ "i2c 80 read 2", "yABCD\n", "ab cd\n" },
	{ "i2c 80 1", "", "" },
	{ "10 spi 1 2", "x00FF\n", "00 ff\n" },
	{ "2 A0 can", "q000300D7\n", "2: input output\n"
	    "A0: input output pullup analog servo tone\n" },
	{ "info", "i01140E060A0D" HEX_NAME "\n", "PinServer 1.0 Arduino Uno\n"
	    "20 pins, the analogue ones A0 to A5 from 14 on with 10 bits\n"
	    "the light is pin 13\n" },
};

START_TEST(test_answers)
{
	struct pins_command	command;
	char			text[PINS_TEXT];

	ck_assert_int_eq(make(&command, answers[_i].words, text), 0);
	ck_assert_int_eq(pins_answer(&command, &board, answers[_i].output,
	    text), (int)strlen(answers[_i].text));
	ck_assert_str_eq(text, answers[_i].text);
}
END_TEST

static const struct {
	const char	*words, *output;
} misfits[] = {
	{ "13 on", "r1\n" },
	{ "2 read", "" },
	{ "2 read", "r\n" },
	{ "2 read", "r10\n" },
	{ "2 read", "a1\n" },
	{ "2 read", "rx\n" },
	{ "2 read", "r1\nr1\n" },
	{ "A0 read", "a3FF\n" },
	{ "7 pulse high", "" },
	{ "7 pulse high", "u000005DC000005DC\n" },
	{ "i2c 80 read 1", "yA\n" },
	{ "info", "i01\n" },
};

START_TEST(test_misfits)
{
	struct pins_command	command;
	char			text[PINS_TEXT];

	ck_assert_int_eq(make(&command, misfits[_i].words, text), 0);
	ck_assert_int_eq(pins_answer(&command, &board, misfits[_i].output,
	    text), -EPROTO);
}
END_TEST

/* All that an answer can hold, and one more. */
START_TEST(test_many_values)
{
	struct pins_command	command;
	unsigned long		values[PINS_VALUES];
	char			text[PINS_TEXT], output[2 * PINS_VALUES + 4];

	ck_assert_int_eq(make(&command, "i2c 80 read 32", text), 0);
	memset(output, 'F', sizeof(output));
	output[0] = 'y';
	output[1 + 2 * PINS_VALUES] = '\0';
	ck_assert_int_eq(pins_values(&command, output, values), PINS_VALUES);
	ck_assert_int_gt(pins_answer(&command, &board, output, text), 0);
	output[1 + 2 * PINS_VALUES] = 'F';
	output[3 + 2 * PINS_VALUES] = '\0';
	ck_assert_int_eq(pins_values(&command, output, values), -EPROTO);
}
END_TEST

static const struct {
	const char	*report, *text;
} reports[] = {
	{ "l021\n", "2 1" },
	{ "l0E0", "A0 0" },
	{ "v0E03FF\n", "A0 1023" },
	{ "o000C\n", "lost 12" },
	{ "h01\n", "started" },
	{ "", NULL },
	{ "l02\n", NULL },
	{ "l0211\n", NULL },
	{ "v0E3FF\n", NULL },
	{ "o00\n", NULL },
	{ "h\n", NULL },
	{ "r1\n", NULL },
};

START_TEST(test_reports)
{
	char	text[PINS_TEXT];
	int	len = pins_report(&board, reports[_i].report, text);

	if (reports[_i].text == NULL) {
		ck_assert_int_eq(len, -EPROTO);
	} else {
		ck_assert_str_eq(text, reports[_i].text);
		ck_assert_int_eq(len, (int)strlen(text));
	}
}
END_TEST

/* No letter is both; a driver that knows the reports mistakes none. */
START_TEST(test_letters)
{
	const struct pins_word	*word;

	ck_assert_str_eq(pins_reports, "hlov");
	for (word = pins_words; word->word != NULL; word++)
		ck_assert_ptr_null(strchr(pins_reports, word->letter));
}
END_TEST

#define COUNT(array)	((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	Suite	*suite = suite_create("pins");
	TCase	*tcase = tcase_create("pins");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, test_identity);
	tcase_add_loop_test(tcase, test_made, 0, COUNT(made));
	tcase_add_loop_test(tcase, test_refused, 0, COUNT(refused));
	tcase_add_test(tcase, test_every_word_is_made);
	tcase_add_loop_test(tcase, test_answers, 0, COUNT(answers));
	tcase_add_loop_test(tcase, test_misfits, 0, COUNT(misfits));
	tcase_add_test(tcase, test_many_values);
	tcase_add_loop_test(tcase, test_reports, 0, COUNT(reports));
	tcase_add_test(tcase, test_letters);
	return suite_run(suite);
}
