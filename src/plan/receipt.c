/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Receipts: their outcomes and keys, written and read. They are read strictly: a baseline that rests on a misread receipt
 * would hide a stale package.
 */
#include "receipt_keys.h"

#include "wimplan/receipt.h"

#include <string.h>

#define MAJOR_VERSION 1

/* @unrecorded: why a step with this outcome says nothing about what is distributed. */
static const struct {
	const char *name, *meaning, *unrecorded;
} outcomes[WP_OUTCOMES] = {
	[WP_OUTCOME_DONE] = { "done", "It was called, and its effect was seen in the record.", NULL },
	[WP_OUTCOME_SATISFIED] = { "satisfied",
				   "It was not called: the record was as the plan wants it already.",
				   "somebody else did it before, so what was sent then is not known" },
	[WP_OUTCOME_UNVERIFIED] = { "unverified",
				    "The site accepted the call, but its effect was not seen in time. The next run looks "
				    "for it and does not send it again.",
				    "the site accepted the call, but nobody saw the result" },
	[WP_OUTCOME_FAILED] = { "failed",
				"The site refused it, or it had no effect. The next run tries it again.",
				"the site refused it" },
	[WP_OUTCOME_CONFLICT] = { "conflict",
				  "It was not called: the record is neither as the plan found it nor as it wants it. "
				  "Make another plan.",
				  "nothing was sent" },
	[WP_OUTCOME_SKIPPED] = { "skipped",
				 "It was not called: left over, left out, or the reload of the same package was not "
				 "done.",
				 "nothing was sent" },
	[WP_OUTCOME_UNKNOWN] = { "unknown",
				 "It is not known whether the call reached the site. The next run looks it up.",
				 "it is not known whether the call reached the site" },
};

const char *wp_outcome_name(enum wp_outcome outcome)
{
	return outcomes[outcome].name;
}

const char *wp_outcome_meaning(enum wp_outcome outcome)
{
	return outcomes[outcome].meaning;
}

const char *wp_outcome_unrecorded(enum wp_outcome outcome)
{
	return outcomes[outcome].unrecorded;
}

bool wp_outcome_is_good(enum wp_outcome outcome)
{
	return outcome == WP_OUTCOME_DONE || outcome == WP_OUTCOME_SATISFIED;
}

json_t *wp_receipt_step_json(const struct wp_receipt_step *step, const char *outcome)
{
	json_t *object = wp_json_object(
		"package_id", wp_json_text(step->package_id), "action", wp_json_text(wp_action_name(step->action)), "outcome",
		wp_json_text(outcome), "looked_up", json_boolean(step->looked_up), "return_value",
		step->has_return_value ? json_integer(step->return_value) : json_null(), "started_at",
		wp_json_time(step->started_at), "finished_at", wp_json_time(step->finished_at), "attempts",
		wp_json_u64(step->attempts), "source_version_before", wp_json_number(step->source_version_before),
		"source_version_after", wp_json_number(step->source_version_after), "content_id", wp_json_hash(step->content_id),
		"file_id", wp_json_hash(step->file_id), "error", wp_json_text(step->error), NULL);

	if (step->distribution)
		wp_json_set(object, "distribution", wp_receipt_distribution_json(step->distribution));
	return object;
}

json_t *wp_receipt_json(const struct wp_receipt *receipt, const char *format, json_t *steps)
{
	/* 1.1 brought "by", which only a receipt has. */
	json_t *document = wp_json_document(format, strcmp(format, WP_RECEIPT_FORMAT) ? "1.0" : "1.1");

	wp_json_set(document, "plan_id", wp_json_text(receipt->plan_id));
	wp_json_set(document, "site_code", wp_json_text(receipt->site_code));
	wp_json_set(document, "provider", wp_json_text(receipt->provider));
	if (receipt->by)
		wp_json_set(document, "by", wp_json_text(receipt->by));
	wp_json_put(document, "started_at", wp_json_time(receipt->started_at),
			      "finished_at", wp_json_time(receipt->finished_at), "steps", steps, NULL);
	return document;
}

static const struct wp_key receipt_keys[] = {
	{ "plan_id", WP_KEY_DIGEST },
	{ "site_code", WP_KEY_SITE_CODE },
	{ "provider", WP_KEY_TEXT },
	{ "started_at", WP_KEY_TIME_OR_NULL },
	{ "finished_at", WP_KEY_TIME_OR_NULL },
	{ "steps", WP_KEY_LIST },
};

/* Since 1.1, as "distribution" of a step. */
static const struct wp_key by_key = { "by", WP_KEY_TEXT };

static const struct wp_key step_keys[] = {
	{ "package_id", WP_KEY_PACKAGE_ID },
	{ "action", WP_KEY_TEXT },
	{ "outcome", WP_KEY_TEXT },
	{ "looked_up", WP_KEY_BOOLEAN },
	{ "return_value", WP_KEY_INTEGER_OR_NULL },
	{ "started_at", WP_KEY_TIME_OR_NULL },
	{ "finished_at", WP_KEY_TIME_OR_NULL },
	{ "attempts", WP_KEY_COUNT },
	{ "source_version_before", WP_KEY_COUNT_OR_NULL },
	{ "source_version_after", WP_KEY_COUNT_OR_NULL },
	{ "content_id", WP_KEY_DIGEST_OR_NULL },
	{ "file_id", WP_KEY_DIGEST_OR_NULL },
	{ "error", WP_KEY_ANY },
};

static int check_format(const json_t *document, const char *subject, struct wp_error *err)
{
	const char *format = wp_json_get_text(document, "format"),
		   *version = wp_json_get_text(document, "format_version");
	enum wp_format known = wp_json_format(document, WP_RECEIPT_FORMAT, MAJOR_VERSION, NULL);

	if (known == WP_FORMAT_KNOWN)
		return WP_OK;
	if (known == WP_FORMAT_OTHER)
		return wp_fail(err, WP_E_REFUSED, "not-a-receipt", subject,
			       "%s is no receipt of wimplan-apply: its format is %s", subject,
			       format ? format : "not given");
	return wp_fail(err, WP_E_REFUSED, "unknown-version", subject,
		       "%s has format version %s, but this wimplan reads %d.x", subject, version ? version : "(none)",
		       MAJOR_VERSION);
}

static bool find_outcome(const char *name, enum wp_outcome *ret)
{
	for (size_t i = 0; i < WP_OUTCOMES; i++) {
		if (strcmp(outcomes[i].name, name))
			continue;
		*ret = (enum wp_outcome)i;
		return true;
	}
	return false;
}

static struct wp_number number_of(const json_t *object, const char *key)
{
	struct wp_number number = { 0 };

	number.known = wp_json_get_u64(object, key, &number.value);
	return number;
}

static int parse_distribution(struct wp_arena *arena, const json_t *json, const char *step, const char *subject,
			      struct wp_receipt_step *ret, struct wp_error *err)
{
	const json_t *distribution = json_object_get(json, "distribution");
	struct wp_receipt_distribution *kept;

	if (!distribution || json_is_null(distribution))
		return WP_OK;
	ret->distribution = kept = wp_arena_alloc(arena, sizeof *kept);
	return wp_receipt_distribution_parse(arena, distribution, subject,
					     wp_arena_printf(arena, "the distribution of %s", step), kept, err);
}

static int parse_step(struct wp_arena *arena, const json_t *json, size_t number, const char *subject,
		      struct wp_receipt_step *ret, struct wp_error *err)
{
	const char *what = wp_arena_printf(arena, "step %zu", number), *action, *outcome;
	int status = WP_KEYS_CHECK(json, step_keys, subject, what, err);

	if (status)
		return status;
	action = wp_json_get_text(json, "action");
	outcome = wp_json_get_text(json, "outcome");
	if (!strcmp(action, wp_action_name(WP_ACTION_RELOAD)))
		ret->action = WP_ACTION_RELOAD;
	else if (!strcmp(action, wp_action_name(WP_ACTION_REFRESH)))
		ret->action = WP_ACTION_REFRESH;
	else
		return wp_fail(err, WP_E_REFUSED, "bad-receipt", subject,
			       "%s: %s has the unknown action %s", subject, what, action);
	if (!find_outcome(outcome, &ret->outcome))
		return wp_fail(err, WP_E_REFUSED, "bad-receipt", subject,
			       "%s: %s has the unknown outcome %s", subject, what, outcome);
	ret->package_id = wp_arena_strdup(arena, wp_json_get_text(json, "package_id"));
	ret->looked_up = json_is_true(json_object_get(json, "looked_up"));
	ret->has_return_value = json_is_integer(json_object_get(json, "return_value"));
	ret->return_value = json_integer_value(json_object_get(json, "return_value"));
	ret->started_at = wp_time_parse(wp_json_get_text(json, "started_at"));
	ret->finished_at = wp_time_parse(wp_json_get_text(json, "finished_at"));
	wp_json_get_u64(json, "attempts", &ret->attempts);
	ret->source_version_before = number_of(json, "source_version_before");
	ret->source_version_after = number_of(json, "source_version_after");
	ret->content_id = wp_arena_strdup(arena, wp_json_get_text(json, "content_id"));
	ret->file_id = wp_arena_strdup(arena, wp_json_get_text(json, "file_id"));
	ret->error = wp_arena_strdup(arena, wp_json_get_text(json, "error"));
	if (ret->action == WP_ACTION_REFRESH)
		status = parse_distribution(arena, json, what, subject, ret, err);
	if (status)
		return status;
	/* A verified refresh without these two says nothing that could be kept. */
	if (ret->action == WP_ACTION_REFRESH && ret->outcome == WP_OUTCOME_DONE &&
	    (!ret->source_version_after.known || !ret->content_id))
		return wp_fail(err, WP_E_REFUSED, "bad-receipt", subject,
			       "%s: step %zu (%s) is a refresh that is done, but its %s is null",
			       subject, number, ret->package_id,
			       ret->content_id ? "source_version_after" : "content_id");
	/* Done means that somebody has seen SourceVersion grow. */
	if (ret->action == WP_ACTION_REFRESH && ret->outcome == WP_OUTCOME_DONE && ret->source_version_before.known &&
	    ret->source_version_after.value <= ret->source_version_before.value)
		return wp_fail(err, WP_E_REFUSED, "bad-receipt", subject,
			       "%s: step %zu (%s) is a refresh that is done, but its SourceVersion has not grown",
			       subject, number, ret->package_id);
	return WP_OK;
}

static int compare_steps(const void *a, const void *b)
{
	const struct wp_receipt_step *const *x = a, *const *y = b;
	int order = strcmp((*x)->package_id, (*y)->package_id);

	return order ? order : (int)(*x)->action - (int)(*y)->action;
}

/* A plan has each call once, so a receipt that has one twice says two things about it. */
static int check_once(const struct wp_receipt *receipt, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_receipt_step **sorted = wp_arena_alloc(scratch, receipt->count * sizeof *sorted);

	for (size_t i = 0; i < receipt->count; i++)
		sorted[i] = &receipt->steps[i];
	WP_SORT(sorted, receipt->count, compare_steps);
	for (size_t i = 1; i < receipt->count; i++)
		if (!compare_steps(&sorted[i - 1], &sorted[i]))
			return wp_fail(err, WP_E_REFUSED, "bad-receipt", receipt->subject,
				       "%s: there are two steps %s of %s", receipt->subject,
				       wp_action_name(sorted[i]->action), sorted[i]->package_id);
	return WP_OK;
}

int wp_receipt_parse(struct wp_arena *arena, const char *text, size_t length, const char *subject,
		     struct wp_receipt *ret, struct wp_error *err)
{
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	const json_t *steps;
	int status = wp_json_parse(text, length, subject, &document, err);

	if (status) /* whatever it is, it is no receipt */
		return err->status = WP_E_REFUSED;
	status = check_format(document, subject, err);
	if (!status)
		status = WP_KEYS_CHECK(document, receipt_keys, subject, "the receipt", err);
	if (!status && json_object_get(document, by_key.name))
		status = wp_keys_check(document, &by_key, 1, subject, "the receipt", err);
	if (status)
		return status;
	steps = json_object_get(document, "steps");
	*ret = (struct wp_receipt){
		.subject = wp_arena_strdup(arena, subject),
		.plan_id = wp_arena_strdup(arena, wp_json_get_text(document, "plan_id")),
		.site_code = wp_arena_strdup(arena, wp_json_get_text(document, "site_code")),
		.provider = wp_arena_strdup(arena, wp_json_get_text(document, "provider")),
		.by = wp_arena_strdup(arena, wp_json_get_text(document, "by")),
		.started_at = wp_time_parse(wp_json_get_text(document, "started_at")),
		.finished_at = wp_time_parse(wp_json_get_text(document, "finished_at")),
	};
	ret->steps = wp_arena_alloc(arena, json_array_size(steps) * sizeof *ret->steps);
	for (size_t i = 0; i < json_array_size(steps); i++) {
		status = parse_step(arena, json_array_get(steps, i), i + 1, subject, &ret->steps[ret->count++], err);
		if (status)
			return status;
	}
	return check_once(ret, err);
}
