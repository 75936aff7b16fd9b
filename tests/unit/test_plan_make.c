/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan as a whole: order, selection, sums, boot images, findings, and what must not change it. */
#include "plan_fixture.h"

static const char *ids_of(struct fixture_site *site)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < site->plan->entry_count; i++)
		wp_buf_printf(&text, "%s%s", i ? " " : "", site->plan->entries[i].package_id);
	return wp_arena_strdup(site->arena, wp_buf_text(&text));
}

Test(plan_make, order)
{
	static const struct {
		const char *id;
		struct wp_number priority;
	} packages[] = {
		{ "P0100005", { true, 3 } },  { "P0100004", { true, 1 } }, { "P0100003", { true, 0 } },
		{ "P0100002", { false, 0 } }, { "P0100001", { true, 2 } }, { "P0100006", { true, 1 } },
	};
	struct fixture_site *site = fixture_new();

	for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++)
		fixture_add(site, packages[i].id)->priority = packages[i].priority;
	/* Whatever the status: one blocked, one changed. */
	site->records[0].source_site = "P02";
	site->records[4].images.count = 1;
	fixture_plan(site);
	cr_expect_str_eq(ids_of(site), "P0100004 P0100006 P0100001 P0100002 P0100003 P0100005");
	fixture_free(site);
}

Test(plan_make, only_and_exclude)
{
	const char *only[] = { "P0100003", "p0100001", "P0100003" }, *exclude[] = { "P0100003" },
		   *none[] = { "P0109999" };
	struct fixture_site *site = fixture_new();

	for (int i = 1; i <= 4; i++)
		fixture_add(site, wp_arena_printf(site->arena, "P010000%d", i));
	site->only = (struct wp_names){ only, 3 };
	fixture_plan(site);
	cr_expect_str_eq(ids_of(site), "P0100001 P0100003");
	cr_assert_eq(site->plan->only_count, 2, "each once");
	cr_expect_str_eq(site->plan->only[0], "P0100001", "as the site spells it, sorted");
	cr_expect_str_eq(site->plan->only[1], "P0100003");
	cr_expect_eq(site->plan->summary.packages, 2);
	cr_expect_eq(site->plan->snapshot_records, 4);
	site->exclude = (struct wp_names){ exclude, 1 };
	/* What is left out needs no observation. */
	site->observations[2] = NULL;
	fixture_plan(site);
	cr_expect_str_eq(ids_of(site), "P0100001");
	site->only.count = 0;
	fixture_plan(site);
	cr_expect_str_eq(ids_of(site), "P0100001 P0100002 P0100004");
	cr_expect_eq(site->plan->exclude_count, 1);
	site->exclude.items = none;
	cr_expect_eq(fixture_select(site), WP_E_USAGE);
	cr_expect_str_eq(site->err.code, "unknown-package");
	cr_expect_str_eq(site->err.message, "--exclude P0109999: no record of site P01 has this PackageID; look them up with "
					    "'wimplan snapshot show', or choose another --site");
	site->only = (struct wp_names){ none, 1 };
	cr_expect_eq(fixture_select(site), WP_E_USAGE);
	cr_expect(strstr(site->err.message, "--only P0109999"));
	fixture_free(site);
}

Test(plan_make, boot_images)
{
	struct fixture_site *site = fixture_new();
	const struct wp_plan *plan;

	fixture_add(site, "P0100001")->class = WP_CLASS_BOOT;
	fixture_add(site, "P0100002")->class = WP_CLASS_BOOT;
	site->records[0].images.count = 1;
	site->seen[0].newest = fixture_time("2026-02-01T00:00:00Z");
	plan = fixture_plan(site);
	cr_expect_eq(plan->entries[0].status, WP_ENTRY_REPORT_ONLY);
	cr_expect(plan->entries[0].reload && plan->entries[0].refresh, "the actions are listed");
	cr_expect_eq(plan->entries[1].status, WP_ENTRY_UNCHANGED);
	cr_expect_eq(plan->summary.report_only, 1);
	cr_expect_eq(plan->summary.reload, 0);
	cr_expect_eq(plan->summary.refresh, 0);
	cr_expect(!wp_plan_has_changes(plan));
	cr_expect(plan->complete);
	site->policy.boot_images = WP_BOOT_IMAGES_PLAN;
	plan = fixture_plan(site);
	cr_expect_eq(plan->entries[0].status, WP_ENTRY_CHANGE);
	cr_expect_eq(plan->summary.reload, 1);
	cr_expect_eq(plan->summary.refresh, 1);
	cr_expect(wp_plan_has_changes(plan));
	fixture_free(site);
}

Test(plan_make, summary_and_details)
{
	struct fixture_site *site = fixture_new();
	const struct wp_plan *plan;
	const struct wp_entry *entry;

	fixture_add(site, "P0100001")->images.count = 1;
	fixture_add(site, "P0100002")->source_site = "P02";
	fixture_add(site, "P0100003");
	fixture_add(site, "P0100004")->images.count = 1;
	site->seen[3].newest = fixture_time("2026-02-01T00:00:00Z");
	plan = fixture_plan(site);
	cr_expect_eq(plan->summary.packages, 4);
	cr_expect_eq(plan->summary.reload, 2);
	cr_expect_eq(plan->summary.refresh, 1);
	cr_expect_eq(plan->summary.blocked, 1);
	cr_expect_eq(plan->summary.report_only, 0);
	cr_expect_eq(plan->summary.unchanged, 1);
	cr_expect(plan->complete && plan->applyable);
	cr_expect_str_eq(plan->site_code, "P01");
	entry = &plan->entries[3];
	cr_expect_eq(entry->class, WP_CLASS_IMAGE);
	cr_expect_str_eq(entry->name, "Windows 11");
	cr_expect_str_eq(entry->source_path, "\\\\srv\\src$\\w11\\install.wim");
	cr_expect_eq(entry->preconditions.source_version.value, 12);
	cr_expect_str_eq(entry->preconditions.sedo_object_version, "8082CADE-BFFE-44C9-96BF-EB620D1C662C");
	cr_expect_str_eq(entry->preconditions.source_site, "P01");
	cr_expect_str_eq(entry->preconditions.source_path, entry->source_path);
	/* printf '<WIM/>' | sha256sum */
	cr_expect_str_eq(entry->preconditions.image_property_sha256,
			 "sha256:cf5ccf70dc414071cc2e4b299192994ec85dff49224e2e0d8d6d4572ad884414");
	cr_expect_str_eq(entry->file_id, FIXTURE_DIGEST("f"));
	cr_expect_str_eq(entry->content_id, FIXTURE_DIGEST("c"));
	cr_assert_eq(entry->expected_count, 2);
	cr_expect_eq(entry->expected[1].index, 2);
	cr_expect_str_eq(entry->expected[1].name, "Windows 11 #2");
	cr_expect_eq(entry->expected[1].architecture.value, 9);
	cr_expect_str_eq(entry->expected[1].language, "en-US");
	fixture_free(site);
}

Test(plan_make, empty)
{
	struct fixture_site *site = fixture_new();
	const struct wp_plan *plan = fixture_plan(site);

	cr_expect_eq(plan->entry_count, 0);
	cr_expect(plan->complete && !plan->applyable);
	cr_expect_eq(strlen(plan->id), 71);
	fixture_free(site);
}

Test(plan_make, findings)
{
	struct fixture_site *site = fixture_new();
	const struct wp_diags *diags;

	fixture_add(site, "P0100002");
	fixture_add(site, "P0100001");
	site->records[0].priority = (struct wp_number){ true, 1 };
	wp_diag_add(site->arena, &site->wims[0].diags, WP_SEVERITY_WARNING, "bad-value", "/mnt/here/install.wim", "first");
	wp_diag_add(site->arena, &site->wims[0].diags, WP_SEVERITY_ERROR, "xml-invalid", "/mnt/here/install.wim", "a gate");
	wp_diag_add(site->arena, &site->wims[0].diags, WP_SEVERITY_INFO, "total-bytes-mismatch", "/mnt/here/install.wim",
		    "second");
	site->seen[1].wim = site->seen[0].wim;
	fixture_plan(site);
	diags = &site->plan->diags;
	cr_assert_eq(diags->count, 4);
	cr_expect_str_eq(diags->items[0].subject, "P0100002");
	cr_expect_str_eq(diags->items[0].code, "bad-value");
	cr_expect_str_eq(diags->items[0].summary, "first");
	cr_expect_str_eq(diags->items[1].subject, "P0100002");
	cr_expect_eq(diags->items[1].severity, WP_SEVERITY_INFO);
	cr_expect_str_eq(diags->items[2].subject, "P0100001");
	fixture_free(site);
}

/* Neither the order of the records nor anything outside the body has a say in the plan's id. */
Test(plan_make, id_depends_on_the_inputs_alone)
{
	static const char *const ids[] = { "P0100003", "P0100001", "P0100004", "P0100002" };
	static const size_t shuffles[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 2, 0, 3, 1 } };
	char first[WP_HASH_TEXT] = "";

	for (size_t i = 0; i < sizeof shuffles / sizeof shuffles[0]; i++) {
		struct fixture_site *site = fixture_new();

		for (size_t k = 0; k < 4; k++) {
			size_t which = shuffles[i][k];
			struct wp_record *record = fixture_add(site, ids[which]);

			record->priority = (struct wp_number){ true, 1 + which % 2 };
			record->images.count = which == 1 ? 1 : 2;
			record->source_site = which == 2 ? "P02" : "P01";
			site->seen[k].local_path = i ? "/media/there/install.wim" : "/mnt/here/install.wim";
			site->wims[k].path = site->seen[k].local_path;
			wp_diag_add(site->arena, &site->wims[k].diags, WP_SEVERITY_WARNING, "bad-value",
				    site->seen[k].local_path, "of %s", ids[which]);
		}
		site->input.now = fixture_time(i ? "2026-03-01T00:00:00Z" : "2026-02-20T03:00:00Z");
		site->input.created_by = i ? "bob@lap" : "ann@desk";
		site->input.tool_version = i ? "1.1.0" : "1.0.0";
		fixture_plan(site);
		if (!i)
			memcpy(first, site->plan->id, sizeof first);
		cr_expect_str_eq(site->plan->id, first, "shuffle %zu", i);
		fixture_free(site);
	}
}
