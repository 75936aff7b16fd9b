/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps of task sequences name an image by its index: what stands there now is what the next machine gets, whatever the
 * step was made for.
 */
#include "internal.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What tells an image apart for a step. Texts may be NULL. */
struct identity {
	const char *name;
	struct wp_number architecture;
	const char *language;
};

static struct identity of_site(const struct wp_site_image *image)
{
	struct identity identity = { .name = image->name, .language = image->language };

	identity.architecture.known =
		image->architecture && wp_architecture_code(image->architecture, &identity.architecture.value);
	return identity;
}

static struct identity of_source(const struct wp_expected_image *image)
{
	return (struct identity){ image->name, image->architecture, image->language };
}

/* What one of the two does not say is no difference. */
static bool same_text(const char *a, const char *b)
{
	return !a || !b || wp_text_equal_nocase(a, b);
}

static bool same_traits(const struct identity *a, const struct identity *b)
{
	return same_text(a->language, b->language) &&
	       (!a->architecture.known || !b->architecture.known || a->architecture.value == b->architecture.value);
}

static bool same_name(const struct identity *a, const struct identity *b)
{
	return a->name && b->name && !strcmp(a->name, b->name);
}

static int compare_recorded(const void *key, const void *item)
{
	uint64_t index = *(const uint64_t *)key, other = ((const struct wp_site_image *)item)->index;

	return index < other ? -1 : index > other;
}

static int compare_expected(const void *key, const void *item)
{
	uint64_t index = *(const uint64_t *)key, other = ((const struct wp_expected_image *)item)->index;

	return index < other ? -1 : index > other;
}

/* The image of this index of a record; false when it has none, or does not say its name. Images are sorted. */
static bool recorded_at(const struct wp_site_images *images, uint64_t index, struct identity *ret)
{
	const struct wp_site_image *image =
		images->count ? bsearch(&index, images->items, images->count, sizeof *images->items, compare_recorded) : NULL;

	if (!image || !image->name)
		return false;
	*ret = of_site(image);
	return true;
}

static const struct wp_expected_image *image_at(const struct audited *package, uint64_t index)
{
	return bsearch(&index, package->expected, package->expected_count, sizeof *package->expected, compare_expected);
}

/* Where the image stands now that was at @index; the one of its name alone where none is the same in all. */
static const struct wp_expected_image *find_image(const struct audited *package, const struct identity *was, uint64_t index)
{
	const struct wp_expected_image *by_name = NULL;

	for (size_t i = 0; i < package->expected_count; i++) {
		struct identity is = of_source(&package->expected[i]);

		if (package->expected[i].index == index || !same_name(was, &is))
			continue;
		if (same_traits(was, &is))
			return &package->expected[i];
		by_name = &package->expected[i];
	}
	return by_name;
}

static json_t *identity_json(const struct identity *identity, bool known)
{
	json_t *object;

	if (!known)
		return json_null();
	object = json_object();
	wp_json_set(object, "name", wp_json_text(identity->name));
	wp_json_set(object, "architecture_code", wp_json_number(identity->architecture));
	wp_json_set(object, "language", wp_json_text(identity->language));
	return object;
}

/* What a step is about in the middle of a sentence: 'step "Apply" of "Deploy" (P0100050), which is switched off,' */
static const char *step_words(struct wp_audit *audit, const struct wp_usage *usage)
{
	const struct wp_task_sequence *sequence = usage->sequence;

	return wp_arena_printf(audit->scratch, "step \"%s\" of the task sequence %s%s%s", usage->step,
			       sequence->name ? sequence->name : sequence->id,
			       sequence->name ? wp_arena_printf(audit->scratch, " (%s)", sequence->id) : "",
			       !sequence->enabled ? ", which is switched off," : usage->enabled ? ""
											      : ", switched off,");
}

static const char *traits_words(struct wp_audit *audit, const struct identity *identity)
{
	const char *architecture =
		identity->architecture.known ? wp_architecture_name(identity->architecture.value) : NULL;

	return wp_arena_printf(audit->scratch, "%s%s%s", architecture ? architecture : "",
			       architecture && identity->language ? " " : "",
			       identity->language ? identity->language : "");
}

/* What a step by default installed, and what it would install now. */
struct installed {
	bool was_known, is_there;
	struct identity was, is;
	const struct wp_expected_image *now; /* where the former stands now, when at another index; NULL */
};

static bool is_same(const struct installed *image)
{
	return same_name(&image->was, &image->is) && same_traits(&image->was, &image->is);
}

static struct installed installed_by(const struct audited *package, const struct wp_usage *usage)
{
	uint64_t index = usage->index.value;
	const struct wp_expected_image *there = image_at(package, index);
	struct installed image = { .is_there = there != NULL };

	if (there)
		image.is = of_source(there);
	image.was_known = recorded_at(&package->recorded, index, &image.was);
	/* The site may have loaded the new file already: then the export before it tells what the step was made for. */
	if (there && (!image.was_known || is_same(&image)))
		image.was_known = recorded_at(&package->before, index, &image.was);
	if (image.was_known && !is_same(&image))
		image.now = find_image(package, &image.was, index);
	return image;
}

/* Whether a step names an image that the source can be held against. */
static bool has_index(const struct audited *package, const struct wp_usage *usage)
{
	return package->expected_count && usage->index.known && usage->index.value <= UINT32_MAX;
}

static void set_step(json_t *object, const struct wp_usage *usage, const struct installed *image)
{
	wp_json_set(object, "step", wp_json_text(usage->step));
	wp_json_set(object, "index", wp_json_number(usage->index));
	wp_json_set(object, "enabled", json_boolean(wp_usage_is_live(usage)));
	wp_json_set(object, "was", identity_json(&image->was, image->was_known));
	wp_json_set(object, "is", identity_json(&image->is, image->is_there));
	wp_json_set(object, "now_at", image->now ? wp_json_u64(image->now->index) : json_null());
}

/* What there is to say of it; WP_NOTE_KINDS when there is nothing. */
static enum wp_note_kind note_of(const struct installed *image)
{
	if (!image->is_there)
		return WP_NOTE_INDEX_GONE;
	if (!image->was_known || !image->is.name || is_same(image))
		return WP_NOTE_KINDS;
	if (same_name(&image->was, &image->is))
		return WP_NOTE_INDEX_CHANGED;
	return image->now ? WP_NOTE_INDEX_MOVED : WP_NOTE_IMAGE_RENAMED;
}

json_t *wp_audit_step_json(const struct audited *package, const struct wp_usage *usage)
{
	struct installed image = { 0 };
	enum wp_note_kind kind = WP_NOTE_KINDS;
	json_t *object = json_object();

	if (has_index(package, usage)) {
		image = installed_by(package, usage);
		kind = note_of(&image);
	}
	wp_json_set(object, "package_id", wp_json_text(package->record->package_id));
	wp_json_set(object, "use", wp_json_text(usage->boots ? "boot" : wp_use_name(usage->use)));
	set_step(object, usage, &image);
	wp_json_set(object, "note", wp_json_text(kind < WP_NOTE_KINDS ? wp_note_words(kind)->code : NULL));
	return object;
}

static json_t *facts_of(const struct wp_usage *usage, const struct installed *image)
{
	json_t *facts = json_object();

	wp_json_set(facts, "task_sequence", wp_json_text(usage->sequence->id));
	wp_json_set(facts, "task_sequence_name", wp_json_text(usage->sequence->name));
	set_step(facts, usage, image);
	return facts;
}

static void look_at(struct wp_audit *audit, const struct audited *package, const struct wp_usage *usage)
{
	struct installed image = installed_by(package, usage);
	const struct identity *was = &image.was, *is = &image.is;
	const char *id = package->record->package_id, *step = step_words(audit, usage);
	uint32_t index = (uint32_t)usage->index.value;
	enum wp_note_kind kind = note_of(&image);

	switch (kind) {
	case WP_NOTE_INDEX_GONE:
		wp_note_add(audit->plan, kind, id, 0, facts_of(usage, &image),
			    "%s installs image %" PRIu32 " by default, and the source has no such image", step, index);
		break;
	case WP_NOTE_INDEX_CHANGED:
		wp_note_add(audit->plan, kind, id, index, facts_of(usage, &image),
			    "%s installs image %" PRIu32 " by default: %s, which was %s, is %s now", step, index, is->name,
			    traits_words(audit, was), traits_words(audit, is));
		break;
	case WP_NOTE_INDEX_MOVED:
		wp_note_add(audit->plan, kind, id, index, facts_of(usage, &image),
			    "%s installs image %" PRIu32 " by default, which was %s and is %s now; %s is image %" PRIu32 " now", step,
			    index, was->name, is->name, was->name, image.now->index);
		break;
	case WP_NOTE_IMAGE_RENAMED:
		wp_note_add(audit->plan, kind, id, index, facts_of(usage, &image),
			    "%s installs image %" PRIu32 " by default, which was called %s and is called %s now", step, index,
			    was->name, is->name);
		break;
	default:
		break;
	}
}

void wp_audit_find_indexes(struct wp_audit *audit, const struct audited *package)
{
	for (size_t i = 0; i < package->usage->count; i++)
		if (has_index(package, &package->usage->items[i]))
			look_at(audit, package, &package->usage->items[i]);
}
