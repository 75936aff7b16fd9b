/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What starts a computer, on a page: a verdict for each image first, then the programs with who signed them. */
#include "inspect_page_boot.h"

#include "boot_words.h"
#include "words.h"

#include "wimplan/text.h"

#include <inttypes.h>

/* None of them is good everywhere: what is not proven stands out, and what is to be decided. */
static enum wp_tone tone_of(enum wp_boot_verdict verdict)
{
	static const enum wp_tone tones[] = {
		[WP_BOOT_NO_MANAGER] = WP_TONE_PLAIN,      [WP_BOOT_2011_ONLY] = WP_TONE_CHANGE,
		[WP_BOOT_2011_WITH_2023] = WP_TONE_CHANGE, [WP_BOOT_2023] = WP_TONE_INFO,
		[WP_BOOT_BOTH] = WP_TONE_INFO,		   [WP_BOOT_THIRD_PARTY] = WP_TONE_INFO,
		[WP_BOOT_MIXED] = WP_TONE_CHANGE,	   [WP_BOOT_UNPROVEN] = WP_TONE_BAD,
		[WP_BOOT_NOT_READ] = WP_TONE_BAD,
	};

	return tones[verdict];
}

static bool asked(const struct wp_inspection *file, size_t number)
{
	return file->boot && wp_inspect_page_shows(file, number);
}

static void count(size_t counts[WP_BOOT_VERDICTS], const struct wp_inspect_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct wp_inspection *file = &view->files[i];

		for (size_t k = 0; file->boot && k < file->wim->metadata->image_count; k++)
			counts[file->boot[k].verdict] += asked(file, k) && file->boot[k].known;
	}
}

void wp_inspect_page_boot_cards(struct wp_page *page, const struct wp_inspect_view *view)
{
	size_t counts[WP_BOOT_VERDICTS] = { 0 };

	count(counts, view);
	for (size_t i = 0; i < WP_BOOT_VERDICTS; i++)
		if (counts[i])
			wp_page_card(page, tone_of((enum wp_boot_verdict)i), wp_words_count(page->arena, counts[i]),
				     wp_boot_verdict_name((enum wp_boot_verdict)i));
}

/* "10.0.28000.300, SVN 9.0" of the program whose signer decides. */
static const char *manager_words(struct wp_arena *arena, const struct wp_boot_image *image)
{
	for (size_t i = 0; i < image->count; i++)
		if ((image->files[i].role == WP_BOOT_MANAGER || image->files[i].role == WP_BOOT_MEDIA_START) && image->files[i].program)
			return wp_boot_words_version(arena, image->files[i].program);
	return NULL;
}

static void add_summary_row(struct wp_page *page, const struct wp_inspect_view *view, size_t at, size_t number)
{
	const struct wp_inspection *file = &view->files[at];
	const struct wp_wim_image *image = &file->wim->metadata->images[number];
	const struct wp_boot_image *boot = &file->boot[number];

	WP_PAGE_ROW(page,
		    wp_cell_link(wp_inspect_page_image(page->arena, at, image->index),
				 wp_arena_printf(page->arena, "%" PRIu32 " %s", image->index, wp_words_name(image->name))),
		    boot->known ? wp_cell_badge(tone_of(boot->verdict), wp_boot_verdict_name(boot->verdict))
				: wp_cell_badge(WP_TONE_BAD, "not known"),
		    wp_cell(boot->known ? manager_words(page->arena, boot) : NULL),
		    wp_cell(boot->known ? wp_boot_verdict_sentence(page->arena, boot)
					: "Its tree could not be read, so that nothing can be said of what starts it."));
}

static void add_medium_row(struct wp_page *page, const struct wp_inspection *file, size_t at)
{
	const struct wp_boot_image *boot = file->media_boot;

	wp_page_add(page, WP_PART_GROUP, wp_utf8_repair(page->arena, file->media->path));
	WP_PAGE_ROW(page, wp_cell_link(wp_inspect_page_medium(page->arena, at), "the medium itself"),
		    wp_cell_badge(tone_of(boot->verdict), wp_boot_verdict_name(boot->verdict)), wp_cell(manager_words(page->arena, boot)),
		    wp_cell(wp_boot_medium_sentence(page->arena, boot)));
}

void wp_inspect_page_boot_summary(struct wp_page *page, const struct wp_inspect_view *view)
{
	wp_page_heading(page, 2, "What starts a computer from each image");
	WP_PAGE_TABLE(page, "The verdict of each image", WP_FOLDING_TEXTS, { "Image", WP_COLUMN_TITLE },
		      { "Verdict", WP_COLUMN_SHORT }, { "Boot manager", WP_COLUMN_WORDS }, { "What it means", WP_COLUMN_TEXT });
	for (size_t i = 0; i < view->count; i++) {
		const struct wp_inspection *file = &view->files[i];

		if (!file->asked_boot && !file->asked_servicing)
			continue;
		if (wp_inspect_page_begins_medium(view, i) && file->media_boot)
			add_medium_row(page, file, i);
		if (view->count > 1 || file->media)
			wp_page_add(page, WP_PART_GROUP, view->names[i]);
		for (size_t k = 0; file->boot && k < file->wim->metadata->image_count; k++)
			if (asked(file, k))
				add_summary_row(page, view, i, k);
		if (!file->boot)
			WP_PAGE_ROW(page, wp_cell_link(wp_inspect_page_file(page->arena, i), "the whole file"),
				    wp_cell_badge(WP_TONE_BAD, "not known"),
				    wp_cell(NULL), wp_cell("It could not be read, so that nothing can be said of its images."));
	}
	wp_page_close(page);
	wp_page_line(page, WP_PART_PARAGRAPH,
		     WP_BOOT_WORDS_EXPIRED " What is signed under that of 2023 alone does not start where the machine has never heard of it. What a "
					   "machine trusts and has revoked no image tells.");
}

void wp_inspect_page_boot_terms(struct wp_page *page)
{
	wp_page_open(page, WP_PART_FOLD, "What the words mean");
	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, "Certificate of 2011", "Microsoft Windows Production PCA 2011, under which nearly all boot managers of Windows are "
						  "signed. That of 2023 is Windows UEFI CA 2023.");
	wp_page_fact(page, "A known certificate", "It stands in the signature with exactly the digest that Microsoft has published, and its key "
						  "made the signer's certificate.");
	wp_page_fact(page, "Only named like", "It has the name of a known one, which anybody can give to a certificate: nothing is proven.");
	wp_page_fact(page, "Names in quotes", "What somebody called a certificate. Of one that is not known it may be any text, also one that looks like "
					      "another name: what is proven stands in front of it.");
	wp_page_fact(page, "SVN", "Secure version number: it grows when holes were closed. A machine remembers the least one that it accepts, and "
				  "a boot manager with a lesser one turns the machine off again. It has nothing to do with the certificate.");
	wp_page_fact(page, "Digest", "The SHA-256 over the program without its signatures. Where it does not agree, the file is not what was signed.");
	wp_page_fact(page, "Time stamp", "When somebody else saw the signature. Who that was is not looked at.");
	wp_page_fact(page, "Not looked at", "Dates of certificates, lists of what is revoked, signatures in catalogs, and what is inside of efisys.bin.");
	wp_page_close(page);
	wp_page_close(page);
}

void wp_inspect_page_boot_badge(struct wp_page *page, const struct wp_inspection *file, size_t number)
{
	if (!file->boot || !file->boot[number].known)
		return;
	wp_page_add(page, WP_PART_TEXT, " ");
	wp_page_badge(page, tone_of(file->boot[number].verdict), wp_boot_verdict_name(file->boot[number].verdict));
}

/* Lines of a cell, one below the other. */
struct lines {
	struct wp_page *page;
	size_t count;
};

static void add_line(struct lines *lines, enum wp_part_kind kind, const char *text)
{
	if (!text)
		return;
	if (lines->count++)
		wp_page_add(lines->page, WP_PART_BREAK, "");
	wp_page_add(lines->page, kind, text);
}

static void add_signatures(struct lines *lines, const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file->program;
	struct wp_arena *arena = lines->page->arena;

	if (file->not_read)
		add_line(lines, WP_PART_STRONG, wp_arena_printf(arena, "Not read: %s.", file->not_read));
	if (!program)
		return;
	add_line(lines, WP_PART_STRONG, wp_words_sentence(arena, wp_boot_words_unsigned(program)));
	for (size_t i = 0; i < program->signature_count; i++)
		add_line(lines, WP_PART_TEXT, wp_words_sentence(arena, wp_boot_words_signature(arena, &program->signatures[i])));
	for (size_t i = 0; i < program->diags.count; i++)
		add_line(lines, WP_PART_TEXT,
			 wp_arena_printf(arena, "%s: %s.", program->diags.items[i].code, program->diags.items[i].summary));
}

/* What it is, and the digests by which lists of revoked programs and of files name it. */
static void add_identity(struct lines *lines, const struct wp_boot_file *file)
{
	struct wp_arena *arena = lines->page->arena;
	char sha1[WP_SHA1_TEXT];

	add_line(lines, WP_PART_PATH, file->path);
	add_line(lines, WP_PART_SOFT, wp_boot_words_role(file->role));
	if (file->program && *file->program->authenticode_sha256)
		add_line(lines, WP_PART_SOFT, wp_arena_printf(arena, "Authenticode %s", file->program->authenticode_sha256));
	wp_sha1_text(file->sha1, sha1);
	if (!wp_sha1_is_zero(file->sha1))
		add_line(lines, WP_PART_SOFT, wp_arena_printf(arena, "file %s", sha1));
}

static void add_program(struct lines *lines, const struct wp_boot_file *file)
{
	if (file->program && file->program->readable) {
		add_line(lines, WP_PART_TEXT, file->program->machine);
		add_line(lines, WP_PART_TEXT, wp_boot_words_version(lines->page->arena, file->program));
	}
	add_line(lines, WP_PART_TEXT, file->missing ? NULL : wp_words_size(lines->page->arena, file->size));
}

static bool is_wrong(const struct wp_boot_program *program)
{
	for (size_t i = 0; program && i < program->signature_count; i++)
		if ((program->signatures[i].digest_known && !program->signatures[i].digest_agrees) ||
		    !program->signatures[i].signature_agrees)
			return true;
	return false;
}

static void add_file(struct wp_page *page, const struct wp_boot_file *file)
{
	static void (*const cells[])(struct lines *lines, const struct wp_boot_file *file) = { add_identity, add_program, add_signatures };

	wp_page_open(page, WP_PART_ROW, NULL)->tone = is_wrong(file->program) ? WP_TONE_BAD : WP_TONE_PLAIN;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		struct lines lines = { page, 0 };

		wp_page_open(page, WP_PART_CELL, NULL);
		cells[i](&lines, file);
		wp_page_close(page);
	}
	wp_page_close(page);
}

static void add_boot(struct wp_page *page, const char *caption, const struct wp_boot_image *image)
{
	size_t left_out = 0;

	if (image->diags.count) {
		wp_page_open(page, WP_PART_LIST, NULL);
		for (size_t i = 0; i < image->diags.count; i++)
			wp_page_point(page, WP_PART_ITEM, image->diags.items[i].code,
				      wp_arena_printf(page->arena, "%s.", image->diags.items[i].summary));
		wp_page_close(page);
	}
	if (!image->count)
		return;
	WP_PAGE_TABLE(page, caption, WP_FOLDING_TEXTS, { "File", WP_COLUMN_NAME }, { "Program", WP_COLUMN_WORDS },
		      { "Who signed it", WP_COLUMN_TEXT });
	for (size_t i = 0; i < image->count; i++) {
		left_out += image->files[i].left_out;
		if (!image->files[i].left_out)
			add_file(page, &image->files[i]);
	}
	wp_page_close(page);
	wp_page_line(page, WP_PART_PARAGRAPH, wp_boot_words_left_out(page->arena, left_out));
}

/* The first image with the very same files: editions mostly share their tree. Its own number where there is none. */
static size_t same_as(const struct wp_inspection *file, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (wp_inspect_page_shows(file, i) && file->boot[i].known && file->boot[i].count &&
		    file->boot[i].files == file->boot[number].files)
			return i;
	return number;
}

void wp_inspect_page_boot(struct wp_page *page, const struct wp_inspection *file, size_t at, size_t number)
{
	const struct wp_wim_image *images = file->wim->metadata->images;
	const struct wp_boot_image *image;
	size_t first;

	if (!file->boot)
		return;
	image = &file->boot[number];
	if (!image->known) {
		wp_page_line(page, WP_PART_PARAGRAPH, "What starts it is not known: its tree could not be read.");
		return;
	}
	first = same_as(file, number);
	wp_page_line(page, WP_PART_PARAGRAPH, wp_boot_verdict_sentence(page->arena, image));
	if (first == number) {
		add_boot(page, wp_arena_printf(page->arena, "What starts image %" PRIu32, images[number].index), image);
		return;
	}
	wp_page_open(page, WP_PART_PARAGRAPH, NULL);
	wp_page_add(page, WP_PART_TEXT, "Its boot files are those of ");
	wp_page_link(page, wp_inspect_page_image(page->arena, at, images[first].index),
		     wp_arena_printf(page->arena, "image %" PRIu32, images[first].index));
	wp_page_add(page, WP_PART_TEXT, ".");
	wp_page_close(page);
}

void wp_inspect_page_medium_badge(struct wp_page *page, const struct wp_inspection *file)
{
	if (!file->media_boot)
		return;
	wp_page_add(page, WP_PART_TEXT, " ");
	wp_page_badge(page, tone_of(file->media_boot->verdict), wp_boot_verdict_name(file->media_boot->verdict));
}

void wp_inspect_page_medium_boot(struct wp_page *page, const struct wp_inspection *file)
{
	if (!file->media_boot)
		return;
	wp_page_line(page, WP_PART_PARAGRAPH, wp_boot_medium_sentence(page->arena, file->media_boot));
	add_boot(page, "What starts the medium", file->media_boot);
}
