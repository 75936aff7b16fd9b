/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered of the programs that start images: judged again to the same, bounded, and refused where it is none. */
#include "wimplan/boot_facts.h"
#include "wimplan/cache.h"
#include "wimplan/limits.h"

#include "../../src/cache/internal.h"

#include "cache_place.h"

static struct wp_boot_signature signatures[] = {
	{ .signer = "Microsoft Windows", .issuer = "Old CA", .signature_agrees = true, .digest_known = true, .digest_agrees = true,
	  .authority = WP_AUTHORITY_WINDOWS_2011, .known = true },
	{ .nested = true, .digest_known = true, .authority = WP_AUTHORITY_OTHER },
};
static struct wp_boot_program program = { .readable = true, .machine = "x64", .version = "10.0.28000.317", .has_svn = true, .svn_major = 9,
					  .svn_minor = 65535, .signatures = signatures, .signature_count = 2 };
static struct wp_boot_file files[] = {
	{ .role = WP_BOOT_MANAGER, .path = "\\Windows\\Boot\\EFI\\bootmgfw.efi", .size = 1, .program = &program },
	{ .role = WP_BOOT_NETWORK, .path = "\\Windows\\Boot\\PXE\\wdsmgfw.efi", .not_read = "it is larger than 64 MiB" },
	{ .role = WP_BOOT_LOADER, .path = "\\Windows\\System32\\winload.efi", .program = &program },
};
/* Two that share a tree, one of data, and one that could not be read. */
static const struct wp_boot_image images[] = {
	{ .known = true, .verdict = WP_BOOT_2011_ONLY, .files = files, .count = 3 },
	{ .known = true, .verdict = WP_BOOT_2011_ONLY, .files = files, .count = 3 },
	{ .known = true, .verdict = WP_BOOT_NO_MANAGER },
	{ .known = false },
};

static void begin(struct wp_arena **arena)
{
	*arena = wp_arena_new();
	program.diags = (struct wp_diags){ 0 };
	wp_diag_add(*arena, &program.diags, WP_SEVERITY_WARNING, "boot-signature-odd", NULL, "it is damaged");
}

Test(boot_facts, are_read_again)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep)));
	struct wp_boot_starts starts;
	struct wp_boot_facts facts;
	const struct wp_boot_program *read;

	begin(&arena);
	wp_boot_facts_make(arena, (struct wp_boot_starts){ images, 4 }, &facts);
	cr_expect(facts.lasting);
	cr_assert(wp_boot_facts_open(arena, &facts, &starts));
	cr_assert_eq(starts.count, 4);
	cr_expect_eq(starts.items[0].verdict, WP_BOOT_2011_ONLY);
	cr_expect_eq(starts.items[0].files, starts.items[1].files, "kept once");
	cr_expect(starts.items[2].known && starts.items[2].verdict == WP_BOOT_NO_MANAGER);
	cr_expect_not(starts.items[3].known);
	cr_assert_eq(starts.items[0].count, 2, "firmware does not start the loader");
	cr_expect_str_eq(starts.items[0].files[0].path, files[0].path);
	cr_expect_eq(starts.items[0].files[1].role, WP_BOOT_NETWORK);
	cr_expect_str_eq(starts.items[0].files[1].not_read, files[1].not_read);
	cr_expect_null(starts.items[0].files[1].program);
	read = starts.items[0].files[0].program;
	cr_expect(read->readable && read->has_svn && read->svn_major == 9 && read->svn_minor == 65535);
	cr_expect_str_eq(read->version, "10.0.28000.317");
	cr_assert_eq(read->signature_count, 2);
	cr_expect_str_eq(read->signatures[0].signer, "Microsoft Windows");
	cr_expect(read->signatures[0].known && read->signatures[0].digest_agrees && read->signatures[0].signature_agrees);
	cr_expect(read->signatures[1].nested && !read->signatures[1].signer && !read->signatures[1].digest_agrees);
	cr_expect_eq(read->diags.count, 1);
	cr_expect_str_eq(read->diags.items[0].code, "boot-signature-odd");
	wp_boot_facts_make(arena, (struct wp_boot_starts){ images, 0 }, &facts);
	cr_expect(facts.lasting);
	cr_assert(wp_boot_facts_open(arena, &facts, &starts));
	cr_expect_eq(starts.count, 0);
}

/* That a file is too large stays so; that the network failed need not. */
Test(boot_facts, of_what_could_not_be_read)
{
	static const struct {
		const char *not_read;
		bool may_pass, image_may_pass, lasting;
	} cases[] = {
		{ "it is larger than 64 MiB", false, false, true },
		{ "it cannot be read", true, false, false },
		{ NULL, false, false, true },
		{ NULL, false, true, false },
	};
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep)));

	begin(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_boot_file file = { .role = WP_BOOT_MANAGER, .path = "p", .not_read = cases[i].not_read,
					     .may_pass = cases[i].may_pass };
		const struct wp_boot_image both[] = { { .known = true, .verdict = WP_BOOT_NOT_READ, .files = &file, .count = 1 },
						      { .known = false, .may_pass = cases[i].image_may_pass } };
		struct wp_boot_facts facts;

		file.program = file.not_read ? NULL : &program;
		wp_boot_facts_make(arena, (struct wp_boot_starts){ both, 2 }, &facts);
		cr_expect_eq(facts.lasting, cases[i].lasting, "%zu", i);
	}
}

Test(boot_facts, are_bounded)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep)));
	struct wp_boot_signature long_one = signatures[0];
	struct wp_boot_program long_program = { .readable = true, .signatures = &long_one, .signature_count = 1 };
	struct wp_boot_file file = { .role = WP_BOOT_MANAGER, .path = "p", .program = &long_program };
	const struct wp_boot_image image = { .known = true, .files = &file, .count = 1 };
	struct wp_boot_starts starts;
	struct wp_boot_facts facts;
	size_t rest;
	char *name;

	begin(&arena);
	wp_boot_facts_make(arena, (struct wp_boot_starts){ &image, 1 }, &facts);
	rest = WP_LIMIT_BOOT_FACTS - facts.length + strlen(long_one.signer);
	name = wp_arena_alloc(arena, rest + 2);
	memset(name, 'x', rest);
	long_one.signer = name;
	wp_boot_facts_make(arena, (struct wp_boot_starts){ &image, 1 }, &facts);
	cr_expect_eq(facts.length, WP_LIMIT_BOOT_FACTS);
	cr_assert(wp_boot_facts_open(arena, &facts, &starts));
	cr_expect(starts.count == 1 && starts.items[0].known);
	name[rest] = 'x';
	wp_boot_facts_make(arena, (struct wp_boot_starts){ &image, 1 }, &facts);
	cr_expect(facts.length < 256 && facts.lasting);
	cr_assert(wp_boot_facts_open(arena, &facts, &starts));
	cr_expect(starts.count == 1 && !starts.items[0].known, "there is too much of it");
}

Test(boot_facts, that_are_none_are_refused)
{
#define HEAD "{\"format\":\"wimplan-boot-facts\",\"format_version\":\"5.0\","
	static const char *const texts[] = {
		"", "{", "[]", "{\"format\":\"wimplan-plan\",\"format_version\":\"1.0\",\"trees\":[],\"images\":[]}",
		"{\"format\":\"wimplan-boot-facts\",\"format_version\":\"1.0\",\"trees\":[],\"images\":[]}",
		"{\"format\":\"wimplan-boot-facts\",\"format_version\":\"2.0\",\"trees\":[],\"images\":[]}",
		"{\"format\":\"wimplan-boot-facts\",\"format_version\":\"4.0\",\"trees\":[],\"images\":[]}",
		HEAD "\"trees\":[],\"images\":[0]}", HEAD "\"trees\":[[]],\"images\":[-1]}", HEAD "\"trees\":[[]],\"images\":[\"0\"]}",
		HEAD "\"trees\":[{}],\"images\":[0]}", HEAD "\"trees\":[[{}]],\"images\":[0]}",
		HEAD "\"trees\":[[{\"role\":\"boot-manager\",\"path\":\"p\",\"not_read\":null,\"program\":null}]],\"images\":[0]}",
		HEAD "\"trees\":[[{\"role\":\"nothing\",\"path\":\"p\",\"not_read\":\"x\",\"program\":null}]],\"images\":[0]}",
		HEAD "\"trees\":[[{\"role\":\"boot-manager\",\"path\":\"p\",\"program\":{\"signatures\":[{\"authority\":\"x\"}]}}]],\"images\":[0]}",
	};
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_boot_starts starts;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_expect_not(wp_boot_facts_open(arena, &(struct wp_boot_facts){ texts[i], strlen(texts[i]), true }, &starts), "%s", texts[i]);
	cr_expect_not(wp_boot_facts_open(arena, &(struct wp_boot_facts){ 0 }, &starts));
}

static void put(struct wp_cache *cache, unsigned int number, bool asked, bool lasting)
{
	char id[WP_HASH_TEXT];
	struct wp_file_content file = { .file_id = id, .state = WP_CONTENT_LEARNED, .look_at_boot = asked, .boot = { "{}", 2, lasting } };
	struct wp_error err;

	snprintf(id, sizeof id, "sha256:%064x", number);
	cr_assert_eq(wp_cache_put_boot(cache, &file, 1, &err), WP_OK, "%s", err.message);
}

static bool is_known(struct wp_cache *cache, unsigned int number)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	char id[WP_HASH_TEXT];
	struct wp_file_content file = { .file_id = id };
	struct wp_error err = { .message = "" };

	snprintf(id, sizeof id, "sha256:%064x", number);
	cr_expect_eq(wp_cache_find_boot(cache, arena, &file, 1, &err), WP_OK, "%s", err.message);
	return file.boot.text && file.boot.length == 2;
}

Test(boot_facts, in_the_cache)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	put(cache, 1, true, true);
	put(cache, 2, true, false);
	put(cache, 3, false, true);
	cr_expect(is_known(cache, 1));
	cr_expect_not(is_known(cache, 2), "what may pass is tried again");
	cr_expect_not(is_known(cache, 3), "nobody asked");
	wp_cache_close(cache);
	place_sql(place.path, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT OR REPLACE INTO "
			      "boot_facts SELECT printf('sha256:%064x', i), '{}', 1 FROM n");
	cache = open_cache(&place, WP_CACHE_WRITE);
	put(cache, 20000, true, true);
	cr_expect(is_known(cache, 1) && is_known(cache, WP_LIMIT_BOOT_KNOWN - 1) && is_known(cache, WP_LIMIT_BOOT_KNOWN));
	put(cache, 20001, true, true);
	cr_expect(is_known(cache, 20001) && is_known(cache, 20000) && is_known(cache, 1));
	cr_expect_not(is_known(cache, WP_LIMIT_BOOT_KNOWN - 1), "the oldest goes");
	wp_cache_close(cache);
	/* A cache of before has no such table, and what is too long is none of it. */
	place_sql(place.path, "UPDATE boot_facts SET facts = printf('%70000s', '') WHERE file_id = printf('sha256:%064x', 1)");
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_not(is_known(cache, 1));
	wp_cache_close(cache);
	place_sql(place.path, "DROP TABLE briefs; DROP TABLE boot_facts; PRAGMA user_version = 6");
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_not(is_known(cache, 20001));
	wp_cache_close(cache);
}
