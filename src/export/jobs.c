/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several requests at a time: threads that take one job after the other. */
#include "jobs.h"
#include "document.h"
#include "telling.h"

#include "wimplan/clock.h"

/* So many jobs may be done before one that is not: what they have read is held until then. */
#define AHEAD 512u
/* A list that is not the next to be given away waits for its turn when it has so many bytes. */
#define LIST_AHEAD ((size_t)8 << 20)
#define WAIT_MS 20

/* The texts of the jobs that are through, in their order. */
static void give(struct wp_export *export)
{
	while (export->given < export->job_count && export->jobs[export->given].done) {
		struct wp_job *job = &export->jobs[export->given++];

		wp_document_add(export, job->read, &job->text);
		wp_buf_free(&job->text);
	}
}

static bool goes_on(const struct wp_export *export)
{
	return !export->stopped[0] && !wp_signal_caught();
}

/* Lets other threads work for a moment. */
static void wait(struct wp_export *export)
{
	wp_mutex_unlock(export->lock);
	wp_clock_wait(WAIT_MS, NULL, NULL);
	wp_mutex_lock(export->lock);
}

void wp_jobs_give(struct wp_export *export, struct wp_job *job)
{
	wp_mutex_lock(export->lock);
	/* Jobs are begun in their order: the one whose turn it is is under way, and waits for nobody. */
	while (job->text.length > LIST_AHEAD && goes_on(export) && &export->jobs[export->given] != job)
		wait(export);
	if (&export->jobs[export->given] == job) {
		wp_document_add(export, job->read, &job->text);
		wp_buf_clear(&job->text);
	}
	wp_mutex_unlock(export->lock);
}

/* The next job; NULL when there is none, or nothing more is to be asked for. */
static struct wp_job *take(struct wp_export *export)
{
	struct wp_job *job = NULL;

	wp_mutex_lock(export->lock);
	while (goes_on(export) && export->next < export->job_count && export->next >= export->given + AHEAD)
		wait(export);
	if (goes_on(export) && export->next < export->job_count)
		job = &export->jobs[export->next++];
	wp_mutex_unlock(export->lock);
	return job;
}

static void work(void *context, unsigned int number)
{
	struct wp_export *export = context;
	struct wp_session *session = &export->sessions[number];
	struct wp_error err;
	struct wp_job *job;

	/* The first has found out that there is a provider; what this one cannot do the others do. */
	if (!session->provider && wp_session_open(session, &err))
		return;
	while ((job = take(export))) {
		export->work(export, session, job);
		wp_mutex_lock(export->lock);
		job->done = true;
		give(export);
		wp_export_progress(export);
		wp_mutex_unlock(export->lock);
	}
}

void wp_jobs_run(struct wp_export *export, struct wp_job *jobs, size_t count,
		 void (*function)(struct wp_export *export, struct wp_session *session, struct wp_job *job))
{
	export->jobs = jobs;
	export->job_count = count;
	export->next = export->given = 0;
	export->work = function;
	if (count)
		wp_threads_run(export->session_count, work, export);
	/* Behind one that was not done there may be some that are. */
	for (; export->given < count; export->given++) {
		struct wp_job *job = &jobs[export->given];

		if (job->done)
			wp_document_add(export, job->read, &job->text);
		wp_buf_free(&job->text);
	}
}
