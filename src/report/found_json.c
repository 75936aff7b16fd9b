/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search in a WIM found, as JSON. */
#include "found_json.h"

#include "found_words.h"

static json_t *found_json(struct wp_arena *arena, const struct wp_found_path *found)
{
	json_t *images = json_array();

	for (size_t i = 0; i < found->image_count; i++) {
		const struct wp_found_in *in = &found->images[i];
		const struct wp_names names = wp_attribute_names(arena, in->attributes);

		wp_json_push(images, wp_json_object("index", wp_json_u64(in->image),
						    "attributes", wp_json_texts(names.items, names.count),
						    "creation_time", wp_json_text(wp_time_iso_ticks(arena, in->created)),
						    "last_write_time", wp_json_text(wp_time_iso_ticks(arena, in->written)),
						    NULL));
	}
	return wp_json_object("path", wp_json_text(found->path), "kind", wp_json_text(wp_found_kind_name(found->kind)),
			      "size", wp_json_number(found->size),
			      "sha1", wp_json_hash(found->sha1),
			      "target", wp_json_text(found->target), "images", images, NULL);
}

json_t *wp_found_json(struct wp_arena *arena, const struct wp_found_files *found)
{
	json_t *array;

	if (!found)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < found->count; i++)
		wp_json_push(array, found_json(arena, &found->items[i]));
	return wp_json_object("complete", json_boolean(found->complete), "paths", array, NULL);
}
