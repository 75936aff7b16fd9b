/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images as the site stores them against images as they are now, field by field. */
#ifndef WIMPLAN_PLAN_COMPARE_H
#define WIMPLAN_PLAN_COMPARE_H

#include "judge.h"

/*
 * Adds a reason for every difference: by image index, then in the documented order of the fields. With @whole_bag
 * both sides are property bags of one maker and are compared as they are: every property counts, known or not, and
 * one that is missing on one side is a difference. Returns how many differences there are.
 */
size_t wp_compare_images(struct wp_judge *judge, const struct wp_site_images *recorded,
			 const struct wp_site_images *found, bool whole_bag);

/* Adds a finding for every known field that wimplan reads in another way than the site's probe of the same file. */
void wp_compare_calibrate(struct wp_judge *judge, const struct wp_site_images *probed,
			  const struct wp_site_images *own);

#endif
