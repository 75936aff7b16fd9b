/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Step four of a reload's documentation: commit the object. Only the reload's documentation asks for it. */
#include "run.h"

bool wp_commit_is_due(const struct wp_run *run, const struct wp_step *step, bool there)
{
	enum wp_commit commit = run->apply->commit;

	if (step->action != WP_RELOAD || step->state != WP_STATE_ACCEPTED || step->committed ||
	    step->commits >= WP_TRIES)
		return false;
	return commit == WP_COMMIT_ALWAYS || (commit == WP_COMMIT_AUTO && !there);
}

bool wp_commit(struct wp_run *run, struct wp_step *step, const json_t *entity)
{
	struct wp_answer answer;

	step->commits++;
	wp_session_write(run->session, step->entry->class, step->entry->package_id, entity, &answer);
	step->committed = answer.said == WP_SAID_DONE;
	step->commit_failed = !step->committed;
	if (step->committed) {
		wp_run_save(run, step, "committed");
	} else {
		/* What may pass is tried again, after another look: it is what was read that is written back. */
		if (answer.said != WP_SAID_AGAIN && answer.said != WP_SAID_NOTHING)
			step->commits = WP_TRIES;
		wp_step_error(step, "the object could not be written back: %.500s", answer.why);
		wp_run_save(run, step, "commit-failed");
	}
	wp_answer_free(&answer);
	return step->committed;
}
