/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether all data of a file is sound: wimlib reads it and checks every digest. */
#include "reading.h"
#include "resource.h"

#include "wimplan/xml.h"

#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <wimlib.h>

/*
 * wimlib keeps blobs in a hash table whose places are the first bits of a SHA-1 (src/blob_table.c), and walks along all
 * blobs of one place. Of digests of files each place has about one; 200,000 that somebody made up to share a place take
 * minutes, two million take hours. What any file may take besides what a fair spread takes: a fraction of a second.
 */
#define FREE_STEPS (UINT64_C(64) << 20)
#define FAIR_TIMES 4u

/* How many steps as many digests of files take: each to itself, and to half of those that share its place. */
static uint64_t fair_steps(uint64_t count)
{
	return count + count / 131072 * count;
}

const char *wp_wim_check_spread(const struct wp_wim *wim)
{
	uint64_t count = wp_wim_blobs(&wim->header), steps = 0;
	uint8_t *bytes = NULL;
	uint32_t *places;
	const char *why;

	if (!count)
		return NULL;
	why = wp_resource_load(wim, &wim->header.blob_table, &bytes);
	if (why)
		return why;
	places = wp_must(calloc(1u << 16, sizeof *places));
	for (uint64_t i = 0; i < count; i++) {
		const uint8_t *sha1 = bytes + i * WP_BLOB_ENTRY_SIZE + WP_BLOB_ENTRY_SHA1;

		steps += ++places[sha1[0] | sha1[1] << 8];
	}
	free(places);
	free(bytes);
	return steps > FREE_STEPS + FAIR_TIMES * fair_steps(count)
		       ? "its SHA-1s are none of files: too many of them are alike" : NULL;
}

static once_flag wimlib_once = ONCE_FLAG_INIT;
/* What wimlib_global_init() said; written once, before any reader. */
static int wimlib_status;

static void initialize(void)
{
	/* Memory that runs out is no fault of the file, which an error of wimlib's would be taken for. */
	wimlib_set_memory_allocator(wp_take, free, wp_take_more);
	/* Before wimlib, whose first call would do it without these flags; nothing of wimlib's is printed. */
	wimlib_status = wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8 | WIMLIB_INIT_FLAG_DONT_ACQUIRE_PRIVILEGES);
	wimlib_set_print_errors(false);
}

static void free_bytes(void **bytes)
{
	free(*bytes);
}

/* Layer 1's path still leads to the file that it read. This also keeps wimlib from waiting for a pipe. */
static bool is_same(const struct wp_wim *wim)
{
	struct wp_file_status status;

	return !wp_file_look(wim->file, &status) && wp_wim_same_file(wim, &status);
}

/* Holds wimlib's XML against layer 1's. */
static int compare_xml(struct wp_wim *wim, WIMStruct *opened)
{
	char file_id[WP_HASH_TEXT];
	void *bytes __attribute__((cleanup(free_bytes))) = NULL;
	size_t length = 0;
	int code = wimlib_get_xml_data(opened, &bytes, &length);

	if (code)
		return wp_wim_fail(wim, code, NULL);
	/* Layer 1 has identified the file by what is stored. */
	if (wp_wim_resource_compressed(&wim->header.xml))
		return 0;
	wp_reading_identify(wim, bytes, length, file_id);
	return strcmp(file_id, wim->file_id) ? wp_wim_changed(wim) : 0;
}

/* The caller asks is_same() at the end. */
static int open_by_wimlib(struct wp_wim *wim, WIMStruct **ret)
{
	const char *why;
	int code;

	/* Whatever layer 1 had to refuse wimlib does not get to see. */
	if (!wim->metadata || wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR) || !wp_wim_header_safe(&wim->header, wim->size))
		return WP_E_FAILED;
	if (!is_same(wim))
		return wp_wim_changed(wim);
	why = wp_wim_check_spread(wim);
	if (why)
		return wp_wim_no_table(wim, 0, why);
	call_once(&wimlib_once, initialize);
	if (wimlib_status)
		return wp_wim_fail(wim, wimlib_status, NULL);
	code = wimlib_open_wim(wim->file, 0, ret);
	if (code)
		return is_same(wim) ? wp_wim_fail(wim, code, NULL) : wp_wim_changed(wim);
	return compare_xml(wim, *ret);
}

/* All data of a WIM, read and held against the SHA-1 of each resource. */
struct verification {
	struct wp_wim *wim;
	wp_wim_progress *progress; /* NULL for none */
	void *context;
	bool read; /* the file could be opened, and stood still */
	int code;  /* what wimlib_verify_wim() said */
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

static void verify(void *context)
{
	struct verification *verification = context;
	WIMStruct *opened = NULL;

	if (!open_by_wimlib(verification->wim, &opened)) {
		wimlib_register_progress_function(opened, tell, verification);
		verification->code = wimlib_verify_wim(opened, 0);
		verification->read = is_same(verification->wim);
		if (!verification->read)
			wp_wim_changed(verification->wim);
	}
	wimlib_free(opened);
}

enum wp_wim_data wp_wim_verify_data(struct wp_wim *wim, wp_wim_progress *progress, void *context,
				    const char **ret_detail)
{
	struct verification verification = { .wim = wim, .progress = progress, .context = context };

	*ret_detail = wim->inside ? "it stands inside of another file, where wimlib does not get at it" : NULL;
	if (wim->inside)
		return WP_WIM_DATA_UNREADABLE;
	/* wimlib 1.13 parses the XML with libxml2's defaults, which write to standard error. */
	wp_xml_quietly(verify, &verification);
	wp_wim_settle(wim);
	if (!verification.read) {
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
