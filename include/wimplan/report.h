/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writers: one per format, over one model. Pure: they write into a buffer. */
#ifndef WIMPLAN_REPORT_H
#define WIMPLAN_REPORT_H

#include "wimplan/buf.h"
#include "wimplan/boot.h"
#include "wimplan/diff.h"
#include "wimplan/media.h"
#include "wimplan/plan.h"
#include "wimplan/receipt.h"
#include "wimplan/search.h"
#include "wimplan/since.h"
#include "wimplan/wim.h"
#include "wimplan/time.h"

/* What a page says that it was not made from: "Change" and "CHG0012345". */
struct wp_report_pair {
	const char *name, *value;
};

struct wp_report_options {
	bool color;           /* ANSI colours; only the text format has any */
	bool all;             /* unchanged packages too; of a diff in text: lists in full */
	unsigned int columns; /* of the terminal, for the text format; at least 40 */
	char delimiter;       /* between the cells of CSV; 0: a comma */
	const struct wp_zone *zone; /* by whose clocks times are shown, beside UTC; NULL: UTC alone */
	const struct wp_report_pair *pairs; /* what Markdown and HTML say besides; each name once, whatever its case */
	size_t pair_count;
	const struct wp_since *since; /* text, Markdown and HTML say what is new since an earlier plan; NULL: nobody asked */
	bool bom;             /* CSV begins with a byte order mark, without which Excel takes UTF-8 for something else */
};

enum wp_report_format { WP_REPORT_TEXT, WP_REPORT_MARKDOWN, WP_REPORT_HTML, WP_REPORT_CSV, WP_REPORT_POWERSHELL };

/* Adds the plan in one of these formats: what `show`, and every command that ends with a report, is made of. */
void wp_report_plan(const struct wp_plan *plan, enum wp_report_format format, const struct wp_report_options *options,
		    struct wp_buf *buf);
/* The same with a receipt; false where there is no such format of one. */
bool wp_report_receipt(const struct wp_receipt *receipt, enum wp_report_format format,
		       const struct wp_report_options *options, struct wp_buf *buf);

void wp_report_plan_text(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf);
void wp_report_plan_markdown(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf);
void wp_report_plan_csv(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf);
/* One self-contained page. With @all the list of what is unchanged is unfolded. */
void wp_report_plan_html(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf);
/* A script that carries the plan out: for sites that let no outside program call the provider. Nothing but ASCII. */
void wp_report_plan_powershell(const struct wp_plan *plan, const struct wp_report_options *options,
			       struct wp_buf *buf);

void wp_report_receipt_text(const struct wp_receipt *receipt, const struct wp_report_options *options,
			    struct wp_buf *buf);
void wp_report_receipt_markdown(const struct wp_receipt *receipt, const struct wp_report_options *options,
				struct wp_buf *buf);
void wp_report_receipt_html(const struct wp_receipt *receipt, const struct wp_report_options *options,
			    struct wp_buf *buf);
void wp_report_receipt_csv(const struct wp_receipt *receipt, const struct wp_report_options *options, struct wp_buf *buf);

/* What inspect shows of one file. */
struct wp_inspection {
	const struct wp_wim *wim;
	const struct wp_media *media; /* the .iso in which it stands; NULL: it is a file of its own */
	const struct wp_boot_image *media_boot; /* --boot: the programs that start the medium; NULL without */
	const struct wp_wim_content *content; /* NULL without --deep, or when wimlib refused */
	const struct wp_servicing *contents; /* --servicing: of each image of the metadata; NULL without */
	const struct wp_boot_image *boot; /* --boot, --servicing: the same of the programs that start it */
	const struct wp_winre *winre; /* --winre: the same of its recovery environment */
	bool asked_deep, asked_servicing, asked_boot, asked_winre; /* what is then NULL nobody could look at */
	bool searched; /* --path: @found says what fits; NULL: nobody could look */
	const struct wp_found_files *found;
	uint32_t only_image; /* --image N; 0: all */
	bool expected; /* --expect: @notes say what is not as [expect] has it */
	const struct wp_note *notes;
	size_t note_count;
};

/* The recovery environment of an image: Windows\System32\Recovery\Winre.wim, a WIM itself. */
struct wp_winre {
	bool known;                 /* the image's tree could be read */
	const struct wp_item *file; /* NULL: the image has none */
	uint32_t same_as;           /* an image before it that has the same file, of which the rest is said there; 0: none */
	const char *not_read;       /* why its data, or some of it, cannot be had, as the end of a sentence; NULL: it can */
	struct wp_inspection *wim;  /* what it is; NULL: none of its data could be had */
};

void wp_report_inspect_text(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
			    struct wp_buf *buf);
void wp_report_inspect_markdown(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
				struct wp_buf *buf);
/* One self-contained page. With @all each image has everything that is known of it. */
void wp_report_inspect_html(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
			    struct wp_buf *buf);
/* The document of `wimplan inspect --json` (inspect.schema.json) as far as its "files". New reference. */
json_t *wp_report_inspect_head_json(void);
/* One of these files; @out is of the spaced or the pretty form. */
void wp_report_inspect_file_json(const struct wp_inspection *file, struct wp_json_out *out);

void wp_report_diff_text(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf);
void wp_report_diff_markdown(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf);
/* One self-contained page with everything that the model holds. */
void wp_report_diff_html(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf);
/* The document of `wimplan diff --json` (diff.schema.json). New reference. */
json_t *wp_report_diff_json(const struct wp_diff *diff);
/* One path as a line of NDJSON, with its end. @image is the index of the new image. */
void wp_report_diff_path_json(uint32_t image, const struct wp_diff_path *path, struct wp_buf *buf);

/* What wp_diff_snapshots() found; @same packages are the same in both. */
void wp_report_snapshot_diff_text(const json_t *packages, size_t same, const struct wp_report_options *options,
				  struct wp_buf *buf);

#endif
