/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the names of packages, drivers and apps say, and the words for it. */
#include "servicing.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <string.h>

WP_NAMES(wp_item_group_name, enum wp_item_group,
	[WP_ITEM_GROUP_PACKAGE] = "packages",     [WP_ITEM_GROUP_DRIVER] = "drivers",
	[WP_ITEM_GROUP_APP] = "apps",             [WP_ITEM_GROUP_LANGUAGE] = "languages",
	[WP_ITEM_GROUP_BOOT_FILE] = "boot_files", [WP_ITEM_GROUP_RECOVERY] = "recovery",
	[WP_ITEM_GROUP_PENDING] = "pending")

WP_NAMES(wp_item_kind_name, enum wp_item_kind,
	[WP_ITEM_KIND_CUMULATIVE] = "cumulative-update",
	[WP_ITEM_KIND_HOTPATCH] = "hotpatch",
	[WP_ITEM_KIND_SERVICING_STACK] = "servicing-stack-update",
	[WP_ITEM_KIND_SAFE_OS] = "safe-os-update",
	[WP_ITEM_KIND_ENABLEMENT] = "enablement-package",
	[WP_ITEM_KIND_DOTNET] = "dotnet-update",
	[WP_ITEM_KIND_UPDATE] = "update",
	[WP_ITEM_KIND_LANGUAGE_PACK] = "language-pack",
	[WP_ITEM_KIND_FEATURE] = "feature-on-demand",
	[WP_ITEM_KIND_EDITION] = "edition",
	[WP_ITEM_KIND_OTHER] = "other",
	[WP_ITEM_KIND_INBOX] = "inbox",
	[WP_ITEM_KIND_ADDED] = "added",
	[WP_ITEM_KIND_ORIGIN_UNKNOWN] = "unknown")

void wp_gather_unknown(struct wp_gather *gather, const char *name)
{
	if (!gather->unknown++)
		gather->first_unknown = wp_arena_strdup(gather->arena, name);
}

static enum wp_item_kind package_kind(const char *name)
{
	if (wp_ascii_begins(name, "Package_for_RollupFix"))
		return WP_ITEM_KIND_CUMULATIVE;
	if (wp_ascii_begins(name, "Package_for_RevisedFix"))
		return WP_ITEM_KIND_HOTPATCH;
	if (wp_ascii_begins(name, "Package_for_SafeOSDU"))
		return WP_ITEM_KIND_SAFE_OS;
	if (wp_ascii_begins(name, "Package_for_ServicingStack"))
		return WP_ITEM_KIND_SERVICING_STACK;
	if (wp_ascii_begins(name, "Package_for_DotNetRollup"))
		return WP_ITEM_KIND_DOTNET;
	if (wp_ascii_begins(name, "Package_") && wp_ascii_find(name, "for_KB"))
		return WP_ITEM_KIND_UPDATE;
	if (wp_ascii_begins(name, "Microsoft-Windows-") && wp_ascii_ends(name, "Enablement-Package"))
		return WP_ITEM_KIND_ENABLEMENT;
	if (wp_ascii_find(name, "-LanguagePack-Package"))
		return WP_ITEM_KIND_LANGUAGE_PACK;
	if (wp_ascii_find(name, "-FOD-Package") || wp_ascii_begins(name, "Microsoft-Windows-LanguageFeatures-"))
		return WP_ITEM_KIND_FEATURE;
	if (wp_ascii_begins(name, "Microsoft-Windows-Foundation-Package") ||
	    wp_ascii_begins(name, "Microsoft-Windows-Editions-") ||
	    (wp_ascii_begins(name, "Microsoft-Windows-") &&
	     (wp_ascii_ends(name, "Edition") || wp_ascii_ends(name, "Edition-Package"))))
		return WP_ITEM_KIND_EDITION;
	return WP_ITEM_KIND_OTHER;
}

/* "KB" and at least six digits, as a word of its own: "Package_for_KB5034765". */
static const char *find_kb(struct wp_arena *arena, const char *name)
{
	for (const char *at = name; (at = wp_ascii_find(at, "KB")); at += 2) {
		size_t digits = strspn(at + 2, "0123456789");

		if (digits >= 6 && (at == name || at[-1] == '_' || at[-1] == '-'))
			return wp_arena_printf(arena, "KB%.*s", (int)digits, at + 2);
	}
	return NULL;
}

/* The parts of @name between @separator; false unless there are exactly @count of them. Empty ones are NULL. */
static bool split(struct wp_arena *arena, const char *name, size_t length, char separator, const char **parts,
		  size_t count)
{
	const char *end = name + length;

	for (size_t i = 0; i < count; i++) {
		const char *stop = memchr(name, separator, (size_t)(end - name));

		if ((i + 1 < count) != (stop != NULL))
			return false;
		if (!stop)
			stop = end;
		parts[i] = stop > name ? wp_arena_strndup(arena, name, (size_t)(stop - name)) : NULL;
		name = stop + 1;
	}
	return parts[0] != NULL;
}

/* NAME~TOKEN~ARCHITECTURE~LANGUAGE~VERSION, the identity of a package as DISM prints it. */
bool wp_name_package(struct wp_arena *arena, const char *name, size_t length, struct wp_item *ret)
{
	const char *parts[5];

	if (!split(arena, name, length, '~', parts, 5))
		return false;
	ret->name = parts[0];
	ret->id = parts[1];
	ret->architecture = parts[2];
	ret->language = parts[3];
	ret->version = parts[4];
	ret->kind = package_kind(parts[0]);
	ret->kb = find_kb(arena, parts[0]);
	/* Package_12_for_KB…, Package_for_KB…_rtm and the like are parts of one update, which has the number alone. */
	if (ret->kind == WP_ITEM_KIND_UPDATE && ret->kb)
		ret->name = wp_arena_printf(arena, "Package_for_%s", ret->kb);
	return true;
}

/* The part of @text in front of @end and behind a '_'; NULL when it is empty or there is none. Moves *@end to the '_'. */
static const char *cut_part(struct wp_arena *arena, const char *text, const char **end)
{
	const char *before = memrchr(text, '_', (size_t)(*end - text)), *part;

	if (!before || before + 1 == *end)
		return NULL;
	part = wp_arena_strndup(arena, before + 1, (size_t)(*end - before - 1));
	*end = before;
	return part;
}

static bool ends_in_inf(const char *name, const char *end)
{
	return end - name > 4 && wp_ascii_begins(end - 4, ".inf");
}

/* NAME.inf_ARCHITECTURE_HASH, or with a language in front of the hash, as Windows 7 has it: "neutral" mostly. */
bool wp_name_driver(struct wp_arena *arena, const char *name, struct wp_item *ret)
{
	const char *end = name + strlen(name), *hash = cut_part(arena, name, &end);
	const char *language = NULL, *architecture = cut_part(arena, name, &end);

	if (!hash || strlen(hash) < 8 || strspn(hash, "0123456789abcdefABCDEF") != strlen(hash) || !architecture)
		return false;
	if (!ends_in_inf(name, end)) {
		language = architecture;
		architecture = cut_part(arena, name, &end);
	}
	if (!architecture || !ends_in_inf(name, end))
		return false;
	ret->name = wp_arena_strndup(arena, name, (size_t)(end - name));
	ret->architecture = architecture;
	ret->language = language && !wp_ascii_same(language, "neutral") ? language : NULL;
	ret->id = hash;
	return true;
}

/* NAME_VERSION_ARCHITECTURE_RESOURCE_PUBLISHER, the full name of an app's package. */
bool wp_name_app(struct wp_arena *arena, const char *name, struct wp_item *ret)
{
	const char *parts[5];

	if (!split(arena, name, strlen(name), '_', parts, 5))
		return false;
	ret->name = parts[0];
	ret->version = parts[1];
	ret->architecture = parts[2];
	ret->language = parts[3];
	ret->id = parts[4];
	return ret->version && ret->architecture && ret->id;
}

bool wp_name_is_language(const char *name)
{
	size_t first = 0, size;

	while (wp_ascii_letter(name[first]))
		first++;
	if (first < 2 || first > 3 || name[first] != '-')
		return false;
	for (const char *part = name + first; *part == '-'; part += 1 + size) {
		for (size = 0; wp_ascii_alnum(part[1 + size]); size++)
			;
		if (size < 2 || size > 8)
			return false;
		if (!part[1 + size])
			return true;
	}
	return false;
}

const char *wp_item_language(const struct wp_item *item)
{
	return item->group == WP_ITEM_GROUP_APP && item->language && !strcmp(item->language, "~") ? "bundle" : item->language;
}

const char *wp_item_label(struct wp_arena *arena, const struct wp_item *item)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool neutral = !item->architecture || wp_ascii_same(item->architecture, "neutral");

	if (item->group == WP_ITEM_GROUP_PACKAGE && item->kb)
		return item->kb;
	wp_buf_puts(&text, item->name);
	if (item->language)
		wp_buf_printf(&text, " %s", wp_item_language(item));
	if (!neutral)
		wp_buf_printf(&text, " (%s)", item->architecture);
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

int wp_version_compare(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	while (*a && *b) {
		size_t x = strspn(a, "0123456789"), y = strspn(b, "0123456789");

		if (!x || !y) {
			if (*a != *b)
				return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
			a++;
			b++;
			continue;
		}
		while (x > 1 && *a == '0')
			a++, x--;
		while (y > 1 && *b == '0')
			b++, y--;
		if (x != y)
			return x < y ? -1 : 1;

		int order = strncmp(a, b, x);

		if (order)
			return order < 0 ? -1 : 1;
		a += x;
		b += y;
	}
	return (*a != '\0') - (*b != '\0');
}
