/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's export as it is saved: a .zip with an object.xml in a folder for each object, and beside that of a task
 * sequence a ReferencesInfo.xml.
 */
#include "assembler.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/file.h"
#include "wimplan/limits.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 65536u

struct zip {
	const char *name;
	struct wp_bytes bytes;
	int fd;
	struct wp_error failed; /* of the file below; code "" when it did not fail */
	unsigned char piece[PIECE];
};

static la_ssize_t read_file(struct archive *archive, void *context, const void **ret_piece)
{
	struct zip *zip = context;
	ptrdiff_t got = zip->bytes.read(zip->bytes.context, zip->piece, sizeof zip->piece, &zip->failed);

	if (got < 0)
		archive_set_error(archive, EIO, "%s", zip->failed.message);
	*ret_piece = zip->piece;
	return got;
}

static la_int64_t seek_file(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct zip *zip = context;
	int64_t at = wp_file_seek(zip->fd, offset, whence);

	(void)archive;
	return at < 0 ? ARCHIVE_FATAL : at;
}

/*
 * Why libarchive has failed. Where it had no memory, nothing is wrong with the archive: it says so, or says nothing, or says that zlib does
 * not begin, which fails for want of memory alone (archive_read_support_format_zip.c, zip_deflate_init()).
 */
static const char *why_failed(struct archive *archive)
{
	static const char zlib[] = "Can't initialize ZIP decompression";
	const char *why = archive_error_string(archive);

	if (archive_errno(archive) == ENOMEM || (why && !strncmp(why, zlib, sizeof zlib - 1)))
		wp_out_of_memory();
	return why ? why : "libarchive gives no reason, as when memory runs out";
}

/* One member while it is read. */
struct member {
	struct archive *archive;
	const char *name;
	size_t left; /* bytes that it may still have */
};

static ptrdiff_t read_member(void *context, void *bytes, size_t size, struct wp_error *err)
{
	struct member *member = context;
	la_ssize_t got = archive_read_data(member->archive, bytes, size);

	if (got < 0)
		return wp_fail(err, WP_E_FAILED, "export-invalid", member->name,
			       "%s: cannot be unpacked: %s; export again", member->name,
			       why_failed(member->archive));
	/* A few bytes may stand for gigabytes: an object is one record, and bounded as one. */
	if ((size_t)got > member->left)
		return wp_fail(err, WP_E_FAILED, "record-too-large", member->name,
			       "%s: this member of the archive is too large for the record of one object",
			       member->name);
	member->left -= (size_t)got;
	return (ptrdiff_t)got;
}

static void free_entry(struct archive_entry **entry)
{
	archive_entry_free(*entry);
}

static const char *entry_path(struct archive_entry *entry)
{
	const char *path = archive_entry_pathname_utf8(entry);

	return path ? path : archive_entry_pathname(entry);
}

/* The name of a member without its folders. */
static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *backslash = strrchr(path, '\\');

	if (!slash || (backslash && backslash > slash))
		slash = backslash;
	return slash ? slash + 1 : path;
}

static bool is_object(const char *path)
{
	return wp_ascii_same(name_of(path), "object.xml");
}

static bool is_read(const char *path)
{
	return is_object(path) || wp_ascii_same(name_of(path), "ReferencesInfo.xml");
}

static int read_xml(struct zip *zip, struct archive *archive, const char *path, size_t record_limit,
		       struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct member member = { archive, wp_arena_printf(arena, "%s:%s", zip->name, path), record_limit };
	struct wp_input input;
	int status, c;

	wp_input_init(&input, member.name, (struct wp_bytes){ read_member, &member }, record_limit);
	c = wp_input_peek(&input);
	if (c == WP_INPUT_FAILED)
		status = wp_input_error(&input, err);
	else if (c == WP_INPUT_END)
		status = wp_input_fail(&input, err, "the file is empty; export again");
	else
		status = wp_xml_rows(&input, assembler, err);
	wp_input_free(&input);
	return status;
}

static int read_entries(struct zip *zip, struct archive *archive, size_t record_limit, struct wp_assembler *assembler,
			struct wp_error *err)
{
	/* That of the archive itself may be NULL for want of memory, at which libarchive does not look (archive_read.c, archive_read_new()). */
	struct archive_entry *entry __attribute__((cleanup(free_entry))) = wp_must(archive_entry_new2(archive));
	size_t objects = 0, members = 0;
	bool workbook = false;
	int got, status;

	/* A warning is about a name that is not text, which is not looked at. */
	while ((got = archive_read_next_header2(archive, entry)) == ARCHIVE_OK || got == ARCHIVE_WARN) {
		const char *path = entry_path(entry);

		/* An object has a folder and a few other files. */
		if (++members > 8u * WP_LIMIT_PACKAGES)
			return wp_fail(err, WP_E_FAILED, "too-many-packages", zip->name,
				       "%s: the archive has too many members", zip->name);
		workbook = workbook || (path && strncmp(path, "xl/", 3) == 0);
		if (!path || !is_read(path))
			continue;
		objects += is_object(path);
		status = read_xml(zip, archive, path, record_limit, assembler, err);
		if (status)
			return status;
	}
	if (got != ARCHIVE_EOF)
		return wp_fail(err, WP_E_FAILED, "export-invalid", zip->name,
			       "%s: cannot be unpacked: %s; export again", zip->name, why_failed(archive));
	if (!objects && workbook)
		return wp_fail(err, WP_E_FAILED, "export-unknown-shape", zip->name,
			       "%s: this is an Excel workbook; save it as \"CSV UTF-8\", see wimplan-records(5)",
			       zip->name);
	if (!objects)
		return wp_fail(err, WP_E_FAILED, "export-unknown-shape", zip->name,
			       "%s: the archive holds no object.xml; the console's export of packages does", zip->name);
	return WP_OK;
}

int wp_zip_rows(const char *name, struct wp_bytes bytes, int fd, size_t record_limit, struct wp_assembler *assembler,
		struct wp_error *err)
{
	struct zip *zip = wp_must(calloc(1, sizeof *zip));
	struct archive *archive = wp_must(archive_read_new());
	int status;

	zip->name = name;
	zip->bytes = bytes;
	zip->fd = fd;
	/* Nothing but want of memory keeps it from either. */
	if (archive_read_support_format_zip(archive) != ARCHIVE_OK || archive_read_set_callback_data(archive, zip) != ARCHIVE_OK)
		wp_out_of_memory();
	archive_read_set_read_callback(archive, read_file);
	/* With a directory to look names up in, members that are not wanted need not be unpacked. */
	if (wp_file_seek(fd, 0, SEEK_CUR) >= 0)
		archive_read_set_seek_callback(archive, seek_file);
	if (archive_read_open1(archive) != ARCHIVE_OK)
		status = wp_fail(err, WP_E_FAILED, "export-invalid", name, "%s: cannot be unpacked: %s; export again",
				 name, why_failed(archive));
	else
		status = read_entries(zip, archive, record_limit, assembler, err);
	archive_read_free(archive);
	free(zip);
	return status;
}
