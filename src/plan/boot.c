/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Boot images are two files: ImagePath is the original that people customise, and PkgSourcePath what the site makes of
 * it (SMS_BootImagePackage, Microsoft Learn). The made one always has other bytes, so what it is for is compared.
 */
#include "judge.h"
#include "notes.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

/* What a boot image has to be the same in as its original. */
struct trait {
	const char *name;
	const char *original, *made;
};

/* The image of a WIM with this index, as a site would describe it; false when there is none. */
static bool find_image(struct wp_arena *scratch, const struct wp_wim_metadata *metadata, uint32_t index,
		       struct wp_site_image *ret)
{
	for (size_t i = 0; i < metadata->image_count; i++) {
		if (metadata->images[i].index != index)
			continue;
		wp_site_image_from_wim(scratch, &metadata->images[i], ret);
		return true;
	}
	return false;
}

static void note_image(struct wp_plan *plan, const struct wp_judge *judge, const struct wp_site_image *original,
		       const struct wp_site_image *made)
{
	const struct trait traits[] = {
		{ "os_version", original->os_version, made->os_version },
		{ "architecture", original->architecture, made->architecture },
		{ "language", original->language, made->language },
	};
	struct wp_buf words __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *facts = json_object();

	for (size_t i = 0; i < sizeof traits / sizeof *traits; i++) {
		const struct trait *trait = &traits[i];
		json_t *fact;

		if (!trait->original || !trait->made || wp_text_equal_nocase(trait->original, trait->made))
			continue;
		fact = wp_json_object("original", wp_json_text(trait->original), "made", wp_json_text(trait->made),
				      NULL);
		wp_json_set(facts, trait->name, fact);
		wp_buf_printf(&words, "%s%s %s where the boot image has %s", words.length ? ", " : "", trait->name,
			      trait->original, trait->made);
	}
	if (!words.length) {
		json_decref(facts);
		return;
	}
	wp_json_set(facts, "image_path", wp_json_text(judge->record->image_path));
	wp_note_add(plan, WP_NOTE_BOOT_ORIGINAL_DIFFERS, judge->record->package_id, made->index, facts,
		    "image %" PRIu32 " of the original has %s; an update of the distribution points makes the boot image anew",
		    made->index, wp_buf_text(&words));
}

static void compare_images(struct wp_plan *plan, const struct wp_judge *judge)
{
	const struct wp_wim_metadata *original = judge->original->wim->metadata;
	const struct wp_wim_metadata *made = judge->seen && judge->seen->wim ? judge->seen->wim->metadata : NULL;

	for (size_t i = 0; made && i < made->image_count; i++) {
		struct wp_site_image a, b;

		wp_site_image_from_wim(judge->scratch, &made->images[i], &b);
		if (find_image(judge->scratch, original, b.index, &a))
			note_image(plan, judge, &a, &b);
	}
}

void wp_judge_boot_original(struct wp_plan *plan, struct wp_judge *judge)
{
	const struct wp_observation *original = judge->original;
	const struct wp_record *record = judge->record;
	json_t *facts;

	if (!original)
		return;
	if (!original->wim || !original->wim->metadata) {
		const struct wp_source_gate *gate = original->gates;

		wp_diag_add(judge->arena, judge->diags, WP_SEVERITY_INFO, "boot-original-unread", record->package_id,
			    "ImagePath %s, the original that people customise, was not looked at: %s", record->image_path,
			    !gate ? "it was not read" : gate->detail ? gate->detail : wp_gate_info(gate->gate)->meaning);
		return;
	}
	if (wp_judge_is_newer(judge, original->newest)) {
		facts = wp_json_object("image_path", wp_json_text(record->image_path),
				       "modified_at", wp_json_text(wp_time_iso(judge->scratch, original->newest)),
				       "source_date", wp_json_text(wp_time_iso(judge->scratch, record->source_date)),
				       NULL);
		wp_note_add(plan, WP_NOTE_BOOT_ORIGINAL_NEWER, record->package_id, 0, facts,
			    "the original was modified %s, after the boot image was distributed %s; an update of the "
			    "distribution points makes the boot image anew",
			    wp_time_minutes(judge->scratch, original->newest),
			    wp_time_minutes(judge->scratch, record->source_date));
	}
	compare_images(plan, judge);
}
