/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in a sentence, of many the first ones. */
#include "internal.h"

const char *wp_audit_names(struct wp_arena *arena, const char *const *names, size_t count)
{
	enum { MOST = 3 };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t shown = count <= MOST + 1 ? count : MOST;

	for (size_t i = 0; i < shown; i++)
		wp_buf_printf(&buf, "%s%s", !i ? "" : i + 1 == count ? " and " : ", ", names[i]);
	if (shown < count)
		wp_buf_printf(&buf, " and %zu more", count - shown);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}
