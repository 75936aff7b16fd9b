/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed packages bring, as the plan file says it beside its body. */
#ifndef WIMPLAN_PLAN_PLAN_CONTENTS_H
#define WIMPLAN_PLAN_PLAN_CONTENTS_H

#include "decode.h"

#include "wimplan/plan.h"

/* An entry for each package of which it is known, in execution order. New reference. */
json_t *wp_plan_contents_json(const struct wp_plan *plan);

/* What a plan file says of a package's content. In the arena of the decoder that read it. */
struct wp_plan_content {
	const char *package_id; /* NULL only in what is damaged */
	const struct wp_content_change *change;
};
struct wp_plan_contents {
	struct wp_plan_content *items;
	size_t count;
};

/* Fills @ret from an item of "contents"; groups that are not known are passed over. */
void wp_plan_decode_content(struct wp_decoder *decoder, const json_t *object, struct wp_plan_content *ret);

/* Gives the entries of @plan what is said of them; packages that it does not have are passed over. */
void wp_plan_give_contents(struct wp_plan *plan, const struct wp_plan_contents *contents);

#endif
