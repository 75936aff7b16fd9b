/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $metadata: which classes the provider has, and which methods it offers for them. */
#ifndef WIMPLAN_PROVIDER_ACTIONS_H
#define WIMPLAN_PROVIDER_ACTIONS_H

#include "wimplan/provider.h"

#include <stdbool.h>
#include <stddef.h>

struct wp_actions;

/*
 * Reads an OData service description (CSDL), as far as it is about @methods (borrowed). *@ret_wrong is a clause, good
 * until wp_actions_free(), where the text is none or is out of all proportion; NULL when all is well.
 */
struct wp_actions *wp_actions_read(const char *text, size_t length, const struct wp_method *methods, size_t count,
				   const char **ret_wrong);
/* NULL is allowed. */
void wp_actions_free(struct wp_actions *actions);

/* How the method is offered to instances of its class, by its own name or by one that it derives from. */
enum wp_offer wp_actions_offer(const struct wp_actions *actions, const struct wp_method *method);

/* Whether there is a class of this name, whatever its letters' case. */
bool wp_actions_has_class(const struct wp_actions *actions, const char *class);

#endif
