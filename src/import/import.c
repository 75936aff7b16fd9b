/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the files of an export and hands each to the reader of its shape, which its first bytes tell. */
#include "assembler.h"
#include "feed.h"
#include "shape.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"
#include "wimplan/file.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct wp_import_bounds whole_bounds = { WP_LIMIT_RECORD_BYTES, WP_LIMIT_PACKAGES, WP_LIMIT_SITE_ROWS };

/* Bytes that are looked at before the shape is known. */
#define HEAD 16

struct file {
	const char *name;
	int fd;
	unsigned char head[HEAD];
	size_t head_length;
	size_t head_at; /* what of it was handed on */
};

static ptrdiff_t read_some(const struct file *file, void *bytes, size_t size, struct wp_error *err)
{
	ptrdiff_t got = wp_file_read_some(file->fd, bytes, size);

	return got >= 0 ? got
			: wp_fail(err, WP_E_FAILED, "export-unreadable", file->name, "%s: cannot be read: %s",
				  file->name, strerror((int)-got));
}

static ptrdiff_t read_file(void *context, void *bytes, size_t size, struct wp_error *err)
{
	struct file *file = context;
	size_t left = file->head_length - file->head_at;

	if (left) {
		left = left < size ? left : size;
		memcpy(bytes, file->head + file->head_at, left);
		file->head_at += left;
		return (ptrdiff_t)left;
	}
	return read_some(file, bytes, size, err);
}

static int open_file(const char *path, struct file *file, struct wp_time *ret_modified, struct wp_error *err)
{
	bool input = strcmp(path, "-") == 0;
	struct wp_file_status status;
	int error;

	*ret_modified = (struct wp_time){ 0 };
	*file = (struct file){ .name = input ? "standard input" : path, .fd = -1 };
	error = input ? wp_file_open_input(&file->fd) : wp_file_open_any(path, WP_FILE_HOW_FOLLOW, &file->fd, &status);
	if (!error && input)
		error = wp_file_look_open(file->fd, &status);
	if (error == ENOENT || error == ENOTDIR)
		return wp_fail(err, WP_E_NOT_FOUND, "export-unreadable", file->name, "%s does not exist; check the path", file->name);
	if (error)
		return wp_fail(err, WP_E_FAILED, "export-unreadable", file->name, "%s cannot be opened: %s", file->name, strerror(error));
	if (status.kind == WP_FILE_KIND_FOLDER || status.kind == WP_FILE_KIND_DISK)
		return wp_fail(err, WP_E_FAILED, "export-unreadable", file->name,
			       "%s is no file; name the files that were exported", file->name);
	/* Its writer may come later than we do, as with cat(1); to open it never waits. */
	if (status.kind == WP_FILE_KIND_PIPE)
		wp_clock_wait_input(file->fd);
	if (status.kind == WP_FILE_KIND_REGULAR)
		*ret_modified = status.modified;
	return WP_OK;
}

/* Fills the head of the file. */
static int look(struct file *file, struct wp_error *err)
{
	while (file->head_length < HEAD) {
		ptrdiff_t got = read_some(file, file->head + file->head_length, HEAD - file->head_length, err);

		if (got < 0)
			return WP_E_FAILED;
		if (got == 0)
			break;
		file->head_length += (size_t)got;
	}
	return WP_OK;
}

static int read_text(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	static int (*const readers[])(struct wp_input *, struct wp_assembler *, struct wp_error *) = {
		[WP_SHAPE_JSON] = wp_json_rows,
		[WP_SHAPE_JSON_TEXT] = wp_json_text_rows,
		[WP_SHAPE_XML] = wp_xml_rows,
		[WP_SHAPE_CSV] = wp_csv_rows,
	};
	enum wp_shape shape;
	int status = wp_shape_find(input, assembler, &shape, err);

	return status ? status : readers[shape](input, assembler, err);
}

static int read_export(const char *path, size_t record_limit, struct wp_assembler *assembler, struct wp_error *err)
{
	int fd __attribute__((cleanup(wp_closep))) = -1;
	struct wp_time modified;
	struct wp_input input;
	const char *what;
	struct file file;
	int status = open_file(path, &file, &modified, err);

	fd = file.fd;
	if (!status)
		status = look(&file, err);
	if (status)
		return status;
	wp_assembler_modified(assembler, modified);
	what = wp_shape_of_binary(file.head, file.head_length);
	if (what)
		return wp_fail(err, WP_E_FAILED, "export-unknown-shape", file.name, "%s: %s", file.name, what);
	if (file.head_length >= 4 && memcmp(file.head, "PK", 2) == 0 && (file.head[2] == 3 || file.head[2] == 5)) {
		/* Where it can seek, the archive is read from its start; otherwise the head is handed on first. */
		if (wp_file_seek(fd, 0, SEEK_SET) == 0)
			file.head_length = 0;
		status =
			wp_zip_rows(file.name, (struct wp_bytes){ read_file, &file }, fd, record_limit, assembler, err);
	} else {
		wp_input_init(&input, file.name, (struct wp_bytes){ read_file, &file }, record_limit);
		status = read_text(&input, assembler, err);
		wp_input_free(&input);
	}
	status = wp_feed_settle(assembler->feed, status, err);
	return status ? status : wp_assembler_end_file(assembler, file.name, err);
}

/* Frees @assembler, which has taken in what @name gave, with @status. */
static int finish(struct wp_assembler *assembler, const char *name, int status, struct wp_record_set **ret_set, struct wp_error *err)
{
	if (!status)
		status = wp_assembler_end_file(assembler, name, err);
	status = status ? wp_assembler_settle(assembler, status, err) : wp_assembler_finish(assembler, ret_set, err);
	wp_assembler_free(assembler);
	return status;
}

int wp_import_rows(const json_t *rows, const char *name, const struct wp_import_options *options,
		   struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_assembler *assembler = wp_assembler_new(options, &whole_bounds);
	int status = WP_OK;

	for (size_t i = 0; i < json_array_size(rows) && !status; i++)
		status = wp_assembler_add(
			assembler, &(struct wp_row){ .where = { name, i + 1, 0 }, .properties = json_array_get(rows, i) }, err);
	return finish(assembler, name, status, ret_set, err);
}

/* A record that says itself all there is to know of it, and of which there is nothing to remark but what its images are. */
static bool is_alone(const struct wp_prepared *prepared)
{
	return prepared->identity.sort == WP_ROW_RECORD && prepared->identity.class_known && !prepared->twice && !prepared->odd_count &&
	       wp_is_package_id(wp_json_get_text(prepared->clean, "PackageID"));
}

/* The site that the record names, or the one that it is of; NULL. */
static char *site_of(const struct wp_prepared *prepared)
{
	const char *site = prepared->facts.site[0] ? prepared->facts.site : wp_json_get_text(prepared->clean, "SourceSite");
	char *copy;

	if (!wp_is_site_code(site))
		return NULL;
	copy = wp_must(strdup(site));
	for (char *at = copy; *at; at++)
		*at = (char)wp_ascii_upper(*at);
	return copy;
}

static int make_alone(const struct wp_prepared *prepared, struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_record_set *set = wp_must(calloc(1, sizeof *set));
	json_t *document = wp_row_document(prepared);
	int status;

	set->arena = wp_arena_new();
	set->site_code = site_of(prepared);
	set->documents = wp_json_must(json_array());
	wp_json_push(set->documents, document);
	set->count = 1;
	set->records = wp_arena_alloc(set->arena, sizeof *set->records);
	status = wp_record_decode_closed(document, set->records, err);
	if (status)
		wp_record_set_free(set);
	else
		*ret_set = set;
	return status;
}

int wp_import_record(const json_t *properties, const char *class, const char *name, struct wp_record_set **ret_set,
		     struct wp_error *err)
{
	static const struct wp_import_options options = { 0 };
	const struct wp_row row = { .where = { name, 1, 0 }, .class_text = class, .properties = (json_t *)(uintptr_t)properties };
	struct wp_assembler *assembler;
	struct wp_prepared prepared;
	int status;

	*ret_set = NULL;
	wp_row_prepare(&row, "", &options, &prepared);
	if (is_alone(&prepared)) {
		status = make_alone(&prepared, ret_set, err);
	} else {
		assembler = wp_assembler_new(&options, &whole_bounds);
		status = wp_assembler_take(assembler, &row, &prepared, err);
		status = finish(assembler, name, status, ret_set, err);
	}
	wp_prepared_free(&prepared);
	return status;
}

int wp_import_files_bounded(const char *const *paths, size_t count, const struct wp_import_options *options,
			    const struct wp_import_bounds *bounds, struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_assembler *assembler = wp_assembler_new(options, bounds);
	struct wp_feed *feed = wp_feed_new(assembler, options->threads);
	int status = WP_OK;

	*ret_set = NULL;
	assembler->feed = feed;
	for (size_t i = 0; i < count && !status; i++)
		status = read_export(paths[i], bounds->record_bytes, assembler, err);
	status = status ? wp_assembler_settle(assembler, status, err) : wp_assembler_finish(assembler, ret_set, err);
	if (!status)
		status = wp_record_set_identify(*ret_set, err);
	if (!status && options->briefs)
		(*ret_set)->texts = NULL;
	if (status) {
		wp_record_set_free(*ret_set);
		*ret_set = NULL;
	}
	wp_feed_free(feed);
	wp_assembler_free(assembler);
	return status;
}

int wp_import_files(const char *const *paths, size_t count, const struct wp_import_options *options,
		    struct wp_record_set **ret_set, struct wp_error *err)
{
	return wp_import_files_bounded(paths, count, options, &whole_bounds, ret_set, err);
}
