/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packages behind one missing map: which stand together, and that many of them cost no square. */
#include "../../src/report/remedies.h"

#include "wimplan/gate.h"

#include <criterion/criterion.h>
#include <string.h>

/* @groups shares with @each packages, whose turns come one after the other; each has @reasons. */
static struct wp_plan *make_plan(struct wp_arena *arena, size_t groups, size_t each, size_t reasons)
{
	struct wp_plan *plan = wp_arena_alloc(arena, sizeof *plan);
	struct wp_reason *reason = wp_arena_alloc(arena, reasons * sizeof *reason);

	for (size_t i = 0; i < reasons; i++)
		reason[i].code = wp_gate_info(WP_GATE_NOT_MAPPED)->code;
	plan->entry_count = groups * each;
	plan->entries = wp_arena_alloc(arena, plan->entry_count * sizeof *plan->entries);
	for (size_t i = 0; i < plan->entry_count; i++)
		plan->entries[i] = (struct wp_entry){
			.package_id = wp_arena_printf(arena, "P%07zu", i),
			.source_path = wp_arena_printf(arena, "\\\\srv%zu\\src$\\%zu.wim", i % groups, i),
			.status = WP_ENTRY_BLOCKED,
			.reasons = reason,
			.reason_count = reasons,
		};
	return plan;
}

Test(report_unmapped, many_stand_together)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_plan *plan = make_plan(arena, 2, 4, 1);
	struct wp_unmapped_list list = wp_unmapped(arena, plan);

	cr_assert_eq(list.count, 2);
	cr_expect_str_eq(list.groups[1].prefix, "\\\\srv1\\src$");
	cr_expect_eq(list.groups[1].alone, 4);
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(list.groups[1].waiting[i], &plan->entries[2 * i + 1]);
	cr_expect_eq(wp_unmapped_for(&list, plan, &plan->entries[3]), &list.groups[1]);
	cr_expect_str_eq(wp_unmapped_names(arena, &list.groups[1]), "P0000001, P0000003, P0000005 and 1 more");
}

Test(report_unmapped, few_and_those_with_other_reasons_stand_alone)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_plan *few = make_plan(arena, 2, 3, 1), *other = make_plan(arena, 1, 9, 2);
	struct wp_unmapped_list list = wp_unmapped(arena, few);

	cr_expect_null(wp_unmapped_for(&list, few, &few->entries[0]));
	list = wp_unmapped(arena, other);
	cr_expect_eq(list.groups[0].count, 9);
	cr_expect_eq(list.groups[0].alone, 0);
	cr_expect_null(wp_unmapped_for(&list, other, &other->entries[0]));
}

Test(report_unmapped, cost_is_no_square, .timeout = 90)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_plan *plan = make_plan(arena, 100000, 4, 1);
	struct wp_unmapped_list list = wp_unmapped(arena, plan);
	struct wp_reason reason = { .code = wp_gate_info(WP_GATE_MISSING)->code };
	struct wp_remedy *remedies;

	cr_assert_eq(list.count, 100000);
	for (size_t i = 0; i < list.count; i++)
		cr_expect(strstr(wp_unmapped_names(arena, &list.groups[i]), "and 1 more"));
	/* What all the others wait for is told last. */
	for (size_t i = list.count; i < plan->entry_count; i++)
		plan->entries[i].reasons = &reason;
	cr_assert_eq(wp_remedies(arena, plan, &remedies), list.count + 1);
	cr_expect_eq(remedies[list.count].packages, 3 * list.count);
}

/* Such paths have one remedy, however many there are, and it is no map. */
Test(report_unmapped, neither_share_nor_drive)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_plan *plan = make_plan(arena, 1, 6, 1);
	struct wp_unmapped_list list;
	struct wp_remedy *remedies;

	for (size_t i = 1; i < plan->entry_count; i++)
		plan->entries[i].source_path = wp_arena_printf(arena, "sources/%zu.wim", i);
	list = wp_unmapped(arena, plan);
	cr_expect_eq(list.count, 1);
	cr_expect_null(wp_unmapped_for(&list, plan, &plan->entries[1]));
	cr_assert_eq(wp_remedies(arena, plan, &remedies), 2);
	cr_expect_eq(remedies[1].packages, 5);
	cr_expect(!strstr(remedies[1].remedy, "--map"), "%s", remedies[1].remedy);
}
