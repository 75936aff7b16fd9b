/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a plan file: refuses what is no plan of a known format or was changed, and decodes it. The entries are read one
 * at a time, so that a plan of any size takes the memory of one of them, and what its reader keeps.
 */
#include "plan_decode.h"
#include "plan_json.h"
#include "plan_read.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static int fail_version(const char *subject, struct wp_error *err)
{
	return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject,
		       "%s: format_version is not of the form \"major.minor\"; give a file that 'wimplan plan' wrote",
		       subject);
}

static int check_version(const char *version, const char *subject, struct wp_error *err)
{
	const char *dot = version ? strchr(version, '.') : NULL;
	uint64_t major, minor;
	char digits[24];

	/* Two integers, and nothing else: "1.0" is not a decimal fraction. */
	if (!dot || (size_t)(dot - version) >= sizeof digits || version[strspn(version, "0123456789.")])
		return fail_version(subject, err);
	memcpy(digits, version, (size_t)(dot - version));
	digits[dot - version] = '\0';
	if (!wp_parse_u64(digits, false, &major) || !wp_parse_u64(dot + 1, false, &minor))
		return fail_version(subject, err);
	if (major != WP_PLAN_MAJOR)
		return wp_fail(err, WP_E_REFUSED, "unknown-version", subject,
			       "%s has format version %s, and this program reads %u.x; use the version that made it, "
			       "or plan again",
			       subject, version, WP_PLAN_MAJOR);
	return WP_OK;
}

struct member {
	const char *key;
	struct wp_json_span span;
};

struct reader {
	struct wp_json_doc *doc;
	const char *subject;
	struct wp_plan *plan;
	struct wp_plan_decoder decoder;
	bool keep; /* entries stay in the plan's arena */
	wp_plan_visit *visit;
	void *context;
	json_t *envelope; /* what stands around the body; "contents" only with @keep */
	json_t *body;     /* the body without its entries */
	struct wp_sha256 *digest;
	bool applyable; /* an entry has a call that may be made */
};

/* A text that is no JSON is no plan; one that cannot be read is another matter. */
static int fail_text(struct wp_error *err, const struct wp_error *why)
{
	bool json = !strncmp(why->code, "json-", strlen("json-"));

	return wp_fail(err, json ? WP_E_REFUSED : why->status, json ? "not-a-plan" : why->code, why->subject, "%s",
		       why->message);
}

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		abort();
}

/* Parses a member into @object. */
static int take_member(struct reader *reader, const struct member *member, json_t *object, struct wp_error *err)
{
	json_t *value;

	if (wp_json_doc_parse(reader->doc, member->span, NULL, &value, err))
		return WP_E_FAILED;
	set(object, member->key, value);
	return WP_OK;
}

static int parse_only(struct reader *reader, struct wp_json_span span, struct wp_error *err)
{
	json_t *value __attribute__((cleanup(wp_json_freep))) = NULL;

	return wp_json_doc_parse(reader->doc, span, NULL, &value, err);
}

/* What nobody keeps has to be JSON all the same. */
static int pass_over(struct reader *reader, struct wp_json_span span, struct wp_error *err)
{
	struct wp_json_walk walk;
	int status = 0;

	if (wp_json_doc_first(reader->doc, span) != '[')
		return parse_only(reader, span, err);
	wp_json_walk_begin(reader->doc, &span, &walk);
	while (!status && (status = wp_json_walk_next(&walk, err)) > 0)
		status = parse_only(reader, walk.value, err);
	wp_json_walk_end(&walk);
	return status;
}

static void add_canonical(struct reader *reader, const json_t *value)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_canonical(&text, value);
	wp_sha256_add(reader->digest, text.data, text.length);
}

/* Takes an item of "changes" or "unchanged". Whether the digest is right is known only when all were read. */
static int take_entry(struct reader *reader, struct wp_json_span span, bool unchanged, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = reader->keep ? NULL : wp_arena_new();
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *item __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_plan_place place = { .span = span };
	struct wp_entry entry = { 0 };

	if (wp_json_doc_parse(reader->doc, span, &text, &item, err))
		return WP_E_FAILED;
	add_canonical(reader, item);
	reader->decoder.arena = scratch ? scratch : reader->plan->arena;
	if (!reader->decoder.damage)
		wp_plan_decode_entry(&reader->decoder, item, unchanged, &entry);
	if (reader->decoder.damage)
		return WP_OK;
	wp_sha256_text(text.data, text.length, place.digest);
	reader->applyable = reader->applyable || entry.status == WP_ENTRY_CHANGE;
	reader->visit(reader->context, &entry, &place);
	return WP_OK;
}

static int take_entries(struct reader *reader, struct wp_json_span span, bool unchanged, struct wp_error *err)
{
	struct wp_json_walk walk;
	const char *before = "[";
	int status = 0;

	wp_json_walk_begin(reader->doc, &span, &walk);
	while (!status && (status = wp_json_walk_next(&walk, err)) > 0) {
		wp_sha256_add(reader->digest, before, 1);
		before = ",";
		status = take_entry(reader, walk.value, unchanged, err);
	}
	wp_sha256_add(reader->digest, *before == '[' ? "[]" : "]", *before == '[' ? 2 : 1);
	wp_json_walk_end(&walk);
	return status;
}

static int take_body_member(struct reader *reader, const struct member *member, struct wp_error *err)
{
	bool unchanged = !strcmp(member->key, "unchanged");
	json_t *key __attribute__((cleanup(wp_json_freep))) = json_string(member->key);
	int status;

	add_canonical(reader, key);
	wp_sha256_add(reader->digest, ":", 1);
	if ((unchanged || !strcmp(member->key, "changes")) && wp_json_doc_first(reader->doc, member->span) == '[') {
		/* That it was there is all that is asked later. */
		set(reader->body, member->key, json_array());
		return take_entries(reader, member->span, unchanged, err);
	}
	status = take_member(reader, member, reader->body, err);
	if (!status)
		add_canonical(reader, json_object_get(reader->body, member->key));
	return status;
}

/* Lists the members of an object in the document's order. @span NULL: of the document. */
static int list_members(struct reader *reader, const struct wp_json_span *span, struct member **ret_members,
			size_t *ret_count, struct wp_error *err)
{
	struct wp_arena *arena = reader->plan->arena;
	struct wp_json_walk walk;
	int status;

	*ret_members = NULL;
	*ret_count = 0;
	wp_json_walk_begin(reader->doc, span, &walk);
	while ((status = wp_json_walk_next(&walk, err)) > 0)
		*WP_PUSH(arena, *ret_members, *ret_count) = (struct member){
			.key = wp_arena_strdup(arena, wp_buf_text(&walk.key)),
			.span = walk.value,
		};
	wp_json_walk_end(&walk);
	return status;
}

/* Reads all but the body, whose place goes into @ret_body; of length 0 when there is no object. */
static int read_envelope(struct reader *reader, uint64_t length, struct wp_json_span *ret_body, struct wp_error *err)
{
	struct wp_json_span whole = { .length = length };
	struct member *members;
	size_t count;
	int status;

	*ret_body = (struct wp_json_span){ 0 };
	if (wp_json_doc_first(reader->doc, whole) != '{')
		return parse_only(reader, whole, err);
	status = list_members(reader, NULL, &members, &count, err);
	for (size_t i = 0; i < count && !status; i++) {
		const struct member *member = &members[i];

		if (!strcmp(member->key, "body") && wp_json_doc_first(reader->doc, member->span) == '{')
			*ret_body = member->span;
		else if (!strcmp(member->key, "contents") && !reader->keep)
			status = pass_over(reader, member->span, err);
		else
			status = take_member(reader, member, reader->envelope, err);
	}
	return status;
}

/* Reads the body in the order that its digest is taken in, and gives its entries away. */
static int read_body(struct reader *reader, struct wp_json_span span, char ret_digest[WP_HASH_TEXT],
		     struct wp_error *err)
{
	struct member *members;
	size_t count;
	int status = list_members(reader, &span, &members, &count, err);

	if (status)
		return status;
	/* The key is a member's first field. */
	if (count)
		qsort(members, count, sizeof *members, wp_json_compare_keys);
	reader->digest = wp_sha256_new();
	for (size_t i = 0; i < count && !status; i++) {
		wp_sha256_add(reader->digest, i ? "," : "{", 1);
		status = take_body_member(reader, &members[i], err);
	}
	wp_sha256_add(reader->digest, count ? "}" : "{}", count ? 1 : 2);
	wp_sha256_finish(reader->digest, ret_digest);
	return status;
}

static int check_format(const json_t *envelope, const char *subject, struct wp_error *err)
{
	const char *format = wp_json_get_text(envelope, "format");

	if (!format || strcmp(format, WP_PLAN_FORMAT) != 0)
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject,
			       "%s is not a plan: its format is %s%s%s and not \"" WP_PLAN_FORMAT
			       "\"; give a file that "
			       "'wimplan plan' wrote",
			       subject, format ? "\"" : "", format ? format : "missing", format ? "\"" : "");
	return check_version(wp_json_get_text(envelope, "format_version"), subject, err);
}

/* What stands around the body. */
static void decode_envelope(struct reader *reader)
{
	struct wp_plan *plan = reader->plan;
	const json_t *envelope = reader->envelope, *tool = json_object_get(envelope, "tool");

	plan->tool_version = wp_arena_strdup(plan->arena, wp_json_get_text(tool, "version"));
	plan->created_at = wp_time_parse(wp_json_get_text(envelope, "created_at"));
	plan->created_by = wp_arena_strdup(plan->arena, wp_json_get_text(envelope, "created_by"));
	plan->snapshot_taken_at = wp_time_parse(wp_json_get_text(envelope, "snapshot_taken_at"));
	if (!plan->tool_version || !plan->created_by)
		reader->decoder.damage = "it does not say which tool and which user made it";
}

static const char *decode(struct reader *reader)
{
	const char *entries = reader->decoder.damage;

	reader->decoder.damage = NULL;
	reader->decoder.arena = reader->plan->arena;
	decode_envelope(reader);
	wp_plan_decode_body(&reader->decoder, reader->body, reader->plan);
	if (reader->decoder.damage)
		return reader->decoder.damage;
	if (!entries && reader->plan->applyable != reader->applyable)
		return "applyable does not go with its changes";
	return entries;
}

static int read_plan(struct reader *reader, uint64_t length, struct wp_error *err)
{
	char digest[WP_HASH_TEXT];
	struct wp_json_span body;
	const char *claimed, *damage;
	struct wp_error why;
	int status;

	if (read_envelope(reader, length, &body, &why))
		return fail_text(err, &why);
	status = check_format(reader->envelope, reader->subject, err);
	if (status)
		return status;
	claimed = wp_json_get_text(reader->envelope, "plan_id");
	if (!claimed || !body.length)
		return wp_fail(err, WP_E_REFUSED, "plan-damaged", reader->subject, "%s has no %s; plan again",
			       reader->subject, claimed ? "body" : "plan_id");
	if (read_body(reader, body, digest, &why))
		return fail_text(err, &why);
	if (strcmp(digest, claimed) != 0)
		return wp_fail(err, WP_E_REFUSED, "digest-mismatch", reader->subject,
			       "%s was changed after it was made: it claims to be %s and is %s; plan again",
			       reader->subject, claimed, digest);
	memcpy(reader->plan->id, digest, sizeof digest);
	damage = decode(reader);
	if (damage)
		return wp_fail(err, WP_E_REFUSED, "plan-damaged", reader->subject,
			       "%s is not a whole plan: %s; plan again", reader->subject, damage);
	return WP_OK;
}

int wp_plan_read_document(struct wp_json_doc *doc, bool keep, wp_plan_visit *visit, void *context,
			  struct wp_plan **ret_plan, json_t **ret_contents, struct wp_error *err)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_plan *plan = wp_arena_alloc(arena, sizeof *plan);
	json_t *envelope __attribute__((cleanup(wp_json_freep))) = json_object();
	json_t *body __attribute__((cleanup(wp_json_freep))) = json_object();
	struct reader reader = {
		.doc = doc,
		.subject = wp_json_doc_subject(doc),
		.plan = plan,
		.decoder = { .lasting = arena },
		.keep = keep,
		.visit = visit,
		.context = context,
		.envelope = envelope,
		.body = body,
	};
	int status;

	plan->arena = arena;
	status = read_plan(&reader, wp_json_doc_length(doc), err);
	if (status) {
		wp_plan_free(plan);
		return status;
	}
	if (ret_contents)
		*ret_contents = json_incref(json_object_get(envelope, "contents"));
	*ret_plan = plan;
	return WP_OK;
}

int wp_plan_read(struct wp_json_doc *doc, wp_plan_visit *visit, void *context, struct wp_plan **ret_plan,
		 struct wp_error *err)
{
	return wp_plan_read_document(doc, false, visit, context, ret_plan, NULL, err);
}

int wp_plan_read_entry(struct wp_json_doc *doc, const struct wp_plan_place *place, struct wp_arena *arena,
		       struct wp_entry *ret, struct wp_error *err)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *item __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_plan_decoder decoder = { .arena = arena, .lasting = arena };
	char digest[WP_HASH_TEXT] = "";
	struct wp_error why;

	if (wp_json_doc_parse(doc, place->span, &text, &item, &why) && !text.length)
		return fail_text(err, &why);
	wp_sha256_text(text.data, text.length, digest);
	if (!item || strcmp(digest, place->digest) != 0)
		return wp_fail(err, WP_E_REFUSED, "plan-changed", wp_json_doc_subject(doc),
			       "%s was changed while it was in use; plan again", wp_json_doc_subject(doc));
	memset(ret, 0, sizeof *ret);
	wp_plan_decode_entry(&decoder, item, false, ret);
	return WP_OK;
}
