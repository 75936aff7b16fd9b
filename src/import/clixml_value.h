/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elements of CLIXML as JSON values. */
#ifndef WIMPLAN_IMPORT_CLIXML_VALUE_H
#define WIMPLAN_IMPORT_CLIXML_VALUE_H

#include "xml_tree.h"

#include <jansson.h>
#include <stdbool.h>
#include "wimplan/buf.h"

/* RefId of a TN → the name in it that tells a class. */
struct wp_clixml_types {
	json_t *names;
};

/* "LST" and the like, which hold elements; "Props" and "MS", which hold named ones. */
bool wp_clixml_is_list(const char *element);
bool wp_clixml_is_bag(const char *element);

/* Remembers a TN; gives the name that tells a class, "" when none does. Borrowed from the table. */
const char *wp_clixml_learn_type(struct wp_clixml_types *types, const struct wp_xml_node *tn);
/* What a TNRef refers to; NULL. */
const char *wp_clixml_known_type(const struct wp_clixml_types *types, const struct wp_xml_node *reference);

/* Sets the element as a property under its name N; one without a name is passed over. */
void wp_clixml_add_member(struct wp_clixml_types *types, json_t *object, const struct wp_xml_node *member);
/* Sets one En of a dictionary. */
void wp_clixml_add_entry(struct wp_clixml_types *types, json_t *object, const struct wp_xml_node *entry);

/* Adds @text unescaped. Halves of pairs without the other one and U+0000 become U+FFFD. */
void wp_clixml_unescape(struct wp_buf *buf, const char *text);

#endif
