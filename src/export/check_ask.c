/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question of a check: what came of it, and the rows and pages of a list. */
#include "check.h"
#include "telling.h"

#include "wimplan/clock.h"
#include "wimplan/limits.h"

int wp_check_took(struct wp_check *check, int status, const char **ret_read, struct wp_error *err)
{
	const struct wp_session *session = check->session;
	bool for_good = session->unreachable || (session->denied && session->status != 403);

	if (!status || status == WP_CHECK_ENOUGH) {
		*ret_read = "yes";
		return WP_OK;
	}
	if (status == WP_E_NOT_FOUND) {
		*ret_read = "absent";
		return WP_OK;
	}
	*ret_read = session->denied ? "denied" : "failed";
	check->unanswered = true;
	if (!check->first.status)
		check->first = *err;
	wp_export_note(check->export, "%s", err->message);
	return for_good ? status : WP_OK;
}

struct counter {
	struct wp_check *check;
	int (*row)(void *context, json_t *row, struct wp_error *err);
	void *context;
	uint64_t rows, pages, first_page;
};

static int count_row(void *context, json_t *row, struct wp_json_excerpt text, struct wp_error *err)
{
	struct counter *counter = context;

	(void)text;
	counter->rows++;
	if (wp_signal_caught())
		return WP_CHECK_ENOUGH;
	return counter->row ? counter->row(counter->context, row, err) : WP_OK;
}

static void count_page(void *context)
{
	struct counter *counter = context;

	if (!counter->pages++)
		counter->first_page = counter->rows;
}

int wp_check_list(struct wp_check *check, const char *class, const char *filter,
		  int (*row)(void *context, json_t *row, struct wp_error *err), void *context, const char **ret_read,
		  struct wp_error *err)
{
	struct counter counter = { .check = check, .row = row, .context = context };
	struct wp_list_reader reader = { .row = count_row, .page = count_page, .context = &counter, .limit = WP_LIMIT_SITE_ROWS };
	int status;

	check->session->denied = false;
	status = wp_session_list(check->session, class, filter, &reader, err);
	if (counter.pages > 1 && counter.first_page > check->page_size)
		check->page_size = counter.first_page;
	if (counter.rows > check->longest)
		check->longest = counter.rows;
	return wp_check_took(check, status, ret_read, err);
}
