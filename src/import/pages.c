/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Long answers come in pages, and each but the last says where the next one is (OData 4.0, "Server-Driven Paging"). A
 * page does not say which one it is itself, so the next one is recognised by its rows: it is the last of its list, and
 * has packages that the pages before it have not, which a read by key of what was listed has not.
 */
#include "assembler.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>

size_t wp_page_begin(struct wp_assembler *assembler, const char *class_text, size_t outer, const char *file)
{
	struct wp_page *page = WP_PUSH(assembler->arena, assembler->pages, assembler->page_count);
	struct wp_where where = { .file = file };
	char class[128];

	page->class = outer ? assembler->pages[outer - 1].class : "";
	/* Looked at once: each of its rows would cost its length. */
	if (class_text && wp_class_in_text(class_text, class, sizeof class))
		page->class = wp_arena_strdup(assembler->arena, class);
	page->list = page->class;
	page->file = wp_assembler_where(assembler, &where).file;
	return assembler->page_count;
}

const char *wp_page_class(const struct wp_assembler *assembler, size_t page)
{
	return page ? assembler->pages[page - 1].class : "";
}

void wp_page_goes_on(struct wp_assembler *assembler, size_t page)
{
	assembler->pages[page - 1].goes_on = true;
}

void wp_pages_add(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t entry)
{
	struct wp_page_row *page_row;
	struct wp_page *page;

	if (!row->page)
		return;
	page = &assembler->pages[row->page - 1];
	if (!*page->list && *row->list)
		page->list = wp_arena_strdup(assembler->arena, row->list);
	page->rows = true;
	page->companions = page->companions || row->sort != WP_ROW_RECORD;
	if (row->sort == WP_ROW_SITE)
		return;
	page_row = WP_PUSH(assembler->arena, assembler->page_rows, assembler->page_row_count);
	page_row->page = row->page - 1;
	page_row->entry = entry;
}

/* The lists of which the last page is there. New reference. */
static json_t *ended_lists(const struct wp_assembler *assembler)
{
	/* Entries that stand on a page that goes on, and pages that have others. */
	bool *listed = wp_must(calloc(assembler->entry_count + 1, sizeof *listed));
	bool *further = wp_must(calloc(assembler->page_count + 1, sizeof *further));
	json_t *ended = wp_json_must(json_object());

	for (size_t i = 0; i < assembler->page_row_count; i++)
		if (assembler->pages[assembler->page_rows[i].page].goes_on)
			listed[assembler->page_rows[i].entry] = true;
	for (size_t i = 0; i < assembler->page_row_count; i++)
		if (!listed[assembler->page_rows[i].entry])
			further[assembler->page_rows[i].page] = true;
	for (size_t i = 0; i < assembler->page_count; i++) {
		const struct wp_page *page = &assembler->pages[i];

		if (!page->goes_on && (further[i] || page->companions || !page->rows))
			wp_json_set(ended, page->list, json_true());
	}
	free(listed);
	free(further);
	return ended;
}

const char *wp_pages_missing(struct wp_assembler *assembler)
{
	json_t *ended = ended_lists(assembler);
	const char **names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < assembler->page_count; i++) {
		const struct wp_page *page = &assembler->pages[i];

		if (!page->goes_on || json_object_get(ended, page->list) ||
		    (!page->rows && !wp_class_is_read(page->list)))
			continue;
		/* Of each list once. */
		wp_json_set(ended, page->list, json_true());
		*WP_PUSH(assembler->arena, names, count) = *page->list ? page->list : "packages";
		wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, "export-partial", page->file,
			    "the list of %s goes on (@odata.nextLink), and its next page is not among the files; "
			    "export all pages, as the export script does",
			    *page->list ? page->list : "packages");
	}
	json_decref(ended);
	if (!count)
		return NULL;
	qsort(names, count, sizeof *names, wp_text_compare_items);
	return wp_text_join(assembler->arena, names, count);
}
