/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $metadata: which methods the provider offers for which classes. */
#ifndef WIMPLAN_PROVIDER_ACTIONS_H
#define WIMPLAN_PROVIDER_ACTIONS_H

#include "wimplan/provider.h"

#include <stdbool.h>
#include <stddef.h>

/* Reads an OData service description (CSDL) in pieces, within the limits for it. */
struct wp_actions;

/* @methods is what may be asked for; borrowed. */
struct wp_actions *wp_actions_new(const struct wp_method *methods, size_t count);
/* NULL is allowed. */
void wp_actions_free(struct wp_actions *actions);
/*
 * A sink for wp_provider_get(): false when the text is no XML, has a DTD or is out of all proportion. @bytes NULL: the
 * document begins anew.
 */
bool wp_actions_feed(void *actions, const char *bytes, size_t length);
/* Ends the reading. NULL when all is well, otherwise what is wrong with the document: a clause. */
const char *wp_actions_end(struct wp_actions *actions);

/* Whether the method is bound to instances of its class, by its own name or by one that it derives from. */
bool wp_actions_offer(const struct wp_actions *actions, const struct wp_method *method);

#endif
