/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GetImageProperties of each source (memdocs, "How to view the properties for an operating system image": called on the class). */
#include "probe.h"
#include "telling.h"

#include "wimplan/clock.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

/* The file that a reload reads, as the provider sees it; NULL when there is none. The caller frees it. */
static char *source_path(const char *class, const json_t *entity)
{
	const char *path = wp_json_get_text(entity, "PkgSourcePath");
	bool folder = !strcmp(class, wp_class_name(WP_CLASS_INSTALL));
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
	int64_t waited = 0;

	for (unsigned int tries = 0;; tries++) {
		int64_t pause;

		wp_session_call_static(session, class, "GetImageProperties", arguments, ret);
		if (ret->said != WP_SAID_AGAIN || tries + 1 >= WP_TRIES || wp_signal_caught())
			return;
		pause = wp_session_pause(tries, waited, ret);
		if (pause < 0)
			return;
		waited += pause;
		session->notice(session->context, ret->why, pause);
		wp_answer_free(ret);
		wp_clock_wait(pause, NULL, NULL);
	}
}

void wp_probe_ask(struct wp_session *session, const char *class, const json_t *entity, struct wp_probed *ret)
{
	json_t *arguments __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_object());

	*ret = (struct wp_probed){ .path = source_path(class, entity) };
	if (!ret->path)
		return;
	wp_json_set(arguments, "SourceImagePath", wp_json_text(ret->path));
	call(session, class, arguments, &ret->answer);
	if (ret->answer.said == WP_SAID_DONE)
		ret->property = wp_json_get_text(ret->answer.json, "ImageProperty");
	if (!ret->property)
		ret->why = ret->answer.said == WP_SAID_DONE ? "the answer has no ImageProperty" : ret->answer.why;
}

void wp_probed_free(struct wp_probed *probed)
{
	wp_answer_free(&probed->answer);
	free(probed->path);
}

void wp_probe(struct wp_export *export, struct wp_session *session, const struct wp_job *job, json_t *entity)
{
	struct wp_probed probed __attribute__((cleanup(wp_probed_free)));

	wp_probe_ask(session, job->read->class, entity, &probed);
	if (!probed.path)
		return;
	if (probed.property) {
		wp_json_set(entity, "ProbedImageProperty", wp_json_text(probed.property));
		return;
	}
	wp_json_set(entity, "__PROBE_ERROR", wp_json_text(probed.why));
	wp_mutex_lock(export->lock);
	wp_export_event(export, "not-probed", job->read->class, job->key, -1, probed.why);
	wp_export_note(export, "%s: the provider could not read %s: %s", job->key, probed.path, probed.why);
	wp_mutex_unlock(export->lock);
}
