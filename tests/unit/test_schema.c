/* SPDX-License-Identifier: MIT */
/* The interface's description: parsed, and held against JSON and the tables. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/schema.h"
#include "tests/unit/suite.h"

static const char	example[] =
    "# a comment\n"
    "interface org.example.test-1\n"
    "type Color (red, green)\n"
    "type Shape (color: Color, corners: ?[](x: int, y: float), names: [string]string)\n"
    "method Draw(shape: ?Shape, fast: bool) -> (done: object)\n"
    "error Broken ()\n";

static const struct {
	const char	*parameters;
	const char	*bad;		/* NULL: they fit */
} draws[] = {
	{ "{\"fast\":true}", NULL },
	{ "{\"fast\":true,\"shape\":null}", NULL },
	{ "{\"fast\":true,\"shape\":{\"color\":\"red\",\"names\":{}}}", NULL },
	{ "{\"fast\":true,\"shape\":{\"color\":\"red\",\"names\":{\"a\":\"b\"},"
	    "\"corners\":[{\"x\":1,\"y\":2}]}}", NULL },
	{ "{}", "fast" },
	{ "{\"fast\":1}", "fast" },
	{ "{\"fast\":true,\"slow\":1}", "slow" },
	{ "{\"fast\":true,\"shape\":{\"color\":\"blue\",\"names\":{}}}", "shape" },
	{ "{\"fast\":true,\"shape\":{\"color\":\"red\",\"names\":[]}}", "shape" },
	{ "{\"fast\":true,\"shape\":{\"color\":\"red\",\"names\":{\"a\":1}}}",
	    "shape" },
	{ "{\"fast\":true,\"shape\":{\"color\":\"red\",\"names\":{},"
	    "\"corners\":[{\"x\":1.5,\"y\":2}]}}", "shape" },
	{ "{\"fast\":true,\"shape\":{\"color\":\"red\",\"names\":{},"
	    "\"extra\":0}}", "shape" },
};

START_TEST(test_check)
{
	unsigned	 line;
	struct schema	*schema = schema_parse(example, &line);
	json_t		*json = json_loads(draws[_i].parameters, 0, NULL);
	const char	*bad = NULL;
	int		 result;

	ck_assert_ptr_nonnull(schema);
	result = schema_check(schema, SCHEMA_METHOD, "Draw", SCHEMA_IN, json,
	    &bad);
	ck_assert_int_eq(result, draws[_i].bad == NULL ? 0 : -EINVAL);
	if (draws[_i].bad != NULL)
		ck_assert_str_eq(bad, draws[_i].bad);
	ck_assert_int_eq(schema_check(schema, SCHEMA_METHOD, "Erase", SCHEMA_IN,
	    json, &bad), -ENOENT);
	json_decref(json);
	schema_destroy(schema);
}
END_TEST

static const struct {
	const char	*text;
	unsigned	 line;
} broken[] = {
	{ "", 1 }, { "interface", 1 }, { "interface a.b\nmethod x() -> ()", 2 },
	{ "interface a.b\nmethod X()", 2 }, { "interface a.b\n\ntype T (a: )", 3 },
	{ "interface a.b\ntype T (a, b: int)", 2 },
	{ "interface a.b\ntype T (a: int, b)", 2 },
	{ "interface a.b\ntype T (a: []int", 2 },
	{ "interface a.b\ntype T (a: [int]int)", 2 },
	{ "interface a.b\nerror E", 2 }, { "interface a.b\nnonsense", 2 },
	{ "interface a.b\ntype T (a: ????????????????????int)", 2 },
};

START_TEST(test_broken)
{
	unsigned	line = 99;

	ck_assert_ptr_null(schema_parse(broken[_i].text, &line));
	ck_assert_uint_eq(line, broken[_i].line);
}
END_TEST

/* A description cut anywhere is refused, or a shorter description. */
START_TEST(test_cut)
{
	char		*text = strdup(interface_picod);
	size_t		 len = strlen(text);
	unsigned	 line;

	for (; len > 7; len -= 7) {
		text[len] = '\0';
		schema_destroy(schema_parse(text, &line));
	}
	free(text);
}
END_TEST

START_TEST(test_errors_are_in_the_table)
{
	unsigned	 line;
	struct schema	*schema = schema_parse(interface_picod, &line);
	const char	*name;
	char		 full[64];
	size_t		 i;
	int		 code;

	ck_assert_ptr_nonnull(schema);
	ck_assert_str_eq(schema_name(schema), "io.picod");
	for (i = 0; (name = schema_member_name(schema, SCHEMA_ERROR, i)) != NULL;
	    i++) {
		snprintf(full, sizeof full, "io.picod.%s", name);
		code = error_find(full);
		ck_assert_msg(code != ERROR_NONE, "%s is in no table", name);
		ck_assert_str_eq(error_name(code), name);
		ck_assert_int_gt(error_status(code), 0);
		ck_assert_ptr_nonnull(error_sentence(code));
	}
	ck_assert_uint_eq(i, ERROR_COUNT - 1);
	ck_assert_int_eq(error_find("io.picod.NoSuchError"), ERROR_NONE);
	ck_assert_int_eq(error_find("NoSuchBoard"), ERROR_NONE);
	schema_destroy(schema);
}
END_TEST

START_TEST(test_service_is_parsed)
{
	unsigned	 line;
	struct schema	*schema = schema_parse(interface_service, &line);

	ck_assert_ptr_nonnull(schema);
	ck_assert_str_eq(schema_member_name(schema, SCHEMA_METHOD, 0), "GetInfo");
	ck_assert_ptr_null(schema_member_name(schema, SCHEMA_METHOD, 2));
	schema_destroy(schema);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("schema");
	TCase	*tc = tcase_create("schema");

	tcase_add_loop_test(tc, test_check, 0, sizeof draws / sizeof *draws);
	tcase_add_loop_test(tc, test_broken, 0, sizeof broken / sizeof *broken);
	tcase_add_test(tc, test_cut);
	tcase_add_test(tc, test_errors_are_in_the_table);
	tcase_add_test(tc, test_service_is_parsed);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
