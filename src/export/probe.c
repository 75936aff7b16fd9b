/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GetImageProperties of each source (memdocs, "How to view the properties for an operating system image": called on the class). */
#include "probe.h"
#include "telling.h"

#include "wimplan/clock.h"
#include "wimplan/json.h"

#include <string.h>

/* The file that a reload reads, as the provider sees it; NULL when there is none. The caller frees it. */
static char *source_path(const struct wp_job *job, const json_t *entity)
{
	const char *path = wp_json_get_text(entity, "PkgSourcePath");
	bool folder = !strcmp(job->read->class, wp_class_name(WP_CLASS_INSTALL));
	struct wp_buf buf = { 0 };
	size_t length = path ? strlen(path) : 0;

	while (folder && length && path[length - 1] == '\\')
		length--;
	if (!length)
		return NULL;
	wp_buf_add(&buf, path, length);
	if (folder)
		wp_buf_puts(&buf, "\\sources\\install.wim");
	return buf.data;
}

/* Called again while the provider says that it was not now: nothing is changed by it. */
static void call(struct wp_session *session, const char *class, const json_t *arguments, struct wp_answer *ret)
{
	for (unsigned int tries = 0;; tries++) {
		int64_t pause;

		wp_session_call_static(session, class, "GetImageProperties", arguments, ret);
		if (ret->said != WP_SAID_AGAIN || tries + 1 >= WP_TRIES || wp_signal_caught())
			return;
		pause = wp_session_pause(tries, ret->retry_after);
		session->notice(session->context, ret->why, pause);
		wp_answer_free(ret);
		wp_clock_wait(pause, NULL, NULL);
	}
}

void wp_probe(struct wp_export *export, struct wp_session *session, const struct wp_job *job, json_t *entity)
{
	json_t *arguments __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_object());
	char *path = source_path(job, entity);
	const char *property, *why;
	struct wp_answer answer;

	if (!path)
		return;
	wp_json_set(arguments, "SourceImagePath", wp_json_text(path));
	call(session, job->read->class, arguments, &answer);
	property = wp_json_get_text(answer.json, "ImageProperty");
	why = answer.said != WP_SAID_DONE ? answer.why : property ? NULL : "the answer has no ImageProperty";
	if (!why) {
		wp_json_set(entity, "ProbedImageProperty", wp_json_text(property));
	} else {
		wp_json_set(entity, "__PROBE_ERROR", wp_json_text(why));
		wp_mutex_lock(export->lock);
		wp_export_event(export, "not-probed", job->read->class, job->key, -1, why);
		wp_export_note(export, "%s: the provider could not read %s: %s", job->key, path, why);
		wp_mutex_unlock(export->lock);
	}
	wp_answer_free(&answer);
	free(path);
}
