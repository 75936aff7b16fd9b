/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan record: what was applied becomes what is known to be distributed. */
#include "events.h"
#include "objects.h"
#include "proof.h"

#include "wimplan/ascii.h"
#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

struct arguments {
	struct wp_names plans;
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, plans, "plan", "FILE", LIST,
	  "the plan of a receipt, where the cache does not know it; repeatable", .file = WP_FILE_USE_READ),
	{ 0 },
};

/* What the receipts of one call come to. */
struct recording {
	struct wp_receipt *receipts;
	size_t receipt_count;
	struct wp_refresh *refreshes; /* that are done */
	size_t refresh_count;
	struct wp_baseline *baselines; /* one of each */
	struct wp_baseline *changed;   /* those that say another thing than the cache did before */
	size_t changed_count;
	size_t reloads;             /* done: nothing was distributed by them */
	size_t others[WP_OUTCOMES]; /* steps with another outcome than done */
};

static void take_step(const struct wp_receipt *receipt, const struct wp_receipt_step *step, struct wp_arena *arena,
		      struct recording *recording)
{
	if (step->outcome != WP_OUTCOME_DONE) {
		recording->others[step->outcome]++;
		return;
	}
	if (step->action == WP_ACTION_RELOAD) {
		recording->reloads++;
		return;
	}
	*WP_PUSH(arena, recording->refreshes, recording->refresh_count) = (struct wp_refresh){
		.receipt = receipt,
		.step = step,
	};
}

static int parse_receipt(struct wp_arena *arena, const char *text, size_t length, const char *subject, struct wp_receipt *ret,
		 struct wp_error *err)
{
	int status = wp_receipt_parse(arena, text, length, subject, ret, err);

	return status ? wp_fail(err, status, err->code, err->subject, "%s; nothing was recorded", err->message) : WP_OK;
}

static int read_receipts(struct wp_cli *cli, struct recording *recording)
{
	struct wp_error *err = &cli->err;
	size_t count = cli->operand_count;

	recording->receipts = wp_arena_alloc(cli->arena, count * sizeof *recording->receipts);
	recording->receipt_count = count;
	for (size_t i = 0; i < count; i++) {
		struct wp_receipt *receipt = &recording->receipts[i];
		const char *path = cli->operands[i];
		char *text;
		size_t length;
		int status = wp_file_read_text(cli->arena, path, WP_LIMIT_DOCUMENT_BYTES, &text, &length, err);

		if (!status)
			status = parse_receipt(cli->arena, text, length, strcmp(path, "-") ? path : "standard input",
				       receipt, err);
		if (status)
			return status;
		for (size_t k = 0; k < receipt->count; k++)
			take_step(receipt, &receipt->steps[k], cli->arena, recording);
	}
	return WP_OK;
}

static int compare_baselines(const void *a, const void *b)
{
	const struct wp_baseline *x = a, *y = b;
	int order = wp_ascii_compare(x->site_code, y->site_code);

	if (!order)
		order = strcmp(x->package_id, y->package_id);
	return order ? order : (x->source_version > y->source_version) - (x->source_version < y->source_version);
}

/* What an earlier call has proven stays so: nobody has to find it again. */
static int make_baselines(struct wp_cli *cli, struct wp_cache *cache, struct recording *recording)
{
	struct wp_baseline *kept;
	size_t count;
	int status = wp_cache_list_baselines(cache, cli->arena, NULL, &kept, &count, &cli->err);

	recording->baselines = wp_arena_alloc(cli->arena, recording->refresh_count * sizeof *recording->baselines);
	for (size_t i = 0; !status && i < recording->refresh_count; i++) {
		struct wp_refresh *refresh = &recording->refreshes[i];
		struct wp_baseline *baseline = &recording->baselines[i];
		const struct wp_baseline *found;

		*baseline = (struct wp_baseline){
			.site_code = refresh->receipt->site_code,
			.package_id = refresh->step->package_id,
			.source_version = refresh->step->source_version_after.value,
			.file_id = refresh->step->file_id,
			.content_id = refresh->step->content_id,
			.origin = "receipt",
			.recorded_at = cli->env->now,
		};
		found = count ? bsearch(baseline, kept, count, sizeof *kept, compare_baselines) : NULL;
		if (found && strcmp(found->content_id, baseline->content_id) != 0)
			found = NULL;
		if (found && found->confidence == WP_CONFIDENCE_PROVEN)
			refresh->why = NULL;
		baseline->confidence = refresh->why ? WP_CONFIDENCE_INFERRED : WP_CONFIDENCE_PROVEN;
		if (!found || found->confidence != baseline->confidence)
			*WP_PUSH(cli->arena, recording->changed, recording->changed_count) = *baseline;
	}
	return status;
}

static json_t *ignored_json(const char *outcome, const char *action, size_t count, const char *why)
{
	return json_pack("{s:s, s:s?, s:I, s:s}", "outcome", outcome, "action", action, "count", (json_int_t)count,
			 "why", why);
}

#define RELOAD_WHY "a reload distributes nothing"

static json_t *inferred_json(const struct recording *recording)
{
	json_t *inferred = json_array();

	for (size_t i = 0; i < recording->refresh_count; i++) {
		const struct wp_refresh *refresh = &recording->refreshes[i];

		if (refresh->why)
			wp_json_push(inferred,
				     json_pack("{s:o, s:s, s:o}", "package_id", wp_json_text(refresh->step->package_id),
					       "why", refresh->why, "detail", wp_json_text(refresh->detail)));
	}
	return inferred;
}

static int emit(struct wp_cli *cli, const struct recording *recording)
{
	json_t *ignored = wp_json_must(json_array());

	if (recording->reloads)
		wp_json_push(ignored, ignored_json(wp_outcome_name(WP_OUTCOME_DONE), wp_action_name(WP_ACTION_RELOAD),
						   recording->reloads, RELOAD_WHY));
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (recording->others[i])
			wp_json_push(ignored,
				     ignored_json(wp_outcome_name((enum wp_outcome)i), NULL, recording->others[i],
						  wp_outcome_unrecorded((enum wp_outcome)i)));
	return wp_cli_emit_document(
		cli, "wimplan-record", "1.1", "receipts", wp_json_u64(recording->receipt_count), "baselines",
		wp_cli_baselines_json(cli->arena, recording->baselines, recording->refresh_count), "inferred",
		inferred_json(recording), "ignored", ignored, NULL);
}

/* The most packages that a line names. */
#define NAMED 4

static int compare_details(const void *a, const void *b)
{
	const struct wp_refresh *const *x = a, *const *y = b;
	int order = strcmp((*x)->detail, (*y)->detail);

	return order ? order : strcmp((*x)->step->package_id, (*y)->step->package_id);
}

/* One line for all that are inferred for one reason. Returns how many refreshes it tells of. */
static size_t add_inferred(const struct wp_refresh *const *inferred, size_t count, struct wp_buf *buf)
{
	size_t same = 1;

	while (same < count && !strcmp(inferred[same]->detail, inferred[0]->detail))
		same++;
	wp_buf_puts(buf, "Inferred, not proven: ");
	for (size_t i = 0; i < same && i < NAMED; i++)
		wp_buf_printf(buf, "%s%s", i ? ", " : "", inferred[i]->step->package_id);
	if (same > NAMED)
		wp_buf_printf(buf, " and %zu more", same - NAMED);
	wp_buf_printf(buf, ": %s.\n", inferred[0]->detail);
	return same;
}

static void add_proofs(struct wp_cli *cli, const struct recording *recording, struct wp_buf *buf)
{
	const struct wp_refresh **inferred =
		wp_arena_alloc(cli->arena, recording->refresh_count * sizeof *inferred);
	size_t count = 0;

	for (size_t i = 0; i < recording->refresh_count; i++)
		if (recording->refreshes[i].why)
			inferred[count++] = &recording->refreshes[i];
	if (!recording->refresh_count)
		wp_buf_puts(buf, ".\n");
	else if (!count || count == recording->refresh_count)
		wp_buf_printf(buf, ", %s.\n", count ? "inferred" : "proven");
	else
		wp_buf_printf(buf, ", %zu of them proven.\n", recording->refresh_count - count);
	if (count)
		qsort(inferred, count, sizeof *inferred, compare_details);
	for (size_t i = 0; i < count;)
		i += add_inferred(inferred + i, count - i, buf);
}

static int print(struct wp_cli *cli, const struct recording *recording)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (cli->json)
		return emit(cli, recording);
	wp_buf_printf(&buf, "Recorded %zu baseline%s from %zu receipt%s", recording->refresh_count,
		      wp_plural(recording->refresh_count), recording->receipt_count,
		      wp_plural(recording->receipt_count));
	add_proofs(cli, recording, &buf);
	if (recording->reloads)
		wp_buf_printf(&buf, "No baseline from %zu reload%s: " RELOAD_WHY ".\n", recording->reloads,
			      wp_plural(recording->reloads));
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (recording->others[i])
			wp_buf_printf(&buf, "No baseline from %zu step%s %s: %s.\n", recording->others[i],
				      wp_plural(recording->others[i]), wp_outcome_name((enum wp_outcome)i),
				      wp_outcome_unrecorded((enum wp_outcome)i));
	if (recording->refresh_count)
		wp_buf_puts(&buf, "Export the site again before the next plan: older exports do not show it.\n");
	return wp_cli_emit(cli, &buf);
}

static int keep(struct wp_cli *cli, struct wp_cache *cache, const struct recording *recording)
{
	struct wp_error *err = &cli->err;
	int status = wp_cache_begin(cache, err);

	if (status)
		return status;
	status = wp_cache_put_baselines(cache, recording->baselines, recording->refresh_count, err);
	for (size_t i = 0; !status && i < recording->receipt_count; i++)
		status = wp_cli_log_receipt(cli, cache, &recording->receipts[i]);
	if (!status)
		status = wp_cli_log_baselines(cli, cache, "receipt", recording->changed, recording->changed_count);
	return wp_cache_end(cache, status, err);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	const struct arguments *args = arguments;
	struct recording recording = { 0 };
	struct wp_evidence evidence;
	struct wp_config config;

	/* All are read before the first is kept: a bad one changes nothing. */
	if (wp_cli_load_config(cli, &config) || read_receipts(cli, &recording) ||
	    wp_cli_open_cache(cli, WP_CACHE_WRITE, &cache))
		return cli->err.status;
	evidence = (struct wp_evidence){
		.receipts = recording.receipts,
		.receipt_count = recording.receipt_count,
		.plans = args->plans,
		.config = &config,
		.scan = { .cache = cache },
	};
	if (wp_cli_prove(cli, &evidence, recording.refreshes, recording.refresh_count) ||
	    make_baselines(cli, cache, &recording) || keep(cli, cache, &recording))
		return cli->err.status;
	return print(cli, &recording);
}

const struct wp_command wp_cmd_record = {
	.name = "record",
	.summary = "turn receipts of wimplan-apply into baselines",
	.help = "Usage: wimplan record [OPTION…] RECEIPT…\n"
		"Keeps what the receipts say to have been distributed, so that later plans\n"
		"compare with it. That is proven where the source is found to be the file that\n"
		"the plan names, else inferred. All receipts or none: a bad one changes nothing.\n"
		"RECEIPT - is standard input.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.takes = WP_TAKES_MAP | WP_TAKES_JOBS,
	.verbs = (const struct wp_verb[]){ { NULL, 1, SIZE_MAX, "a receipt of wimplan-apply", run } },
};
