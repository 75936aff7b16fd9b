/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One WIM file: header, XML metadata and what was odd about them (layer 1), and its content (layer 2).
 */
#ifndef WIMPLAN_WIM_H
#define WIMPLAN_WIM_H

#include "wimplan/architecture.h"
#include "wimplan/arena.h"
#include "wimplan/diag.h"
#include "wimplan/error.h"
#include "wimplan/hash.h"
#include "wimplan/number.h"
#include "wimplan/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WP_WIM_HEADER_SIZE 208u
/* Versions of the format (wimlib include/wimlib/header.h): of an .esd, and of every other file. */
#define WP_WIM_VERSION_SOLID 0xe00u
#define WP_WIM_VERSION_DEFAULT 0x10d00u

/* Header flags (wimlib include/wimlib/header.h). */
enum wp_wim_flag {
	WP_WIM_FLAG_RESERVED = 0x1,
	WP_WIM_FLAG_COMPRESSION = 0x2,
	WP_WIM_FLAG_READONLY = 0x4,
	WP_WIM_FLAG_SPANNED = 0x8,
	WP_WIM_FLAG_RESOURCE_ONLY = 0x10,
	WP_WIM_FLAG_METADATA_ONLY = 0x20,
	WP_WIM_FLAG_WRITE_IN_PROGRESS = 0x40,
	WP_WIM_FLAG_RP_FIX = 0x80,
	WP_WIM_FLAG_COMPRESS_RESERVED = 0x10000,
	WP_WIM_FLAG_COMPRESS_XPRESS = 0x20000,
	WP_WIM_FLAG_COMPRESS_LZX = 0x40000,
	WP_WIM_FLAG_COMPRESS_LZMS = 0x80000,
	WP_WIM_FLAG_COMPRESS_XPRESS2 = 0x200000,
	/* All that tell the compression. */
	WP_WIM_FLAGS_OF_COMPRESSION = WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_XPRESS | WP_WIM_FLAG_COMPRESS_LZX |
				   WP_WIM_FLAG_COMPRESS_LZMS | WP_WIM_FLAG_COMPRESS_XPRESS2,
};

/* A resource header: where something stands in the file. */
struct wp_reshdr {
	uint64_t stored_size; /* bytes in the file, 56 bits */
	uint8_t flags;        /* 1 free, 2 metadata, 4 compressed, 8 spanned, 0x10 solid */
	uint64_t offset;      /* bytes from the start of the file */
	uint64_t size;        /* bytes when decompressed */
};

struct wp_wim_header {
	bool pipable;         /* magic WLPWM: the valid copy is the one at the end of the file */
	uint32_t header_size; /* bytes, 208 */
	uint32_t version;     /* 0x10d00, 0xe00 for solid ones (ESD) */
	uint32_t flags;       /* enum wp_wim_flag */
	uint32_t chunk_size;  /* bytes, as stored: 0 in an uncompressed file */
	uint8_t guid[16];
	uint16_t part;  /* 1-based */
	uint16_t parts;
	uint32_t image_count;
	struct wp_reshdr blob_table;
	struct wp_reshdr xml;
	struct wp_reshdr boot_metadata;
	uint32_t boot_index; /* 0: none */
	struct wp_reshdr integrity;
};

/* What a header says of the file as a whole, in the order in which a diff shows it. */
enum wp_header_field {
	WP_HEADER_BOOT_INDEX,
	WP_HEADER_COMPRESSION,
	WP_HEADER_CHUNK_SIZE,
	WP_HEADER_SOLID,
	WP_HEADER_INTEGRITY_TABLE,
	WP_HEADER_PIPABLE,
	WP_HEADER_FLAGS, /* besides those of the compression */
	WP_HEADER_PARTS,
	WP_HEADER_FIELDS,
};

/* An element or attribute outside the model: path below IMAGE ("A/B", "A/@x") or, for the file's own, below WIM. */
struct wp_wim_other {
	const char *path;
	const char *value; /* "" when it is empty */
};

struct wp_wim_fallback {
	const char *language; /* the attribute LANGUAGE, "" when it lacks */
	const char *fallback; /* the text */
};

struct wp_wim_servicing {
	const char *gdr_du_revision;    /* GDRDUREVISION: "0" or a date YYYYMMDD */
	const char *pkey_config_version; /* its fourth number is not SPBUILD */
	const char *image_state;
};

/* WINDOWS of an image. Texts are NULL when the element is absent, "" when it is empty. */
struct wp_wim_windows {
	struct wp_number architecture; /* ARCH: a PROCESSOR_ARCHITECTURE number */
	const char *product_name;
	const char *edition_id;
	const char *installation_type;
	const char *product_type;
	const char *product_suite;
	const char *hal;
	const char *system_root;
	const char **languages; /* in document order */
	size_t language_count;
	const char *default_language;
	struct wp_wim_fallback *fallbacks; /* in document order */
	size_t fallback_count;
	const char *version; /* the parts that are there from MAJOR on; NULL without MAJOR.MINOR.BUILD */
	struct wp_number major, minor, build, service_pack_build, service_pack_level;
	const char *branch;
	struct wp_wim_servicing *servicing; /* NULL without SERVICINGDATA */
};

/* An IMAGE. Texts as in struct wp_wim_windows. */
struct wp_wim_image {
	uint32_t index; /* 1-based */
	const char *name;
	const char *description;
	const char *display_name;
	const char *display_description;
	const char *flags;
	struct wp_number dir_count;
	struct wp_number file_count;
	struct wp_number total_bytes;
	struct wp_number hard_link_bytes;
	struct wp_time creation_time;
	struct wp_time last_modification_time;
	struct wp_number wimboot;       /* 0 or 1 */
	struct wp_wim_windows *windows; /* NULL without WINDOWS */
	struct wp_wim_other *other;     /* in document order */
	size_t other_count;
	/* Paths below IMAGE of numbers and times that could not be read: such a value is not known, and yet not absent. */
	const char **bad;
	size_t bad_count;
};

/* The metadata that the XML holds. */
struct wp_wim_metadata {
	struct wp_number total_bytes; /* WIM/TOTALBYTES: in most files the offset of the XML */
	struct wp_wim_image *images;  /* by index */
	size_t image_count;
	size_t elements; /* IMAGEs below WIM, with those that have no INDEX of their own */
	bool encrypted;  /* there is an ESD/ENCRYPTED */
	struct wp_wim_other *other; /* below WIM, outside the images */
	size_t other_count;
};

/* How far a reader came. */
enum wp_grade {
	WP_GRADE_OK,
	WP_GRADE_WARNING, /* the images are there and something is odd */
	WP_GRADE_ERROR,   /* the images could not be given */
};

struct wp_wim_reading;

/* Reads as pread() does, or gives a negative errno: how a WIM is read that stands in no one place of a file. */
typedef ptrdiff_t wp_wim_bytes(void *context, void *bytes, size_t length, uint64_t offset);

/* What layer 1 read of one file. Everything is owned by @arena, which belongs to the object. */
struct wp_wim {
	struct wp_arena *arena;
	struct wp_wim_reading *reading; /* its open file; NULL when it could not be opened */
	const char *path; /* as it was given, maybe not UTF-8 */
	const char *file; /* that is opened: mostly the same */
	bool inside;      /* of a larger file, from byte @offset on: wimlib, which opens paths, does not get at it */
	uint64_t offset;  /* bytes; every other offset counts from here on */
	wp_wim_bytes *read; /* NULL: from @offset on */
	void *context;      /* of @read; must live as long as anything is read */
	enum wp_grade grade;
	struct wp_diags diags;
	bool opened;             /* @device, @inode, @size and @modified are known */
	uint64_t device, inode;  /* which file it is, as stat() has them */
	uint64_t file_size;      /* bytes of @file */
	uint64_t size;           /* bytes: those of the file, or of the part of it that is the WIM */
	struct wp_time modified; /* mtime of the file */
	bool have_header;
	struct wp_wim_header header;
	/* The XML as UTF-8 without BOM, where it was asked for; NULL when it could not be read or is no UTF-16. */
	const char *xml_text;
	size_t xml_text_length; /* bytes */
	/* Over its bytes as they are stored, BOM included, where it was asked for; "" when they could not be read. */
	char xml_sha256[WP_HASH_TEXT];
	char file_id[WP_HASH_TEXT];    /* "" when header or XML could not be read */
	struct wp_wim_metadata *metadata; /* NULL when the XML gave none */
};

/* The file in layer 2: what its blob table says. Blobs are counted once each, without metadata resources. */
struct wp_wim_content {
	/* Over the metadata resources' SHA-1s in image order; "" where there are none (a part ≥ 2). */
	char content_id[WP_HASH_TEXT];
	uint64_t blob_count;
	uint64_t blob_bytes;             /* uncompressed */
	struct wp_number stored_bytes;   /* as stored; not known where a resource is solid */
	/*
	 * Files and streams of the images whose data is in no part of the file: more than 0 in a delta WIM. Only the trees
	 * tell, so it is not known until wp_wim_index_count_missing() has read them.
	 */
	struct wp_number missing;
	/*
	 * Bytes of the file that nothing refers to: neither its header nor a blob that an image has; and those among them
	 * that stand behind everything else. Not known until wp_wim_index_look_deeper() has looked, nor of a file that is
	 * pipable or split.
	 */
	struct wp_number unreferenced, trailing;
};

/* Why a site cannot use a file that can be read; all of it may be true of one file. */
struct wp_wim_fitness {
	bool delta;         /* file data of its images stands in another file; false as well where nobody counted */
	bool metadata_only; /* its header says that it holds the trees of images and no file data */
	bool resource_only; /* its header says that it holds file data and no images */
	bool pipable;       /* written by wimlib for reading from a pipe: Microsoft's tools do not read it */
	bool solid;         /* an .esd, or a .wim that was written like one */
};

/*
 * Checks the 208 bytes of a header against the size of its file and limits.h. Fills *@ret whatever it finds, adds
 * the diagnostics of wimplan-inspect(1), and returns the grade: an error means that nothing else may be trusted.
 * Format: wimlib include/wimlib/header.h.
 */
enum wp_grade wp_wim_header_parse(struct wp_arena *arena, const uint8_t bytes[WP_WIM_HEADER_SIZE], uint64_t file_size,
				  struct wp_wim_header *ret, struct wp_diags *diags);

/*
 * Reads the metadata out of the XML as UTF-8. @image_count is the header's, or -1 when there is no header to hold it
 * against. NULL when there are no images to give; diagnostics say why.
 */
struct wp_wim_metadata *wp_wim_xml_parse_utf8(struct wp_arena *arena, const char *text, size_t length,
					      int64_t image_count, struct wp_diags *diags);

/*
 * Layer 1: opens @path and reads header and XML, a small file whole. Always returns an object, which says in its diagnostics what could
 * not be read. Never waits for a FIFO or a device. The file stays open for whoever reads more of it.
 */
struct wp_wim *wp_wim_read(const char *path) __attribute__((returns_nonnull, warn_unused_result));
/* Where a WIM is: a file of its own, or a part of another one, such as an .iso. */
struct wp_wim_place {
	const char *path; /* under which it is shown; where it is no part, also the file's */
	bool inside;      /* it is a part: @file, @offset and @length say of what */
	const char *file;
	uint64_t offset, length; /* bytes */
	/* What was odd about how it was found, NULL for nothing; where an error is among that, no file is opened. */
	const struct wp_diags *diags;
	wp_wim_bytes *read; /* how its bytes are had; NULL: they stand at @offset */
	void *context;
};

/* What may be asked for besides. */
enum {
	WP_WIM_WITH_TEXT = 1,       /* the text of the XML, which may take 24 MiB */
	WP_WIM_WITH_XML_SHA256 = 2, /* which takes as long as the file id */
};
/*
 * The same at that place, with whatever of the above: what the WIM says to be outside of its part of a file is refused as if the file
 * ended there.
 */
struct wp_wim *wp_wim_read_place(const struct wp_wim_place *place, unsigned int with)
	__attribute__((returns_nonnull, warn_unused_result));

/* Ends the reading: the file is closed, and opened again when more is read of it after all. */
void wp_wim_close(struct wp_wim *wim);
/* The same, but keeps the bytes of a file that was read whole. Returns how many. */
size_t wp_wim_close_file(struct wp_wim *wim);

/* Says of a WIM in another one that nobody has read all of it. */
void wp_wim_tell_in_part(struct wp_wim *wim);

/* Closes the file as well. */
void wp_wim_free(struct wp_wim *wim);

static inline void wp_wim_freep(struct wp_wim **wim)
{
	wp_wim_free(*wim);
}

enum wp_wim_data {
	WP_WIM_DATA_OK,
	WP_WIM_DATA_DAMAGED,    /* what stands there does not have the digest that it should have */
	WP_WIM_DATA_UNREADABLE, /* it could not be read to its end, or was changed meanwhile */
};

/* Called with how many bytes of how many have been read. */
typedef void wp_wim_progress(void *context, uint64_t done, uint64_t total);

/*
 * Reads all metadata and file data of the file that @wim was read from and checks every digest; takes as long as reading
 * the file does. *@ret_detail says what is wrong, or is NULL. Only for a header that layer 1 accepted.
 */
enum wp_wim_data wp_wim_verify_data(struct wp_wim *wim, wp_wim_progress *progress, void *context,
				    const char **ret_detail);

/*
 * What header and blob table say of the file's fitness; @content may be NULL, then it is the header's alone. Whether a
 * delta is one is told by content->missing.
 */
void wp_wim_fitness(const struct wp_wim_header *header, const struct wp_wim_content *content,
		    struct wp_wim_fitness *ret);
/* Of version 0xe00: the file may hold solid resources, and in a file of the other version there is none. */
bool wp_wim_is_solid(const struct wp_wim_header *header);
bool wp_wim_has_integrity_table(const struct wp_wim_header *header);

/* True when the resource is stored compressed. */
bool wp_wim_resource_compressed(const struct wp_reshdr *resource);

/* "none", "XPRESS", "LZX", "LZMS", "XPRESS2" or "unknown". */
const char *wp_wim_compression(const struct wp_wim_header *header);
/* "ok", "warning", "error". */
const char *wp_grade_name(enum wp_grade grade);

#endif
