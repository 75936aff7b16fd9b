/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of site share: exports out of texts, in any encoding. */
#ifndef WIMPLAN_TESTS_SITE_FIXTURE_H
#define WIMPLAN_TESTS_SITE_FIXTURE_H

#include "../../src/import/assembler.h"

#include "wimplan/buf.h"
#include "wimplan/import.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIXTURE_FILES 8

static const struct wp_import_bounds fixture_bounds = { WP_LIMIT_RECORD_BYTES, WP_LIMIT_PACKAGES,
								 WP_LIMIT_SITE_ROWS };

/* Imports @count buffers as that many files. */
static inline int import_bufs(const struct wp_buf *bufs, size_t count, const struct wp_import_options *options,
			      const struct wp_import_bounds *bounds, struct wp_record_set **ret_set,
			      struct wp_error *err)
{
	char names[FIXTURE_FILES][32];
	const char *paths[FIXTURE_FILES] = { NULL };
	int fds[FIXTURE_FILES] = { 0 };
	int status;

	cr_assert_leq(count, FIXTURE_FILES);
	for (size_t i = 0; i < count; i++) {
		fds[i] = memfd_create("export", MFD_CLOEXEC);
		cr_assert_eq(write(fds[i], bufs[i].data ? bufs[i].data : "", bufs[i].length), (ssize_t)bufs[i].length);
		snprintf(names[i], sizeof names[i], "/proc/self/fd/%d", fds[i]);
		paths[i] = names[i];
	}
	*ret_set = NULL;
	status = wp_import_files_bounded(paths, count, options, bounds, ret_set, err);
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
	return status;
}

/* Imports texts, NULL behind the last, as that many files. */
static inline int import_texts(const char *const *texts, const struct wp_import_options *options,
			       struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_buf bufs[FIXTURE_FILES] = { 0 };
	size_t count;
	int status;

	for (count = 0; texts[count]; count++)
		wp_buf_puts(&bufs[count], texts[count]);
	status = import_bufs(bufs, count, options, &fixture_bounds, ret_set, err);
	for (size_t i = 0; i < count; i++)
		wp_buf_free(&bufs[i]);
	return status;
}

/* Imports one text that has to be good. */
static inline struct wp_record_set *import_good(const char *name, const char *text)
{
	const char *const texts[] = { text, NULL };
	struct wp_record_set *set;
	struct wp_error err = { 0 };
	int status = import_texts(texts, &(struct wp_import_options){ 0 }, &set, &err);

	cr_assert_eq(status, WP_OK, "%s: %s", name, err.message);
	return set;
}

/* Imports one text that has to be refused with this code, and these words in the message. */
static inline void import_bad(const char *name, const char *text, const char *code, const char *words)
{
	const char *const texts[] = { text, NULL };
	struct wp_record_set *set;
	struct wp_error err = { 0 };
	int status = import_texts(texts, &(struct wp_import_options){ 0 }, &set, &err);

	cr_expect_neq(status, WP_OK, "%s: taken", name);
	cr_expect_eq(status, err.status, "%s", name);
	cr_expect_str_eq(err.code, code, "%s: %s: %s", name, err.code, err.message);
	cr_expect(strstr(err.message, words), "%s: \"%s\" is not in: %s", name, words, err.message);
	wp_record_set_free(set);
}

/* @text in another encoding, maybe with other line ends, into @ret. */
enum fixture_encoding { FIXTURE_UTF8, FIXTURE_UTF8_BOM, FIXTURE_UTF16LE, FIXTURE_UTF16BE, FIXTURE_ENCODINGS };

static inline void encode(struct wp_buf *ret, const char *text, enum fixture_encoding encoding, bool crlf)
{
	struct wp_buf lines = { 0 };
	const char *at;
	uint32_t c;

	for (at = text; *at; at++) {
		if (crlf && *at == '\n')
			wp_buf_putc(&lines, '\r');
		wp_buf_putc(&lines, *at);
	}
	if (encoding == FIXTURE_UTF8_BOM)
		wp_buf_puts(ret, "\xef\xbb\xbf");
	if (encoding == FIXTURE_UTF8 || encoding == FIXTURE_UTF8_BOM) {
		wp_buf_add(ret, lines.data, lines.length);
	} else {
		bool little = encoding == FIXTURE_UTF16LE;

		wp_buf_add(ret, little ? "\xff\xfe" : "\xfe\xff", 2);
		at = wp_buf_text(&lines);
		while ((c = wp_utf8_next(&at))) {
			uint16_t units[2] = { (uint16_t)c, 0 };
			int count = 1;

			if (c >= 0x10000) {
				units[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
				units[1] = (uint16_t)(0xdc00 + (c & 0x3ff));
				count = 2;
			}
			for (int i = 0; i < count; i++) {
				wp_buf_putc(ret, (char)(little ? units[i] & 0xff : units[i] >> 8));
				wp_buf_putc(ret, (char)(little ? units[i] >> 8 : units[i] & 0xff));
			}
		}
	}
	wp_buf_free(&lines);
}

static inline const json_t *record_property(const struct wp_record *record, const char *name)
{
	return json_object_get(json_object_get(record->json, "properties"), name);
}

static inline bool is_not_fetched(const struct wp_record *record, const char *name)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(record->json, "not_fetched"), i, item)
		if (strcmp(json_string_value(item), name) == 0)
			return true;
	return false;
}

#endif
