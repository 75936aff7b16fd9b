/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page for people. It is built once, from a plan, a receipt, a diff or an inspection, and rendered as Markdown and as HTML, so that the
 * two say the same in the same order.
 */
#ifndef WIMPLAN_REPORT_PAGE_H
#define WIMPLAN_REPORT_PAGE_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a part of a page is. A block holds what is named behind it, text stands for any of the last group. */
enum wp_part_kind {
	WP_PART_PAGE,      /* blocks */
	WP_PART_HEADING,   /* text; @level 2 to 4 */
	WP_PART_PARAGRAPH, /* text */
	WP_PART_LEAD,      /* text: a sentence that comes first */
	WP_PART_BANNER,    /* blocks that nobody may miss; @text is its heading */
	WP_PART_CARDS,     /* cards */
	WP_PART_CARD,      /* a number in @text, and text: what it counts */
	WP_PART_FACTS,     /* facts */
	WP_PART_FACT,      /* a term in @text, and text: its value */
	WP_PART_LIST,      /* items */
	WP_PART_ITEM,      /* text */
	WP_PART_SECTION,   /* blocks about one thing, which links lead to */
	WP_PART_ENTRY,     /* the same in a frame, which paper keeps together */
	WP_PART_KEY,       /* badges: what the colours of bars mean; HTML alone has bars */
	WP_PART_FOLD,      /* blocks that are folded up on a screen; @text says what they are, @open that they are not */
	WP_PART_TABLE,     /* columns, then rows and groups; @text is a caption for those who do not see it */
	WP_PART_LISTING,   /* @text: hunks of a unified diff */
	WP_PART_COLUMN,    /* a heading in @text, and in @column what stands below */
	WP_PART_ROW,       /* cells */
	WP_PART_GROUP,     /* @text: a heading over the rows that follow */
	WP_PART_CELL,      /* text */
	/*
	 * Ticks, then spans: what takes which part of @amount seconds, of which the first @from are the window. @text is a
	 * caption. Only to see: a table beside it says the same, and Markdown has nothing else.
	 */
	WP_PART_TIMELINE,
	WP_PART_TICK,      /* @text at @from */
	WP_PART_SPAN,      /* @text: what it is, from @from on for @amount; text: what stands behind it */

	WP_PART_TEXT,
	WP_PART_STRONG,
	WP_PART_SOFT,
	WP_PART_CODE,  /* a word for programs */
	WP_PART_PATH,  /* may be broken anywhere */
	WP_PART_BADGE, /* a small label in the colour of its tone */
	WP_PART_LINK,  /* to the section or entry @target */
	WP_PART_BREAK, /* a new line */
	WP_PART_BAR,   /* shares of @amount; only to see: the numbers stand beside it. As a block it is a large one */
	WP_PART_SHARE, /* @amount in the colour of its tone */
	WP_PART_BLANK, /* a line to write on */
};

/* Colours. No meaning rests on them alone. */
enum wp_tone { WP_TONE_PLAIN, WP_TONE_GOOD, WP_TONE_CHANGE, WP_TONE_BAD, WP_TONE_INFO };

/* How wide a column is, and where it may break. */
enum wp_column {
	WP_COLUMN_WORDS,  /* as it comes */
	WP_COLUMN_NUMBER, /* to the right, never broken */
	WP_COLUMN_SHORT,  /* never broken */
	WP_COLUMN_NAME,   /* broken anywhere, takes what is left */
	WP_COLUMN_TIME,   /* a time, and UTC below it where there is no room */
	WP_COLUMN_TITLE,  /* an id, and a name below it */
	WP_COLUMN_VALUE,  /* broken anywhere */
	WP_COLUMN_TEXT,   /* sentences */
	WP_COLUMN_PATH,   /* paths, which take what is left */
	WP_COLUMN_BAR,    /* bars: HTML alone has the column */
};

/* What becomes of a table on a phone. */
enum wp_folding {
	WP_FOLDING_NONE,  /* it scrolls */
	WP_FOLDING_PAIRS, /* of image, field, old, new, confidence: old and new stand side by side below the others */
	WP_FOLDING_TEXTS, /* each cell stands below the last */
};

struct wp_part {
	enum wp_part_kind kind;
	enum wp_tone tone;
	const char *text;
	const char *target; /* of a section or an entry: its name; of a link: where it leads */
	uint64_t amount;
	union {
		unsigned int level;
		enum wp_column column;
		enum wp_folding folding;
		bool open;
		uint64_t from;
	};
	struct wp_part *first, *last, *next;
};

/* A page under construction: what is added goes into the part that was opened last. */
struct wp_page {
	struct wp_arena *arena;
	const char *kind;  /* what sort of page it is, in two words */
	const char *title;
	const char *document; /* what has all that the page leaves out */
	struct wp_part root;
	struct wp_part *open[8]; /* the parts that are open, the root first */
	size_t depth;
};

/* Rows of a table that a page has at most, where nothing else is said: it is for people. */
#define WP_PAGE_ROWS ((size_t)1000)

/* All texts are borrowed, are data, and may be anything: the renderings escape them. @document: "plan file". */
void wp_page_init(struct wp_page *page, struct wp_arena *arena, const char *kind, const char *title, const char *document);

/* Opens a part, which the caller may fill in, until it is closed. */
struct wp_part *wp_page_open(struct wp_page *page, enum wp_part_kind kind, const char *text);
void wp_page_close(struct wp_page *page);

/* Adds a part without parts of its own; nothing for a NULL @text. */
void wp_page_add(struct wp_page *page, enum wp_part_kind kind, const char *text);

void wp_page_heading(struct wp_page *page, unsigned int level, const char *text);
/* A paragraph, a lead or an item of one text; nothing for NULL. */
void wp_page_line(struct wp_page *page, enum wp_part_kind kind, const char *text);
void wp_page_badge(struct wp_page *page, enum wp_tone tone, const char *text);
void wp_page_card(struct wp_page *page, enum wp_tone tone, const char *number, const char *what);
void wp_page_link(struct wp_page *page, const char *target, const char *text);
/* An item or a paragraph that begins with something strong; nothing for a NULL @text. */
void wp_page_point(struct wp_page *page, enum wp_part_kind kind, const char *strong, const char *text);
/* Says how many of @total things were left out of a list that shows the first @shown, and where they are. */
void wp_page_cut(struct wp_page *page, size_t shown, size_t total, const char *what);
/* A term and its value; nothing when the value is NULL or empty. */
void wp_page_fact(struct wp_page *page, const char *term, const char *value);
void wp_page_path_fact(struct wp_page *page, const char *term, const char *path);
/* Blocks that nobody may miss: a heading and a sentence; nothing for NULL. */
void wp_page_banner(struct wp_page *page, const char *heading, const char *sentence);

/* What stands in a cell of a row: a text, with @tone for a badge and @target for a link; nothing for a NULL text. */
struct wp_page_cell {
	enum wp_part_kind kind;
	const char *text;
	enum wp_tone tone;
	const char *target;
};
static inline struct wp_page_cell wp_cell(const char *text)
{
	return (struct wp_page_cell){ .kind = WP_PART_TEXT, .text = text };
}
static inline struct wp_page_cell wp_cell_as(enum wp_part_kind kind, const char *text)
{
	return (struct wp_page_cell){ .kind = kind, .text = text };
}
static inline struct wp_page_cell wp_cell_badge(enum wp_tone tone, const char *text)
{
	return (struct wp_page_cell){ .kind = WP_PART_BADGE, .text = text, .tone = tone };
}
static inline struct wp_page_cell wp_cell_link(const char *target, const char *text)
{
	return (struct wp_page_cell){ .kind = WP_PART_LINK, .text = text, .target = target };
}
/* Adds a cell to the row that is open. */
void wp_page_cell(struct wp_page *page, struct wp_page_cell cell);
/* Adds a row of such cells: WP_PAGE_ROW(page, wp_cell("a"), wp_cell("b")). */
#define WP_PAGE_ROW(page, ...) \
	wp_page_row((page), (const struct wp_page_cell[]){ __VA_ARGS__ }, \
		    sizeof((const struct wp_page_cell[]){ __VA_ARGS__ }) / sizeof(struct wp_page_cell))
void wp_page_row(struct wp_page *page, const struct wp_page_cell *cells, size_t count);

struct wp_page_share {
	enum wp_tone tone;
	uint64_t amount;
};
/* A bar of @count shares, as long in its track as their sum is of @whole. */
void wp_page_bar(struct wp_page *page, const struct wp_page_share *shares, size_t count, uint64_t whole);

/* Adds a tick or a span to the timeline that is open. */
void wp_page_tick(struct wp_page *page, uint64_t at, const char *text);
void wp_page_span(struct wp_page *page, enum wp_tone tone, const char *what, uint64_t from, uint64_t length, const char *behind);

struct wp_page_column {
	const char *heading;
	enum wp_column column;
};
/* Opens a table with its columns: WP_PAGE_TABLE(page, "Files", WP_FOLDING_NONE, { "Name", WP_COLUMN_NAME }). */
#define WP_PAGE_TABLE(page, caption, folding, ...) \
	wp_page_table((page), (caption), (folding), (const struct wp_page_column[]){ __VA_ARGS__ }, \
		      sizeof((const struct wp_page_column[]){ __VA_ARGS__ }) / sizeof(struct wp_page_column))
void wp_page_table(struct wp_page *page, const char *caption, enum wp_folding folding,
		   const struct wp_page_column *columns, size_t count);

/* The findings under a heading of their own, of that level; nothing when there are none. */
void wp_page_remarks(struct wp_page *page, unsigned int level, const struct wp_diags *remarks);

/* The two renderings. */
void wp_page_markdown(const struct wp_page *page, struct wp_buf *buf);
void wp_page_html(const struct wp_page *page, struct wp_buf *buf);

#endif
