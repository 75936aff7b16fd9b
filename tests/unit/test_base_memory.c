/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arenas, growing texts and lists of findings. */
#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/diag.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <stddef.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

Test(base, arena_blocks_are_zeroed_aligned_and_apart)
{
	/* Around the first chunk (2 KiB), the share of a chunk that still counts as small, and large blocks. */
	static const size_t sizes[] = { 0,    1,    15,   16,   17,   100,   1000,    1023,
					1024, 1025, 2047, 2048, 5000, 70000, 1 << 20, 3 };
	enum { ROUNDS = 40, COUNT = sizeof sizes / sizeof sizes[0] };
	struct wp_arena *arena = wp_arena_new();
	unsigned char *blocks[ROUNDS][COUNT];
	size_t round, i, at;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < COUNT; i++) {
			unsigned char *block = wp_arena_alloc(arena, sizes[i]);

			blocks[round][i] = block;
			cr_assert_eq((uintptr_t)block % alignof(max_align_t), 0, "%zu bytes", sizes[i]);
			for (at = 0; at < sizes[i]; at += at < 64 ? 1 : 61)
				cr_assert_eq(block[at], 0, "%zu bytes", sizes[i]);
			memset(block, (int)(round * COUNT + i) % 255 + 1, sizes[i]);
		}
	}
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < COUNT; i++)
			for (at = 0; at < sizes[i]; at += 61)
				cr_assert_eq(blocks[round][i][at], (round * COUNT + i) % 255 + 1, "%zu bytes",
					     sizes[i]);
	wp_arena_free(arena);
	wp_arena_free(NULL);
}

Test(base, arena_texts)
{
	struct wp_arena *arena = wp_arena_new();
	const char *kept;
	char *long_text;

	cr_expect_str_eq(wp_arena_strdup(arena, "boot.wim"), "boot.wim");
	cr_expect_str_eq(wp_arena_strdup(arena, ""), "");
	cr_expect_null(wp_arena_strdup(arena, NULL));
	cr_expect_str_eq(wp_arena_strndup(arena, "install.wim", 7), "install");
	cr_expect_str_eq(wp_arena_strndup(arena, "x", 0), "");
	cr_expect_eq(memcmp(wp_arena_strndup(arena, "a\0b", 3), "a\0b", 4), 0, "bytes with a NUL");
	cr_expect_str_eq(wp_arena_printf(arena, "%s:%d", "index", 7), "index:7");
	kept = wp_arena_keep(arena, "de-DE\0", 5, NULL);
	cr_expect_eq(wp_arena_keep(arena, "de-DE-x", 5, kept), kept, "the same text");
	cr_expect_str_eq(wp_arena_keep(arena, "de-D", 4, kept), "de-D");
	cr_expect_str_eq(wp_arena_keep(arena, "de-DE-x", 7, kept), "de-DE-x");
	cr_expect_str_eq(wp_arena_keep(arena, "", 0, kept), "");
	long_text = wp_arena_printf(arena, "%5000d|", 1);
	cr_expect_eq(strlen(long_text), 5001);
	cr_expect_eq(long_text[5000], '|');
	wp_arena_free(arena);
}

/* Texts stand at one end of a chunk and blocks at the other: none of them reaches into another, whatever the sizes are. */
Test(base, arena_texts_beside_blocks)
{
	struct wp_arena *arena = wp_arena_new();
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
	struct {
		const char *text, *printed;
		unsigned char *block;
	} made[3000];

	for (size_t i = 0; i < 3000; i++) {
		made[i].text = wp_arena_strndup(arena, letters, i % 53);
		made[i].printed = wp_arena_printf(arena, "%zu %.*s", i, (int)(i % 51), letters);
		made[i].block = wp_arena_alloc(arena, 1 + i % 70);
		cr_assert_eq((uintptr_t)made[i].block % alignof(max_align_t), 0);
		for (size_t k = 0; k < 1 + i % 70; k++) {
			cr_assert_eq(made[i].block[k], 0);
			made[i].block[k] = 0xee;
		}
	}
	for (size_t i = 0; i < 3000; i++) {
		char *end;

		cr_assert(strlen(made[i].text) == i % 53 && !strncmp(made[i].text, letters, i % 53));
		cr_assert_eq(strtoull(made[i].printed, &end, 10), i);
		cr_assert(strlen(end) == 1 + i % 51 && !strncmp(end + 1, letters, i % 51));
		for (size_t k = 0; k < 1 + i % 70; k++)
			cr_assert_eq(made[i].block[k], 0xee);
	}
	wp_arena_free(arena);
}

Test(base, arena_arrays_grow)
{
	struct wp_arena *arena = wp_arena_new();
	struct pair {
		uint64_t a, b;
	} *items = NULL, *eighth;
	size_t count = 0;
	size_t i;

	for (i = 0; i < 5000; i++) {
		struct pair *item = WP_PUSH(arena, items, count);

		cr_assert(item->a == 0 && item->b == 0, "element %zu", i);
		item->a = i;
		item->b = ~(uint64_t)i;
	}
	cr_assert_eq(count, 5000);
	for (i = 0; i < count; i++)
		cr_assert(items[i].a == i && items[i].b == ~(uint64_t)i, "element %zu", i);

	/* What was taken off the end comes back zeroed, within a capacity and at its border. */
	count = 8;
	eighth = WP_PUSH(arena, items, count);
	cr_expect(eighth->a == 0 && eighth->b == 0);
	count = 3;
	eighth = WP_PUSH(arena, items, count);
	cr_expect(eighth->a == 0 && eighth->b == 0);
	cr_expect_eq(items[2].a, 2);
	wp_arena_free(arena);
}

Test(base, buffers_grow)
{
	struct wp_buf buf = { 0 };
	size_t i;

	cr_expect_str_eq(wp_buf_text(&buf), "");
	wp_buf_add(&buf, "", 0);
	cr_expect_str_eq(buf.data, "", "terminated as soon as something was added, even nothing");
	wp_buf_free(&buf);
	cr_expect_null(buf.data);
	cr_expect_eq(buf.length, 0);

	wp_buf_puts(&buf, "a");
	wp_buf_putc(&buf, 'b');
	wp_buf_pad(&buf, '.', 3);
	wp_buf_pad(&buf, '.', 0);
	wp_buf_printf(&buf, "%d-%s", 12, "c");
	cr_expect_str_eq(wp_buf_text(&buf), "ab...12-c");
	wp_buf_free(&buf);

	for (i = 0; i < 3000; i++) {
		wp_buf_printf(&buf, "%06zu", i);
		cr_assert_eq(buf.length, 6 * (i + 1));
		cr_assert_eq(buf.data[buf.length], '\0');
		cr_assert_gt(buf.capacity, buf.length);
	}
	cr_expect_eq(strncmp(buf.data + 6 * 2999, "002999", 6), 0);
	wp_buf_printf(&buf, "%100000d", 5);
	cr_expect_eq(buf.length, 118000);
	wp_buf_free(&buf);
}

Test(base, diagnostics)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_diags diags = { 0 };
	char subject[] = "a.wim";

	cr_expect_null(wp_diags_worst(&diags, WP_SEVERITY_INFO));
	cr_expect_not(wp_diags_have(&diags, "bad-value"));

	wp_diag_add(arena, &diags, WP_SEVERITY_INFO, "missing-index", NULL, "image %d has no index", 2);
	cr_expect_null(wp_diags_worst(&diags, WP_SEVERITY_WARNING));
	wp_diag_add(arena, &diags, WP_SEVERITY_WARNING, "bad-value", subject, "%s is no number", "x\xff");
	wp_diag_add(arena, &diags, WP_SEVERITY_ERROR, "not-wim", "b\x80.wim", "no WIM");
	subject[0] = 'z';

	cr_assert_eq(diags.count, 3);
	cr_expect_str_eq(diags.items[0].summary, "image 2 has no index");
	cr_expect_null(diags.items[0].subject);
	cr_expect_null(diags.items[0].detail);
	cr_expect_str_eq(diags.items[1].subject, "a.wim", "the subject is a copy");
	cr_expect_str_eq(diags.items[1].summary, "x\xef\xbf\xbd is no number", "texts are valid UTF-8");
	cr_expect_str_eq(diags.items[2].subject, "b\xef\xbf\xbd.wim");
	cr_expect_eq(wp_diags_worst(&diags, WP_SEVERITY_INFO), &diags.items[0], "the first one that is bad enough");
	cr_expect_eq(wp_diags_worst(&diags, WP_SEVERITY_WARNING), &diags.items[1]);
	cr_expect_eq(wp_diags_worst(&diags, WP_SEVERITY_ERROR), &diags.items[2]);
	cr_expect(wp_diags_have(&diags, "not-wim"));
	cr_expect_not(wp_diags_have(&diags, "not"));
	cr_expect_str_eq(wp_severity_name(WP_SEVERITY_INFO), "info");
	cr_expect_str_eq(wp_severity_name(WP_SEVERITY_WARNING), "warning");
	cr_expect_str_eq(wp_severity_name(WP_SEVERITY_ERROR), "error");
	wp_arena_free(arena);
}
