/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed in an image, as far as its tree tells: packages, drivers, apps, languages, boot files, WinRE. */
#ifndef WIMPLAN_SERVICING_H
#define WIMPLAN_SERVICING_H

#include "wimplan/tree.h"

/* The groups of contents, in the order in which they are shown. */
enum wp_item_group {
	WP_ITEM_GROUP_PACKAGE,   /* Windows\servicing\Packages\*.mum */
	WP_ITEM_GROUP_DRIVER,    /* Windows\System32\DriverStore\FileRepository\NAME.inf_ARCH[_LANGUAGE]_HASH */
	WP_ITEM_GROUP_APP,       /* Program Files\WindowsApps\NAME_VERSION_ARCH_RESOURCE_PUBLISHER */
	WP_ITEM_GROUP_LANGUAGE,  /* Windows\TAG with *.mui in it */
	WP_ITEM_GROUP_BOOT_FILE, /* *.efi below Windows\Boot\EFI and Windows\Boot\EFI_EX */
	WP_ITEM_GROUP_RECOVERY,  /* Windows\System32\Recovery\Winre.wim: one item or none */
	WP_ITEM_GROUP_PENDING,   /* work that Windows has still to do: Windows\WinSxS\pending.xml */
	WP_ITEM_GROUPS,
};

/* Key of the group in JSON: "packages", "drivers", "apps", "languages", "boot_files", "recovery", "pending". */
const char *wp_item_group_name(enum wp_item_group group);

/* What an item is, where its group has kinds. */
enum wp_item_kind {
	WP_ITEM_KIND_NONE, /* the group has no kinds */
	/* packages, in the order in which they are shown */
	WP_ITEM_KIND_CUMULATIVE,      /* Package_for_RollupFix */
	WP_ITEM_KIND_HOTPATCH,        /* Package_for_RevisedFix: what a cumulative update is to a hotpatched system */
	WP_ITEM_KIND_SERVICING_STACK, /* Package_for_ServicingStack… */
	WP_ITEM_KIND_SAFE_OS,         /* Package_for_SafeOSDU: the update of WinRE */
	WP_ITEM_KIND_ENABLEMENT,      /* Microsoft-Windows-…Enablement-Package: switches to a later release with the same files */
	WP_ITEM_KIND_DOTNET,          /* Package_for_DotNetRollup… */
	WP_ITEM_KIND_UPDATE,          /* Package_for_KB… that is none of the above; its parts are one item with it */
	WP_ITEM_KIND_LANGUAGE_PACK,   /* Microsoft-Windows-{Client,Server}-LanguagePack-Package and the like */
	WP_ITEM_KIND_FEATURE,         /* features on demand: …-FOD-Package, Microsoft-Windows-LanguageFeatures-… */
	WP_ITEM_KIND_EDITION,         /* Microsoft-Windows-Foundation-Package, Microsoft-Windows-…Edition… */
	WP_ITEM_KIND_OTHER,
	/* drivers */
	WP_ITEM_KIND_INBOX,          /* Windows\INF has its .inf under its own name */
	WP_ITEM_KIND_ADDED,          /* Windows\INF has the same .inf as oemN.inf */
	WP_ITEM_KIND_ORIGIN_UNKNOWN, /* the tree does not tell */
	WP_ITEM_KINDS,
};

/*
 * "cumulative-update", "hotpatch", "servicing-stack-update", "safe-os-update", "enablement-package", "dotnet-update",
 * "update", "language-pack", "feature-on-demand", "edition", "other"; "inbox", "added", "unknown". NULL for WP_ITEM_KIND_NONE.
 */
const char *wp_item_kind_name(enum wp_item_kind kind);

/* One thing that is installed. Texts are NULL where the name carries no such part. Borrowed from the arena. */
struct wp_item {
	enum wp_item_group group;
	enum wp_item_kind kind;
	/*
	 * Package and app: the first part of the name; driver: "netwtw08.inf"; language: the tag as the folder has it;
	 * boot file, recovery and pending: the path, such as "\\Windows\\Boot\\EFI\\bootmgfw.efi".
	 */
	const char *name;
	const char *architecture; /* as the name spells it: "amd64", "x64", "neutral" */
	/* Packages, and drivers that have one; apps: the resource, such as "split.scale-100"; "~" is a bundle of others. */
	const char *language;
	const char *version;      /* packages, apps */
	const char *id;           /* package: public key token; driver: the hash in the folder's name; app: publisher */
	const char *kb;           /* "KB5034765" where the package's name carries it */
	bool superseded;          /* packages: a newer version of the same name is there too */
	bool has_data;            /* @size and @sha1 are those of the file: boot file, recovery, pending, and drivers' .inf */
	uint64_t size;
	uint8_t sha1[WP_SHA1_SIZE];
	const char *elsewhere;    /* why these are not of what the file's name promises, as wp_node_elsewhere() says it; NULL: they are */
};

struct wp_servicing {
	bool known;   /* the tree could be read */
	bool windows; /* there is a Windows folder; without it there are no items */
	/*
	 * By group; within it by kind, name, architecture, language, then version (numbers as
	 * numbers), without regard to case.
	 */
	struct wp_item *items;
	size_t count;
	size_t first[WP_ITEM_GROUPS + 1]; /* group g is items first[g] … first[g + 1] - 1 */
	/* Names of packages, drivers or apps that tell nothing: they are no items. */
	size_t not_understood;
	struct wp_diags diags; /* "no-windows-tree" (info), "name-not-understood" (info, with the number of names) */
};

/* Reads what is installed from the tree. Everything is in @arena; nothing is borrowed from the tree. */
void wp_servicing_read(struct wp_arena *arena, const struct wp_tree *tree, struct wp_servicing *ret);

/*
 * Reads what is installed in the images of @wim, which is index->wim, or in @only_image alone, each tree once. *@ret_items, in the
 * wim's arena, has an element for each image of the metadata; @known tells which were read: items of all images beyond
 * WP_LIMIT_FILE_ITEMS are not ("tree-limit"). Images that name one resource share their items. Returns their
 * number. What is odd goes to the wim's diagnostics.
 */
size_t wp_wim_read_installed(struct wp_wim *wim, struct wp_wim_index *index, uint32_t only_image,
			     struct wp_servicing **ret_items);

/*
 * Whether two items are the same thing, maybe in different versions: like strcmp() over group, name, architecture and
 * language, of a package also its public key token.
 */
int wp_item_compare_key(const struct wp_item *a, const struct wp_item *b);

/* The language for people: "bundle" for what an app's name has as "~". NULL where there is none. */
const char *wp_item_language(const struct wp_item *item);

/* An item in one line: "KB5034765", "netwtw08.inf (amd64)", "Microsoft-Windows-Client-LanguagePack-Package de-DE …". */
const char *wp_item_label(struct wp_arena *arena, const struct wp_item *item);

/* Compares versions of numbers and dots as numbers; what is no number as text. Like strcmp(). NULL is the least. */
int wp_version_compare(const char *a, const char *b);

#endif
