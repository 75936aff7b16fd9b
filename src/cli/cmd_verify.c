/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan verify: whether the sources of a plan still are what the plan has found, right before the window. */
#include "settings.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

struct arguments {
	bool data, all;
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, data, "data", NULL, FLAG,
	  "read all data of what is to be refreshed, too, and check every digest; takes as long as reading the files"),
	WP_OPTION(struct arguments, all, "all", NULL, FLAG, "list the sources that are the same, too"),
	{ 0 },
};

enum data { DATA_NOT_READ, DATA_OK, DATA_DAMAGED };

static const char *const data_names[] = { "not-read", "ok", "damaged" };

/* One source of the plan. */
struct item {
	const struct wp_entry *entry;
	enum data data;
	/* What is said of it: as it was looked at, or that its data is damaged or could not be read. */
	enum wp_source_state state;
	const char *detail;
};

struct verification {
	struct wp_plan *plan;
	struct wp_cache *cache; /* NULL: no contents are known */
	struct wp_scan *scan;
	struct wp_progress progress;
	struct item *items;
	struct wp_planned_source *sources; /* as many */
	struct wp_recheck *checks;
	size_t count;
};

static void release(struct verification *verification)
{
	wp_plan_free(verification->plan);
	wp_scan_free(verification->scan);
	wp_cache_close(verification->cache);
	wp_progress_free(&verification->progress);
}

static int read_plan(struct wp_cli *cli, struct verification *verification)
{
	const struct wp_plan *plan;
	int status = wp_program_plan(cli, cli->operands[0], &verification->plan, &cli->err);

	if (status)
		return status;
	plan = verification->plan;
	verification->items = wp_arena_alloc(cli->arena, plan->entry_count * sizeof *verification->items);
	verification->sources = wp_arena_alloc(cli->arena, plan->entry_count * sizeof *verification->sources);
	verification->checks = wp_arena_alloc(cli->arena, plan->entry_count * sizeof *verification->checks);
	for (size_t i = 0; i < plan->entry_count; i++)
		if (wp_planned_source_of(&plan->entries[i], &verification->sources[verification->count]))
			verification->items[verification->count++].entry = &plan->entries[i];
	return WP_OK;
}

/* Contents that are known need not be read again. Without a cache all is read. */
static void open_cache(struct wp_cli *cli, struct verification *verification)
{
	if (!wp_cli_open_cache(cli, WP_CACHE_READ, &verification->cache))
		return;
	verification->cache = NULL;
	if (cli->err.status != WP_E_NOT_FOUND && cli->err.status != WP_E_USAGE)
		wp_cli_note(cli, "warning: %s; all is read without it", cli->err.message);
}

struct reading {
	struct wp_progress *progress;
	const char *package_id;
	uint64_t told; /* permille, plus one */
};

static void show_data(void *context, uint64_t done, uint64_t total)
{
	struct reading *reading = context;
	uint64_t permille = total ? (uint64_t)((double)done / (double)total * 1000) : 1000;
	char words[80];

	snprintf(words, sizeof words, "%" PRIu64 "/%" PRIu64 " MiB of %s", done >> 20, total >> 20, reading->package_id);
	wp_progress_draw(reading->progress, done, total, words);
	if (permille + 1 == reading->told)
		return;
	reading->told = permille + 1;
	wp_progress_event(reading->progress,
			  json_pack("{s:s, s:o, s:o, s:o}", "type", "data", "package_id",
				    wp_json_text(reading->package_id), "done", wp_json_u64(done), "total",
				    wp_json_u64(total)));
}

/* Reads the data of one source that is the same; its answer goes to all packages that are made from it. */
static void read_data(struct wp_cli *cli, struct verification *verification, size_t which)
{
	struct reading reading = { &verification->progress, verification->sources[which].package_id, 0 };
	const struct wp_observation *seen = verification->checks[which].seen;
	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(seen->local_path);
	const char *detail = "the file was changed after it was looked at";
	enum data data = DATA_NOT_READ;

	if (!strcmp(wim->file_id, seen->file_id)) {
		enum wp_wim_data result = wp_wim_verify_data(wim, show_data, &reading, &detail);

		if (result != WP_WIM_DATA_UNREADABLE)
			data = result == WP_WIM_DATA_OK ? DATA_OK : DATA_DAMAGED;
	}
	detail = wp_arena_strdup(cli->arena, detail);
	for (size_t i = which; i < verification->count; i++) {
		struct item *item = &verification->items[i];

		if (item->state != WP_SOURCE_SAME || item->data != DATA_NOT_READ || verification->checks[i].seen->wim != seen->wim)
			continue;
		item->data = data;
		item->detail = detail;
		if (data == DATA_DAMAGED)
			item->state = WP_SOURCE_DAMAGED;
		else if (data == DATA_NOT_READ && detail)
			item->state = WP_SOURCE_UNREADABLE;
	}
}

static bool is_to_be_sent(const struct wp_entry *entry)
{
	return entry->status == WP_ENTRY_CHANGE && entry->refresh;
}

static void read_all_data(struct wp_cli *cli, struct verification *verification)
{
	for (size_t i = 0; i < verification->count; i++) {
		const struct item *item = &verification->items[i];

		/* Not again what was read for another package. */
		if (is_to_be_sent(item->entry) && item->state == WP_SOURCE_SAME && item->data == DATA_NOT_READ)
			read_data(cli, verification, i);
	}
}

static int emit(struct wp_cli *cli, const struct verification *verification)
{
	json_t *sources = wp_json_must(json_array());

	for (size_t i = 0; i < verification->count; i++) {
		const struct wp_recheck *check = &verification->checks[i];
		const struct item *item = &verification->items[i];

		wp_json_push(sources, wp_json_object("package_id", wp_json_text(check->source->package_id), "state",
						     wp_json_text(wp_source_state_name(check->state)), "expected_file_id",
						     wp_json_hash(check->source->file_id), "file_id",
						     wp_json_hash(check->seen->file_id), "data",
						     wp_json_text(data_names[item->data]), "detail",
						     wp_json_text(item->detail), NULL));
	}
	return wp_cli_emit_document(cli, "wimplan-verify", "1.0", "plan_id", wp_json_text(verification->plan->id), "sources",
				    sources, NULL);
}

/* How many sources are in each state, and of how many that are to be sent the data was read, and is as its digests say. */
struct tally {
	size_t of[WP_SOURCE_STATES], read, sound;
};

static struct tally count_states(const struct verification *verification)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < verification->count; i++) {
		tally.of[verification->items[i].state]++;
		if (verification->items[i].data == DATA_NOT_READ || !is_to_be_sent(verification->items[i].entry))
			continue;
		tally.read++;
		tally.sound += verification->items[i].data == DATA_OK;
	}
	return tally;
}

/* In lines of the terminal's width, further in behind what stands in front. */
static void add_wrapped(const struct wp_cli *cli, struct wp_buf *buf, const char *front, const char *text)
{
	struct wp_buf shown __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_text_escape(&shown, text);
	wp_buf_puts(buf, front);
	wp_text_wrap(buf, wp_buf_text(&shown), strlen(front), wp_cli_report_options(cli).columns);
}

static void add_sources(const struct wp_cli *cli, const struct verification *verification, bool all, struct wp_buf *buf)
{
	for (size_t i = 0; i < verification->count; i++) {
		const struct item *item = &verification->items[i];
		const struct wp_entry *entry = item->entry;

		if (!all && item->state == WP_SOURCE_SAME)
			continue;
		wp_text_line(buf, "%-10s  %s  %s", wp_source_state_name(item->state), entry->package_id, entry->name ? entry->name : "");
		if (!item->detail)
			continue;
		/* In one piece, however long it is, so that it can be copied from the terminal. */
		wp_text_line(buf, "  source  %s", entry->source_path);
		add_wrapped(cli, buf, "  why     ", item->detail);
	}
}

/* How many sources are in which state. */
static const char *total_words(struct wp_arena *arena, const struct verification *verification, const struct tally *tally)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t same = tally->of[WP_SOURCE_SAME];

	wp_buf_printf(&text, "Plan %.8s: ", verification->plan->id + strlen("sha256:"));
	if (!verification->count) {
		wp_buf_puts(&text, "it names no source.");
	} else if (same == verification->count) {
		wp_buf_printf(&text, "%s as the plan has found %s.",
			      same == 1 ? "its source is" : wp_arena_printf(arena, "its %zu sources are", same),
			      same == 1 ? "it" : "them");
	} else {
		wp_buf_printf(&text, "of %zu source%s %s %s as the plan has found %s", verification->count,
			      wp_plural(verification->count), same ? wp_arena_printf(arena, "%zu", same) : "none",
			      same > 1 ? "are" : "is", same > 1 ? "them" : "it");
		for (size_t i = WP_SOURCE_SAME + 1; i < WP_SOURCE_STATES; i++)
			if (tally->of[i])
				wp_buf_printf(&text, ", %zu %s", tally->of[i],
					      i == WP_SOURCE_UNREADABLE ? "could not be looked at"
									: wp_source_state_name((enum wp_source_state)i));
		wp_buf_putc(&text, '.');
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static int print(struct wp_cli *cli, const struct arguments *args, const struct verification *verification)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct tally tally = count_states(verification);

	if (cli->json)
		return emit(cli, verification);
	add_sources(cli, verification, args->all, &buf);
	add_wrapped(cli, &buf, "", total_words(cli->arena, verification, &tally));
	if (tally.sound && tally.sound < tally.read)
		add_wrapped(cli, &buf, "",
			    wp_arena_printf(cli->arena, "The .wim of %zu packages to be refreshed was read: all digests fit in that of %zu.",
					    tally.read, tally.sound));
	else if (tally.sound)
		add_wrapped(cli, &buf, "",
			    wp_arena_printf(cli->arena, "The .wim of %zu package%s to be refreshed was read whole: all digests fit.",
					    tally.sound, wp_plural(tally.sound)));
	else if (args->data && !tally.of[WP_SOURCE_DAMAGED] && !tally.of[WP_SOURCE_UNREADABLE])
		add_wrapped(cli, &buf, "", "Nothing that is the same is to be refreshed, so no data was read.");
	if (tally.of[WP_SOURCE_CHANGED] || tally.of[WP_SOURCE_MISSING])
		add_wrapped(cli, &buf, "", "Plan again before applying: what would be sent is not what was approved.");
	if (tally.of[WP_SOURCE_DAMAGED])
		add_wrapped(cli, &buf, "", "Copy what is damaged anew from where it came from, and plan again.");
	return wp_cli_emit(cli, &buf);
}

static int end(struct wp_cli *cli, const struct arguments *args, struct verification *verification)
{
	struct tally tally = count_states(verification);
	json_t *event;

	event = wp_json_object("type", wp_json_text("verify"), "plan_id", wp_json_text(verification->plan->id), NULL);
	for (size_t i = 0; i < WP_SOURCE_STATES; i++)
		wp_json_set(event, wp_source_state_name((enum wp_source_state)i), wp_json_u64(tally.of[i]));
	wp_progress_event(&verification->progress, event);
	if (wp_progress_close(&verification->progress, &cli->err))
		return cli->err.status;
	if (tally.of[WP_SOURCE_CHANGED] || tally.of[WP_SOURCE_MISSING] || tally.of[WP_SOURCE_DAMAGED])
		cli->status = WP_EXIT_REFUSED;
	else if (tally.of[WP_SOURCE_UNREADABLE])
		cli->status = WP_EXIT_INCOMPLETE;
	return print(cli, args, verification);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct verification verification __attribute__((cleanup(release))) = { 0 };
	const struct arguments *args = arguments;
	struct wp_config config;

	if (wp_cli_load_config(cli, &config) || read_plan(cli, &verification) ||
	    wp_progress_open(cli, &verification.progress))
		return cli->err.status;
	open_cache(cli, &verification);
	verification.scan = wp_cli_recheck(cli, verification.sources, verification.count, &config,
					   (struct wp_cli_scan){
						   .cache = verification.cache,
						   .progress = &verification.progress,
					   },
					   verification.checks);
	for (size_t i = 0; i < verification.count; i++) {
		verification.items[i].state = verification.checks[i].state;
		verification.items[i].detail = verification.checks[i].detail;
	}
	if (args->data)
		read_all_data(cli, &verification);
	return end(cli, args, &verification);
}

const struct wp_command wp_cmd_verify = {
	.name = "verify",
	.summary = "look at a plan's sources again, right before the window",
	.help = "Usage: wimplan verify [OPTION…] PLAN\n"
		"Looks at every source that the plan has found, again: 0 when all are the files\n"
		"that it names, 4 when one is another, is missing or damaged, 3 when one cannot\n"
		"be looked at. PLAN - is standard input.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.takes = WP_TAKES_MAP | WP_TAKES_JOBS | WP_TAKES_EVENTS,
	.verbs = (const struct wp_verb[]){ { NULL, 1, 1, "one plan file", run } },
};
