/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result as text: the steps that somebody should look at, then the counts. */
#include "apply.h"
#include "classify.h"

#include "wimplan/hash.h"
#include "wimplan/text.h"

#include <string.h>

static void add_step(const struct wp_step *step, const char *outcome, struct wp_buf *buf)
{
	const char *name = step->entry->name;
	char why[100];

	wp_text_pad(buf, outcome, 12);
	wp_text_pad(buf, step->entry->package_id, 10);
	wp_text_pad(buf, wp_action_name(step->action), 23);
	wp_text_line(buf, "%s", name ? name : "");
	if (step->error)
		wp_text_line(buf, "            %s", step->error);
	if (wp_classify_at_work(step->action_in_progress, why, sizeof why))
		wp_text_line(buf, "            %s", why);
}

void wp_summary_text(const struct wp_apply *apply, const char *(*outcome)(enum wp_state), struct wp_buf *buf)
{
	size_t selected = 0, counts[WP_STATES] = { 0 };
	const char *separator = ": ";

	for (size_t i = 0; i < apply->steps.count; i++) {
		const struct wp_step *step = &apply->steps.items[i];
		enum wp_state state = WP_STATE_PENDING;

		if (!step->selected)
			continue;
		selected++;
		/* Several states may have one word. */
		wp_state_from_name(outcome(step->state), &state);
		counts[state]++;
		if (apply->verbose || !wp_state_is_good(state))
			add_step(step, outcome(step->state), buf);
	}
	wp_buf_printf(buf, "Plan %s, site ", wp_hash_short(apply->arena, apply->plan->id));
	wp_text_escape(buf, apply->plan->site_code);
	wp_buf_printf(buf, ", %zu %s", selected, selected == 1 ? "step" : "steps");
	for (size_t i = 0; i < WP_STATES; i++) {
		if (!counts[i])
			continue;
		wp_buf_printf(buf, "%s%zu %s", separator, counts[i], wp_state_name((enum wp_state)i));
		separator = ", ";
	}
	wp_buf_puts(buf, ".\n");
	if (selected < apply->steps.count)
		wp_buf_printf(buf, "Only the packages that --only names; %zu more %s in the plan.\n",
			      apply->steps.count - selected,
			      apply->steps.count - selected == 1 ? "step is" : "steps are");
}
