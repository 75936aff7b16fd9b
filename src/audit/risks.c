/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may go wrong with a package, whatever the verdict on it is. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* An image as the site has it beside the one of its index in the source. */
struct pair {
	const struct wp_site_image *was;
	const struct wp_expected_image *is;
	const struct wp_wim_windows *windows; /* what the source says besides; NULL */
};

static bool lacks(const char *text)
{
	return !text || !*text;
}

static bool differ(const char *was, const char *is)
{
	return !lacks(was) && !lacks(is) && !wp_text_equal_nocase(was, is);
}

static bool architectures_differ(const struct pair *pair)
{
	uint64_t code;

	return pair->was->architecture && pair->is->architecture.known &&
	       wp_architecture_code(pair->was->architecture, &code) && code != pair->is->architecture.value;
}

/* As the site has it: a number, or a name already. */
static const char *architecture_was(const struct pair *pair)
{
	uint64_t code;
	const char *name = wp_architecture_code(pair->was->architecture, &code) ? wp_architecture_name(code) : NULL;

	return name ? name : pair->was->architecture;
}

static const char *architecture_is(const struct pair *pair)
{
	const char *name = wp_architecture_name(pair->is->architecture.value);

	return name ? name : "another one";
}

/* Four numbers between dots, as "10.0.26100.7171". */
static bool read_version(const char *text, uint64_t ret[4])
{
	char *end;

	for (int i = 0; i < 4; i++) {
		if (*text < '0' || *text > '9')
			return false;
		ret[i] = strtoull(text, &end, 10);
		if (*end != (i < 3 ? '.' : '\0'))
			return false;
		text = end + 1;
	}
	return true;
}

static bool is_older(const char *is, const char *was)
{
	uint64_t a[4], b[4];

	if (lacks(is) || lacks(was) || !read_version(is, a) || !read_version(was, b))
		return false;
	for (int i = 0; i < 4; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

static json_t *change_json(const char *field, const char *was, const char *is)
{
	json_t *facts = json_object();

	wp_json_set(facts, "field", wp_json_text(field));
	wp_json_set(facts, "was", wp_json_text(was));
	wp_json_set(facts, "is", wp_json_text(is));
	return facts;
}

static bool same_name(const struct pair *pair)
{
	return pair->was->name && pair->is->name && !strcmp(pair->was->name, pair->is->name);
}

/* The edition, where a site has stored one: its documentation knows none, and bags may have more than that. */
static const char *edition_was(const struct wp_site_image *image)
{
	static const char *const names[] = { "Edition", "EditionID", "Edition ID" };

	for (size_t i = 0; i < image->property_count; i++)
		for (size_t j = 0; j < sizeof names / sizeof *names; j++)
			if (wp_ascii_same(image->properties[i].name, names[j]))
				return image->properties[i].value;
	return NULL;
}

static void note_identity(struct wp_audit *audit, const char *id, const struct pair *pair, const char *field, const char *words,
			  const char *was, const char *is)
{
	wp_note_add(audit->plan, WP_NOTE_IDENTITY_CHANGED, id, pair->is->index, change_json(field, was, is),
		    "image %" PRIu32 " is still called %s, and %s %s instead of %s", pair->is->index, pair->is->name, words, is,
		    was);
}

static void compare_identity(struct wp_audit *audit, const char *id, const struct pair *pair)
{
	const struct wp_wim_windows *windows = pair->windows;
	const struct {
		const char *field, *words, *was, *is;
	} texts[] = {
		{ "edition", "has the edition", edition_was(pair->was), windows ? windows->edition_id : NULL },
		{ "language", "has the language", pair->was->language, pair->is->language },
		{ "product_type", "has the product type", pair->was->product_type, windows ? windows->product_type : NULL },
	};

	if (!same_name(pair))
		return;
	if (architectures_differ(pair))
		note_identity(audit, id, pair, "architecture", "was made for", architecture_was(pair), architecture_is(pair));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (differ(texts[i].was, texts[i].is))
			note_identity(audit, id, pair, texts[i].field, texts[i].words, texts[i].was, texts[i].is);
}

static void compare_kept(struct wp_audit *audit, const char *id, const struct pair *pair)
{
	const struct {
		const char *field;
		const char *was;
		bool lost;
	} fields[] = {
		{ "name", pair->was->name, lacks(pair->is->name) },
		{ "os_version", pair->was->os_version, lacks(pair->is->os_version) },
		{ "architecture", pair->was->architecture, !pair->is->architecture.known },
		{ "language", pair->was->language, lacks(pair->is->language) },
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].lost && !lacks(fields[i].was))
			wp_note_add(audit->plan, WP_NOTE_LOST_METADATA, id, pair->is->index,
				    change_json(fields[i].field, fields[i].was, NULL),
				    "image %" PRIu32 " no longer says its %s, which was %s", pair->is->index, fields[i].field,
				    fields[i].was);
	if (is_older(pair->is->os_version, pair->was->os_version))
		wp_note_add(audit->plan, WP_NOTE_DOWNGRADE, id, pair->is->index,
			    change_json("os_version", pair->was->os_version, pair->is->os_version),
			    "image %" PRIu32 " is older than what the site has: %s instead of %s", pair->is->index,
			    pair->is->os_version, pair->was->os_version);
}

/* Whether the names of two lists of images are the same ones, in whatever order. */
static bool same_names(const struct audited *package)
{
	const struct wp_site_images *was = &package->recorded;
	const char **a = wp_arena_alloc(package->scratch, was->count * sizeof *a);
	const char **b = wp_arena_alloc(package->scratch, was->count * sizeof *b);

	if (was->count != package->expected_count)
		return false;
	for (size_t i = 0; i < was->count; i++) {
		a[i] = was->items[i].name;
		b[i] = package->expected[i].name;
		if (!a[i] || !b[i])
			return false;
	}
	qsort(a, was->count, sizeof *a, wp_text_compare_items);
	qsort(b, was->count, sizeof *b, wp_text_compare_items);
	for (size_t i = 0; i < was->count; i++)
		if (strcmp(a[i], b[i]))
			return false;
	return true;
}

static void compare_lists(struct wp_audit *audit, const struct audited *package, size_t moved)
{
	const char *id = package->record->package_id;
	size_t was = package->recorded.count, is = package->expected_count;
	json_t *facts;

	if (was == is && !(moved && same_names(package)))
		return;
	facts = json_object();
	wp_json_set(facts, "was", wp_json_u64(was));
	wp_json_set(facts, "is", wp_json_u64(is));
	if (was != is)
		wp_note_add(audit->plan, WP_NOTE_IMAGES_REORDERED, id, 0, facts,
			    "the source has %zu image%s where the site knows %zu", is, wp_plural(is), was);
	else
		wp_note_add(audit->plan, WP_NOTE_IMAGES_REORDERED, id, 0, facts,
			    "the source has the site's images in another order: %zu of %zu indexes hold another one", moved, is);
}

static int compare_index(const void *key, const void *item)
{
	uint32_t index = *(const uint32_t *)key, other = ((const struct wp_wim_image *)item)->index;

	return index < other ? -1 : index > other;
}

/* What the source's XML says of Windows in the image of this index; NULL where it says nothing. */
static const struct wp_wim_windows *windows_of(const struct audited *package, uint32_t index)
{
	const struct wp_wim_metadata *metadata = package->seen->wim->metadata;
	const struct wp_wim_image *image =
		bsearch(&index, metadata->images, metadata->image_count, sizeof *metadata->images, compare_index);

	return image ? image->windows : NULL;
}

static void compare_images(struct wp_audit *audit, const struct audited *package)
{
	const struct wp_site_images *was = &package->recorded;
	size_t i = 0, j = 0, moved = 0;

	if (!was->count || !package->expected_count)
		return;
	while (i < was->count && j < package->expected_count) {
		struct pair pair = { &was->items[i], &package->expected[j], NULL };

		i += pair.was->index <= pair.is->index;
		j += pair.is->index <= pair.was->index;
		if (pair.was->index != pair.is->index)
			continue;
		pair.windows = windows_of(package, pair.is->index);
		compare_identity(audit, package->record->package_id, &pair);
		compare_kept(audit, package->record->package_id, &pair);
		moved += pair.was->name && pair.is->name && strcmp(pair.was->name, pair.is->name);
	}
	compare_lists(audit, package, moved);
}

/* "D:\…": SMS_PackageBaseclass.PkgSourcePath may be a path on the site server itself. */
static bool is_local(const char *path)
{
	return path && wp_ascii_alnum(path[0]) && path[0] > '9' && path[1] == ':';
}

static void look_at_path(struct wp_audit *audit, const struct audited *package)
{
	json_t *facts;

	if (!is_local(package->record->source_path))
		return;
	facts = json_object();
	wp_json_set(facts, "source_path", wp_json_text(package->record->source_path));
	wp_note_add(audit->plan, WP_NOTE_LOCAL_SOURCE, package->record->package_id, 0, facts,
		    "the source is on a drive of the site server %s, where others cannot look at it",
		    package->record->source_site ? package->record->source_site : "itself");
}

/* @time is that of something which has happened. */
static void look_at_future(struct wp_audit *audit, const char *package_id, const char *what, struct wp_time time)
{
	struct wp_time now = audit->plan->created_at;
	int64_t tolerance = (int64_t)audit->input->plan->policy->clock_tolerance * WP_TICKS_PER_SECOND;
	json_t *facts;

	/* A time whose zone is not known may be up to 14 hours off. */
	if (!time.known || !time.zone_known || !now.known || time.ticks <= now.ticks + tolerance)
		return;
	facts = json_object();
	wp_json_set(facts, "what", wp_json_text(what));
	wp_json_set(facts, "time", wp_json_time(time));
	wp_note_add(audit->plan, WP_NOTE_DATE_IN_FUTURE, package_id, 0, facts, "the %s is in the future: %s", what,
		    wp_time_minutes(audit->scratch, time));
}

static void look_at_dates(struct wp_audit *audit, const struct audited *package)
{
	const char *id = package->record->package_id;

	look_at_future(audit, id, "SourceDate", package->record->source_date);
	if (package->seen)
		look_at_future(audit, id, "newest file of the source", package->seen->newest_file);
}

void wp_audit_find_clocks(struct wp_audit *audit)
{
	look_at_future(audit, NULL, "time of the export", audit->input->plan->set->taken_at);
}

/* An unproven content that was distributed once is an old one; one that nobody knows may be anything. */
static void look_for_content(struct wp_audit *audit, const struct audited *package)
{
	const char *id = package->record->package_id;
	const struct wp_baseline *items;
	size_t known;
	json_t *facts;

	if (!wp_entry_has_reason(package->entry, "content-unproven") || !package->seen || !*package->seen->content_id)
		return;
	known = wp_plan_baselines(audit->input->plan, id, &items);
	for (size_t i = 0; i < known; i++)
		if (items[i].content_id && !strcmp(items[i].content_id, package->seen->content_id))
			return;
	if (!known)
		return;
	facts = json_object();
	wp_json_set(facts, "content_id", wp_json_text(package->seen->content_id));
	wp_json_set(facts, "known", wp_json_u64(known));
	wp_note_add(audit->plan, WP_NOTE_CONTENT_NOT_FOUND, id, 0, facts,
		    "the unproven content is not %s known to have been distributed as this package",
		    known == 1 ? "the one that is" : wp_arena_printf(audit->scratch, "one of the %zu that are", known));
}

void wp_audit_find_risks(struct wp_audit *audit, const struct audited *package)
{
	compare_images(audit, package);
	look_at_path(audit, package);
	look_at_dates(audit, package);
	look_for_content(audit, package);
}
