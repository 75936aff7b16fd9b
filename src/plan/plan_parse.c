/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a plan file: refuses what is no plan of a known format or was changed, then decodes it. */
#include "contents_json.h"
#include "plan_decode.h"
#include "plan_json.h"

#include "wimplan/limits.h"
#include "wimplan/text.h"

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

static int check_document(const json_t *document, const char *subject, struct wp_error *err)
{
	const char *format = wp_json_get_text(document, "format"), *claimed = wp_json_get_text(document, "plan_id");
	const json_t *body = json_object_get(document, "body");
	char digest[WP_HASH_TEXT];
	int status;

	if (!format || strcmp(format, WP_PLAN_FORMAT) != 0)
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject,
			       "%s is not a plan: its format is %s%s%s and not \"" WP_PLAN_FORMAT
			       "\"; give a file that "
			       "'wimplan plan' wrote",
			       subject, format ? "\"" : "", format ? format : "missing", format ? "\"" : "");
	status = check_version(wp_json_get_text(document, "format_version"), subject, err);
	if (status)
		return status;
	if (!json_is_object(body) || !claimed)
		return wp_fail(err, WP_E_REFUSED, "plan-damaged", subject, "%s has no %s; plan again", subject,
			       claimed ? "body" : "plan_id");
	wp_plan_digest(body, digest);
	if (strcmp(digest, claimed) != 0)
		return wp_fail(err, WP_E_REFUSED, "digest-mismatch", subject,
			       "%s was changed after it was made: it claims to be %s and is %s; plan again", subject,
			       claimed, digest);
	return WP_OK;
}

/* What stands around the body. Returns NULL, or what is wrong with it. */
static const char *decode_envelope(struct wp_plan *plan, const json_t *document)
{
	const json_t *tool = json_object_get(document, "tool");

	plan->tool_version = wp_arena_strdup(plan->arena, wp_json_get_text(tool, "version"));
	plan->created_at = wp_time_parse(wp_json_get_text(document, "created_at"));
	plan->created_by = wp_arena_strdup(plan->arena, wp_json_get_text(document, "created_by"));
	plan->snapshot_taken_at = wp_time_parse(wp_json_get_text(document, "snapshot_taken_at"));
	return plan->tool_version && plan->created_by ? NULL : "it does not say which tool and which user made it";
}

int wp_plan_parse(const char *text, size_t length, const char *subject, struct wp_plan **ret_plan,
		  struct wp_error *err)
{
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_arena *arena;
	struct wp_plan *plan;
	struct wp_error why;
	const char *damage;
	int status;

	if (length > WP_LIMIT_DOCUMENT_BYTES)
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject, "%s is larger than any plan: %zu bytes",
			       subject, length);
	if (wp_json_parse(text, length, subject, &document, &why))
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject, "%s", why.message);
	status = check_document(document, subject, err);
	if (status)
		return status;
	arena = wp_arena_new();
	plan = wp_arena_alloc(arena, sizeof *plan);
	plan->arena = arena;
	memcpy(plan->id, wp_json_get_text(document, "plan_id"), sizeof "sha256:" - 1 + 64);
	damage = decode_envelope(plan, document);
	if (!damage)
		damage = wp_plan_decode_body(plan, json_object_get(document, "body"));
	if (!damage)
		wp_plan_decode_contents(plan, json_object_get(document, "contents"));
	if (damage) {
		status = wp_fail(err, WP_E_REFUSED, "plan-damaged", subject, "%s is not a whole plan: %s; plan again",
				 subject, damage);
		wp_plan_free(plan);
		return status;
	}
	*ret_plan = plan;
	return WP_OK;
}
