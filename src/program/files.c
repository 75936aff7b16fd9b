/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that a call names, against each other: what is written may be neither what is read nor what else is written. */
#include "wimplan/ascii.h"
#include "wimplan/file.h"
#include "wimplan/program.h"

#include <errno.h>
#include <string.h>

/* What SQLite keeps beside a database while it changes (sqlite.org/tempfiles.html, 2). */
static const char *const beside[] = { "-wal", "-shm", "-journal" };

/*
 * What nothing that these programs write ever takes the place of, by how it begins: [MS-WIM] 2.2 and wimlib's pipable files, SQLite's
 * fileformat2.html 1.3, and the first descriptor of ISO 9660 and of UDF behind sixteen sectors of 2048 bytes (ECMA-119, ECMA-167).
 */
static const struct {
	const char *what, *mark;
	size_t length;
	uint64_t at;
} kept[] = {
	{ "a .wim file", "MSWIM\0\0", 8, 0 },
	{ "a .wim file", "WLPWM\0\0", 8, 0 },
	{ "a database", "SQLite format 3", 16, 0 },
	{ "installation media", "CD001", 5, 32769 },
	{ "installation media", "BEA01", 5, 32769 },
};

/* One of those that is damaged is known by its name. */
static const char *const endings[] = { ".wim", ".esd", ".swm", ".iso" };

/* One of them with where it is. */
struct placed {
	struct wp_named_file file;
	struct wp_file_place place;
};

struct placed_list {
	struct placed *items;
	size_t count;
};

static void add(struct wp_cli *cli, struct wp_named_files *files, const char *who, const char *path, enum wp_file_use use)
{
	*WP_PUSH(cli->arena, files->items, files->count) = (struct wp_named_file){ who, path, use };
}

/* The value "none" of --profile names no file. */
static bool names_file(const struct wp_cli *cli, const char *path)
{
	return path && (path != cli->profile || strcmp(path, "none") != 0);
}

static void add_options(struct wp_cli *cli, const void *arguments, struct wp_named_files *files)
{
	struct wp_options table = wp_options_of(cli);

	for (size_t i = 0; i < table.count; i++) {
		const struct wp_option *row = table.rows[i];
		const void *field = (const char *)(i < table.own ? arguments : cli) + row->field;
		const char *who;

		if (!row->file)
			continue;
		who = wp_option_shown(cli->arena, row);
		if (row->kind == WP_OPTION_LIST)
			for (size_t k = 0; k < ((const struct wp_names *)field)->count; k++)
				add(cli, files, who, ((const struct wp_names *)field)->items[k], row->file);
		else if (row->kind == WP_OPTION_TEXT && names_file(cli, *(const char *const *)field))
			add(cli, files, who, *(const char *const *)field, row->file);
	}
}

/* Of "w11.iso:sources/boot.wim", which is no file, the .iso. */
static const char *file_of_operand(struct wp_arena *arena, const char *operand)
{
	struct wp_file_status file;
	char *path = wp_arena_strdup(arena, operand), *colon;

	while ((colon = strrchr(path, ':')) && colon != path) {
		if (!wp_file_look(path, &file))
			return path;
		*colon = '\0';
	}
	return strlen(path) == strlen(operand) || wp_file_look(path, &file) ? operand : path;
}

static void add_operands(struct wp_cli *cli, struct wp_named_files *files)
{
	const char *who = cli->operand_count == 1 ? "the argument" : "an argument";

	for (size_t i = 0; i < cli->operand_count && cli->command->operands == WP_KNOWN_NOTHING; i++)
		add(cli, files, who, file_of_operand(cli->arena, cli->operands[i]), WP_FILE_USE_READ);
}

static void add_config(struct wp_cli *cli, struct wp_named_files *files)
{
	struct wp_config_places places = wp_cli_config_places(cli);
	struct wp_file_status file;

	/* Where none is yet a first one may be made: plan --print-config prints it. */
	for (size_t i = 0; i < sizeof places.items / sizeof *places.items && !cli->config; i++)
		if (places.items[i] && wp_file_look(places.items[i], &file) != ENOENT)
			add(cli, files, "the configuration", places.items[i], WP_FILE_USE_READ);
}

/* Files that the configuration names, or an option over it. */
static int add_settings(struct wp_cli *cli, struct wp_named_files *files)
{
	struct wp_options table = wp_options_of(cli);
	struct wp_config *config = NULL;

	for (size_t i = 0; i < table.count; i++) {
		const struct wp_option *row = table.rows[i];
		const char *path;

		if (!row->file || row->kind != WP_OPTION_SETTING)
			continue;
		if (!config) {
			config = wp_arena_alloc(cli->arena, sizeof *config);
			if (wp_cli_config(cli, config))
				return cli->err.status;
		}
		path = wp_config_value(config, row->section, row->key);
		if (path)
			add(cli, files, wp_option_shown(cli->arena, row), path, row->file);
	}
	return WP_OK;
}

static void locate(struct wp_cli *cli, struct placed_list *list, const char *who, const char *path, enum wp_file_use use)
{
	struct placed placed = { .file = { who, path, use } };

	wp_file_locate(cli->arena, path, &placed.place);
	if (placed.place.rest)
		*WP_PUSH(cli->arena, list->items, list->count) = placed;
}

static const char *joined(struct wp_arena *arena, const char *path, const char *ending)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_puts(&buf, path);
	wp_buf_puts(&buf, ending);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

/* Those from the one with number @first on. */
static void locate_all(struct wp_cli *cli, const struct wp_named_files *files, size_t first, struct placed_list *list)
{
	for (size_t i = first; i < files->count; i++) {
		const struct wp_named_file *file = &files->items[i];

		locate(cli, list, file->who, file->path, file->use);
		for (size_t k = 0; file->use == WP_FILE_USE_DATABASE && k < sizeof beside / sizeof *beside; k++)
			locate(cli, list, wp_arena_printf(cli->arena, "the %s of %s", beside[k], file->who),
			       joined(cli->arena, file->path, beside[k]), WP_FILE_USE_DATABASE);
	}
}

static bool is_option(const struct wp_named_file *file)
{
	return file->who[0] == '-';
}

/* Which of two that are one file is to be given another: what is written by an option, rather than what stands at its default place. */
static int weight(const struct wp_named_file *file)
{
	if (file->use == WP_FILE_USE_READ)
		return 0;
	return (is_option(file) ? 2 : 0) + (file->use == WP_FILE_USE_WRITTEN ? 2 : 1);
}

static int fail_same(struct wp_cli *cli, const struct wp_named_file *a, const struct wp_named_file *b)
{
	const struct wp_named_file *first = weight(b) > weight(a) ? b : a, *second = first == a ? b : a;

	return wp_cli_usage(cli, first->who, "%s and %s are one file, %s; give %s another", first->who, second->who, first->path,
			    is_option(first) ? first->who : second->who);
}

/* What is in an open file that has to stay; NULL: nothing of the kind. 0 or an errno. */
static int look_into(int fd, const char **ret)
{
	char begin[16];

	*ret = NULL;
	for (size_t i = 0; i < sizeof kept / sizeof *kept && !*ret; i++) {
		ptrdiff_t got = wp_file_read_at(fd, begin, kept[i].length, kept[i].at);

		if (got < 0)
			return (int)-got;
		if (got == (ptrdiff_t)kept[i].length && !memcmp(begin, kept[i].mark, kept[i].length))
			*ret = kept[i].what;
	}
	return 0;
}

/* That what stands where something is to be written may go. */
static int check_taken_place(struct wp_cli *cli, const struct placed *placed)
{
	const char *path = placed->file.path, *what = NULL;
	int fd __attribute__((cleanup(wp_closep))) = -1;
	struct wp_file_status file;
	int reason = placed->place.rest[0] ? ENOENT : wp_file_open_any(path, WP_FILE_HOW_FOLLOW, &fd, &file);

	/* One that may be written and not be read is none of them that anybody uses. */
	if (reason == ENOENT || reason == EACCES)
		return WP_OK;
	if (!reason)
		reason = look_into(fd, &what);
	if (reason)
		return wp_fail(&cli->err, WP_E_FAILED, "unreadable", path, "%s, whose place %s would take, cannot be looked at: %s", path,
			       placed->file.who, strerror(reason));
	for (size_t i = 0; i < sizeof endings / sizeof *endings && !what; i++)
		if (wp_ascii_ends(path, endings[i]))
			what = wp_arena_printf(cli->arena, "a file that ends in %s", endings[i]);
	return what ? wp_cli_usage(cli, placed->file.who, "%s is %s, and %s would take its place; give another file", path, what,
				   placed->file.who)
		    : WP_OK;
}

static int check_against(struct wp_cli *cli, const struct placed_list *list, const struct placed *written)
{
	for (const struct placed *other = list->items; other < list->items + list->count; other++)
		if (other != written && wp_file_same_place(&other->place, &written->place))
			return fail_same(cli, &written->file, &other->file);
	return written->file.use == WP_FILE_USE_WRITTEN ? check_taken_place(cli, written) : WP_OK;
}

int wp_cli_check_files(struct wp_cli *cli, const void *arguments)
{
	struct wp_named_files files = { 0 };
	struct placed_list list = { 0 };
	bool writes = false;
	size_t named;
	int status;

	add_options(cli, arguments, &files);
	for (size_t i = 0; i < files.count; i++)
		writes = writes || files.items[i].use != WP_FILE_USE_READ;
	/* What stands at its default place alone is none of the others'. */
	if (!writes)
		return WP_OK;
	add_operands(cli, &files);
	add_config(cli, &files);
	if (cli->program->files)
		cli->program->files(cli, arguments, &files);
	named = files.count;
	locate_all(cli, &files, 0, &list);
	status = add_settings(cli, &files);
	locate_all(cli, &files, named, &list);
	for (size_t i = 0; i < list.count && !status; i++)
		if (list.items[i].file.use != WP_FILE_USE_READ)
			status = check_against(cli, &list, &list.items[i]);
	return status;
}
