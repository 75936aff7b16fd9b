/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mkwim: what a recipe says, and the steps from it to a file. The recipe's language is in README.md beside this file.
 */
#ifndef MKWIM_H
#define MKWIM_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#define MK_HEADER_SIZE 208u

struct mk_text {
	const char *data;
	size_t length; /* bytes */
};

/* A metadata element of an image: its path below IMAGE, maybe with an attribute ('FALLBACK LANGUAGE="de-DE"'). */
struct mk_property {
	const char *path;
	const char *value;
};

/* A file in an image's tree, or an empty folder. */
struct mk_file {
	const char *path; /* begins with '/' */
	bool folder;
	struct mk_text text; /* the content; without data: @size bytes made from @seed */
	uint64_t size;
	uint64_t seed;
};

enum mk_tweak_kind {
	MK_TWEAK_LINK,
	MK_TWEAK_ATTRIBUTES,
	MK_TWEAK_WRITTEN,
	MK_TWEAK_SECURITY,
	MK_TWEAK_STREAM,
	MK_TWEAK_REPARSE,
	MK_TWEAK_NAME,
	MK_TWEAK_LIST,
	MK_TWEAK_SHA1,
	MK_TWEAK_LONG_NAME,
	MK_TWEAK_NEST,
	MK_TWEAK_STREAMS,
	MK_TWEAK_DAMAGE,
};

/* What no capture on Linux gives: it makes mkwim write the image's metadata itself. */
struct mk_tweak {
	enum mk_tweak_kind kind;
	const char *path;
	const char *text;  /* the other path, the stream's name, the security descriptor */
	const char *value; /* the stream's content */
	uint64_t number;
	struct mk_text bytes;
};

struct mk_image {
	const char *name; /* NULL: no NAME */
	int64_t created;  /* ticks of a FILETIME */
	int64_t modified;
	struct mk_property *properties;
	size_t property_count;
	struct mk_file *files;
	size_t file_count;
	struct mk_tweak *tweaks;
	size_t tweak_count;
	struct mk_file *hidden; /* files that are captured for their data alone: those of streams */
	size_t hidden_count;
};

enum mk_encoding { MK_UTF16LE, MK_UTF16BE, MK_UTF8 };

/* Verbatim XML. */
struct mk_xml {
	bool given;
	bool literal; /* from a file: no escapes, no placeholders */
	struct mk_text text;
	enum mk_encoding encoding;
	bool no_bom;
	bool compressed;
	struct mk_text tail; /* bytes behind the encoded text */
	struct mk_text raw;  /* bytes in place of the text; data is NULL when there are none */
};

enum mk_op_kind { MK_OP_HEADER, MK_OP_TRUNCATE, MK_OP_SET, MK_OP_FLIP, MK_OP_APPEND };

/* Where in the file: an anchor plus an offset. */
enum mk_anchor { MK_AT_START, MK_AT_END, MK_AT_BLOBS, MK_AT_XML, MK_AT_INTEGRITY };

/* A change to the finished file; they are done in the order of the recipe. */
struct mk_op {
	enum mk_op_kind kind;
	const char *field; /* MK_OP_HEADER */
	char sign;         /* MK_OP_HEADER: '+' sets bits, '-' clears them, '=' replaces */
	enum mk_anchor anchor;
	int64_t offset; /* bytes from the anchor */
	uint64_t value; /* the field's value, or the bit's number */
	struct mk_text bytes;
};

enum mk_shape { MK_SHAPE_WIMLIB, MK_SHAPE_MEDIA };

struct mk_recipe {
	const char *name; /* of the file to write */
	const char *origin; /* for messages: the recipe's file name */
	enum mk_shape shape;
	int compression; /* enum wimlib_compression_type */
	uint32_t chunk;  /* 0: wimlib's default */
	uint32_t solid_chunk; /* the same of solid resources */
	bool solid;
	bool pipable;
	bool integrity;
	uint32_t boot;
	uint8_t guid[16];
	int64_t times; /* default for images and the files in them, ticks */
	int64_t mtime; /* of the written file, ticks */
	bool mtime_given;
	uint64_t split; /* bytes of a part; 0: one file */
	uint64_t blobs; /* extra blobs */
	struct mk_image *images;
	size_t image_count;
	struct mk_xml xml;
	struct mk_op *ops;
	size_t op_count;
};

/* Ends the program with status 1. */
noreturn void mk_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads a whole file into @arena. */
struct mk_text mk_read_file(struct wp_arena *arena, const char *path);

/*
 * Reads the recipes in @text. Without "wim NAME" lines there is one, for @name; with @name NULL every recipe must begin
 * with such a line.
 */
struct mk_recipe *mk_parse(struct wp_arena *arena, const char *origin, struct mk_text text, const char *name,
			   size_t *ret_count);

/* Makes the file, or the parts, below the folder @folder. */
void mk_make(struct wp_arena *arena, const struct mk_recipe *recipe, const char *folder);

/* The WIM that wimlib writes from the images of the recipe, as @path. */
void mk_write_base(struct wp_arena *arena, const struct mk_recipe *recipe, const char *path);

/* Fills image->hidden from the tweaks. */
void mk_stage_streams(struct wp_arena *arena, struct mk_image *image);
/* The metadata resource of an image with tweaks, which was staged in the folder @root. */
struct mk_text mk_make_metadata(struct wp_arena *arena, const struct mk_recipe *recipe, const struct mk_image *image,
				const char *root);
/* Puts it in place of image @number's own (from 1); @damaged: with a SHA-1 that is not its own. */
void mk_replace_metadata(struct wp_buf *file, size_t number, struct mk_text bytes, bool damaged);

/* The text of "shape media", with its placeholder. */
struct mk_text mk_media_xml(struct wp_arena *arena, const struct mk_recipe *recipe);

/* The XML resource's bytes. @offset is where it will stand, for @TOTALBYTES@. */
struct mk_text mk_xml_bytes(struct wp_arena *arena, const struct mk_recipe *recipe, uint64_t offset);
/* How many images the verbatim text shows. */
size_t mk_xml_count_images(struct wp_arena *arena, const struct mk_xml *xml);
/* The XML that wimlib wrote, with the recipe's times in it and the offset where it now stands. */
struct mk_text mk_xml_settle(struct wp_arena *arena, const struct mk_recipe *recipe, struct mk_text stored,
			     uint64_t offset);

/* A file in memory. Little-endian numbers of @size bytes. */
uint64_t mk_get(const struct wp_buf *file, uint64_t at, unsigned int size);
void mk_put(struct wp_buf *file, uint64_t at, unsigned int size, uint64_t value);
/* Where the header stands that readers use: at the start, or at the end of a pipable file. */
uint64_t mk_header_at(const struct wp_buf *file);
/* Puts @count blobs of eight bytes, all different, in front of the blob table. */
void mk_add_blobs(struct wp_buf *file, uint64_t count);
/* The stored XML resource. */
struct mk_text mk_stored_xml(const struct wp_buf *file);
/* The copy at the start of a pipable file, which readers of streams use; false in other files. */
bool mk_leading_xml(const struct wp_buf *file, struct mk_text *ret);
/* Puts other text in its place; what stands behind it moves. */
void mk_put_leading_xml(struct wp_buf *file, struct mk_text bytes);
/* Replaces the XML resource; @size is what the header says of its uncompressed size. */
void mk_replace_xml(struct wp_buf *file, struct mk_text bytes, bool compressed, uint64_t size);
/* The bytes as a compressed resource of the file's own compression and chunk size. */
struct mk_text mk_compress(struct wp_arena *arena, const struct wp_buf *file, struct mk_text bytes);
void mk_set_guid(struct wp_buf *file, const uint8_t guid[16]);
void mk_set_image_count(struct wp_buf *file, uint64_t count);
/* Does what the recipe asks for at its end: header fields and damage. */
void mk_apply_ops(const struct mk_recipe *recipe, struct wp_buf *file);
/* True when @field names a header field. */
bool mk_is_field(const char *field);

#endif
