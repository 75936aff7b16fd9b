/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All data of a WIM, read and held against the SHA-1 of each resource. */
#include "internal.h"

#include <wimlib.h>

struct verification {
	wp_wim_progress *progress; /* NULL for none */
	void *context;
	int code; /* what wimlib_verify_wim() said */
};

static enum wimlib_progress_status tell(enum wimlib_progress_msg message, union wimlib_progress_info *info,
					void *context)
{
	struct verification *verification = context;

	if (message == WIMLIB_PROGRESS_MSG_VERIFY_STREAMS && verification->progress)
		verification->progress(verification->context, info->verify_streams.completed_bytes,
				       info->verify_streams.total_bytes);
	return WIMLIB_PROGRESS_STATUS_CONTINUE;
}

/* What it finds is no failure of wimlib's. */
static int verify(WIMStruct *opened, void *context)
{
	struct verification *verification = context;

	wimlib_register_progress_function(opened, tell, verification);
	verification->code = wimlib_verify_wim(opened, 0);
	return 0;
}

enum wp_wim_data wp_wim_verify_data(struct wp_wim *wim, wp_wim_progress *progress, void *context,
				    const char **ret_detail)
{
	struct verification verification = { .progress = progress, .context = context };
	struct wp_wim_content content;

	*ret_detail = NULL;
	if (wp_wim_visit_content(wim, &content, verify, &verification)) {
		const struct wp_diag *last = wim->diags.count ? &wim->diags.items[wim->diags.count - 1] : NULL;

		*ret_detail = last ? last->summary : "the file cannot be read";
		return WP_WIM_DATA_UNREADABLE;
	}
	if (!verification.code)
		return WP_WIM_DATA_OK;
	*ret_detail = wp_arena_printf(wim->arena, "wimlib's error %d, %s", verification.code,
				      wimlib_get_error_string((enum wimlib_error_code)verification.code));
	/* What it says of the machine and not of the file. */
	return verification.code == WIMLIB_ERR_READ || verification.code == WIMLIB_ERR_NOMEM ||
			       verification.code == WIMLIB_ERR_OPEN
		       ? WP_WIM_DATA_UNREADABLE
		       : WP_WIM_DATA_DAMAGED;
}
