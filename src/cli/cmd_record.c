/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan record: what was applied becomes what is known to be distributed. */
#include "cli.h"
#include "objects.h"
#include "receipt.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"

#include <string.h>

static const struct option options[] = { { 0 } };

/* What the receipts of one call come to. */
struct recording {
	struct wp_baseline *baselines;
	size_t baseline_count;
	size_t reloads;             /* done: nothing was distributed by them */
	size_t others[WP_OUTCOMES]; /* steps with another outcome than done */
};

/* Why a step with this outcome says nothing about what is distributed. */
static const char *why_not(enum wp_outcome outcome)
{
	switch (outcome) {
	case WP_OUTCOME_SATISFIED:
		return "somebody else did it before, so what was sent then is not known";
	case WP_OUTCOME_UNVERIFIED:
		return "the site accepted the call, but nobody saw the result";
	case WP_OUTCOME_UNKNOWN:
		return "it is not known whether the call reached the site";
	case WP_OUTCOME_FAILED:
		return "the site refused it";
	default:
		return "nothing was sent";
	}
}

static void take_step(struct wp_cli *cli, const struct wp_receipt *receipt, const struct wp_receipt_step *step,
		      struct recording *recording)
{
	if (step->outcome != WP_OUTCOME_DONE) {
		recording->others[step->outcome]++;
		return;
	}
	if (step->action == WP_RELOAD) {
		recording->reloads++;
		return;
	}
	*WP_PUSH(cli->arena, recording->baselines, recording->baseline_count) = (struct wp_baseline){
		.site_code = receipt->site_code,
		.package_id = step->package_id,
		.source_version = step->source_version_after.value,
		.file_id = step->file_id,
		.content_id = step->content_id,
		.confidence = WP_PROVEN,
		.origin = "receipt",
		.recorded_at = cli->env->now,
	};
}

static int read_receipts(struct wp_cli *cli, char **paths, size_t count, struct recording *recording,
			 struct wp_error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct wp_receipt receipt;
		char *text;
		size_t length;
		int status = wp_file_read(cli->arena, paths[i], WP_LIMIT_DOCUMENT_BYTES, &text, &length, err);

		if (!status)
			status = wp_receipt_parse(cli->arena, text, length, paths[i], &receipt, err);
		if (status)
			return status;
		for (size_t k = 0; k < receipt.count; k++)
			take_step(cli, &receipt, &receipt.steps[k], recording);
	}
	return WP_OK;
}

static json_t *ignored_json(const char *outcome, const char *action, size_t count, const char *why)
{
	return json_pack("{s:s, s:s?, s:I, s:s}", "outcome", outcome, "action", action, "count", (json_int_t)count,
			 "why", why);
}

#define RELOAD_WHY "a reload distributes nothing"

static json_t *to_json(struct wp_cli *cli, size_t receipts, const struct recording *recording)
{
	json_t *document = wp_cli_document("wimplan-record", "1.0"), *ignored = json_array();

	if (recording->reloads)
		json_array_append_new(ignored, ignored_json(wp_outcome_name(WP_OUTCOME_DONE), wp_action_name(WP_RELOAD),
							    recording->reloads, RELOAD_WHY));
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (recording->others[i])
			json_array_append_new(ignored, ignored_json(wp_outcome_name((enum wp_outcome)i), NULL,
								    recording->others[i], why_not((enum wp_outcome)i)));
	json_object_set_new(document, "receipts", json_integer((json_int_t)receipts));
	json_object_set_new(document, "baselines",
			    wp_cli_baselines_json(cli->arena, recording->baselines, recording->baseline_count));
	json_object_set_new(document, "ignored", ignored);
	return document;
}

static int print(struct wp_cli *cli, size_t receipts, const struct recording *recording)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (cli->json)
		return wp_cli_emit_json(cli, to_json(cli, receipts, recording));
	wp_buf_printf(&buf, "Recorded %zu baseline%s from %zu receipt%s.\n", recording->baseline_count,
		      wp_cli_plural(recording->baseline_count), receipts, wp_cli_plural(receipts));
	if (recording->reloads)
		wp_buf_printf(&buf, "No baseline from %zu reload%s: " RELOAD_WHY ".\n", recording->reloads,
			      wp_cli_plural(recording->reloads));
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (recording->others[i])
			wp_buf_printf(&buf, "No baseline from %zu step%s %s: %s.\n", recording->others[i],
				      wp_cli_plural(recording->others[i]), wp_outcome_name((enum wp_outcome)i),
				      why_not((enum wp_outcome)i));
	if (recording->baseline_count)
		wp_buf_puts(&buf, "Export the site again before the next plan: older exports do not show it.\n");
	return wp_cli_emit(cli, &buf);
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct recording recording = { 0 };
	struct wp_error err;
	int option = wp_cli_option(cli, argc, argv, "", options);
	size_t receipts;

	if (option == WP_CLI_STOP)
		return cli->status;
	if (optind == argc)
		return wp_cli_usage(cli, NULL, "record needs a receipt of wimplan-apply");
	receipts = (size_t)(argc - optind);
	/* All are read before the first is kept: a bad one changes nothing. */
	if (read_receipts(cli, argv + optind, receipts, &recording, &err) ||
	    wp_cli_open_cache(cli, WP_CACHE_WRITE, &cache, &err) ||
	    wp_cache_put_baselines(cache, recording.baselines, recording.baseline_count, &err))
		return wp_cli_error(cli, &err);
	return print(cli, receipts, &recording);
}

const struct wp_command wp_cmd_record = {
	.name = "record",
	.summary = "turn receipts of wimplan-apply into baselines",
	.help = "Usage: wimplan record [OPTION…] RECEIPT…\n"
		"Keeps what the receipts prove to have been distributed, so that later plans\n"
		"compare with it. All receipts or none: a bad one changes nothing. RECEIPT - is\n"
		"standard input.\n",
	.run = run,
};
