/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What wimlib refuses of a file whose header and XML layer 1 can show: neither it nor what a site has need be asked. */
#include "internal.h"
#include "reading.h"

#include <string.h>
#include <wimlib.h>

/* The compression as wimlib takes it (src/wim.c, begin_read()): of several the first of these. NULL when none is named. */
static const char *compression_of(const struct wp_wim_header *header)
{
	if (!(header->flags & WP_WIM_FLAG_COMPRESSION))
		return "none";
	if (header->flags & WP_WIM_FLAG_COMPRESS_LZX)
		return "LZX";
	if (header->flags & (WP_WIM_FLAG_COMPRESS_XPRESS | WP_WIM_FLAG_COMPRESS_XPRESS2))
		return "XPRESS";
	return header->flags & WP_WIM_FLAG_COMPRESS_LZMS ? "LZMS" : NULL;
}

/* Whether the IMAGEs have the indexes from 1 on, each once (src/xml.c, setup_images()). */
static bool is_numbered(const struct wp_wim_metadata *metadata)
{
	for (size_t i = 0; i < metadata->image_count; i++)
		if (metadata->images[i].index != i + 1)
			return false;
	return metadata->elements == metadata->image_count;
}

int wp_wim_refusal(const struct wp_wim *wim)
{
	const struct wp_wim_header *header = &wim->header;
	const char *compression = compression_of(header);

	if (!header->part || header->part > header->parts)
		return WIMLIB_ERR_INVALID_PART_NUMBER;
	if (!compression)
		return WIMLIB_ERR_INVALID_COMPRESSION_TYPE;
	if (!wp_wim_chunk_size_is_valid(compression, header->chunk_size))
		return WIMLIB_ERR_INVALID_CHUNK_SIZE;
	if (wim->metadata->encrypted)
		return WIMLIB_ERR_WIM_IS_ENCRYPTED;
	if (!is_numbered(wim->metadata))
		return WIMLIB_ERR_XML;
	return wim->metadata->elements != header->image_count ? WIMLIB_ERR_IMAGE_COUNT : 0;
}

int wp_wim_fail(struct wp_wim *wim, int code, const char *why)
{
	WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "wimlib-error", "wimlib cannot read the file: error %d, %s", code,
		    wimlib_get_error_string((enum wimlib_error_code)code));
	if (why)
		wp_diag_detail(wim->arena, &wim->diags, "%s", why);
	return WP_E_FAILED;
}

int wp_wim_no_table(struct wp_wim *wim, unsigned int part, const char *why)
{
	const char *code = !strcmp(why, WP_WIM_UNREAD)    ? "unreadable"
			   : !strcmp(why, WP_WIM_CHANGED) ? "changed-while-reading"
							  : "resource-out-of-range";
	const char *whose = part ? wp_arena_printf(wim->arena, " of part %u", part) : "";

	WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, code, "the blob table%s cannot be used: %s", whose, why);
	return WP_E_FAILED;
}

int wp_wim_changed(struct wp_wim *wim)
{
	if (!wp_diags_have(&wim->diags, "changed-while-reading"))
		WP_WIM_DIAG(wim, WP_SEVERITY_WARNING, "changed-while-reading",
			    "the file was changed while it was read; try again later");
	wim->file_id[0] = '\0';
	return WP_E_FAILED;
}
