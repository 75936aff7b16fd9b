/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mkwim turns recipes into WIM files for tests, demo and benchmarks. See README.md beside this file. */
#include "mkwim.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

static const char usage[] =
	"usage: mkwim RECIPE OUT.wim\n"
	"       mkwim -C FOLDER RECIPES\n"
	"Makes one WIM, or one below FOLDER for each \"wim NAME\" section. \"-\" reads standard input.\n";

noreturn void mk_fail(const char *format, ...)
{
	va_list args;

	fputs("mkwim: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

struct mk_text mk_read_file(struct wp_arena *arena, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	struct wp_buf bytes = { 0 };
	char part[65536];
	size_t length;
	struct mk_text ret;

	if (!file)
		mk_fail("%s: cannot open: %s", path, strerror(errno));
	while ((length = fread(part, 1, sizeof part, file)) > 0)
		wp_buf_add(&bytes, part, length);
	if (ferror(file))
		mk_fail("%s: cannot read: %s", path, strerror(errno));
	if (file != stdin)
		fclose(file);
	ret.length = bytes.length;
	ret.data = wp_arena_strndup(arena, wp_buf_text(&bytes), bytes.length);
	wp_buf_free(&bytes);
	return ret;
}

int main(int argc, char **argv)
{
	bool many = argc == 4 && strcmp(argv[1], "-C") == 0;
	const char *source;
	struct wp_arena *arena;
	struct mk_recipe *recipes;
	size_t count;

	if (!many && argc != 3) {
		fputs(usage, stderr);
		return 2;
	}
	source = many ? argv[3] : argv[1];
	wimlib_set_print_errors(false);
	if (wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8) != 0)
		mk_fail("wimlib does not start");
	arena = wp_arena_new();
	recipes = mk_parse(arena, source, mk_read_file(arena, source), many ? NULL : argv[2], &count);
	for (size_t i = 0; i < count; i++) {
		struct wp_arena *own = wp_arena_new();

		mk_make(own, &recipes[i], many ? argv[2] : ".");
		wp_arena_free(own);
	}
	wp_arena_free(arena);
	wimlib_global_cleanup();
	return 0;
}
