/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The properties of a bag that wimplan has no name for. */
#ifndef WIMPLAN_PLAN_BAG_H
#define WIMPLAN_PLAN_BAG_H

#include "judge.h"

/*
 * Adds a reason for every property that differs between two bags and is not one of the known fields. Names are
 * matched without regard to case, values byte by byte; the reasons are in the order of the names. Returns how many
 * there are.
 */
size_t wp_bag_compare(struct wp_judge *judge, const struct wp_site_image *recorded,
		      const struct wp_site_image *found);

#endif
