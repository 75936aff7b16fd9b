/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a plan file. Values out of a document that somebody else may have written: each is what it should be, or is
 * named as damage.
 */
#ifndef WIMPLAN_PLAN_DECODE_VALUES_H
#define WIMPLAN_PLAN_DECODE_VALUES_H

#include "wimplan/crew.h"
#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/plan.h"
#include "wimplan/wim.h"

#include <jansson.h>

struct wp_decoder {
	struct wp_arena *arena;   /* where texts go, also those of damage */
	const char *package_id;   /* of the entry that is decoded, to be named with its damage; NULL outside of one */
	const char *damage;       /* the first that was found; NULL while all is well */
};

void wp_decode_fail(struct wp_decoder *decoder, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Values that have to be there. */
const char *wp_decode_text(struct wp_decoder *decoder, const json_t *object, const char *key);
uint64_t wp_decode_u64(struct wp_decoder *decoder, const json_t *object, const char *key);
bool wp_decode_bool(struct wp_decoder *decoder, const json_t *object, const char *key);
const json_t *wp_decode_array(struct wp_decoder *decoder, const json_t *object, const char *key);

/* Values that may be null or absent. */
const char *wp_decode_optional_text(struct wp_decoder *decoder, const json_t *object, const char *key);
struct wp_number wp_decode_optional_number(struct wp_decoder *decoder, const json_t *object, const char *key);
/* An image's index, from 1 on; 0 when there is none. */
uint32_t wp_decode_optional_index(struct wp_decoder *decoder, const json_t *object, const char *key);
/* "sha256:" and 64 digits; "" when there is none. */
void wp_decode_optional_hash(struct wp_decoder *decoder, const json_t *object, const char *key,
			     char ret[WP_HASH_TEXT]);

/* A member of an object. */
struct wp_member {
	const char *key;
	struct wp_json_span span; /* of its value */
};

/* Lists the members of the object at @span (NULL: of the document), sorted as the canonical form has them, in @arena. */
int wp_members_list(const struct wp_json_doc *doc, const struct wp_json_span *span, struct wp_arena *arena,
		    struct wp_member **ret_members, size_t *ret_count, struct wp_error *err);

/* Adds what stands in front of a member's value to @hash; @first: and in front of the first member. */
void wp_digest_key(struct wp_sha256 *hash, const char *key, bool first);

/* Parses a member's value into @object and adds it to @hash, when that is not NULL. */
int wp_digest_member(struct wp_sha256 *hash, const struct wp_json_doc *doc, const struct wp_member *member, json_t *object,
		     struct wp_error *err);

/* Adds a value; and the end of a list in front of whose next item @before would stand: "[" where there was none. */
void wp_digest_value(struct wp_sha256 *hash, const json_t *value);
void wp_digest_items_end(struct wp_sha256 *hash, const char *before);

/* Gets an item of an array. */
typedef void wp_digest_item(void *context, const json_t *item);

/* Adds the array at @span to @hash, in memory one item at a time, and gives each to @take. */
int wp_digest_items(struct wp_sha256 *hash, const struct wp_json_doc *doc, struct wp_json_span span, wp_digest_item *take,
		    void *context, struct wp_error *err);

/* Fills what the body has besides its entries. Unknown keys are passed over. */
void wp_plan_decode_body(struct wp_decoder *decoder, const json_t *body, struct wp_plan *plan);

/* Fills @entry, which is all zeros, from an item of "changes" or of "unchanged". */
void wp_plan_decode_entry(struct wp_decoder *decoder, const json_t *object, bool unchanged,
			  struct wp_entry *entry);

/* Fills what follows from the rest of @entry, and finds fault where its status does not go with that. */
void wp_plan_finish_entry(struct wp_decoder *decoder, struct wp_entry *entry, bool unchanged);

/*
 * Fills @entry, which is all zeros, from its text where that is, byte by byte, what wp_plan_entry_text() would make of it: then it is
 * JSON, its canonical form is known, and nothing is wrong with it. False where it is not, and @entry is no use.
 */
bool wp_plan_scan_entry(struct wp_arena *arena, const char *line, size_t length, bool unchanged, struct wp_entry *entry);

/* Gets an entry, and what is wrong with it or NULL. */
typedef void wp_plan_take_entry(void *context, const struct wp_entry *entry, const char *damage);

/*
 * Adds the list of entries at @span to @hash and gives each to @take, in their order; what the entries hold goes into @arena.
 * @crew may be NULL.
 */
int wp_plan_read_entries(const struct wp_crew *crew, struct wp_arena *arena, struct wp_sha256 *hash,
			 const struct wp_json_doc *doc, struct wp_json_span span, bool unchanged, wp_plan_take_entry *take,
			 void *context, struct wp_error *err);

/* An entry for each package of which it is known, in execution order. New reference. */
json_t *wp_plan_contents_json(const struct wp_plan *plan);

/* What a plan file says of a package's content. In the arena of the decoder that read it. */
struct wp_plan_content {
	const char *package_id; /* NULL only in what is damaged */
	const struct wp_content_change *change;
};
struct wp_plan_contents {
	struct wp_plan_content *items;
	size_t count;
};

/* Fills @ret from an item of "contents"; groups that are not known are passed over. */
void wp_plan_decode_content(struct wp_decoder *decoder, const json_t *object, struct wp_plan_content *ret);

/* Gives the entries of @plan what is said of them; packages that it does not have are passed over. */
void wp_plan_give_contents(struct wp_plan *plan, const struct wp_plan_contents *contents);

struct wp_tally {
	struct wp_summary summary;
	bool applyable; /* an entry has a call that may be made */
	bool unjudged;  /* a package is blocked by a gate that leaves the plan incomplete */
	bool foreign;   /* one is blocked by what this version does not know, so that nobody can say what it leaves */
	uint64_t *packages; /* the PackageIDs of all entries, as numbers; owned */
	size_t package_count, package_room;
};

/* The entry has a PackageID (wp_is_package_id()). */
void wp_tally_add(struct wp_tally *tally, const struct wp_entry *entry);

/*
 * Finds fault where @plan says of itself what its entries do not say, or has a package twice. @known_version: nothing
 * that this program does not know may leave it incomplete.
 */
void wp_tally_check(struct wp_tally *tally, const struct wp_plan *plan, bool known_version,
		    struct wp_decoder *decoder);

void wp_tally_free(struct wp_tally *tally);

#endif
