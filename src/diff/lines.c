/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fewest lines to take out and to put in: the greedy search over the diagonals of the edit graph (E. W. Myers, "An O(ND)
 * Difference Algorithm and Its Variations", Algorithmica 1, 1986), with a bound on edits and on steps.
 */
#include "lines.h"

#include "wimplan/arena.h"
#include "wimplan/limits.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CONTEXT ((size_t)3)

struct line {
	const char *text;
	size_t length; /* without the end of the line */
	uint32_t id;   /* equal lines have the same */
	bool ended;    /* a line feed stands behind it */
};

struct side {
	struct line *lines;
	size_t count;
	bool *gone; /* the other side does not have the line */
};

static struct side split(struct wp_arena *arena, const char *text, size_t length)
{
	struct side side = { 0 };
	const char *end = text + length;

	while (text < end) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));
		const char *stop = feed ? feed : end;
		size_t cut = stop > text && stop[-1] == '\r' ? 1 : 0;

		*WP_PUSH(arena, side.lines, side.count) =
			(struct line){ .text = text, .length = (size_t)(stop - text) - cut, .ended = feed != NULL };
		text = stop + (feed != NULL);
	}
	side.gone = wp_arena_alloc(arena, side.count + 1);
	return side;
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *const *x = a, *const *y = b;
	size_t shorter = (*x)->length < (*y)->length ? (*x)->length : (*y)->length;
	int order = memcmp((*x)->text, (*y)->text, shorter);

	if (order)
		return order;
	if ((*x)->length != (*y)->length)
		return (*x)->length < (*y)->length ? -1 : 1;
	return (int)(*x)->ended - (int)(*y)->ended;
}

/* Equal lines get one number, so that the search compares nothing else. */
static void number_lines(struct wp_arena *arena, struct side *old, struct side *new)
{
	size_t count = old->count + new->count;
	struct line **all = wp_arena_alloc(arena, (count + 1) * sizeof *all);

	for (size_t i = 0; i < old->count; i++)
		all[i] = &old->lines[i];
	for (size_t i = 0; i < new->count; i++)
		all[old->count + i] = &new->lines[i];
	WP_SORT(all, count, compare_lines);
	for (size_t i = 1; i < count; i++)
		all[i]->id = all[i - 1]->id + (compare_lines(&all[i - 1], &all[i]) != 0);
}

/* What is left between the lines that both begin and end with. */
struct middle {
	const struct line *a, *b;
	int64_t n, m;
	bool *gone_a, *gone_b;
};

/* The furthest x on the diagonals -d to d, every second of which a round has. -1: not come to. */
struct round {
	int32_t *x; /* of diagonal k at [k + reach] */
	int64_t reach;
};

static int64_t furthest(const struct round *before, int64_t d, int64_t k)
{
	const int32_t *x = before->x + before->reach;

	if (k == -d || (k != d && x[k - 1] < x[k + 1]))
		return x[k + 1];
	return x[k - 1] + 1;
}

/* From the end back to the beginning: what was passed sideways is gone, what was passed downwards has come. */
static void mark(const struct middle *middle, int32_t *const *rounds, int64_t edits)
{
	int64_t x = middle->n, y = middle->m;

	for (int64_t d = edits; d > 0; d--) {
		const struct round before = { rounds[d - 1], d };
		const int32_t *at = before.x + before.reach;
		int64_t k = x - y;
		bool down = k == -d || (k != d && at[k - 1] < at[k + 1]);

		k += down ? 1 : -1;
		x = at[k];
		y = x - k;
		if (down)
			middle->gone_b[y] = true;
		else
			middle->gone_a[x] = true;
	}
}

/* False where the bounds end it. */
static bool search(struct wp_arena *arena, const struct middle *middle)
{
	const int64_t n = middle->n, m = middle->m, most = n + m < WP_LIMIT_TEXT_EDITS ? n + m : WP_LIMIT_TEXT_EDITS;
	int32_t **rounds = wp_arena_alloc(arena, (size_t)(most + 1) * sizeof *rounds);
	uint64_t steps = 0;

	for (int64_t d = 0; d <= most; d++) {
		/* Room for the diagonals on both sides, which the next round looks at. */
		struct round now = { wp_arena_alloc(arena, (size_t)(2 * d + 3) * sizeof *now.x), d + 1 };
		const struct round before = { d ? rounds[d - 1] : NULL, d };

		memset(now.x, 0xff, (size_t)(2 * d + 3) * sizeof *now.x);
		rounds[d] = now.x;
		/* Diagonals beyond -m and n lie outside of the graph. */
		for (int64_t k = d > m ? -m + ((d - m) & 1) : -d; k <= d && k <= n; k += 2) {
			int64_t x, y;

			x = d ? furthest(&before, d, k) : 0;
			y = x - k;
			while (x < n && y < m && middle->a[x].id == middle->b[y].id) {
				x++;
				y++;
				steps++;
			}
			now.x[k + now.reach] = (int32_t)x;
			if (x >= n && y >= m) {
				mark(middle, rounds, d);
				return true;
			}
			if (++steps > WP_LIMIT_TEXT_STEPS)
				return false;
		}
	}
	return false;
}

static void compare(struct wp_arena *arena, struct side *old, struct side *new)
{
	size_t first = 0, last = 0;
	struct middle middle;

	while (first < old->count && first < new->count && old->lines[first].id == new->lines[first].id)
		first++;
	while (last < old->count - first && last < new->count - first &&
	       old->lines[old->count - 1 - last].id == new->lines[new->count - 1 - last].id)
		last++;
	middle = (struct middle){
		.a = old->lines ? old->lines + first : NULL, .n = (int64_t)(old->count - first - last), .gone_a = old->gone + first,
		.b = new->lines ? new->lines + first : NULL, .m = (int64_t)(new->count - first - last), .gone_b = new->gone + first,
	};
	if ((!middle.n && !middle.m) || search(arena, &middle))
		return;
	memset(middle.gone_a, true, (size_t)middle.n);
	memset(middle.gone_b, true, (size_t)middle.m);
}

static void add_line(struct wp_buf *buf, char symbol, const struct line *line)
{
	wp_buf_putc(buf, symbol);
	wp_buf_add(buf, line->text, line->length);
	wp_buf_puts(buf, line->ended ? "\n" : "\n\\ No newline at end of file\n");
}

/* POSIX diff, "Diff -u Output Format": a range without lines has the number of the line before it, one of one line no count. */
static void add_range(struct wp_buf *buf, char symbol, size_t begin, size_t count)
{
	wp_buf_printf(buf, "%c%zu", symbol, count ? begin + 1 : begin);
	if (count != 1)
		wp_buf_printf(buf, ",%zu", count);
}

/* A place in both texts up to which they were gone through. */
struct place {
	size_t old, new;
};

static bool at_change(const struct side *old, const struct side *new, struct place at)
{
	return (at.old < old->count && old->gone[at.old]) || (at.new < new->count && new->gone[at.new]);
}

/* Behind the changes that begin here, and behind those that the same hunk has with them. */
static struct place end_of_hunk(const struct side *old, const struct side *new, struct place at)
{
	struct place end = at;

	for (size_t same = 0; same <= 2 * CONTEXT;) {
		while (at.old < old->count && old->gone[at.old]) {
			at.old++;
			same = 0;
		}
		while (at.new < new->count && new->gone[at.new]) {
			at.new++;
			same = 0;
		}
		if (!same)
			end = at;
		if (at.old == old->count || at.new == new->count)
			break;
		if (at_change(old, new, at))
			continue;
		at.old++;
		at.new++;
		same++;
	}
	return end;
}

static void add_hunk(struct wp_buf *buf, const struct side *old, const struct side *new, struct place begin, struct place end)
{
	size_t before = begin.old < CONTEXT ? begin.old : CONTEXT;
	size_t behind = old->count - end.old < CONTEXT ? old->count - end.old : CONTEXT;
	struct place at = { begin.old - before, begin.new - before };

	end.old += behind;
	end.new += behind;
	wp_buf_puts(buf, "@@ ");
	add_range(buf, '-', at.old, end.old - at.old);
	wp_buf_putc(buf, ' ');
	add_range(buf, '+', at.new, end.new - at.new);
	wp_buf_puts(buf, " @@\n");
	while (at.old < end.old || at.new < end.new) {
		if (at.old < end.old && old->gone[at.old]) {
			add_line(buf, '-', &old->lines[at.old++]);
		} else if (at.new < end.new && new->gone[at.new]) {
			add_line(buf, '+', &new->lines[at.new++]);
		} else {
			add_line(buf, ' ', &old->lines[at.old++]);
			at.new++;
		}
	}
}

static size_t count_gone(const struct side *side)
{
	size_t count = 0;

	for (size_t i = 0; i < side->count; i++)
		count += side->gone[i];
	return count;
}

struct wp_lines wp_lines_diff(const char *old_text, size_t old_length, const char *new_text, size_t new_length, struct wp_buf *buf)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct side old = split(scratch, old_text, old_length), new = split(scratch, new_text, new_length);

	number_lines(scratch, &old, &new);
	compare(scratch, &old, &new);
	for (struct place at = { 0, 0 }; at.old < old.count || at.new < new.count;) {
		if (at_change(&old, &new, at)) {
			struct place end = end_of_hunk(&old, &new, at);

			add_hunk(buf, &old, &new, at, end);
			at = end;
		} else {
			at.old++;
			at.new++;
		}
	}
	return (struct wp_lines){ .added = count_gone(&new), .removed = count_gone(&old) };
}
