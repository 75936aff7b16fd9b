/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One arena per document: what belongs to it is allocated from it and freed at once with it. */
#ifndef WIMPLAN_ARENA_H
#define WIMPLAN_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

struct wp_arena;

/*
 * Memory that runs out ends the process: every size that comes from a file is bounded before it gets here, and no file
 * is ever half written (file.h), so nothing is lost by it. Hence no allocation returns NULL. This is where it ends; a
 * program puts a function of its own in the place, which says so (src/program), and without one it is abort().
 */
_Noreturn void wp_out_of_memory(void);

/* What malloc() and its like gave, never NULL: without it the program ends. */
static inline void *wp_must(void *memory)
{
	if (!memory)
		wp_out_of_memory();
	return memory;
}

/* malloc(), realloc(), calloc() and strdup() that end so, never NULL: for libraries that let themselves be told where memory is from. */
void *wp_take(size_t size);
void *wp_take_more(void *memory, size_t size);
void *wp_take_zeroed(size_t count, size_t size);
char *wp_take_copy(const char *text);

struct wp_arena *wp_arena_new(void) __attribute__((returns_nonnull, warn_unused_result));

/* Frees the arena with everything in it. NULL is allowed. */
void wp_arena_free(struct wp_arena *arena);

/* Gives @arena all that @other has, which is no arena of its own any more: as if it had been allocated from @arena. */
void wp_arena_join(struct wp_arena *arena, struct wp_arena *other);

/* @size zeroed bytes, aligned for any type; 0 bytes give a valid pointer. */
void *wp_arena_alloc(struct wp_arena *arena, size_t size) __attribute__((returns_nonnull, nonnull));

/* A copy of @text, which may be NULL (then the copy is NULL as well). */
char *wp_arena_strdup(struct wp_arena *arena, const char *text) __attribute__((nonnull(1)));

/* A copy of @length bytes with a NUL behind them. */
char *wp_arena_strndup(struct wp_arena *arena, const char *text, size_t length)
	__attribute__((returns_nonnull, nonnull(1)));

/* The same, or @same, which may be NULL, where it is that text. */
const char *wp_arena_keep(struct wp_arena *arena, const char *text, size_t length, const char *same)
	__attribute__((returns_nonnull, nonnull(1, 2)));

char *wp_arena_printf(struct wp_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull, nonnull));
char *wp_arena_vprintf(struct wp_arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0), returns_nonnull, nonnull(1, 2)));

/*
 * Room for one more element in an array of @count elements of @size bytes: returns @items or a larger copy.
 * The capacity is always the next power of two of the count (at least 4), so no capacity is kept.
 */
void *wp_arena_grow(struct wp_arena *arena, void *items, size_t count, size_t size)
	__attribute__((returns_nonnull, nonnull(1)));

/* Appends a zeroed element to the array @items of @count elements, both lvalues; gives a pointer to it. */
#define WP_PUSH(arena, items, count) \
	((items) = wp_arena_grow((arena), (items), (count), sizeof *(items)), &(items)[(count)++])

/* qsort() of the array @items, which may be NULL where there are none in it. */
#define WP_SORT(items, count, compare) ((count) ? qsort((items), (count), sizeof *(items), (compare)) : (void)0)

static inline void wp_arena_freep(struct wp_arena **arena)
{
	wp_arena_free(*arena);
}

#endif
