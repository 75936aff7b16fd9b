/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site's records: packages of the three image classes as an export describes them, whatever its shape was. */
#ifndef WIMPLAN_RECORD_H
#define WIMPLAN_RECORD_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/diag.h"
#include "wimplan/error.h"
#include "wimplan/hash.h"
#include "wimplan/site.h"
#include "wimplan/time.h"
#include "wimplan/wim.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wp_class {
	WP_CLASS_IMAGE,   /* SMS_ImagePackage, PackageType 257 */
	WP_CLASS_INSTALL, /* SMS_OperatingSystemInstallPackage, 259 */
	WP_CLASS_BOOT,    /* SMS_BootImagePackage, 258 */
};

/* ConfigMgr's own spelling. */
const char *wp_class_name(enum wp_class class);
bool wp_class_from_name(const char *name, enum wp_class *ret);

/* A lazy property arrives only by key, so "not fetched" is not "empty" (wimplan-records(5), LAZY PROPERTIES). */
enum wp_fetched { WP_FETCHED_NOT, WP_FETCHED_EMPTY, WP_FETCHED_PRESENT };

/* A Property of a property bag: @name as the site spells it. */
struct wp_bag_property {
	const char *name;
	const char *value; /* "" when it is empty */
};

/* One image as the site stores it: known fields, and the whole bag as it stands. Fields are NULL when absent. */
struct wp_site_image {
	uint32_t index;
	const char *name;
	const char *description;
	const char *os_version;
	const char *architecture; /* any spelling */
	const char *language;
	const char *product_type;
	const char *hal_type;
	const char *size;          /* bytes, as text */
	const char *creation_date; /* the site's text; its format is not established */
	struct wp_bag_property *properties; /* all of them, known or not, in document order */
	size_t property_count;
};

enum wp_site_field_kind {
	WP_SITE_FIELD_TEXT,
	WP_SITE_FIELD_TAG,
	WP_SITE_FIELD_ARCHITECTURE,
	WP_SITE_FIELD_SIZE,
	WP_SITE_FIELD_DATE,
};

enum { WP_SITE_FIELDS = 9, WP_SITE_FIELD_ALIASES = 3 };

/* A known field of such an image. One table serves reading, comparing and telling. */
struct wp_site_field {
	const char *name;   /* as wimplan calls it: "os_version" */
	const char *column; /* of SMS_ImageInformation */
	const char *wim;    /* what a diff calls the field of a WIM that says the same; NULL: it is not held against one */
	/* Names of the property in a bag, without spaces, dots, hyphens, underscores and case; NULL behind the last. */
	const char *aliases[WP_SITE_FIELD_ALIASES];
	enum wp_site_field_kind kind;
	bool confirmed; /* how the site derives it from a WIM */
	size_t offset;  /* in struct wp_site_image */
};

/* In the order in which they are compared and reported. */
extern const struct wp_site_field wp_site_fields[WP_SITE_FIELDS];

/* The field that is held against the one of a WIM that a diff calls @wim; NULL: none. */
const struct wp_site_field *wp_site_field_of_wim(const char *wim);

/* Where @image keeps @field, and what it has there. */
const char **wp_site_image_field(struct wp_site_image *image, const struct wp_site_field *field);
const char *wp_site_image_value(const struct wp_site_image *image, const struct wp_site_field *field);

enum wp_compared {
	WP_COMPARED_NOT,   /* one side lacks it, or has a form that cannot be read */
	WP_COMPARED_SAME,  /* the same bytes */
	WP_COMPARED_ALIKE, /* another spelling of the same */
	WP_COMPARED_DIFFERENT,
};
/* Two values of a field: numbers and dates by what they mean, tags without regard to case. NULL is none. */
enum wp_compared wp_site_values_compare(const struct wp_site_field *field, const char *a, const char *b);

/* The field that a bag's property with this name stands for, in any of its spellings; NULL: none. */
const struct wp_site_field *wp_site_field_of_property(const char *name);

/* Where a record's images came from. */
enum wp_image_origin {
	WP_IMAGE_ORIGIN_NOTHING,
	WP_IMAGE_ORIGIN_IMAGE_PROPERTY,
	WP_IMAGE_ORIGIN_WIM_XML,
	WP_IMAGE_ORIGIN_IMAGE_INFORMATION,
};

struct wp_site_images {
	enum wp_image_origin origin;
	struct wp_site_image *items; /* by index */
	size_t count;
};

/* Puts them in the order of their indexes. */
void wp_site_images_sort(struct wp_site_images *images);

/*
 * Walks two lists side by side, from *@i and *@k = 0 on: the next image of each, or NULL on the side that lacks it.
 * False behind the last.
 */
bool wp_site_images_next(const struct wp_site_images *a, const struct wp_site_images *b, size_t *i, size_t *k,
			 const struct wp_site_image **ret_a, const struct wp_site_image **ret_b);

/*
 * A record as a plan needs it, in bytes: a third of its JSON, and read in a hundredth of the time. A record that was read from them has
 * all fields but these: of its ImageProperty there is only the digest, of its images what wp_record_images() gives, and of its
 * JSON what is no field and asked for by a plan, NULL where that is nothing.
 */
struct wp_brief {
	const uint8_t *bytes;
	const uint8_t *images; /* where in them the images begin */
	const uint8_t *digest; /* of the ImageProperty, WP_SHA256_SIZE bytes; NULL where none is present */
	size_t length;
};

/* One package. Texts are NULL when the export has no such property. Borrowed from the set's arena. */
struct wp_record {
	enum wp_class class;
	const char *package_id;
	const char *name;
	struct wp_number source_flag; /* PkgSourceFlag: 1 no source, 2 direct */
	const char *source_path;      /* PkgSourcePath */
	const char *source_site;      /* SourceSite, 3 characters */
	struct wp_number source_version;
	struct wp_time source_date;  /* when the content was last sent */
	const char *source_date_text; /* as the export has it */
	/* Sizes of what was sent, in KiB as the site counts them, and of which SourceVersion each is. */
	struct wp_number package_size, package_size_version; /* PackageSize, StoredPkgVersion */
	struct wp_number content_size, content_size_version; /* SourceSize, SourceVersion of SMS_ObjectContentExtraInfo */
	const char *sedo_object_version;
	struct wp_number priority;           /* 1 high, 2 normal, 3 low */
	struct wp_number action_in_progress; /* 0 none, 1 update, 2 add, 3 delete */
	const char *image_path;              /* ImagePath, boot images only */
	enum wp_fetched image_property_state;
	const char *image_property;  /* the stored text when the state is WP_FETCHED_PRESENT or WP_FETCHED_EMPTY (""); NULL in a brief */
	struct wp_number flags;               /* PkgFlags */
	struct wp_number targeted, errors;    /* Targeted and NumberErrors of SMS_ObjectContentExtraInfo */
	struct wp_site_images images; /* from ImageProperty, else from SMS_ImageInformation; of a brief ask wp_record_images() */
	const char *image_property_error; /* why a present ImageProperty could not be read; NULL when it could */
	bool probed;                      /* the record carries a readable ProbedImageProperty */
	struct wp_site_images probed_images;
	const char *probed_error; /* why a ProbedImageProperty could not be read; NULL */
	const json_t *json; /* the whole record as the cache keeps it (below); borrowed */
	struct wp_brief brief; /* what it was read from; without bytes: not from a brief */
};

/*
 * Where the JSON of records is that are not held in memory. Of each of them the set has package_id, class, source_version,
 * image_property_state (WP_FETCHED_PRESENT also for an empty one), the errors, and of its images how many there are where
 * ImageProperty was not fetched.
 */
struct wp_record_texts {
	/* Adds the canonical text of one record, by its index in the set, to @ret. */
	int (*read)(const struct wp_record_texts *texts, size_t at, struct wp_buf *ret, struct wp_error *err);
};

/*
 * A record as JSON, the form that the cache keeps and that a snapshot's id is made of:
 *   {"class":"SMS_ImagePackage","package_id":"P0100123","properties":{"Name":"…",…},"not_fetched":["ImageProperty"],
 *    "image_information":[{…}],"content_info":[{…}],"distribution_points":[{…}]}
 * properties holds every property of the export under ConfigMgr's spelling with normalised values (numbers as
 * integers, dates in ISO 8601, booleans as such, null left out), unknown ones as they came.
 */
struct wp_record_set {
	struct wp_arena *arena;
	char *site_code;        /* NULL when neither the data nor the caller gave one */
	char id[WP_HASH_TEXT];  /* of the snapshot that it is; "" for one package of a snapshot */
	struct wp_time taken_at; /* when the export was made, as far as the data says */
	/*
	 * The lists whose next page was not among the files, "SMS_ImagePackage, …", or those of which the site refused something,
	 * "refused: SMS_ImagePackage, …"; NULL when the export is whole.
	 */
	const char *partial;
	struct wp_record *records; /* by PackageID */
	size_t count;
	struct wp_diags diags;
	json_t *documents; /* array of what JSON the records have, in their order; owned; NULL where @texts has it */
	const struct wp_record_texts *texts; /* in @arena; NULL */
	json_t *site; /* what the export says of the site around them, as wp_site_new() has it; owned; NULL: nothing */
};

void wp_record_set_free(struct wp_record_set *set);
static inline void wp_record_set_freep(struct wp_record_set **set)
{
	wp_record_set_free(*set);
}

/* The record with this PackageID as it is spelled there; NULL: none. */
const struct wp_record *wp_record_set_get(const struct wp_record_set *set, const char *package_id);
/* The record with this PackageID, which is the same to a site whatever its letter case; NULL: none. */
const struct wp_record *wp_record_set_find(const struct wp_record_set *set, const char *package_id);

/* Three ASCII letters or digits. NULL is none. */
bool wp_is_site_code(const char *text);
/* Eight of them: a site code and five digits of its counter. NULL is none. */
bool wp_is_package_id(const char *text);

/* Decodes one JSON record of the form above. @json is borrowed and must live as long as *@ret. */
int wp_record_decode(struct wp_arena *arena, const json_t *json, struct wp_record *ret, struct wp_error *err);
/* Takes what a row of SMS_ObjectContentExtraInfo says of a record; NULL: nothing. */
void wp_record_take_content(const json_t *row, struct wp_record *record);
/*
 * The same without its images, whose XML costs more than all the rest; they are read by wp_record_open(), into @arena, where somebody
 * asks for them. Of a record that has them already, or that has none, that does nothing.
 */
int wp_record_decode_closed(const json_t *json, struct wp_record *ret, struct wp_error *err);
void wp_record_open(struct wp_arena *arena, struct wp_record *record);

/* The digest of the ImageProperty; "" where none is present. */
void wp_record_digest(const struct wp_record *record, char ret[WP_HASH_TEXT]);

/* Adds the brief of a record that was decoded with its images to @ret. */
void wp_record_shorten(const struct wp_record *record, struct wp_buf *ret);
/*
 * Reads a brief, whose bytes have to live as long as *@ret. What has to be in memory of it is in @arena; *@ret_json gets
 * the record's JSON, a new reference or NULL. False where these are no brief.
 */
bool wp_record_read_brief(struct wp_arena *arena, const uint8_t *bytes, size_t length, struct wp_record *ret, json_t **ret_json);
/* Puts what its brief says, which is in @arena, in the place of a record that was decoded with its images; *@ret_json as above. */
bool wp_record_make_brief(struct wp_arena *arena, struct wp_record *record, json_t **ret_json);
/*
 * The images of a record whatever it was read from: those of a brief are made in @arena, each time, with their fields, and of their
 * properties those that are none.
 */
struct wp_site_images wp_record_images(struct wp_arena *arena, const struct wp_record *record);

/*
 * "sha256:…" over the canonical JSON of {"site_code":…,"records":[…]}: importing the same twice gives the same id. Begun,
 * given the canonical texts of the records in the order of their ids, and ended, which frees it.
 */
struct wp_sha256 *wp_snapshot_id_begin(void);
void wp_snapshot_id_add(struct wp_sha256 *hash, size_t at, const char *record, size_t length);
void wp_snapshot_id_end(struct wp_sha256 *hash, const char *site_code, char ret_id[WP_HASH_TEXT]);
/* Gives a whole set its id. Fails only where its records are not in memory. */
int wp_record_set_identify(struct wp_record_set *set, struct wp_error *err);

/* Adds the canonical text of a set's record to @ret. Fails as above. */
int wp_record_text(const struct wp_record_set *set, size_t at, struct wp_buf *ret, struct wp_error *err);

/* The images of a record with these properties; @json: the record with the rows of SMS_ImageInformation; NULL: without. */
void wp_record_decode_images(struct wp_arena *arena, const json_t *json, const json_t *properties, struct wp_record *ret);

/*
 * Reads an ImageProperty: a property bag, or a WIM's own XML in its place. Element and attribute names are matched
 * without regard to case, a prolog is allowed, unknown names are kept. Returns 0, or WP_E_FAILED with a sentence in *@ret_why.
 */
int wp_image_property_parse(struct wp_arena *arena, const char *text, struct wp_site_images *ret, const char **ret_why);

/* The language that a site stores of an image: its default, or the first that it has; NULL where there is none. Borrowed. */
const char *wp_site_language(const struct wp_wim_windows *windows);
/* What the site would store for this image of a WIM: the columns of SMS_ImageInformation, out of the WIM's XML. Texts are borrowed from it. */
void wp_site_image_from_wim(struct wp_arena *arena, const struct wp_wim_image *image, struct wp_site_image *ret);

#endif
