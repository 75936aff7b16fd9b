/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that wait for others of the same package. */
#include "kept.h"

#include "wimplan/arena.h"
#include "wimplan/json.h"

int wp_keep(struct wp_spill *spill, json_t *json, const struct wp_buf *text, struct wp_kept *kept, struct wp_error *err)
{
	struct wp_buf own __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *old = kept->json;

	if (!spill) {
		kept->json = json_incref(json);
		json_decref(old);
		return WP_OK;
	}
	if (!text || !text->length) {
		wp_json_canonical(&own, json);
		text = &own;
	}
	return wp_spill_add(spill, text->data, text->length, &kept->span, err);
}

int wp_kept_get(const struct wp_spill *spill, const struct wp_kept *kept, json_t **ret_json, struct wp_error *err)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	int status;

	*ret_json = json_incref(kept->json);
	if (kept->json || !kept->span.length)
		return WP_OK;
	status = wp_spill_read(spill, kept->span, &text, err);
	return status ? status : wp_json_parse(text.data, text.length, "what an import has kept", ret_json, err);
}

void wp_kept_free(struct wp_kept *kept)
{
	json_decref(kept->json);
	kept->json = NULL;
}
