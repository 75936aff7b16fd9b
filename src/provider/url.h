/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths below an AdminService. */
#ifndef WIMPLAN_PROVIDER_URL_H
#define WIMPLAN_PROVIDER_URL_H

/* "wmi/Class('id')", each part encoded for a URL; owned by the caller (free()). @method NULL: the instance itself. */
char *wp_provider_path(const char *class, const char *package_id, const char *method);

#endif
