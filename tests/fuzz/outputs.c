/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds of every output, whatever was read. */
#include "fuzz.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES 4

/* The files of this input that are still there. */
static char files[FILES][64];

void fuzz_file(char *path, const uint8_t *data, size_t size)
{
	int fd = mkstemp(path);
	size_t i = 0;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	while (i < FILES && files[i][0])
		i++;
	if (i == FILES)
		abort();
	snprintf(files[i], sizeof files[i], "%s", path);
}

void fuzz_remove(const char *path)
{
	static const char *const leftovers[] = { "", "-journal", "-wal", "-shm" };
	char name[sizeof files[0] + 16];

	for (size_t i = 0; i < sizeof leftovers / sizeof *leftovers; i++) {
		snprintf(name, sizeof name, "%s%s", path, leftovers[i]);
		unlink(name);
	}
	for (size_t i = 0; i < FILES; i++)
		if (!strcmp(files[i], path))
			files[i][0] = '\0';
}

void fuzz_remove_files(void)
{
	for (size_t i = 0; i < FILES; i++)
		if (files[i][0])
			fuzz_remove(files[i]);
}

void fuzz_keep(const struct wp_buf *buf, const char *ending)
{
	static unsigned int number;
	const char *folder = getenv("FUZZ_KEEP");
	char name[4096];
	FILE *file;

	if (!folder)
		return;
	snprintf(name, sizeof name, "%s/%u.%s", folder, number++, ending);
	file = fopen(name, "wb");
	if (!file || fwrite(wp_buf_text(buf), 1, buf->length, file) != buf->length || fclose(file))
		abort();
}

void fuzz_check_document(struct wp_buf *buf)
{
	const char *at = wp_buf_text(buf), *end = at + buf->length;

	if (wp_utf8_valid(at, buf->length) != buf->length)
		abort();
	while (at < end) {
		uint32_t c = wp_utf8_next(&at);

		if (wp_text_is_hidden(c) && c != '\n' && c != '\t')
			abort();
	}
	wp_buf_free(buf);
}

/* The cell that begins at @at, in quotes: its end, which is a quote. */
static const char *end_of_cell(const char *at)
{
	if (*at != '"' || (at[1] && strchr("=+-@", at[1])))
		abort();
	for (at++;; at++) {
		if (!*at)
			abort();
		if (*at == '"' && *++at != '"')
			return at - 1;
	}
}

void fuzz_check_csv(struct wp_buf *buf, char delimiter)
{
	const char *at = wp_buf_text(buf), *end = at + buf->length;
	size_t columns = 1;

	for (; at < end && *at != '\r'; at++)
		columns += *at == delimiter;
	for (at += 2; at < end; at += 2) {
		for (size_t i = 0; i < columns; i++) {
			at = end_of_cell(at) + 1;
			if (i + 1 < columns && *at++ != delimiter)
				abort();
		}
		if (strncmp(at, "\r\n", 2) != 0)
			abort();
	}
	/* Its line ends are the only returns. */
	for (size_t i = 0; i < buf->length; i++)
		if (buf->data[i] == '\r')
			buf->data[i] = '\n';
	fuzz_check_document(buf);
}

void fuzz_check_json(json_t *document)
{
	struct wp_buf text = { 0 };
	json_t *again = NULL;
	struct wp_error err;

	wp_json_pretty(&text, document);
	if (wp_json_parse(text.data, text.length, "fuzz", &again, &err) || !json_equal(document, again))
		abort();
	json_decref(again);
	json_decref(document);
	fuzz_check_document(&text);
}

void fuzz_check_json_text(struct wp_buf *text)
{
	json_t *document = NULL;
	struct wp_error err;

	if (wp_json_parse(text->data, text->length, "fuzz", &document, &err))
		abort();
	fuzz_check_document(text);
	fuzz_check_json(document);
}
