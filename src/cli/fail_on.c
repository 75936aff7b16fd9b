/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of --fail-on and where they look. */
#include "fail_on.h"

#include "wimplan/text.h"

#include <string.h>

static uint64_t count_changes(const struct wp_plan *plan)
{
	uint64_t count = 0;

	for (size_t i = 0; i < plan->entry_count; i++)
		count += plan->entries[i].status == WP_ENTRY_CHANGE && (plan->entries[i].reload || plan->entries[i].refresh);
	return count;
}

static uint64_t count_blocked(const struct wp_plan *plan)
{
	return plan->summary.blocked;
}

static uint64_t count_unproven(const struct wp_plan *plan)
{
	return plan->summary.unproven;
}

/* A word counts packages of a plan or, without a function, notes of its own code. */
static const struct word {
	const char *name;
	uint64_t (*count)(const struct wp_plan *plan);
	bool of_files; /* files without a plan may have it */
} words[] = {
	{ "changes", count_changes, false },
	{ "blocked", count_blocked, false },
	{ "unproven", count_unproven, false },
	{ "dp-failed", NULL, false },
	{ "below-expected", NULL, true },
};

#define RISK "risk:"

static const struct word *find(const char *name)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

/* The code of the notes that are meant; NULL for a word that counts packages. */
static const char *code_of(const char *name)
{
	const struct word *word = find(name);

	return !strncmp(name, RISK, strlen(RISK)) ? name + strlen(RISK) : word && word->count ? NULL : name;
}

/* Whether notes of this kind are made of files without a plan. */
static bool is_expectation(enum wp_note_kind kind)
{
	return kind >= WP_NOTE_BELOW_EXPECTED && kind <= WP_NOTE_EXPECT_UNKNOWN;
}

static int fail_word(struct wp_cli *cli, const char *name, bool plan)
{
	struct wp_buf list __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (plan || words[i].of_files)
			wp_buf_printf(&list, "%s, ", words[i].name);
	wp_buf_puts(&list, "and " RISK "CODE with one of ");
	for (int kind = 0, count = 0; kind < WP_NOTE_KINDS; kind++)
		if (plan || is_expectation((enum wp_note_kind)kind))
			wp_buf_printf(&list, "%s%s", count++ ? ", " : "", wp_note_words((enum wp_note_kind)kind)->code);
	return wp_cli_usage(cli, "--fail-on", "--fail-on knows no '%s'; there are %s", name, wp_buf_text(&list));
}

int wp_fail_on_check(struct wp_cli *cli, bool plan)
{
	for (size_t i = 0; i < cli->fail_on.count; i++) {
		const char *name = cli->fail_on.items[i];
		const struct word *word = find(name);
		bool good = word && (plan || word->of_files);

		for (int kind = 0; !good && kind < WP_NOTE_KINDS && !strncmp(name, RISK, strlen(RISK)); kind++)
			good = !strcmp(wp_note_words((enum wp_note_kind)kind)->code, name + strlen(RISK)) &&
			       (plan || is_expectation((enum wp_note_kind)kind));
		if (!good)
			return fail_word(cli, name, plan);
	}
	return WP_OK;
}

static void found(struct wp_cli *cli, const char *name, uint64_t count, const char *what)
{
	if (!count)
		return;
	wp_cli_note(cli, "--fail-on %s: %ju %s%s", name, (uintmax_t)count, what, wp_plural(count));
	cli->status = WP_EXIT_FOUND;
}

static uint64_t count_notes(const struct wp_note_list *lists, size_t count, const char *code)
{
	uint64_t found_notes = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < lists[i].count; k++)
			found_notes += !strcmp(lists[i].items[k].code, code);
	return found_notes;
}

void wp_fail_on_plan(struct wp_cli *cli, const struct wp_plan *plan)
{
	const struct wp_note_list notes = { plan->notes, plan->note_count };

	for (size_t i = 0; i < cli->fail_on.count; i++) {
		const char *name = cli->fail_on.items[i], *code = code_of(name);

		if (code)
			found(cli, name, count_notes(&notes, 1, code), "note");
		else
			found(cli, name, find(name)->count(plan), "package");
	}
}

void wp_fail_on_notes(struct wp_cli *cli, const struct wp_note_list *lists, size_t count)
{
	for (size_t i = 0; cli->status != WP_EXIT_FAILED && i < cli->fail_on.count; i++)
		found(cli, cli->fail_on.items[i], count_notes(lists, count, code_of(cli->fail_on.items[i])), "note");
}
