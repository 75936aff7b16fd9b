/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arenas: chunks that double in size from a small first one, because tens of thousands of arenas may be alive. */
#include "wimplan/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The first chunk also holds the arena itself. It is of a size that the C library keeps for the thread (1032 bytes at most, glibc
 * malloc.c, TCACHE_MAX_BINS): a larger one is looked for each time, in hundreds of times as many steps.
 */
#define FIRST_CHUNK ((size_t)1024)
#define LARGEST_CHUNK ((size_t)256 * 1024)
#define ALIGNMENT alignof(max_align_t)
#define ALIGNED(size) (((size) + ALIGNMENT - 1) & ~(ALIGNMENT - 1))
#define FIRST_CAPACITY ((size_t)4)

struct chunk {
	struct chunk *next;
};

struct wp_arena {
	struct chunk first;   /* the one in which the arena stands, once it belongs to another */
	struct chunk *chunks; /* all others */
	char *free;           /* the free part of the chunk in use */
	size_t left;
	size_t next_size;
};

/* Weak: the linker takes the program's. */
__attribute__((weak)) _Noreturn void wp_out_of_memory(void)
{
	abort();
}

void *wp_take(size_t size)
{
	return wp_must(malloc(size ? size : 1));
}

void *wp_take_more(void *memory, size_t size)
{
	return wp_must(realloc(memory, size ? size : 1));
}

void *wp_take_zeroed(size_t count, size_t size)
{
	return wp_must(count && size ? calloc(count, size) : calloc(1, 1));
}

char *wp_take_copy(const char *text)
{
	return wp_must(strdup(text));
}

struct wp_arena *wp_arena_new(void)
{
	struct wp_arena *arena = wp_must(malloc(FIRST_CHUNK));

	arena->chunks = NULL;
	arena->free = (char *)arena + ALIGNED(sizeof *arena);
	arena->left = FIRST_CHUNK - ALIGNED(sizeof *arena);
	arena->next_size = FIRST_CHUNK;
	return arena;
}

void wp_arena_free(struct wp_arena *arena)
{
	struct chunk *chunk, *next;

	if (!arena)
		return;
	for (chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena);
}

void wp_arena_join(struct wp_arena *arena, struct wp_arena *other)
{
	struct chunk *last = &other->first;

	last->next = other->chunks;
	while (last->next)
		last = last->next;
	last->next = arena->chunks;
	arena->chunks = &other->first;
}

/* A new chunk with @room bytes behind its header, zeroed: calloc() gets large ones from the kernel as they are. */
static char *add_chunk(struct wp_arena *arena, size_t room)
{
	struct chunk *chunk = wp_must(calloc(1, ALIGNED(sizeof *chunk) + room));

	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return (char *)chunk + ALIGNED(sizeof *chunk);
}

/* Whether @size bytes fit in the chunk in use, which may be a new one. A large block stands alone, so that the rest of it is not lost. */
static bool has_room(struct wp_arena *arena, size_t size)
{
	size_t room = arena->next_size - ALIGNED(sizeof(struct chunk));

	if (size <= arena->left)
		return true;
	if (size > room / 4)
		return false;
	arena->free = add_chunk(arena, room);
	arena->left = room;
	if (arena->next_size < LARGEST_CHUNK)
		arena->next_size *= 2;
	return true;
}

static void *take(struct wp_arena *arena, size_t size)
{
	void *block = arena->free;

	arena->free += size;
	arena->left -= size;
	return block;
}

void *wp_arena_alloc(struct wp_arena *arena, size_t size)
{
	if (size > PTRDIFF_MAX / 2)
		wp_out_of_memory();
	size = size ? ALIGNED(size) : ALIGNMENT;
	return has_room(arena, size) ? memset(take(arena, size), 0, size) : add_chunk(arena, size);
}

char *wp_arena_strdup(struct wp_arena *arena, const char *text)
{
	return text ? wp_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *wp_arena_strndup(struct wp_arena *arena, const char *text, size_t length)
{
	char *copy;

	if (length > PTRDIFF_MAX / 2)
		wp_out_of_memory();
	/* Texts need no alignment: they stand side by side at the end of the chunk. */
	if (has_room(arena, length + 1)) {
		arena->left -= length + 1;
		copy = arena->free + arena->left;
	} else {
		copy = add_chunk(arena, length + 1);
	}
	if (length)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

const char *wp_arena_keep(struct wp_arena *arena, const char *text, size_t length, const char *same)
{
	return same && !strncmp(same, text, length) && !same[length] ? same : wp_arena_strndup(arena, text, length);
}

char *wp_arena_printf(struct wp_arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = wp_arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

char *wp_arena_vprintf(struct wp_arena *arena, const char *format, va_list args)
{
	char room[256]; /* most texts are formatted once */
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(room, sizeof room, format, again);
	va_end(again);
	if (length < 0)
		abort();
	if ((size_t)length < sizeof room)
		return wp_arena_strndup(arena, room, (size_t)length);
	text = wp_arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

void *wp_arena_grow(struct wp_arena *arena, void *items, size_t count, size_t size)
{
	size_t capacity;
	char *grown;

	/* The capacity is used up when the count is 0 or a power of two that is a capacity. */
	if (count && (count < FIRST_CAPACITY || (count & (count - 1)))) {
		/* The place may have held an element that was taken off the end again. */
		memset((char *)items + count * size, 0, size);
		return items;
	}
	capacity = count ? 2 * count : FIRST_CAPACITY;
	if (size && capacity > PTRDIFF_MAX / 2 / size)
		wp_out_of_memory();
	grown = wp_arena_alloc(arena, capacity * size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}
