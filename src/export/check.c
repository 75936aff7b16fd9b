/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a check: $metadata, the packages' classes, those around them, the account; and the document of it. */
#include "check.h"
#include "telling.h"

#include "wimplan/clock.h"
#include "wimplan/json.h"
#include "wimplan/version.h"

static const char *const methods[] = { "ReloadImageProperties", "RefreshPkgSource" };
enum { METHODS = 2 };

static WP_NAMES(offer_name, enum wp_offer, "no", "unbound", "bound", "inherited", "class")

/* --- What is around the packages -------------------------------------------------------------------------------------- */

/* One row tells that they may be read. */
static int see_row(void *context, json_t *row, struct wp_error *err)
{
	(void)row, (void)err;
	*(bool *)context = true;
	return WP_CHECK_ENOUGH;
}

static int check_around(struct wp_check *check, const struct wp_site_read *class, bool offered, struct wp_error *err)
{
	const char *sample = wp_json_get_text(json_array_get(check->samples, 0), "package_id"), *read = "absent";
	const char *filter = class->filter;
	bool rows = false;
	int status = WP_OK;

	if (class->package && sample)
		filter = wp_arena_printf(check->export->cli->arena, "%s eq '%s'", class->package, sample);
	if (offered)
		status = wp_check_list(check, class->class, filter, see_row, &rows, &read, err);
	wp_json_push(check->around, wp_json_object("class", wp_json_text(class->class), "read", wp_json_text(read), "rows",
						   json_boolean(rows), NULL));
	return status;
}

/* --- The course ------------------------------------------------------------------------------------------------------- */

static void begin(struct wp_check *check)
{
	check->packages = wp_json_must(json_array());
	check->around = wp_json_must(json_array());
	check->fields = wp_json_must(json_array());
	check->properties = wp_json_must(json_array());
	check->samples = wp_json_must(json_array());
	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		wp_json_push(check->fields,
			     wp_json_object("field", wp_json_text(wp_site_fields[i].name), "forms",
					    wp_json_object("probe", json_array(), "stored", json_array(), "rows", json_array(), NULL),
					    "stored", json_object(), "rows", json_object(), NULL));
}

void wp_check_free(struct wp_check *check)
{
	json_t *all[] = { check->packages, check->around, check->fields, check->properties, check->skeleton, check->samples,
			  check->account };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		json_decref(all[i]);
}

static void step(struct wp_check *check)
{
	struct wp_export *export = check->export;

	export->next = ++check->asked;
	export->job_count = WP_CHECK_CLASSES + wp_site_read_count + 1;
	wp_export_progress(export);
}

/* Whether a package of any class could be read. */
static bool found_package(const struct wp_check *check)
{
	json_t *class;
	size_t i;

	json_array_foreach(check->packages, i, class)
		if (json_integer_value(json_object_get(class, "count")) > 0)
			return true;
	return false;
}

static int fail_empty(const struct wp_check *check, struct wp_error *err)
{
	const char *url = check->export->connection.url;

	if (check->first.status) {
		*err = check->first;
		return err->status;
	}
	return wp_fail(err, WP_E_FAILED, "no-records", url,
		       "%s shows no image, upgrade or boot image package%s; the site has none, or the account may not read them: "
		       "wimplan-provider(7) lists the rights that it needs",
		       url, check->export->cli->only.count ? " of those that --only names" : "");
}

static int check_classes(struct wp_check *check, const bool *has, const enum wp_offer *offers, struct wp_error *err)
{
	int status = WP_OK;

	for (int class = 0; class < WP_CHECK_CLASSES && !status && !wp_signal_caught(); class++) {
		json_t *actions = wp_json_must(json_object()), *found;

		status = wp_check_class(check, (enum wp_class)class, has[class], err);
		for (int i = 0; i < METHODS; i++)
			wp_json_set(actions, methods[i], wp_json_text(offer_name(offers[class * METHODS + i])));
		found = json_array_get(check->packages, (size_t)class);
		if (found)
			wp_json_set(found, "actions", actions);
		else
			json_decref(actions);
		step(check);
	}
	if (!status && !wp_signal_caught() && !found_package(check))
		return fail_empty(check, err);
	return status;
}

int wp_check_site(struct wp_check *check, const char *account, struct wp_error *err)
{
	struct wp_arena *arena = check->export->cli->arena;
	const char **names = wp_arena_alloc(arena, wp_site_read_count * sizeof *names);
	bool *has = wp_arena_alloc(arena, wp_site_read_count * sizeof *has);
	struct wp_method wanted[WP_CHECK_CLASSES * METHODS];
	enum wp_offer offers[WP_CHECK_CLASSES * METHODS];
	int status;

	begin(check);
	for (size_t i = 0; i < wp_site_read_count; i++)
		names[i] = wp_site_reads[i].class;
	for (size_t i = 0; i < WP_CHECK_CLASSES * METHODS; i++)
		wanted[i] = (struct wp_method){ (enum wp_class)(i / METHODS), methods[i % METHODS] };
	status = wp_session_open(check->session, err);
	if (!status)
		status = wp_session_describe(check->session, names, wp_site_read_count, has, wanted, WP_CHECK_CLASSES * METHODS,
					     offers, err);
	/* The packages' classes stand first in the table, in the order of their enum. */
	if (!status)
		status = check_classes(check, has, offers, err);
	for (size_t i = WP_CHECK_CLASSES; i < wp_site_read_count && !status && !wp_signal_caught(); i++) {
		status = check_around(check, &wp_site_reads[i], has[i], err);
		step(check);
	}
	if (!status && !wp_signal_caught())
		status = wp_check_account(check, account, err);
	step(check);
	return wp_signal_caught() ? WP_OK : status;
}

/* --- The document ----------------------------------------------------------------------------------------------------- */

json_t *wp_check_findings(const struct wp_check *check)
{
	return wp_json_object("complete", json_boolean(!check->unanswered), "packages", json_incref(check->packages), "around",
			      json_incref(check->around), "lists",
			      wp_json_object("page_size", check->page_size ? wp_json_u64(check->page_size) : json_null(), "longest",
					     wp_json_u64(check->longest), NULL),
			      "account", json_incref(check->account), "fields", json_incref(check->fields), "properties",
			      json_incref(check->properties), "skeleton",
			      check->skeleton ? json_incref(check->skeleton) : json_null(), NULL);
}

json_t *wp_check_document(const struct wp_check *check)
{
	const struct wp_export *export = check->export;

	return wp_json_put(wp_json_document("wimplan-profile", "1.0"), "taken_at", wp_json_time(export->cli->env->now), "tool",
			   wp_json_object("name", wp_json_text("wimplan-export"), "version", wp_json_text(WIMPLAN_VERSION), NULL),
			   "findings", wp_check_findings(check), "site",
			   wp_json_object("site_code", wp_json_hash(export->site_code), "provider",
					  wp_json_text(export->connection.url), "samples", json_incref(check->samples), NULL),
			   NULL);
}
