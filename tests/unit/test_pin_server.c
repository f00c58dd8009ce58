/* SPDX-License-Identifier: MIT */
/* The firmware's PinServer on a board of paper: what it asks of the pins. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/arduino/PinServer/src/pin_server.h"
#include "tests/unit/suite.h"

#define PINS	20

/* --- the board: what was asked of it, as text, and what it answers */

const struct hal_info hal_info = {
	.pins = PINS, .first_analog = 14, .analogs = 6, .analog_bits = 10,
	.led = 13, .servos = 2, .boots = true, .name = "PinServer 1.0 Paper",
};
const uint8_t hal_i2c_pins[] = { 18, 19, PIN_NONE };
const uint8_t hal_spi_pins[] = { 11, 12, 13, PIN_NONE };

static char asked[4096];
static bool level[PINS], i2c_fails;
static uint16_t voltage[PINS];
static uint32_t pulse_us;
static bool pulse_done;

static void __attribute__((format(printf, 1, 2)))
note(const char *format, ...)
{
	size_t	len = strlen(asked);
	va_list	ap;

	va_start(ap, format);
	vsnprintf(asked + len, sizeof(asked) - len, format, ap);
	va_end(ap);
}

/* Pin 0 can nothing, 1 only the least; timers: pins 2 and 3, 4 and 5 ... */
uint16_t
hal_can(uint8_t pin)
{
	if (pin >= PINS)	/* ck_assert() writes each time it is passed */
		ck_abort_msg("pin %u", pin);
	if (pin == 0)
		return 0;
	if (pin == 1)
		return PIN_CAN_INPUT;
	return PIN_CAN_INPUT | PIN_CAN_OUTPUT | PIN_CAN_PULLUP |
	    (pin < 14 ? PIN_CAN_PWM | PIN_CAN_SERVO | PIN_CAN_TONE :
	    PIN_CAN_ANALOG);
}

uint8_t
hal_timer(uint8_t pin, enum pin_use use)
{
	(void)use;
	return pin / 2 % 4;
}

uint8_t
hal_output(uint8_t pin)
{
	return pin % 8;
}

void
hal_mode(uint8_t pin, enum pin_mode mode)
{
	note("mode %d %d;", pin, mode);
}

void
hal_write(uint8_t pin, bool high)
{
	note("write %d %d;", pin, high);
}

bool
hal_read(uint8_t pin)
{
	return level[pin];
}

uint16_t
hal_analog(uint8_t pin)
{
	return voltage[pin];
}

void
hal_pwm(uint8_t pin, uint8_t duty)
{
	note("pwm %d %d;", pin, duty);
}

void
hal_servo(uint8_t pin, uint16_t us)
{
	note("servo %d %d;", pin, us);
}

void
hal_tone(uint8_t pin, uint16_t hz)
{
	note("tone %d %d;", pin, hz);
}

void
hal_stop(uint8_t pin, enum pin_use use)
{
	note("stop %d %d;", pin, use);
}

void
hal_pulse_start(uint8_t pin, bool high, uint16_t timeout_ms)
{
	note("pulse %d %d %d;", pin, high, timeout_ms);
}

bool
hal_pulse_done(uint32_t *us)
{
	*us = pulse_us;
	return pulse_done;
}

void
hal_wake_on_change(uint8_t pin, bool on)
{
	(void)pin;
	(void)on;
}

void
hal_i2c_start(void)
{
	note("i2c;");
}

void
hal_spi_start(void)
{
	note("spi;");
}

bool
hal_i2c_clock(uint16_t khz)
{
	return khz <= 400;
}

bool
hal_spi_setup(uint8_t mode, uint16_t khz)
{
	(void)mode;
	return khz >= 125;
}

bool
hal_i2c(uint8_t address, const uint8_t *out, uint8_t outs, uint8_t *in,
    uint8_t ins)
{
	uint8_t	i, sum = address;

	for (i = 0; i < outs; i++)
		sum += out[i];
	for (i = 0; i < ins; i++)
		in[i] = sum++;
	return !i2c_fails;
}

void
hal_spi(uint8_t *bytes, uint8_t count)
{
	for (; count > 0; count--, bytes++)
		*bytes ^= 0xff;
}

/* --- the conversation */

static struct pin_server server;
static uint32_t now;
static char said[65536];

/* What the line takes, n bytes at a time. */
static void
fetch(size_t n)
{
	const char	*bytes;
	size_t		 count, len = strlen(said);

	count = pin_server_output(&server, &bytes);
	if (count > PIN_OUT_MAX)
		ck_abort_msg("%zu bytes", (size_t)count);
	if (count > n)
		count = n;
	if (len + count >= sizeof(said))
		ck_abort_msg("too much was said");
	memcpy(said + len, bytes, count);
	said[len + count] = '\0';
	pin_server_sent(&server, count);
}

static void
turn(size_t n)
{
	fetch(n);
	pin_server_poll(&server, now);
	fetch(n);
}

/* Says that to the board and returns all that it says. */
static const char *
say(const char *text)
{
	const char	*unused;
	int		 i;

	said[0] = '\0';
	for (; *text != '\0'; text++) {
		for (i = 0; !pin_server_ready(&server) && i < 1000; i++)
			turn(3);
		pin_server_feed(&server, (uint8_t)*text, now);
	}
	for (i = 0; i < 1000; i++)
		turn(3);
	ck_assert_uint_eq(pin_server_output(&server, &unused), 0);
	return said;
}

static const char *
ask(const char *text)
{
	asked[0] = '\0';
	say(text);
	return asked;
}

static void
set_up(void)
{
	now = UINT32_MAX - 50;		/* soon it wraps */
	memset(level, 0, sizeof(level));
	memset(voltage, 0, sizeof(voltage));
	i2c_fails = false;
	pulse_done = true;
	pulse_us = 0;
	pin_server_init(&server);
	ck_assert_str_eq(say(""), "h01\n");
}

/* --- tests */

START_TEST(test_all_or_nothing)
{
	ck_assert_str_eq(ask("n020304\n"), "write 2 1;write 3 1;write 4 1;");
	ck_assert_str_eq(said, "OK");
	ck_assert_str_eq(ask("n020300\n"), "");
	ck_assert_str_eq(said, "RR");
	ck_assert_str_eq(ask("n0203014\n"), "");
	ck_assert_str_eq(ask("n020314\n"), "");
	ck_assert_str_eq(ask("m022033\n"), "");
	ck_assert_str_eq(ask("m022010\n"), "mode 2 2;mode 1 0;");
	ck_assert_str_eq(ask("m022011\n"), "");
	ck_assert_str_eq(ask("p028003\n"), "");
	ck_assert_str_eq(ask("s0205DC0305DD04FFFF\n"), "");
}
END_TEST

/* A session of the PiSerial article, with other commands. */
START_TEST(test_noise)
{
	ck_assert_str_eq(say("j\n"), "RR");
	ck_assert_str_eq(say("\"#)"), "");
	ck_assert_str_eq(say("n0D\n"), "OK");
	ck_assert_str_eq(say("n0D0\n"), "RR");
	ck_assert_str_eq(say("123n0D\r\n"), "OK");
	ck_assert_str_eq(say("n0n0D\n"), "RROK");
	ck_assert_str_eq(say("n0Dx"), "RR");
	ck_assert_str_eq(say("\n"), "RR");
	ck_assert_str_eq(say("n0D\r\r\nn0D\n"), "RROK");
	ck_assert_str_eq(say("n0d\n"), "RRRR");
	ck_assert_str_eq(say("n0D\xff\n"), "RR");
	ck_assert_str_eq(say("OKRR\n\n"), "");
}
END_TEST

START_TEST(test_half_a_command)
{
	ck_assert_str_eq(say("n0"), "");
	now += PIN_LINE_TIMEOUT_MS - 1;
	ck_assert_str_eq(say(""), "");
	ck_assert_uint_le(pin_server_wait_ms(&server), PIN_LINE_TIMEOUT_MS);
	now += 1;
	ck_assert_str_eq(say(""), "RR");
	ck_assert_str_eq(say("D\n"), "");
	ck_assert_str_eq(say("n0D\n"), "OK");
}
END_TEST

/* However the bytes are spread over time, as long as none is overdue. */
START_TEST(test_slow_line)
{
	const char	*text = "n02\nr0203\ny5002\nn\nx\nq02\n";

	said[0] = '\0';
	for (; *text != '\0'; text++) {
		while (!pin_server_ready(&server))
			turn(1);
		pin_server_feed(&server, (uint8_t)*text, now);
		now += PIN_LINE_TIMEOUT_MS - 1;
		turn(1);
	}
	while (!pin_server_ready(&server))
		turn(1);
	ck_assert_str_eq(said, "OKr00\nOKy5051\nOKRRRRq00E7\nOK");
}
END_TEST

START_TEST(test_timers)
{
	ck_assert_str_eq(ask("p0280\n"), "pwm 2 128;");
	ck_assert_str_eq(ask("p0390\n"), "pwm 3 144;");
	ck_assert_str_eq(ask("p0A80\n"), "");	/* the output of pin 2 */
	ck_assert_str_eq(ask("s0305DC\n"), "");
	ck_assert_str_eq(ask("t0203E8\n"), "");
	ck_assert_str_eq(ask("p048006800C80\n"), "");	/* 4 and 12 */
	ck_assert_str_eq(ask("n02\n"), "stop 2 2;write 2 1;");
	ck_assert_str_eq(ask("s0305DC\n"), "stop 3 2;servo 3 1500;");
	ck_assert_str_eq(ask("p0280\n"), "");
	ck_assert_str_eq(ask("s0203E8\n"), "servo 2 1000;");
	ck_assert_str_eq(ask("s0403E8\n"), "");	/* a third */
	ck_assert_str_eq(ask("s0203E9\n"), "servo 2 1001;");
	ck_assert_str_eq(ask("s020000\n"), "stop 2 3;");
	ck_assert_str_eq(ask("s020000\n"), "");
	ck_assert_str_eq(ask("t041388\n"), "tone 4 5000;");
	ck_assert_str_eq(ask("t061388\n"), "");	/* one at a time */
	ck_assert_str_eq(ask("t041389\n"), "stop 4 4;tone 4 5001;");
	ck_assert_str_eq(ask("t060000\n"), "");
	ck_assert_str_eq(said, "OK");
	ck_assert_str_eq(ask("t040000\n"), "stop 4 4;");
	ck_assert_str_eq(ask("t061388\n"), "tone 6 5000;");
}
END_TEST

START_TEST(test_tone_ends)
{
	ck_assert_str_eq(ask("t04138801F4\n"), "tone 4 5000;");
	ck_assert_uint_eq(pin_server_wait_ms(&server), 501);
	now += 500;
	ck_assert_str_eq(ask(""), "");
	now++;
	ck_assert_str_eq(ask(""), "stop 4 4;");
	ck_assert_uint_eq(pin_server_wait_ms(&server), PIN_FOREVER);
	ck_assert_str_eq(ask("t04138801F4\n"), "tone 4 5000;");
	ck_assert_str_eq(ask("t041388\n"), "stop 4 4;tone 4 5000;");
	now += 1000;
	ck_assert_str_eq(ask(""), "");
}
END_TEST

START_TEST(test_pulse)
{
	pulse_done = false;
	said[0] = '\0';
	ck_assert_str_eq(ask("u0210064\n"), "pulse 2 1 100;");
	ck_assert_str_eq(said, "");
	ck_assert(!pin_server_ready(&server));
	pulse_done = true;
	pulse_us = 0x12345678;
	ck_assert_str_eq(say(""), "u12345678\nOK");
	pulse_us = 0;
	ck_assert_str_eq(say("u0210064\n"), "RR");
	ck_assert_str_eq(say("u0210064\nr02\n"), "RRr0\nOK");
}
END_TEST

START_TEST(test_buses)
{
	ck_assert_str_eq(ask("y5001\n"), "i2c;");
	ck_assert_str_eq(said, "y50\nOK");
	ck_assert_str_eq(ask("y500102\n"), "");
	ck_assert_str_eq(ask("f12\n"), "stop 18 1;write 18 0;");
	ck_assert_str_eq(ask("y5001\n"), "i2c;");
	i2c_fails = true;
	ck_assert_str_eq(say("y5001\n"), "RR");
	ck_assert_str_eq(ask("x02AB\n"), "spi;write 2 0;write 2 1;");
	ck_assert_str_eq(said, "x54\nOK");
	ck_assert_str_eq(ask("xFFAB\n"), "");
	ck_assert_str_eq(ask("x0BAB\n"), "");
	ck_assert_str_eq(said, "RR");
}
END_TEST

START_TEST(test_boot)
{
	ck_assert_str_eq(say("bB006\n"), "RR");
	ck_assert_str_eq(say("b\n"), "RR");
	ck_assert(!pin_server_boots(&server));
	pin_server_feed(&server, 'b', now);
	pin_server_feed(&server, 'B', now);
	pin_server_feed(&server, '0', now);
	pin_server_feed(&server, '0', now);
	pin_server_feed(&server, '7', now);
	pin_server_feed(&server, '\n', now);
	ck_assert(!pin_server_boots(&server));
	said[0] = '\0';
	turn(1);
	ck_assert(pin_server_boots(&server));
	ck_assert_str_eq(said, "OK");
}
END_TEST

START_TEST(test_changes)
{
	ck_assert_str_eq(say("w0203\n"), "OKl020\nl030\n");
	ck_assert(pin_server_looks(&server));
	level[3] = true;
	ck_assert_str_eq(say(""), "l031\n");
	ck_assert_str_eq(say("k02\n"), "OK");
	level[2] = true;
	ck_assert_str_eq(say(""), "");
	level[3] = false;
	ck_assert_str_eq(say("r0203\n"), "r10\nOKl030\n");
	ck_assert_str_eq(say("k\n"), "OK");
	ck_assert(!pin_server_looks(&server));
}
END_TEST

START_TEST(test_periods)
{
	int	i;

	voltage[14] = 0x123;
	ck_assert_str_eq(say("g0E0064\n"), "OKv0E0123\n");
	ck_assert_uint_eq(pin_server_wait_ms(&server), 100);
	for (i = 0; i < 10; i++) {
		now += 99;
		ck_assert_str_eq(say(""), "");
		ck_assert_uint_eq(pin_server_wait_ms(&server), 1);
		now += 1;
		ck_assert_str_eq(say(""), "v0E0123\n");
	}
	now += 130;		/* late; the next is not */
	ck_assert_str_eq(say(""), "v0E0123\n");
	now += 70;
	ck_assert_str_eq(say(""), "v0E0123\n");
	now += 350;		/* two are missing */
	ck_assert_str_eq(say(""), "o0002\nv0E0123\n");
	ck_assert_str_eq(say("g0E00640010\n"), "OKv0E0123\n");
	voltage[14] = 0x132;
	now += 1000;
	ck_assert_str_eq(say(""), "");
	voltage[14] = 0x133;
	now += 1000;
	ck_assert_str_eq(say(""), "v0E0133\n");
	voltage[14] = 0x123;
	now += 1000;
	ck_assert_str_eq(say(""), "v0E0123\n");
}
END_TEST

/* While the line takes nothing: what waits, what is lost, and in which order. */
START_TEST(test_overrun)
{
	int	i, lost = 0, seen = 0, number;
	char	*line, *rest, copy[sizeof(said)];

	say("w02\n");
	for (i = 0; i < 1000; i++) {
		level[2] = !level[2];
		pin_server_poll(&server, now);
	}
	strcpy(copy, say(""));
	rest = copy;
	while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
		if (sscanf(line, "o%4X", (unsigned *)&number) == 1) {
			lost += number;
			continue;
		}
		ck_assert_int_eq(line[3], (seen + lost) % 2 ? '0' : '1');
		seen++;
	}
	ck_assert_int_eq(seen + lost, 1000);
	ck_assert_int_ge(seen, PIN_REPORTS);
	ck_assert_str_eq(say("r02\n"), "r0\nOK");
}
END_TEST

/* Sixteen pins that are due at once, again and again. */
START_TEST(test_all_at_once)
{
	char	text[100] = "w";
	int	pin, i;

	for (pin = 2; pin < 18; pin++)
		sprintf(text + strlen(text), "%02X", pin);
	say(strcat(text, "\n"));
	ck_assert_uint_eq(strlen(said), 2 + 16 * 5);
	ck_assert_str_eq(say("w12\n"), "RR");
	ck_assert_str_eq(say("g120001\n"), "RR");
	for (i = 0; i < 100; i++) {
		for (pin = 2; pin < 18; pin++)
			level[pin] = !level[pin];
		ck_assert_uint_eq(strlen(say("")), 16 * 5);
		ck_assert_ptr_null(strchr(said, 'o'));
	}
}
END_TEST

START_TEST(test_reset)
{
	const char	*did;
	int		 pin;
	char		 part[20];

	say("n02\n");
	say("p0480\n");
	say("w05\n");
	say("y5000\n");
	did = ask("z\n");
	ck_assert_str_eq(said, "OK");
	for (pin = 1; pin < PINS; pin++) {
		sprintf(part, "mode %d 0;", pin);
		ck_assert_ptr_nonnull(strstr(did, part));
	}
	ck_assert_ptr_null(strstr(did, "mode 0 "));
	ck_assert_ptr_nonnull(strstr(did, "stop 4 2;"));
	ck_assert_ptr_nonnull(strstr(did, "stop 18 1;"));
	ck_assert_ptr_null(strstr(did, "stop 2 "));
	level[5] = true;
	ck_assert_str_eq(say(""), "");
}
END_TEST

START_TEST(test_hangup)
{
	pin_server_feed(&server, 'n', now);
	pin_server_hangup(&server);
	ck_assert_str_eq(say("D\nn0D\n"), "OK");
	for (const char *c = "q020304\n"; *c != '\0'; c++)
		pin_server_feed(&server, (uint8_t)*c, now);
	fetch(3);
	pin_server_hangup(&server);
	ck_assert_str_eq(say("n0D\n"), "OK");
}
END_TEST

/*
 * Anything at all may come in: what goes out is statuses and lines, one status
 * for each command begun, and the memory's limits hold (under a sanitizer).
 */
START_TEST(test_anything)
{
	static const char	likely[] = "abcdefgiklmnpqrstuvwxyz"
				    "00000011112345789ABCDEF\n\n\n\n\r";
	const char		*c;
	char			 text[201];
	int			 i, j;

	srand((unsigned)_i);
	for (i = 0; i < 2000; i++) {
		for (j = 0; j < 200; j++)
			text[j] = likely[(unsigned)rand() %
			    (sizeof(likely) - 1)];
		text[200] = '\0';
		level[(unsigned)rand() % PINS] ^= 1;
		if (strstr(text, "bB007\n") != NULL)
			continue;
		now += (uint32_t)rand() % 300;
		for (c = say(text); *c != '\0'; c++) {
			if (*c >= 'a') {
				c += 1 + strspn(c + 1, "0123456789ABCDEF");
				ck_assert_int_eq(*c, '\n');
				continue;
			}
			ck_assert(strncmp(c, "OK", 2) == 0 ||
			    strncmp(c, "RR", 2) == 0);
			c++;
		}
		asked[0] = '\0';
	}
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("pin_server");
	TCase	*tcase = tcase_create("pin_server");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_all_or_nothing);
	tcase_add_test(tcase, test_noise);
	tcase_add_test(tcase, test_half_a_command);
	tcase_add_test(tcase, test_slow_line);
	tcase_add_test(tcase, test_timers);
	tcase_add_test(tcase, test_tone_ends);
	tcase_add_test(tcase, test_pulse);
	tcase_add_test(tcase, test_buses);
	tcase_add_test(tcase, test_boot);
	tcase_add_test(tcase, test_changes);
	tcase_add_test(tcase, test_periods);
	tcase_add_test(tcase, test_overrun);
	tcase_add_test(tcase, test_all_at_once);
	tcase_add_test(tcase, test_reset);
	tcase_add_test(tcase, test_hangup);
	tcase_add_loop_test(tcase, test_anything, 0, 4);
	return suite_run(suite);
}
