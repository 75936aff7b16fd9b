/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Step four of a reload's documentation: commit the object. Only the reload's documentation asks for it. */
#include "run.h"
#include "clock.h"
#include "entity.h"

#include <stdlib.h>

bool wp_commit_is_due(const struct wp_run *run, const struct wp_step *step, bool there)
{
	enum wp_commit commit = run->apply->commit;

	if (step->action != WP_RELOAD || step->state != WP_STATE_ACCEPTED || step->committed ||
	    step->commits >= WP_TRIES)
		return false;
	return commit == WP_COMMIT_ALWAYS || (commit == WP_COMMIT_AUTO && !there);
}

/* 204 No Content is the usual answer to a PUT. */
static bool is_success(const struct wp_http *http, const struct wp_answer *answer)
{
	return answer->said == WP_SAID_DONE ||
	       (http->transport == WP_ANSWERED && http->status >= 200 && http->status < 300);
}

bool wp_commit(struct wp_run *run, struct wp_step *step, const json_t *entity)
{
	char *path = wp_provider_path(wp_class_name(step->target->class), step->target->package_id, NULL);
	char *text = wp_entity_write_back(entity);
	struct wp_http http = { 0 };
	struct wp_answer answer;

	step->commits++;
	wp_provider_send(run->session->provider, "PUT", path, text ? text : "{}", &http);
	wp_answer_read(&http, false, &answer);
	step->committed = is_success(&http, &answer);
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
	wp_http_free(&http);
	free(text);
	free(path);
	return step->committed;
}
