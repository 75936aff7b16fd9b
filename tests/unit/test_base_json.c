/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashes, JSON values, the canonical form of RFC 8785 and the parser's refusals. */
#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/json_out.h"
#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TWO_53 (UINT64_C(1) << 53)

/* The canonical form of a JSON text, in @buf. */
static const char *canonical(struct wp_buf *buf, const char *text)
{
	struct wp_error err = { 0 };
	json_t *value = NULL;

	wp_buf_free(buf);
	if (wp_json_parse(text, strlen(text), "test", &value, &err) != 0) {
		wp_buf_puts(buf, err.message);
		return wp_buf_text(buf);
	}
	wp_json_canonical(buf, value);
	json_decref(value);
	return wp_buf_text(buf);
}

Test(base, sha256)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xa0, 0xff };
	char text[WP_HASH_TEXT], digits[9];
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_sha256 *hash;

	wp_sha256_text("", 0, text);
	cr_expect_str_eq(text, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	wp_sha256_text(NULL, 0, text);
	cr_expect_str_eq(text, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	cr_expect_str_eq(wp_hash_short(arena, text), "e3b0c442");
	cr_expect_str_eq(wp_hash_short(arena, ""), "");
	hash = wp_sha256_new();
	wp_sha256_add(hash, "a", 1);
	wp_sha256_add(hash, "", 0);
	wp_sha256_add(hash, "bc", 2);
	wp_sha256_finish(hash, text);
	cr_expect_str_eq(text, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	wp_hex(bytes, sizeof bytes, digits);
	cr_expect_str_eq(digits, "000fa0ff");
	wp_hex(bytes, 0, digits);
	cr_expect_str_eq(digits, "");
}

Test(base, json_values)
{
	static const struct {
		uint64_t value;
		const char *json;
	} numbers[] = {
		{ 0, "0" },
		{ TWO_53 - 1, "9007199254740991" },
		{ TWO_53, "9007199254740992" },
		{ TWO_53 + 1, "\"9007199254740993\"" },
		{ UINT64_MAX, "\"18446744073709551615\"" },
	};
	static const struct {
		const char *text;
		const char *json;
	} texts[] = { { NULL, "null" },
		      { "", "\"\"" },
		      { "a\"b", "\"a\\\"b\"" },
		      { "\xff", "null" },
		      { "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"" } };
	struct wp_buf buf = { 0 };
	json_t *object, *value;
	uint64_t read;
	size_t i;

	for (i = 0; i < COUNT(numbers); i++) {
		object = json_object();
		json_object_set_new(object, "n", wp_json_u64(numbers[i].value));
		wp_json_canonical(&buf, json_object_get(object, "n"));
		cr_expect_str_eq(wp_buf_text(&buf), numbers[i].json);
		read = 1;
		cr_expect(wp_json_get_u64(object, "n", &read));
		cr_expect_eq(read, numbers[i].value, "%" PRIu64, read);
		json_decref(object);
		wp_buf_free(&buf);
	}
	for (i = 0; i < COUNT(texts); i++) {
		value = wp_json_text(texts[i].text);
		wp_json_canonical(&buf, value);
		cr_expect_str_eq(wp_buf_text(&buf), texts[i].json);
		json_decref(value);
		wp_buf_free(&buf);
	}
	value = wp_json_hash("");
	cr_expect(json_is_null(value));
	json_decref(value);
	value = wp_json_hash("sha256:00");
	cr_expect_str_eq(json_string_value(value), "sha256:00");
	json_decref(value);
}

Test(base, json_getters)
{
	static const char *const no_numbers[] = { "absent", "null", "minus", "real", "text", "empty", "sign", "space",
						  "big", "list" };
	static const char document[] =
		"{\"null\":null,\"minus\":-1,\"real\":1.0,\"text\":\"x\",\"empty\":\"\",\"sign\":\"+1\","
		"\"space\":\" 1\",\"big\":\"18446744073709551616\",\"list\":[1],\"good\":7,"
		"\"large\":\"18446744073709551615\"}";
	json_t *object = json_loads(document, 0, NULL);
	uint64_t value = 99;
	size_t i;

	cr_assert(object);
	for (i = 0; i < COUNT(no_numbers); i++) {
		cr_expect_not(wp_json_get_u64(object, no_numbers[i], &value), "%s", no_numbers[i]);
		cr_expect_eq(value, 99, "%s", no_numbers[i]);
	}
	cr_expect(wp_json_get_u64(object, "good", &value));
	cr_expect_eq(value, 7);
	cr_expect(wp_json_get_u64(object, "large", &value));
	cr_expect_eq(value, UINT64_MAX);
	cr_expect_str_eq(wp_json_get_text(object, "text"), "x");
	cr_expect_null(wp_json_get_text(object, "null"));
	cr_expect_null(wp_json_get_text(object, "good"));
	cr_expect_null(wp_json_get_text(object, "absent"));
	cr_expect_null(wp_json_get_text(NULL, "text"));
	cr_expect_null(wp_json_get_text(json_object_get(object, "list"), "text"));
	json_decref(object);
}

Test(base, json_diagnostics)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_diags diags = { 0 };
	struct wp_buf buf = { 0 };
	json_t *array;

	wp_diag_add(arena, &diags, WP_SEVERITY_WARNING, "bad-value", "P0100001", "no %s", "number");
	wp_diag_add(arena, &diags, WP_SEVERITY_ERROR, "not-wim", NULL, "x");
	diags.items[1].detail = "d";
	array = wp_json_diags(&diags);
	wp_json_pretty(&buf, array);
	cr_expect_str_eq(wp_buf_text(&buf), "[\n"
					    "  {\n"
					    "    \"severity\": \"warning\",\n"
					    "    \"code\": \"bad-value\",\n"
					    "    \"summary\": \"no number\",\n"
					    "    \"detail\": null,\n"
					    "    \"subject\": \"P0100001\"\n"
					    "  },\n"
					    "  {\n"
					    "    \"severity\": \"error\",\n"
					    "    \"code\": \"not-wim\",\n"
					    "    \"summary\": \"x\",\n"
					    "    \"detail\": \"d\",\n"
					    "    \"subject\": null\n"
					    "  }\n"
					    "]\n");
	json_decref(array);
	wp_buf_free(&buf);
	wp_arena_free(arena);
}

Test(base, json_canonical_form)
{
	static const struct {
		const char *text, *canonical, *what;
	} cases[] = {
		{ " { } ", "{}", "empty object" },
		{ "[ ]", "[]", "empty array" },
		{ "[ null , true,\nfalse ]", "[null,true,false]", "literals" },
		{ "[0,-0,1,-17,9007199254740993,9223372036854775807]",
		  "[0,0,1,-17,9007199254740993,9223372036854775807]", "integers" },
		{ "{\"b\":1,\"a\":{\"d\":[2,{\"z\":0,\"y\":0}],\"c\":3}}",
		  "{\"a\":{\"c\":3,\"d\":[2,{\"y\":0,\"z\":0}]},\"b\":1}", "keys at every level" },
		{ "{\"ab\":1,\"a\":2,\"\":3,\"B\":4,\"10\":5,\"9\":6}",
		  "{\"\":3,\"10\":5,\"9\":6,\"B\":4,\"a\":2,\"ab\":1}", "keys by code units, not by length or value" },
		/* A surrogate (D83D) stands before U+E000 and U+FB33 although its bytes of UTF-8 stand behind. */
		{ "{\"\xee\x80\x80\":1,\"\xf0\x9f\x98\x80\":2,\"\xed\x9f\xbf\":3,"
		  "\"\xef\xac\xb3\":4,\"\xc3\xb6\":5,\"z\":6}",
		  "{\"z\":6,\"\xc3\xb6\":5,\"\xed\x9f\xbf\":3,\"\xf0\x9f\x98\x80\":2,"
		  "\"\xee\x80\x80\":1,\"\xef\xac\xb3\":4}",
		  "keys above U+FFFF" },
		{ "{\"x\xf0\x9f\x98\x81\":1,\"x\xef\xbf\xbd\":2,\"x\xf0\x9f\x98\x80\":3,\"x\":4}",
		  "{\"x\":4,\"x\xf0\x9f\x98\x80\":3,\"x\xf0\x9f\x98\x81\":1,\"x\xef\xbf\xbd\":2}",
		  "the same behind a letter" },
		{ "[\"\\u0008\\u0009\\u000a\\u000c\\u000d\\u0022\\u005c\"]",
		  "[\"\\b\\t\\n\\f\\r\\\"\\\\\"]", "short escapes" },
		{ "[\"\\u0001\\u001F\\u000B\"]", "[\"\\u0001\\u001f\\u000b\"]", "other controls" },
		{ "[\"\\/\\u007f\\u0080\\u2028\\u20AC\\ud83d\\ude00\"]",
		  "[\"/\x7f\xc2\x80\xe2\x80\xa8\xe2\x82\xac\xf0\x9f\x98\x80\"]", "all else as it is" },
		{ "{\"\\n\":1,\"\\\\\":2}", "{\"\\n\":1,\"\\\\\":2}", "escapes in keys" },
		{ "\"x\"", "\"x\"", "a text alone" },
	};
	struct wp_buf buf = { 0 };
	json_t *value;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		canonical(&buf, cases[i].text);
		cr_expect_str_eq(wp_buf_text(&buf), cases[i].canonical, "%s: %s", cases[i].what, wp_buf_text(&buf));
	}
	wp_buf_free(&buf);
	value = json_stringn("a\0b", 3);
	wp_json_canonical(&buf, value);
	cr_expect_str_eq(wp_buf_text(&buf), "\"a\\u0000b\"");
	json_decref(value);
	wp_buf_free(&buf);
}

/* Writes members in an order that is not that of their names, with all that a text may hold. */
static void put_down(struct wp_buf *buf, enum wp_json_form form, const char *text)
{
	json_t *deep = json_pack("{s:[{s:n}], s:s}", "deep", "none", "soft", "\xc2\xad");
	struct wp_json_out out = { .buf = buf, .form = form, .margin = 2 };

	wp_json_out_open(&out, '{');
	wp_json_out_key(&out, "text");
	wp_json_out_text(&out, text);
	wp_json_out_key(&out, "list");
	wp_json_out_open(&out, '[');
	wp_json_out_u64(&out, 0);
	wp_json_out_u64(&out, TWO_53);
	wp_json_out_u64(&out, TWO_53 + 1);
	wp_json_out_u64(&out, UINT64_MAX);
	wp_json_out_open(&out, '{');
	wp_json_out_close(&out);
	wp_json_out_close(&out);
	wp_json_out_key(&out, "Text");
	wp_json_out_open(&out, '{');
	wp_json_out_key(&out, "b");
	wp_json_out_hash(&out, "");
	wp_json_out_key(&out, "a");
	wp_json_out_number(&out, (struct wp_number){ true, 10 });
	wp_json_out_key(&out, "aa");
	wp_json_out_number(&out, (struct wp_number){ .known = false });
	wp_json_out_close(&out);
	wp_json_out_key(&out, "hash");
	wp_json_out_hash(&out, text);
	wp_json_out_key(&out, "value");
	wp_json_out_value(&out, deep);
	wp_json_out_key(&out, "true");
	wp_json_out_boolean(&out, true);
	wp_json_out_key(&out, "false");
	wp_json_out_boolean(&out, false);
	wp_json_out_close(&out);
	json_decref(deep);
}

/* What is put down without values is what their writers make of it, byte for byte. */
Test(base, json_put_down_at_once)
{
	static const char *const texts[] = {
		"", "plain", "\\\\srv\\src$\\w11 \"x\"", "a\tb\nc\001d", "M\xc3\xbcnchen \xf0\x9f\x98\x80", "\xff no UTF-8",
		"\x7f", "soft\xc2\xadhyphen \xe2\x80\xae", "\"", "\\",
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct wp_buf is[3] = { { 0 } }, wanted[3] = { { 0 } };
		json_t *list = json_array(), *value;

		wp_json_push(list, wp_json_u64(0));
		wp_json_push(list, wp_json_u64(TWO_53));
		wp_json_push(list, wp_json_u64(TWO_53 + 1));
		wp_json_push(list, wp_json_u64(UINT64_MAX));
		wp_json_push(list, json_object());
		value = wp_json_object("text", wp_json_text(texts[i]), "list", list, "Text",
				       wp_json_object("b", json_null(), "a", json_integer(10), "aa", json_null(), NULL), "hash",
				       wp_json_hash(texts[i]), "value",
				       json_pack("{s:[{s:n}], s:s}", "deep", "none", "soft", "\xc2\xad"), "true", json_true(), "false",
				       json_false(), NULL);
		wp_json_spaced(&wanted[WP_JSON_FORM_SPACED], value);
		wp_json_canonical(&wanted[WP_JSON_FORM_CANONICAL], value);
		wp_json_pretty_at(&wanted[WP_JSON_FORM_PRETTY], value, 2);
		for (size_t k = 0; k < COUNT(is); k++) {
			put_down(&is[k], (enum wp_json_form)k, texts[i]);
			cr_expect_str_eq(wp_buf_text(&is[k]), wp_buf_text(&wanted[k]));
			wp_buf_free(&is[k]);
			wp_buf_free(&wanted[k]);
		}
		json_decref(value);
	}
}

Test(base, json_canonical_reals)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0.0, "0" },
		{ -0.0, "0" },
		{ 1.0, "1" },
		{ -2.5, "-2.5" },
		{ 0.1, "0.1" },
		{ 100.0, "100" },
		{ 1234.5, "1234.5" },
		{ 0.001, "0.001" },
		{ 0.000001, "0.000001" },
		{ 0.0000001, "1e-7" },
		{ 1.25e-7, "1.25e-7" },
		{ 1e20, "100000000000000000000" },
		{ 1e21, "1e+21" },
		{ -1.5e300, "-1.5e+300" },
		{ 9007199254740993.0, "9007199254740992" },
		{ 0x1p-1074, "5e-324" },
		{ 0x1.fffffffffffffp1023, "1.7976931348623157e+308" },
		{ 1.0 / 3.0, "0.3333333333333333" },
		{ 5e-324 * 3, "1.5e-323" },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct wp_buf buf = { 0 };
		json_t *value = json_real(cases[i].value);

		wp_json_canonical(&buf, value);
		cr_expect_str_eq(wp_buf_text(&buf), cases[i].text, "%s: %s", cases[i].text, wp_buf_text(&buf));
		json_decref(value);
		wp_buf_free(&buf);
	}
}

Test(base, json_shows_what_a_terminal_hides)
{
	static const char text[] = "{\"a\xe2\x80\xae\":\"b\xc2\x9b" "31m\x7f\xf3\xa0\x81\x81\xc3\xa4\\u001b\"}";
	struct wp_buf buf = { 0 };
	struct wp_error err;
	json_t *value, *again;

	cr_assert_eq(wp_json_parse(text, sizeof text - 1, "a test", &value, &err), 0, "%s", err.message);
	wp_json_line(&buf, value);
	cr_expect_str_eq(buf.data, "{\"a\\u202E\":\"b\\u009B31m\\u007F\\uDB40\\uDC41\xc3\xa4\\u001B\"}\n");
	cr_assert_eq(wp_json_parse(buf.data, buf.length, "what was written", &again, &err), 0, "%s", err.message);
	cr_expect(json_equal(value, again));
	wp_buf_free(&buf);
	wp_json_excerpt(&buf, (struct wp_json_excerpt){ text, sizeof text - 1 });
	cr_expect_str_eq(buf.data, "{\"a\\u202E\":\"b\\u009B31m\\u007F\\uDB40\\uDC41\xc3\xa4\\u001b\"}");
	wp_buf_free(&buf);
	wp_json_pretty(&buf, value);
	cr_expect_str_eq(buf.data, "{\n  \"a\\u202E\": \"b\\u009B31m\\u007F\\uDB40\\uDC41\xc3\xa4\\u001B\"\n}\n");
	wp_buf_free(&buf);
	json_decref(value);
	json_decref(again);
}

Test(base, json_pretty_form)
{
	json_t *object = json_object();
	struct wp_buf buf = { 0 };

	json_object_set_new(object, "b", json_integer(1));
	json_object_set_new(object, "a", json_pack("[sn]", "\xc3\xa9/\x1f"));
	json_object_set_new(object, "e", json_array());
	wp_json_pretty(&buf, object);
	cr_expect_str_eq(wp_buf_text(&buf),
			 "{\n  \"b\": 1,\n  \"a\": [\n    \"\xc3\xa9/\\u001F\",\n    null\n  ],\n  \"e\": []\n}\n");
	json_decref(object);
	wp_buf_free(&buf);
	wp_json_pretty(&buf, json_null());
	cr_expect_str_eq(wp_buf_text(&buf), "null\n");
	wp_buf_free(&buf);
}

Test(base, json_refusals)
{
	static const struct {
		const char *text, *place, *what;
	} cases[] = {
		{ "", "line 1, column 1", "nothing" },
		{ " ", "line 1, column 2", "only space" },
		{ "{\"a\":1,\"a\":2}", "line 1, column 11", "a key twice" },
		{ "{\"a\":1}x", "line 1, column 9", "text behind the end" },
		{ "{} {}", "line 1, column 5", "two documents" },
		{ "{\n\"a\": 1,\n}", "line 3, column 2", "a comma too many" },
		{ "[1", "line 1, column 3", "cut" },
		{ "[\"\xc3\xa9\xc3\xa9\", x]", "line 1, column 9", "columns are characters" },
		{ "[\"\\u0000\"]", "line 1", "an escaped NUL" },
		{ "[\"\\ud800\"]", "line 1", "a lone surrogate" },
		{ "[\"\xff\"]", "line 1", "no UTF-8" },
		{ "[\"\xed\xa0\x80\"]", "line 1", "a surrogate in UTF-8" },
		{ "[NaN]", "line 1", "no number" },
		{ "[99999999999999999999]", "line 1", "a number without a type" },
		{ "[\"a\nb\"]", "line 1", "a new line in a text" },
		{ "\"abc", "line 1", "a text without an end" },
		{ "\"abc\\", "line 1", "an escape without an end" },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		/* Not terminated: the length alone says where it ends. */
		size_t length = strlen(cases[i].text);
		char *text = malloc(length ? length : 1);
		struct wp_error err = { 0 };
		json_t *value = NULL;

		memcpy(text, cases[i].text, length);
		cr_expect_eq(wp_json_parse(text, length, "/p/plan.json", &value, &err), WP_E_FAILED, "%s",
			     cases[i].what);
		cr_expect_null(value, "%s", cases[i].what);
		cr_expect_str_eq(err.code, "json-syntax", "%s", cases[i].what);
		cr_expect_str_eq(err.subject, "/p/plan.json");
		cr_expect_eq(strncmp(err.message, "/p/plan.json: line ", 19), 0, "%s", err.message);
		cr_expect(strstr(err.message, cases[i].place), "%s: %s", cases[i].what, err.message);
		free(text);
	}
}

/* @depth arrays or objects within each other around one text full of brackets. */
static char *nested(size_t depth, bool objects)
{
	static const char core[] = "\"[{[{\\\"[[\\\\\"";
	struct wp_buf buf = { 0 };
	size_t i;

	for (i = 0; i < depth; i++)
		wp_buf_puts(&buf, objects ? "{\"[\":" : "[");
	wp_buf_puts(&buf, core);
	wp_buf_pad(&buf, objects ? '}' : ']', depth);
	return buf.data;
}

Test(base, json_nesting)
{
	static const size_t deep[] = { WP_LIMIT_NESTING + 1, 3000, 200000 };
	struct wp_error err;
	json_t *value;
	size_t i, kind;
	char *text;

	for (kind = 0; kind < 2; kind++) {
		text = nested(WP_LIMIT_NESTING, kind);
		value = NULL;
		cr_expect_eq(wp_json_parse(text, strlen(text), "x", &value, &err), 0, "%s", text);
		json_decref(value);
		free(text);
		for (i = 0; i < COUNT(deep); i++) {
			text = nested(deep[i], kind);
			cr_expect_eq(wp_json_parse(text, strlen(text), "x", &value, &err), WP_E_FAILED);
			cr_expect_str_eq(err.code, "json-depth");
			if (!kind)
				cr_expect(strstr(err.message, "line 1, column 129: "), "%s", err.message);
			free(text);
		}
	}
	/* Side by side is not within. */
	text = malloc(3 * 1000 + 2);
	text[0] = '[';
	for (i = 0; i < 1000; i++)
		memcpy(text + 1 + 3 * i, "[],", 3);
	text[3 * 1000] = ']';
	cr_expect_eq(wp_json_parse(text, 3 * 1000 + 1, "x", &value, &err), 0, "%s", err.message);
	json_decref(value);
	free(text);
}
