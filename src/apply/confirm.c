/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked on the terminal before a run: which plan, which packages, which calls. */
#include "confirm.h"
#include "say.h"

#include "wimplan/hash.h"
#include "wimplan/print.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <string.h>

/* Packages that are named; who wants to see more of them has check. */
#define NAMED 40u

struct counts {
	size_t packages, reload, refresh, begun;
};

static bool is_called(const struct wp_step *step, const struct wp_verdict *verdict)
{
	return step->selected && step->state == WP_STATE_PENDING && verdict->standing == WP_STANDING_PENDING;
}

/* One line for a package: @step is the first one that is called of it. */
static void add_package(const struct wp_step *step, bool both, struct wp_buf *buf)
{
	char calls[80];

	snprintf(calls, sizeof calls, "%s%s%s", wp_action_name(step->action), both ? ", " : "",
		 both ? wp_action_name(WP_ACTION_REFRESH) : "");
	wp_buf_puts(buf, "  ");
	wp_text_pad(buf, step->entry->package_id, 10);
	wp_text_pad(buf, calls, 41);
	if (step->entry->name)
		wp_text_escape(buf, step->entry->name);
	wp_buf_putc(buf, '\n');
}

static struct counts add_packages(const struct wp_apply *apply, const struct wp_verdict *verdicts, struct wp_buf *buf)
{
	struct counts counts = { 0 };
	const struct wp_entry *last = NULL;

	for (size_t i = 0; i < apply->steps.count; i++) {
		const struct wp_step *step = &apply->steps.items[i];

		counts.begun += step->selected && (step->state == WP_STATE_STARTED || step->state == WP_STATE_ACCEPTED);
		if (!is_called(step, &verdicts[i]))
			continue;
		counts.reload += step->action == WP_ACTION_RELOAD;
		counts.refresh += step->action == WP_ACTION_REFRESH;
		if (step->entry == last)
			continue;
		last = step->entry;
		/* Both steps of a package stand side by side. */
		if (counts.packages++ < NAMED)
			add_package(step,
				    i + 1 < apply->steps.count && step[1].entry == last &&
					    is_called(&step[1], &verdicts[i + 1]),
				    buf);
	}
	return counts;
}

bool wp_apply_confirm(struct wp_apply *apply, const struct wp_verdict *verdicts)
{
	struct wp_buf question __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct counts counts;
	char answer[16] = "";

	wp_text_line(&question, "Plan %s, site %s, at %s:", wp_hash_short(apply->cli->arena, apply->plan->id),
		     apply->plan->site_code, apply->connection.url);
	counts = add_packages(apply, verdicts, &question);
	if (counts.packages > NAMED)
		wp_text_line(&question, "  and %zu more; wimplan-apply check %s lists them all", counts.packages - NAMED,
			     apply->plan_path);
	if (counts.begun)
		wp_text_line(&question, "An earlier run has begun %zu more; what became of them is looked up first.",
			     counts.begun);
	wp_buf_printf(&question, "Reload the metadata of %zu %s and refresh the content of %zu? [y/N] ", counts.reload,
		      counts.reload == 1 ? "package" : "packages", counts.refresh);
	wp_tell(wp_buf_text(&question));
	if (!wp_terminal_answer(answer, sizeof answer))
		return false;
	return answer[0] == 'y' || answer[0] == 'Y';
}
