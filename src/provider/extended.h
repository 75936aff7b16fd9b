/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMS_ExtendedStatus: what the SMS Provider says of a failure, wherever it stands in an error. */
#ifndef WIMPLAN_PROVIDER_EXTENDED_H
#define WIMPLAN_PROVIDER_EXTENDED_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct wp_extended {
	bool found;
	uint32_t error_code;  /* 0: none */
	uint32_t status_code; /* 0: none */
	uint32_t sql_status;  /* 0: none */
	char description[512];
};

/* Looks in every object and text of the document: as JSON, as JSON in a text, and as WMI prints an instance (MOF). */
void wp_extended_find(const json_t *json, struct wp_extended *ret);
/* The same in a plain text. */
void wp_extended_find_text(const char *text, struct wp_extended *ret);

#endif
