/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From operands to WIMs: which files are installation media, and what is looked for in them. */
#include "wims.h"

#include "settings.h"

#include "wimplan/ascii.h"
#include "wimplan/file.h"
#include "wimplan/text.h"

#include <string.h>

/* Where media have their WIMs; those for two architectures have one folder for each. */
static const char *const folders[] = { "", "x64/", "x86/", "arm64/" };
static const char *const names[] = { "sources/install.wim", "sources/install.esd", "sources/install.swm", "sources/boot.wim" };

static struct wp_cli_wim *add(struct wp_cli *cli, struct wp_cli_wims *wims, size_t operand)
{
	struct wp_cli_wim *wim = WP_PUSH(cli->arena, wims->items, wims->count);

	wim->operand = operand;
	wim->place.path = cli->operands[operand];
	return wim;
}

/* What there is to say of the medium, and what keeps the file from being read; NULL for nothing. */
static const struct wp_diags *diags_of(struct wp_cli *cli, const struct wp_media *media, const char *code, const char *why)
{
	struct wp_diags *diags = wp_arena_alloc(cli->arena, sizeof *diags);

	for (size_t i = 0; media && i < media->diags.count; i++)
		*WP_PUSH(cli->arena, diags->items, diags->count) = media->diags.items[i];
	if (why && !wp_diags_worst(diags, WP_SEVERITY_ERROR))
		wp_diag_add(cli->arena, diags, WP_SEVERITY_ERROR, code, NULL, "%s", why);
	return diags->count ? diags : NULL;
}

static void add_file(struct wp_cli *cli, struct wp_cli_wims *wims, size_t operand, const struct wp_media *media,
		     const struct wp_media_file *file)
{
	struct wp_cli_wim *wim = add(cli, wims, operand);
	const char *why = !file->why ? NULL
				     : wp_arena_printf(cli->arena,
						       "the file cannot be read inside of the .iso: %s; mount it (mount -o loop,ro) and "
						       "give the file in it", file->why);

	wim->media = media;
	wim->place.path = wp_arena_printf(cli->arena, "%s:%s", media->path, file->path);
	wim->place.inside = true;
	wim->place.file = media->path;
	wim->place.offset = file->offset;
	wim->place.length = file->size;
	wim->place.diags = diags_of(cli, media, "media-unread", why);
}

/* What is no WIM: something of @media, or where that is NULL no file at all, or one that need not be read again. */
static void add_none(struct wp_cli *cli, struct wp_cli_wims *wims, size_t operand, const struct wp_media *media, const char *code,
		     const char *why)
{
	struct wp_cli_wim *wim = add(cli, wims, operand);

	wim->media = media;
	wim->place.diags = diags_of(cli, media, code, why);
}

/* As wp_media_open(). */
static struct wp_media *open_media(struct wp_cli *cli, struct wp_cli_wims *wims, const char *path, int *ret_reason)
{
	struct wp_media *media = wims->media_count ? wims->media[wims->media_count - 1] : NULL;

	*ret_reason = 0;
	/* Files of one medium are mostly named one after the other. */
	if (media && !strcmp(media->path, path))
		return media;
	media = wp_media_open(path, ret_reason);
	if (media)
		*WP_PUSH(cli->arena, wims->media, wims->media_count) = media;
	return media;
}

/* All WIMs of a medium. */
static void add_all(struct wp_cli *cli, struct wp_cli_wims *wims, size_t operand, struct wp_media *media)
{
	struct wp_media_file files[sizeof folders / sizeof *folders * (sizeof names / sizeof *names)];
	size_t count = 0;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			count += wp_media_find(media, wp_arena_printf(cli->arena, "%s%s", folders[i], names[k]), &files[count]);
	/* All of them are found before the first is shown: each shows what is odd about the medium. */
	for (size_t i = 0; i < count; i++)
		add_file(cli, wims, operand, media, &files[i]);
	if (!count)
		add_none(cli, wims, operand, media, "not-found",
			 wp_diags_have(&media->diags, "media-damaged")
				 ? "no install.wim, install.esd, install.swm or boot.wim was found in a folder sources of the medium, of which not all "
				   "could be read"
				 : "the medium has no install.wim, install.esd, install.swm or boot.wim in a folder sources; a file elsewhere "
				   "in it is given as ISO:PATH");
}

static bool is_media_name(const char *path)
{
	return wp_ascii_ends(path, ".iso");
}

/* "ISO:PATH", the last colon with a file in front of it. */
static bool add_inside(struct wp_cli *cli, struct wp_cli_wims *wims, size_t operand)
{
	char *path = wp_arena_strdup(cli->arena, cli->operands[operand]);
	struct wp_media_file file;
	struct wp_file_status seen;
	struct wp_media *media;
	char *colon, *inside;
	int reason;

	while ((colon = strrchr(path, ':'))) {
		*colon = '\0';
		if (colon == path || wp_file_look(path, &seen) || seen.kind != WP_FILE_KIND_REGULAR)
			continue;
		media = open_media(cli, wims, path, &reason);
		if (reason) {
			add_none(cli, wims, operand, NULL, "unreadable",
				 wp_arena_printf(cli->arena, "%s cannot be read: %s", path, strerror(reason)));
			return true;
		}
		if (!media) {
			add_none(cli, wims, operand, NULL, "not-found",
				 wp_arena_printf(cli->arena, "%s is no installation media: it has no file system UDF or ISO 9660; %s", path,
						 is_media_name(path) ? "copy or download it anew" : "what stands behind a colon is a file in an .iso"));
			return true;
		}
		inside = wp_arena_strdup(cli->arena, cli->operands[operand] + (colon + 1 - path));
		for (char *at = inside; *at; at++)
			*at = *at == '\\' ? '/' : *at;
		if (wp_media_find(media, inside, &file))
			add_file(cli, wims, operand, media, &file);
		else
			add_none(cli, wims, operand, media, "not-found",
				 wp_diags_have(&media->diags, "media-damaged")
					 ? "no such file was found on the medium, of which not all could be read"
					 : "the medium has no such file");
		return true;
	}
	return false;
}

/* A name that says that the file is a WIM need not be opened once more to see that it is no medium. */
static bool is_wim_name(const char *path)
{
	return wp_ascii_ends(path, ".wim") || wp_ascii_ends(path, ".esd") || wp_ascii_ends(path, ".swm");
}

/*
 * Whether @path can be nothing but what a shell has left of a path of Windows that was not in quotes: of \\srv\a.wim it leaves
 * \srva.wim, and of C:\a.wim C:a.wim.
 */
static bool lost_backslashes(const char *path)
{
	bool drive = ((path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z')) && path[1] == ':';

	return (drive && path[2] && !strpbrk(path, "/\\")) || (path[0] == '\\' && path[1] && path[1] != '\\' && !strchr(path, '/'));
}

/* There is no file of that name. */
static void add_missing(struct wp_cli *cli, struct wp_cli_wims *wims, size_t operand, const char *why)
{
	const char *path = cli->operands[operand];

	if (why)
		add_none(cli, wims, operand, NULL, "not-found", why);
	else if (strchr(path, ':') && add_inside(cli, wims, operand))
		return;
	else if (lost_backslashes(path))
		add_none(cli, wims, operand, NULL, "not-found",
			 "there is no such file; put a path of Windows in single quotes, or the shell takes backslashes out of it");
	else
		add(cli, wims, operand);
}

/* Something else under the name of a medium, such as what a download left. */
static bool add_junk(struct wp_cli *cli, struct wp_cli_wims *wims, size_t operand)
{
	const char *path = cli->operands[operand];
	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = NULL;

	if (!is_media_name(path))
		return false;
	wim = wp_wim_read(path);
	if (!wp_diags_have(&wim->diags, "not-wim") && !wp_diags_have(&wim->diags, "too-small"))
		return false;
	add_none(cli, wims, operand, NULL, "not-wim",
		 wim->size ? "the file is neither installation media nor a WIM: it has no file system UDF or ISO 9660 and does not begin "
			     "with MSWIM; copy or download it anew"
			   : "the file is empty; copy or download it anew");
	return true;
}

int wp_cli_find_wims(struct wp_cli *cli, struct wp_cli_wims *ret)
{
	const char **why = wp_arena_alloc(cli->arena, cli->operand_count * sizeof *why);
	int status = wp_cli_find_operands(cli, why);

	for (size_t i = 0; i < cli->operand_count && !status; i++) {
		const char *path = cli->operands[i];
		struct wp_file_status seen;
		struct wp_media *media = NULL;
		int reason = 0;

		if (wp_file_look(path, &seen)) {
			add_missing(cli, ret, i, why[i]);
			continue;
		}
		if (!is_wim_name(path))
			media = open_media(cli, ret, path, &reason);
		if (media)
			add_all(cli, ret, i, media);
		else if (reason || !add_junk(cli, ret, i))
			add(cli, ret, i);
	}
	return status;
}

void wp_cli_wims_close(struct wp_cli_wims *wims)
{
	for (size_t i = 0; i < wims->media_count; i++)
		wp_media_close(wims->media[i]);
}

int wp_cli_choose_wim(struct wp_cli *cli, const struct wp_cli_wims *wims, size_t operand, const struct wp_cli_wim **ret)
{
	const struct wp_cli_wim *first = wims->items, *install = NULL;
	size_t count = 0, installs = 0;

	for (size_t i = 0; i < wims->count; i++) {
		const struct wp_cli_wim *wim = &wims->items[i];

		if (wim->operand != operand)
			continue;
		first = count++ ? first : wim;
		if (wp_ascii_ends(wim->place.path, "boot.wim"))
			continue;
		install = installs++ ? install : wim;
	}
	*ret = count == 1 ? first : install;
	if (count == 1 || installs == 1)
		return WP_OK;
	return wp_cli_usage(cli, NULL, "%s has %zu files that may be meant; give one of them, such as '%s'", cli->operands[operand],
			    count, first->place.path);
}
