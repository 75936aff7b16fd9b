/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layer 2: what wimlib tells of a file whose header layer 1 has accepted: content id, blob totals, and whether its data
 * is sound.
 */
#include "internal.h"
#include "blob_table.h"
#include "resource.h"

#include "wimplan/number.h"
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

const char *wp_wim_count_spread(const struct wp_wim *wim, struct wp_spread *spread)
{
	uint64_t count = wp_wim_blobs(&wim->header);
	uint8_t *bytes = NULL;
	const char *why;

	if (!count)
		return NULL;
	why = wp_resource_load(wim, &wim->header.blob_table, &bytes);
	if (why)
		return why;
	for (uint64_t i = 0; i < count; i++) {
		const uint8_t *sha1 = bytes + i * WP_BLOB_ENTRY_SIZE + WP_BLOB_ENTRY_SHA1;

		spread->steps += ++spread->places[sha1[0] | sha1[1] << 8];
	}
	free(bytes);
	spread->count += count;
	if (spread->steps > FREE_STEPS + FAIR_TIMES * fair_steps(spread->count))
		return "its SHA-1s are none of files: too many of them are alike";
	return NULL;
}

static once_flag wimlib_once = ONCE_FLAG_INIT;
/* What wimlib_global_init() said; written once, before any reader. */
static int wimlib_status;

/* What is counted while wimlib goes through the blob table. */
struct count {
	struct wp_wim_content *content;
	struct wp_sha256 *hash;
	uint64_t images; /* with metadata */
	bool solid;
};

static void initialize(void)
{
	/* Memory that runs out is no fault of the file, which an error of wimlib's would be taken for. */
	wimlib_set_memory_allocator(wp_take, free, wp_take_more);
	/* Before wimlib, whose first call would do it without these flags; nothing of wimlib's is printed. */
	wimlib_status = wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8 | WIMLIB_INIT_FLAG_DONT_ACQUIRE_PRIVILEGES);
	wimlib_set_print_errors(false);
}

static void close_blobs(struct wp_blob_source *blobs)
{
	wimlib_free(blobs->opened);
	wp_blob_table_free(blobs->table);
}

int wp_blobs_each(const struct wp_blob_source *blobs,
		  int (*take)(const struct wimlib_resource_entry *resource, void *context), void *context)
{
	return blobs->opened ? wimlib_iterate_lookup_table(blobs->opened, 0, take, context)
			     : wp_blob_table_each(blobs->table, take, context);
}

static void free_bytes(void **bytes)
{
	free(*bytes);
}

/* Adds wimlib's own code and text; returns a failure. */
static int fail(struct wp_wim *wim, int code)
{
	WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "wimlib-error",
		    "wimlib cannot read the file: error %d, %s", code,
		    wimlib_get_error_string((enum wimlib_error_code)code));
	return WP_E_FAILED;
}

static int changed(struct wp_wim *wim)
{
	if (!wp_diags_have(&wim->diags, "changed-while-reading"))
		WP_WIM_DIAG(wim, WP_SEVERITY_WARNING, "changed-while-reading",
			    "the file was changed while it was read; try again later");
	wim->file_id[0] = '\0';
	return WP_E_FAILED;
}

/* Layer 1's path still leads to the file that it read. This also keeps wimlib from waiting for a pipe. */
static bool is_same(const struct wp_wim *wim)
{
	struct wp_file_status status;

	return !wp_file_look(wim->file, &status) && wp_wim_same_file(wim, &status);
}

/* wimlib tells of the metadata resources first, in the order of the images, and of each blob once. */
static int count_blob(const struct wimlib_resource_entry *resource, void *context)
{
	struct count *count = context;
	struct wp_wim_content *content = count->content;

	if (resource->is_metadata) {
		wp_sha256_add(count->hash, resource->sha1_hash, sizeof resource->sha1_hash);
		count->images++;
		return 0;
	}
	content->blob_count++;
	content->blob_bytes = wp_sum(content->blob_bytes, resource->uncompressed_size);
	content->stored_bytes.value = wp_sum(content->stored_bytes.value, resource->compressed_size);
	if (resource->packed)
		count->solid = true;
	return 0;
}

static int count_blobs(struct wp_wim *wim, const struct wp_blob_source *blobs, struct wp_wim_content *ret)
{
	struct count count = { .content = ret, .hash = wp_sha256_new() };
	int code = wp_blobs_each(blobs, count_blob, &count);

	wp_sha256_finish(count.hash, ret->content_id);
	ret->stored_bytes.known = !count.solid;
	if (count.solid)
		ret->stored_bytes.value = 0;
	/* Part of the metadata does not tell the content; the other parts of a split file have none. */
	if (!count.images || count.images != wim->header.image_count)
		ret->content_id[0] = '\0';
	if (code)
		return fail(wim, code);
	if (wim->header.part == 1 && count.images != wim->header.image_count)
		WP_WIM_DIAG(wim, WP_SEVERITY_WARNING, "image-count-mismatch",
			    "the header counts %u images, and there is metadata of %ju", wim->header.image_count,
			    (uintmax_t)count.images);
	return 0;
}

/* Holds wimlib's XML against layer 1's. */
static int compare_xml(struct wp_wim *wim, WIMStruct *opened)
{
	char sha256[WP_HASH_TEXT];
	void *bytes __attribute__((cleanup(free_bytes))) = NULL;
	size_t length = 0;
	int code = wimlib_get_xml_data(opened, &bytes, &length);

	if (code)
		return fail(wim, code);
	/* Layer 1's digest is of what is stored. */
	if (wp_wim_resource_compressed(&wim->header.xml))
		return 0;
	wp_sha256_text(bytes, length, sha256);
	return strcmp(sha256, wim->xml_sha256) ? changed(wim) : 0;
}

static int bad_table(struct wp_wim *wim, const char *why)
{
	if (!is_same(wim))
		return changed(wim);
	WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "resource-out-of-range", "the blob table cannot be used: %s",
		    why);
	return WP_E_FAILED;
}

/* Looks at the blob table before wimlib does. */
static int check_blob_table(struct wp_wim *wim)
{
	struct wp_spread *spread = wp_must(calloc(1, sizeof *spread));
	const char *why = wp_wim_count_spread(wim, spread);

	free(spread);
	return why ? bad_table(wim, why) : 0;
}

/* Opens the file; the caller asks is_same() at the end. */
static int open_blobs(struct wp_wim *wim, struct wp_blob_source *ret)
{
	const char *why;
	int code;

	/* Whatever layer 1 had to refuse wimlib does not get to see. */
	if (!wim->metadata || wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR) ||
	    !wp_wim_header_safe(&wim->header, wim->size))
		return WP_E_FAILED;
	if (!is_same(wim))
		return changed(wim);
	if (wim->inside) {
		ret->table = wp_blob_table_read(wim, &why);
		return ret->table ? 0 : bad_table(wim, why);
	}
	if (check_blob_table(wim))
		return WP_E_FAILED;
	call_once(&wimlib_once, initialize);
	if (wimlib_status)
		return fail(wim, wimlib_status);
	code = wimlib_open_wim(wim->file, 0, &ret->opened);
	if (code)
		return is_same(wim) ? fail(wim, code) : changed(wim);
	return compare_xml(wim, ret->opened);
}

struct reading {
	struct wp_wim *wim;
	struct wp_wim_content *content;
	wp_wim_visit *visit;
	void *context;
	int result;
};

static int read_content(struct wp_wim *wim, struct wp_wim_content *ret, wp_wim_visit *visit, void *context)
{
	struct wp_blob_source blobs __attribute__((cleanup(close_blobs))) = { 0 };
	int code;

	if (open_blobs(wim, &blobs) || count_blobs(wim, &blobs, ret))
		return WP_E_FAILED;
	code = visit ? visit(&blobs, context) : 0;
	if (code)
		return code < 0 ? WP_E_FAILED : fail(wim, code);
	return is_same(wim) ? 0 : changed(wim);
}

static void read_reading(void *context)
{
	struct reading *reading = context;

	reading->result = read_content(reading->wim, reading->content, reading->visit, reading->context);
}

int wp_wim_visit_content(struct wp_wim *wim, struct wp_wim_content *ret, wp_wim_visit *visit, void *context)
{
	struct reading reading = { wim, ret, visit, context, WP_E_FAILED };

	*ret = (struct wp_wim_content){ 0 };
	/* wimlib 1.13 parses the XML with libxml2's defaults, which write to standard error. */
	wp_xml_quietly(read_reading, &reading);
	if (reading.result)
		*ret = (struct wp_wim_content){ 0 };
	wp_wim_settle(wim);
	return reading.result;
}

int wp_wim_read_content(struct wp_wim *wim, struct wp_wim_content *ret)
{
	return wp_wim_visit_content(wim, ret, NULL, NULL);
}

/* All data of a WIM, read and held against the SHA-1 of each resource. */
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
static int verify(const struct wp_blob_source *blobs, void *context)
{
	struct verification *verification = context;

	wimlib_register_progress_function(blobs->opened, tell, verification);
	verification->code = wimlib_verify_wim(blobs->opened, 0);
	return 0;
}

enum wp_wim_data wp_wim_verify_data(struct wp_wim *wim, wp_wim_progress *progress, void *context,
				    const char **ret_detail)
{
	struct verification verification = { .progress = progress, .context = context };
	struct wp_wim_content content;

	*ret_detail = wim->inside ? "it stands inside of another file, where wimlib does not get at it" : NULL;
	if (wim->inside)
		return WP_WIM_DATA_UNREADABLE;
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
