/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $metadata: which methods the provider offers for which classes. */
#ifndef WIMPLAN_APPLY_ACTIONS_H
#define WIMPLAN_APPLY_ACTIONS_H

#include "wimplan/plan.h"

#include <stdbool.h>
#include <stddef.h>

/* Reads an OData service description (CSDL) in pieces, however long it is. */
struct wp_actions;

struct wp_actions *wp_actions_new(void);
void wp_actions_free(struct wp_actions *actions);
/* A sink for wp_provider_get(): false when the text is no XML, has a DTD or is out of all proportion. */
bool wp_actions_feed(void *actions, const char *bytes, size_t length);
/* Ends the reading. NULL when all is well, otherwise what is wrong with the document. */
const char *wp_actions_end(struct wp_actions *actions);

/* Whether @action is bound to instances of @class, by its own name or by one that it derives from. */
bool wp_actions_offer(const struct wp_actions *actions, enum wp_class class, enum wp_action action);

#endif
