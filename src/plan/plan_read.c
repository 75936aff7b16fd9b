/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a plan file: refuses what is no plan of a known format or was changed, and decodes it. Its lists are parsed item
 * by item: as JSON a plan takes many times the memory of what is kept of it.
 */
#include "notes.h"
#include "decode.h"
#include "plan_json.h"

#include "wimplan/limits.h"

#include <string.h>

struct reader {
	const struct wp_crew *crew;
	const struct wp_json_doc *doc;
	const char *subject;
	struct wp_plan *plan;
	struct wp_decoder decoder;
	struct wp_arena *scratch;
	/* The entries of "changes" and of "unchanged", each in order of execution. */
	struct wp_entry *entries[2];
	size_t counts[2];
	struct wp_plan_contents contents;
	uint64_t minor;   /* of format_version */
	json_t *envelope; /* what stands beside the body */
	json_t *body;     /* the body without its entries */
	struct wp_sha256 *digest; /* of the object that is read */
	struct wp_tally tally;
};

/* A text that is no JSON is no plan. */
static int fail_text(struct wp_error *err, const struct wp_error *why)
{
	return wp_fail(err, WP_E_REFUSED, "not-a-plan", why->subject, "%s", why->message);
}

/* Takes an item of "changes" or "unchanged". Whether the digest is right is known only when all were read. */
static void take_entry(struct reader *reader, const struct wp_entry *entry, bool unchanged, const char *damage)
{
	if (!reader->decoder.damage)
		reader->decoder.damage = damage;
	if (reader->decoder.damage)
		return;
	wp_tally_add(&reader->tally, entry);
	*WP_PUSH(reader->scratch, reader->entries[unchanged], reader->counts[unchanged]) = *entry;
}

static void take_change(void *reader, const struct wp_entry *entry, const char *damage)
{
	take_entry(reader, entry, false, damage);
}

static void take_unchanged(void *reader, const struct wp_entry *entry, const char *damage)
{
	take_entry(reader, entry, true, damage);
}

static void take_note(void *context, const json_t *item)
{
	struct reader *reader = context;
	struct wp_plan *plan = reader->plan;

	wp_plan_decode_note(&reader->decoder, item, WP_PUSH(plan->arena, plan->notes, plan->note_count));
}

static void take_content(void *context, const json_t *item)
{
	struct reader *reader = context;

	wp_plan_decode_content(&reader->decoder, item,
			       WP_PUSH(reader->scratch, reader->contents.items, reader->contents.count));
}

/* What a later version lists beside the body: nobody knows it here. */
static void pass_over(void *context, const json_t *item)
{
	(void)context;
	(void)item;
}

/* The lists beside the body that are known. */
static const struct {
	const char *key;
	wp_digest_item *take;
} lists[] = {
	{ "contents", take_content },
	{ "notes", take_note },
};

static int take_body_member(struct reader *reader, const struct wp_member *member, struct wp_error *err)
{
	bool unchanged = !strcmp(member->key, "unchanged");

	if ((!unchanged && strcmp(member->key, "changes")) || wp_json_doc_first(reader->doc, member->span) != '[')
		return wp_digest_member(reader->digest, reader->doc, member, reader->body, err);
	/* That it was there is all that is asked later. */
	wp_json_set(reader->body, member->key, json_array());
	return wp_plan_read_entries(reader->crew, reader->plan->arena, reader->digest, reader->doc, member->span, unchanged,
				    unchanged ? take_unchanged : take_change, reader, err);
}

/* A list beside the body may be as long as the plan: it is read as the entries are, one item at a time. */
static int take_beside_member(struct reader *reader, const struct wp_member *member, struct wp_error *err)
{
	bool array = wp_json_doc_first(reader->doc, member->span) == '[';
	wp_digest_item *take = pass_over;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (strcmp(member->key, lists[i].key) != 0)
			continue;
		take = lists[i].take;
		if (!array)
			wp_decode_fail(&reader->decoder, "%s is no array", member->key);
	}
	if (!array)
		return wp_digest_member(reader->digest, reader->doc, member, reader->envelope, err);
	return wp_digest_items(reader->digest, reader->doc, member->span, take, reader, err);
}

/*
 * Reads all but the body, whose place goes into @ret_body; of length 0 when there is no object. The digest is over
 * what is neither the body nor a digest itself.
 */
static int read_envelope(struct reader *reader, struct wp_json_span *ret_body, char ret_digest[WP_HASH_TEXT],
			 struct wp_error *err)
{
	struct wp_json_span whole = { .length = reader->doc->length };
	json_t *value __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_member *members;
	bool first = true;
	size_t count;
	int status;

	*ret_body = (struct wp_json_span){ 0 };
	if (wp_json_doc_first(reader->doc, whole) != '{')
		return wp_json_doc_parse(reader->doc, whole, &value, err);
	status = wp_members_list(reader->doc, NULL, reader->scratch, &members, &count, err);
	reader->digest = wp_sha256_new();
	for (size_t i = 0; i < count && !status; i++) {
		const struct wp_member *member = &members[i];

		if (!strcmp(member->key, "body")) {
			if (wp_json_doc_first(reader->doc, member->span) == '{')
				*ret_body = member->span;
		} else if (!strcmp(member->key, "plan_id") || !strcmp(member->key, "beside_id")) {
			status = wp_digest_member(NULL, reader->doc, member, reader->envelope, err);
		} else {
			wp_digest_key(reader->digest, member->key, first);
			first = false;
			status = take_beside_member(reader, member, err);
		}
	}
	wp_sha256_add(reader->digest, "}", 1);
	wp_sha256_finish(reader->digest, ret_digest);
	return status;
}

/* Reads the body in the order that its digest is taken in. */
static int read_body(struct reader *reader, struct wp_json_span span, char ret_digest[WP_HASH_TEXT],
		     struct wp_error *err)
{
	struct wp_member *members;
	size_t count;
	int status = wp_members_list(reader->doc, &span, reader->scratch, &members, &count, err);

	if (status)
		return status;
	reader->digest = wp_sha256_new();
	for (size_t i = 0; i < count && !status; i++) {
		wp_digest_key(reader->digest, members[i].key, !i);
		status = take_body_member(reader, &members[i], err);
	}
	wp_sha256_add(reader->digest, count ? "}" : "{}", count ? 1 : 2);
	wp_sha256_finish(reader->digest, ret_digest);
	return status;
}

static int check_format(struct reader *reader, struct wp_error *err)
{
	const char *format = wp_json_get_text(reader->envelope, "format"), *subject = reader->subject;

	switch (wp_json_format(reader->envelope, WP_PLAN_FORMAT, WP_PLAN_MAJOR, &reader->minor)) {
	case WP_FORMAT_KNOWN:
		return WP_OK;
	case WP_FORMAT_OTHER:
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject,
			       "%s is not a plan: its format is %s%s%s and not \"" WP_PLAN_FORMAT
			       "\"; give a file that 'wimplan plan' wrote",
			       subject, format ? "\"" : "", format ? format : "missing", format ? "\"" : "");
	case WP_FORMAT_NO_VERSION:
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject,
			       "%s: format_version is not of the form \"major.minor\"; give a file that 'wimplan plan' "
			       "wrote",
			       subject);
	case WP_FORMAT_OTHER_VERSION:
		break;
	}
	return wp_fail(err, WP_E_REFUSED, "unknown-version", subject,
		       "%s has format version %s, and this program reads %u.x; use the version that made it, or plan "
		       "again",
		       subject, wp_json_get_text(reader->envelope, "format_version"), WP_PLAN_MAJOR);
}

/* What stands beside the body, but for the lists. */
static void decode_envelope(struct reader *reader)
{
	struct wp_plan *plan = reader->plan;
	const json_t *envelope = reader->envelope, *tool = json_object_get(envelope, "tool");

	plan->tool_version = wp_arena_strdup(plan->arena, wp_json_get_text(tool, "version"));
	plan->created_at = wp_time_parse(wp_json_get_text(envelope, "created_at"));
	plan->created_by = wp_arena_strdup(plan->arena, wp_json_get_text(envelope, "created_by"));
	if (json_is_object(json_object_get(envelope, "estimates")))
		plan->estimates = json_incref(json_object_get(envelope, "estimates"));
	if (json_is_object(json_object_get(envelope, "site")))
		plan->site = json_incref(json_object_get(envelope, "site"));
	plan->snapshot_taken_at = wp_time_parse(wp_json_get_text(envelope, "snapshot_taken_at"));
	if (!plan->tool_version || !plan->created_by)
		wp_decode_fail(&reader->decoder, "it does not say which tool and which user made it");
}

static const char *decode(struct reader *reader)
{
	const char *lists_damage = reader->decoder.damage;

	reader->decoder.damage = NULL;
	decode_envelope(reader);
	wp_plan_decode_body(&reader->decoder, reader->body, reader->plan);
	if (reader->decoder.damage || lists_damage)
		return reader->decoder.damage ? reader->decoder.damage : lists_damage;
	wp_tally_check(&reader->tally, reader->plan, reader->minor <= WP_PLAN_MINOR, &reader->decoder);
	return reader->decoder.damage;
}

static int fail_digest(const struct reader *reader, const char *what, const char *claimed, const char *is,
		       struct wp_error *err)
{
	return wp_fail(err, WP_E_REFUSED, "digest-mismatch", reader->subject,
		       "%s was changed after it was made: %s claims to be %s and is %s; plan again", reader->subject,
		       what, claimed, is);
}

/* A digest that is there has to be right; without one, as before 1.1, what stands beside the body is not covered. */
static int check_beside(struct reader *reader, const char *digest, struct wp_error *err)
{
	const json_t *claimed = json_object_get(reader->envelope, "beside_id");

	reader->plan->beside_covered = claimed != NULL;
	if (claimed && (!json_is_string(claimed) || strcmp(json_string_value(claimed), digest) != 0))
		return fail_digest(reader, "what stands beside its body",
				   json_is_string(claimed) ? json_string_value(claimed) : "no text", digest, err);
	return WP_OK;
}

static int read_plan(struct reader *reader, struct wp_error *err)
{
	char digest[WP_HASH_TEXT], beside[WP_HASH_TEXT];
	struct wp_json_span body;
	const char *claimed, *damage;
	struct wp_error why;
	int status;

	if (read_envelope(reader, &body, beside, &why))
		return fail_text(err, &why);
	status = check_format(reader, err);
	if (status)
		return status;
	claimed = wp_json_get_text(reader->envelope, "plan_id");
	if (!claimed || !body.length)
		return wp_fail(err, WP_E_REFUSED, "plan-damaged", reader->subject, "%s has no %s; plan again",
			       reader->subject, claimed ? "body" : "plan_id");
	if (read_body(reader, body, digest, &why))
		return fail_text(err, &why);
	if (strcmp(digest, claimed) != 0)
		return fail_digest(reader, "it", claimed, digest, err);
	status = check_beside(reader, beside, err);
	if (status)
		return status;
	memcpy(reader->plan->id, digest, sizeof digest);
	damage = decode(reader);
	if (damage)
		return wp_fail(err, WP_E_REFUSED, "plan-damaged", reader->subject,
			       "%s is not a whole plan: %s; plan again", reader->subject, damage);
	return WP_OK;
}

/* Whether @a comes before @b in the order of execution. */
static bool comes_first(const struct wp_entry *a, const struct wp_entry *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return strcmp(a->package_id, b->package_id) < 0;
}

/* Together both lists give the order that the plan was made in. */
static void merge(const struct reader *reader)
{
	struct wp_plan *plan = reader->plan;
	const size_t *counts = reader->counts;
	size_t at[2] = { 0, 0 };

	plan->entry_count = counts[0] + counts[1];
	plan->entries = wp_arena_alloc(plan->arena, plan->entry_count * sizeof *plan->entries);
	for (size_t i = 0; i < plan->entry_count; i++) {
		bool unchanged = at[0] == counts[0] ||
				 (at[1] < counts[1] &&
				  comes_first(&reader->entries[1][at[1]], &reader->entries[0][at[0]]));

		plan->entries[i] = reader->entries[unchanged][at[unchanged]++];
	}
}

int wp_plan_parse(const struct wp_crew *crew, const char *text, size_t length, const char *subject,
		  struct wp_plan **ret_plan, struct wp_error *err)
{
	static const char wim[] = "MSWIM";
	const struct wp_json_doc doc = { .text = text, .length = length, .subject = subject };
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_arena *arena = wp_arena_new();
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = wp_arena_alloc(arena, sizeof *plan);
	json_t *envelope __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_object());
	json_t *body __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_object());
	struct reader reader = {
		.crew = crew,
		.doc = &doc,
		.subject = subject,
		.plan = plan,
		.decoder = { .arena = arena },
		.scratch = scratch,
		.envelope = envelope,
		.body = body,
	};
	int status;

	plan->arena = arena;
	if (length > WP_LIMIT_DOCUMENT_BYTES)
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject, "%s is larger than any plan: %zu bytes",
			       subject, length);
	/* Who has a .wim at hand may well give that. */
	if (length >= sizeof wim - 1 && !memcmp(text, wim, sizeof wim - 1))
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject, "%s is a WIM and no plan; wimplan inspect shows what it holds",
			       subject);
	status = read_plan(&reader, err);
	wp_tally_free(&reader.tally);
	if (status)
		return status;
	merge(&reader);
	wp_plan_give_contents(plan, &reader.contents);
	*ret_plan = plan;
	plan = NULL;
	return WP_OK;
}
