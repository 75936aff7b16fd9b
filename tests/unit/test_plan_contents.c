/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan says of the content of changed packages: when it can, when it cannot, and as JSON. */
#include "plan_fixture.h"

#include "../../src/plan/decode.h"

#define B FIXTURE_DIGEST("b")
#define F FIXTURE_DIGEST("f")

/* A summary of packages named after KB articles and of blobs of one size; its form is in src/wim/content_summary.c. */
static struct wp_content_summary make_summary(struct wp_arena *arena, const char *const *updates, uint32_t blobs)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	uint32_t count = 0;

	while (updates[count])
		count++;
	wp_buf_puts(&buf, "wimplan-summary-1\n");
	wp_buf_add(&buf, &(uint8_t[]){ (uint8_t)count, 0, 0, 0 }, 4);
	for (uint32_t i = 0; i < count; i++) {
		wp_buf_add(&buf, &(uint8_t[]){ WP_ITEM_GROUP_PACKAGE, WP_ITEM_KIND_UPDATE }, 2);
		wp_buf_printf(&buf, "Package_for_%s", updates[i]);
		wp_buf_add(&buf, "\0amd64\0\0" "1.0.0.0\0token", sizeof "\0amd64\0\0" "1.0.0.0\0token");
		wp_buf_add(&buf, updates[i], strlen(updates[i]) + 1);
		wp_buf_add(&buf, "", 1);
	}
	wp_buf_add(&buf, &(uint8_t[]){ (uint8_t)blobs, 0, 0, 0 }, 4);
	for (uint32_t i = 0; i < blobs; i++)
		wp_buf_add(&buf, &(uint8_t[]){ (uint8_t)i, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0 }, 12);
	return (struct wp_content_summary){ (const uint8_t *)wp_arena_strndup(arena, buf.data, buf.length), buf.length };
}

/* P0100001 was distributed as file b, and is file f now. */
static struct fixture_site *make_site(struct wp_known_summary summaries[2])
{
	static const char *const old[] = { "KB5033375", NULL }, *const new[] = { "KB5033375", "KB5034765", NULL };
	static const struct wp_baseline baseline = { .site_code = "P01",
						     .package_id = "P0100001",
						     .source_version = 12,
						     .file_id = B,
						     .content_id = B,
						     .confidence = WP_CONFIDENCE_PROVEN };
	struct fixture_site *site = fixture_new();

	fixture_add(site, "P0100001");
	site->input.baselines = &baseline;
	site->input.baseline_count = 1;
	summaries[0] = (struct wp_known_summary){ .file_id = B, .summary = make_summary(site->arena, old, 3) };
	summaries[1] = (struct wp_known_summary){ .file_id = F, .summary = make_summary(site->arena, new, 5) };
	site->input.summaries = summaries;
	return site;
}

Test(plan_contents, need_both_summaries)
{
	static const struct {
		const char *label;
		size_t first, count;
		bool said;
	} cases[] = {
		{ "none", 0, 0, false },
		{ "what was distributed alone", 0, 1, false },
		{ "what is there now alone", 1, 1, false },
		{ "both", 0, 2, true },
	};
	struct wp_known_summary summaries[2];
	struct fixture_site *site = make_site(summaries);
	char id[WP_HASH_TEXT] = "";

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct wp_entry *entry;

		site->input.summaries = summaries + cases[i].first;
		site->input.summary_count = cases[i].count;
		entry = &fixture_plan(site)->entries[0];
		cr_expect(entry->refresh, "%s", cases[i].label);
		cr_expect_eq(entry->content != NULL, cases[i].said, "%s", cases[i].label);
		/* What the cache still knows does not make another plan. */
		cr_expect(!*id || !strcmp(id, site->plan->id), "%s", cases[i].label);
		memcpy(id, site->plan->id, sizeof id);
	}
	cr_assert(site->plan->entries[0].content);
	cr_assert_eq(site->plan->entries[0].content->update_count, 1);
	cr_expect_str_eq(site->plan->entries[0].content->updates[0], "KB5034765");
	cr_expect_eq(site->plan->entries[0].content->groups[WP_ITEM_GROUP_PACKAGE].added, 1);
	cr_expect_eq(site->plan->entries[0].content->bytes_new, 200);
	cr_expect_eq(site->plan->entries[0].content->bytes, 500);
	fixture_free(site);
}

/* Verdicts are told each once, and come back as they were written; what is not known is null. */
Test(plan_contents, what_starts_the_images)
{
	static const struct wp_boot_image old[] = { { .known = true, .verdict = WP_BOOT_2011_ONLY } };
	static const struct wp_boot_image new[] = { { .known = true, .verdict = WP_BOOT_2023 },
						    { .known = false },
						    { .known = true, .verdict = WP_BOOT_2023 } };
	struct wp_known_summary summaries[2];
	struct fixture_site *site = make_site(summaries);
	const struct wp_content_change *change;
	json_t *array, *boot;

	site->input.summary_count = 2;
	change = fixture_plan(site)->entries[0].content;
	cr_expect(!change->boot_old.count && !change->boot_new.count);
	summaries[1].starts = (struct wp_boot_starts){ new, 3 };
	change = fixture_plan(site)->entries[0].content;
	cr_expect_eq(change->boot_old.count, 0);
	cr_assert_eq(change->boot_new.count, 2);
	cr_expect_str_eq(change->boot_new.items[0], "2023-in-place");
	cr_expect_str_eq(change->boot_new.items[1], "not-read");
	summaries[0].starts = (struct wp_boot_starts){ old, 1 };
	fixture_plan(site);
	array = wp_plan_contents_json(site->plan);
	boot = json_object_get(json_array_get(array, 0), "boot");
	cr_expect_str_eq(json_string_value(json_array_get(json_object_get(boot, "old"), 0)), "2011-only");
	cr_expect_eq(json_array_size(json_object_get(boot, "new")), 2);
	json_decref(array);
	fixture_free(site);
}

/* A summary that is damaged, or that another version has written, is as good as none. */
Test(plan_contents, damaged_summaries_say_nothing)
{
	struct wp_known_summary summaries[2];
	struct fixture_site *site = make_site(summaries);

	site->input.summary_count = 2;
	for (size_t side = 0; side < 2; side++) {
		struct wp_content_summary whole = summaries[side].summary;

		summaries[side].summary.length--;
		cr_expect_null(fixture_plan(site)->entries[0].content);
		cr_expect(site->plan->entries[0].refresh);
		summaries[side].summary = (struct wp_content_summary){ (const uint8_t *)"wimplan-summary-2\n", 18 };
		cr_expect_null(fixture_plan(site)->entries[0].content);
		summaries[side].summary = whole;
	}
	cr_expect(fixture_plan(site)->entries[0].content);
	fixture_free(site);
}

Test(plan_contents, only_of_what_is_refreshed)
{
	struct wp_known_summary summaries[2];
	struct fixture_site *site = make_site(summaries);

	site->input.summary_count = 2;
	/* Reloaded, since its metadata is old; its content is what was distributed. */
	site->input.baseline_count = 0;
	fixture_images(site, 0)[0].name = "New";
	cr_expect(fixture_plan(site)->entries[0].reload);
	cr_expect_not(site->plan->entries[0].refresh);
	cr_expect_null(site->plan->entries[0].content);
	/* Blocked. */
	site->input.baseline_count = 1;
	site->records[0].source_site = "P02";
	cr_expect_eq(fixture_plan(site)->entries[0].status, WP_ENTRY_BLOCKED);
	cr_expect_null(site->plan->entries[0].content);
	fixture_free(site);
}

/* Gives the plan of @site what the items of @array say, as a reader does. */
static void give_all(struct fixture_site *site, struct wp_decoder *decoder, const json_t *array)
{
	struct wp_plan_contents contents = { 0 };

	for (size_t i = 0; i < json_array_size(array); i++) {
		struct wp_plan_content *content = WP_PUSH(site->arena, contents.items, contents.count);

		wp_plan_decode_content(decoder, json_array_get(array, i), content);
	}
	if (!decoder->damage)
		wp_plan_give_contents(site->plan, &contents);
}

Test(plan_contents, as_json_and_back)
{
	struct wp_known_summary summaries[2];
	struct fixture_site *site = make_site(summaries);
	json_t *contents;
	struct wp_buf text = { 0 };
	const struct wp_content_change *read;
	struct wp_decoder decoder = { .arena = site->arena };

	fixture_add(site, "P0100000")->images.items[0].name = "Old";
	site->input.summary_count = 2;
	contents = wp_plan_contents_json(fixture_plan(site));
	wp_json_canonical(&text, contents);
	cr_expect_str_eq(wp_buf_text(&text),
			 "[{\"boot\":null,\"bytes\":500,\"bytes_new\":200,\"groups\":[{\"added\":1,\"changed\":0,\"group\":\"packages\","
			 "\"removed\":0}],\"package_id\":\"P0100001\",\"updates_added\":[\"KB5034765\"]}]");
	for (size_t i = 0; i < site->plan->entry_count; i++)
		site->plan->entries[i].content = NULL;
	give_all(site, &decoder, contents);
	cr_expect_null(decoder.damage);
	cr_expect_null(site->plan->entries[0].content, "P0100000");
	read = site->plan->entries[1].content;
	cr_assert(read);
	cr_assert_eq(read->update_count, 1);
	cr_expect_str_eq(read->updates[0], "KB5034765");
	cr_expect_eq(read->groups[WP_ITEM_GROUP_PACKAGE].added, 1);
	cr_expect_eq(read->bytes_new, 200);
	cr_expect_eq(read->bytes, 500);
	json_decref(contents);
	wp_buf_free(&text);
	fixture_free(site);
}

/* What is of a later version is passed over; what is no number where one belongs is not taken for 0. */
Test(plan_contents, odd_json)
{
	static const struct {
		const char *json, *damage;
		uint64_t packages;
	} cases[] = {
		{ "[]", NULL, 0 },
		{ "[{\"package_id\": \"P0199999\", \"bytes\": 1, \"bytes_new\": 1, \"groups\": [], \"updates_added\": []}]",
		  NULL, 0 },
		{ "[{\"package_id\": \"P0100001\", \"bytes\": \"18446744073709551615\", \"bytes_new\": 0, \"later\": 1.5, "
		  "\"updates_added\": [], \"groups\": [{\"group\": \"kittens\", \"added\": 1, \"removed\": 0, "
		  "\"changed\": 0}, {\"group\": \"packages\", \"added\": 2, \"removed\": 0, \"changed\": 0}]}]",
		  NULL, 2 },
		{ "[1]", "package_id is missing", 0 },
		{ "[{\"package_id\": \"P0100001\"}]", "updates_added is missing", 0 },
		{ "[{\"package_id\": \"P0100001\", \"updates_added\": [1], \"groups\": []}]", "updates_added holds", 0 },
		{ "[{\"package_id\": \"P0100001\", \"updates_added\": [], \"groups\": [{\"group\": \"packages\", "
		  "\"added\": 2.0}]}]",
		  "added is missing or no whole number", 0 },
		{ "[{\"package_id\": \"P0100001\", \"updates_added\": [], \"groups\": [], \"bytes_new\": -1}]",
		  "bytes_new is missing or no whole number", 0 },
	};
	struct wp_known_summary summaries[2];
	struct fixture_site *site = make_site(summaries);

	fixture_plan(site);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *contents = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		struct wp_decoder decoder = { .arena = site->arena };
		const struct wp_content_change *read;

		cr_assert(contents, "%s", cases[i].json);
		site->plan->entries[0].content = NULL;
		give_all(site, &decoder, contents);
		read = site->plan->entries[0].content;
		cr_expect_eq(!decoder.damage, !cases[i].damage, "%s: %s", cases[i].json, decoder.damage);
		if (decoder.damage && cases[i].damage)
			cr_expect(strstr(decoder.damage, cases[i].damage), "%s: %s", cases[i].json, decoder.damage);
		if (cases[i].packages) {
			cr_assert(read, "%s", cases[i].json);
			cr_expect_eq(read->bytes, UINT64_MAX, "%s", cases[i].json);
			cr_expect_eq(read->groups[WP_ITEM_GROUP_PACKAGE].added, cases[i].packages, "%s", cases[i].json);
		}
		json_decref(contents);
	}
	fixture_free(site);
}
