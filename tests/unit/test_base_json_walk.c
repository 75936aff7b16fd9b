/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents that are walked: the same verdict as for a document that is parsed at once. */
#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <criterion/criterion.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct wp_json_doc doc_of(const struct wp_buf *text)
{
	return (struct wp_json_doc){ .text = text->data, .length = text->length, .subject = "doc.json" };
}

/* Walks through two levels and parses what is there. 0, or the status. */
static int walk_all(const struct wp_json_doc *doc, const struct wp_json_span *span, struct wp_buf *ret_seen,
		    struct wp_error *err)
{
	struct wp_json_walk walk;
	int status;

	wp_json_walk_begin(doc, span, &walk);
	while ((status = wp_json_walk_next(&walk, err)) > 0) {
		json_t *value;

		wp_buf_printf(ret_seen, "%s=", wp_buf_text(&walk.key));
		if (!span && strchr("[{", wp_json_doc_first(doc, walk.value))) {
			wp_buf_puts(ret_seen, "(");
			status = walk_all(doc, &walk.value, ret_seen, err);
			wp_buf_puts(ret_seen, ")");
		} else {
			status = wp_json_doc_parse(doc, walk.value, &value, err);
			if (!status) {
				wp_json_canonical(ret_seen, value);
				json_decref(value);
			}
		}
		if (status)
			break;
		wp_buf_puts(ret_seen, " ");
	}
	wp_json_walk_end(&walk);
	return status;
}

Test(json_walk, walks)
{
	static const struct {
		const char *text, *seen;
	} cases[] = {
		{ "{}", "" },
		{ " \t\r\n[ ] \n", "" },
		{ "[1,\"two\",null , {\"a\":[]}]", "=1 =\"two\" =null =(a=[] ) " },
		{ "{\"a\":1,\"b\\u00e9\" : [true ,false],\"c\":\"]}\\\"\\\\\"}",
		  "a=1 b\xc3\xa9=(=true =false ) c=\"]}\\\"\\\\\" " },
		{ "[[[]],[{\"x\":\"[\"}],-1.5e3]", "=(=[] ) =(={\"x\":\"[\"} ) =-1500 " },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *text = cases[i].text;
		struct wp_json_doc doc = { .text = text, .length = strlen(text), .subject = "doc.json" };
		struct wp_buf seen = { 0 };
		struct wp_error err = { 0 };

		cr_expect_eq(walk_all(&doc, NULL, &seen, &err), 0, "%s: %s", text, err.message);
		cr_expect_str_eq(wp_buf_text(&seen), cases[i].seen, "%s: %s", text, wp_buf_text(&seen));
		wp_buf_free(&seen);
	}
}

Test(json_walk, refuses_what_is_not_json)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{ "{", "line 1, column 2: not valid JSON: it ends in the middle" },
		{ "[1", "column 3: not valid JSON: it ends" },
		{ "[1,", "column 4: not valid JSON: it ends" },
		{ "[1,]", "column 4: not valid JSON: a value is missing" },
		{ "[,1]", "column 2: not valid JSON: a value is missing" },
		{ "[1 2]", "column 4: not valid JSON: a comma" },
		{ "{\"a\" 1}", "column 6: not valid JSON: a colon" },
		{ "{\"a\":}", "column 6: not valid JSON: a value is missing" },
		{ "{a:1}", "column 2: not valid JSON: a key in quotes" },
		{ "{\"a\":1,}", "column 8: not valid JSON: a key in quotes" },
		{ "{\"a\":1,\n \"\xc3\xa9\":2, \"a\":3}", "line 2, column 9: not valid JSON: duplicate object key" },
		{ "{\"a\":1} x", "column 9: not valid JSON: end of file expected" },
		{ "[\"abc", "column 6: not valid JSON: it ends" },
		{ "[\"abc\\\"", "column 8: not valid JSON: it ends" },
		{ "[nul]", "not valid JSON: invalid token" },
		{ "[[1}]", "not valid JSON" },
		{ "[{\"x\":1,\"x\":2}]", "duplicate" },
		{ "[\"\xff\"]", "not valid JSON" },
		{ "{\"\xff\":1}", "not valid JSON" },
		{ "[\"\\u0000\"]", "not valid JSON" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct wp_json_doc doc = { .text = cases[i].text, .length = strlen(cases[i].text), .subject = "doc.json" };
		struct wp_buf seen = { 0 };
		struct wp_error err = { 0 };
		json_t *value = NULL;

		cr_expect_eq(walk_all(&doc, NULL, &seen, &err), WP_E_FAILED, "%s", cases[i].text);
		cr_expect_str_eq(err.code, "json-syntax", "%s", cases[i].text);
		cr_expect(strstr(err.message, cases[i].part), "%s: %s", cases[i].text, err.message);
		cr_expect_eq(wp_json_parse(cases[i].text, strlen(cases[i].text), "x", &value, NULL), WP_E_FAILED);
		wp_buf_free(&seen);
	}
}

Test(json_walk, nesting)
{
	for (size_t depth = WP_LIMIT_NESTING; depth <= WP_LIMIT_NESTING + 1; depth++) {
		struct wp_buf text = { 0 }, seen = { 0 };
		struct wp_json_doc doc;
		struct wp_error err = { 0 };

		wp_buf_pad(&text, '[', depth);
		wp_buf_pad(&text, ']', depth);
		doc = doc_of(&text);
		cr_expect_eq(walk_all(&doc, NULL, &seen, &err), depth > WP_LIMIT_NESTING ? WP_E_FAILED : 0, "%zu: %s",
			     depth, err.message);
		cr_expect(depth == WP_LIMIT_NESTING || strstr(err.message, "column 129: not valid JSON: it is nested"),
			  "%s", err.message);
		wp_buf_free(&text);
		wp_buf_free(&seen);
	}
}

Test(json_walk, size_of_a_value)
{
	for (size_t more = 0; more < 2; more++) {
		struct wp_buf text = { 0 };
		struct wp_json_span span = { .length = WP_LIMIT_RECORD_BYTES + more };
		struct wp_json_doc doc;
		struct wp_error err = { 0 };
		json_t *value = NULL;

		wp_buf_puts(&text, "1");
		wp_buf_pad(&text, ' ', WP_LIMIT_RECORD_BYTES - 1 + more);
		doc = doc_of(&text);
		cr_expect_eq(wp_json_doc_parse(&doc, span, &value, &err), more ? WP_E_FAILED : WP_OK, "%s",
			     err.message);
		cr_expect_str_eq(err.code, more ? "json-size" : "");
		json_decref(value);
		wp_buf_free(&text);
	}
}
