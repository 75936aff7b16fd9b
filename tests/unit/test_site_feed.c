/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows that threads look at side by side, and that are kept in memory or outside of it: the outcome is the same in any case, the
 * first error too.
 */
#include "site_fixture.h"
#include "temporary.h"

#include "wimplan/spill.h"

#include "wimplan/thread.h"

#define ROWS 700

/* What is to be found in each shape: dates that wait for the end of the file, a row about an earlier package, odd values. */
struct values {
	int number;
	char name[32], date[32];
	const char *priority;
};

static struct values values_of(int i)
{
	struct values values = { .number = i % 350, .priority = i % 350 % 99 ? "2" : "many" };

	snprintf(values.name, sizeof values.name, "Image %d", i % 350);
	if (i % 350 % 7)
		snprintf(values.date, sizeof values.date, "2026-01-%02dT10:00:00Z", 1 + i % 350 % 28);
	else
		snprintf(values.date, sizeof values.date, "%d.2.2026 10:00", 1 + i % 350 % 28);
	return values;
}

#define ADD(buf, i, format) \
	do { \
		struct values values = values_of(i); \
\
		wp_buf_printf(buf, format, values.number, values.name, values.date, values.priority); \
	} while (0)

static void write_json(struct wp_buf *buf)
{
	wp_buf_puts(buf, "{\"value\":[");
	for (int i = 0; i < ROWS; i++)
		ADD(buf, i, "{\"PackageID\":\"P01%05X\",\"PackageType\":257,\"Name\":\"%s\",\"SourceDate\":\"%s\",\"Priority\":\"%s\"},\n");
	wp_buf_puts(buf, "null]}\n{\"SMS_ImageInformation\":[");
	for (int i = 0; i < ROWS; i++)
		wp_buf_printf(buf, "%s{\"PackageID\":\"P01%05X\",\"Index\":%d,\"OSVersion\":\"10.0.1.%d\"}", i ? "," : "", i % 350,
			      1 + i / 350, i);
	wp_buf_puts(buf, "]}");
}

static void write_csv(struct wp_buf *buf)
{
	wp_buf_puts(buf, "PackageID,PackageType,Name,SourceDate,Priority\n");
	for (int i = 0; i < ROWS; i++)
		ADD(buf, i, "P01%05X,257,%s,%s,%s\n");
}

static void write_clixml(struct wp_buf *buf)
{
	wp_buf_puts(buf, "<Objs>");
	for (int i = 0; i < ROWS; i++)
		ADD(buf, i, "<Obj><MS><S N=\"PackageID\">P01%05X</S><I32 N=\"PackageType\">257</I32><S N=\"Name\">%s</S>"
				   "<S N=\"SourceDate\">%s</S><S N=\"Priority\">%s</S></MS></Obj>");
	wp_buf_puts(buf, "</Objs>");
}

/* The second of two rows of one package says something else, and behind that the file is damaged. */
static void write_contradiction(struct wp_buf *buf)
{
	for (int i = 0; i < ROWS; i++)
		wp_buf_printf(buf, "{\"PackageID\":\"P01%05X\",\"PackageType\":257,\"PkgFlags\":%d}\n", i % 500, i / 600);
	wp_buf_puts(buf, "{]");
}

/* Long first rows, to which many short ones add: properties, lazy names, and text where another row has a number. */
static void write_late(struct wp_buf *buf)
{
	wp_buf_puts(buf, "[");
	for (int i = 0; i < ROWS; i++) {
		wp_buf_printf(buf, "{\"__CLASS\":\"SMS_%s\",\"PackageID\":\"P010000%d\",\"Index\":%d,", i % 5 == 3 ? "ImageInformation"
			      : i % 5 == 4 ? "ObjectContentExtraInfo" : "ImagePackage", i % 3, i % 5 == 3 ? i % 2 : 0);
		if (i < 15)
			wp_buf_printf(buf, "\"Description\":\"%0*d\",", 2000, 0);
		if (i % 5 == 4)
			wp_buf_printf(buf, "\"Targeted\":%d,", i % 90 < 80);
		wp_buf_printf(buf, "\"X%d\":%s,\"__LAZYPROPERTIES\":[\"X%d\",\"L%d\"]}%s", i % 250, i % 2 ? "1" : "\"1.0\"", i, i / 7,
			      i < ROWS - 1 ? "," : "]");
	}
}

/*
 * Rows that contradict their packages wait: the third row but one is the first of them, whether those of the other package are
 * joined earlier (@order 1), or the file is damaged behind them (2). Which of its properties is named is as the row has them.
 */
static void write_late_contradiction(struct wp_buf *buf, int order)
{
	for (int i = 0; i < 2; i++)
		wp_buf_printf(buf, "{\"PackageID\":\"P010000%d\",\"PackageType\":257,\"PkgFlags\":0,\"Description\":\"%0*d\"}\n", i, 2000, 0);
	for (int i = 0; i < 4; i++)
		wp_buf_printf(buf, "{\"PackageID\":\"P010000%d\",\"PackageType\":257,\"PkgFlags\":0,\"Y\":%d,\"X\":%d}\n", 1 - i % 2, i, i / 2);
	if (order == 1)
		wp_buf_printf(buf, "{\"PackageID\":\"P0100000\",\"PackageType\":257,\"PkgFlags\":0,\"Long\":\"%0*d\"}\n", 3000, 0);
	wp_buf_puts(buf, order == 2 ? "{]" : "{\"PackageID\":\"none\",\"PackageType\":257,\"PkgFlags\":0}");
}

static void write_late_contradiction_joined(struct wp_buf *buf)
{
	write_late_contradiction(buf, 1);
}

static void write_late_contradiction_damaged(struct wp_buf *buf)
{
	write_late_contradiction(buf, 2);
}

/* Of counts of one time the greater text counts: of the first rows the long one, until one has a greater value in front of what differs. */
static void write_late_counts(struct wp_buf *buf)
{
	static const char *const rows[] = { "\"b\":1", "\"b\":0", "\"c\":0,\"b\":1", "\"a\":0,\"b\":0", "\"d\":1", "\"b\":1,\"d\":2",
					    "\"\xc3\xa9\":\"x\"" };

	wp_buf_puts(buf, "[{\"PackageID\":\"P0100000\",\"PackageType\":257,\"PkgFlags\":0}");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		wp_buf_printf(buf, ",{\"__CLASS\":\"SMS_ObjectContentExtraInfo\",\"PackageID\":\"P0100000\",%s", rows[i]);
		if (!i)
			wp_buf_printf(buf, ",\"z\":\"%0*d\"", 2000, 0);
		wp_buf_puts(buf, "}");
	}
	wp_buf_puts(buf, "]");
}

/* An object that is no JSON stands in front of what cannot be cut into objects. */
static void write_damage(struct wp_buf *buf)
{
	wp_buf_puts(buf, "[");
	for (int i = 0; i < ROWS; i++)
		wp_buf_printf(buf, "{\"PackageID\":\"P01%05X\",\"PackageType\":%s},\n", i, i == 650 ? "tru" : "257");
	wp_buf_puts(buf, "]]");
}

/* What an import of files gives: its id and remarks, or its error. The caller frees it. */
static struct wp_buf outcome(const struct wp_buf *bufs, size_t count, unsigned int threads, struct wp_spill *spill)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_import_options options = { .site_code = "P01", .threads = threads, .spill = spill };
	struct wp_buf text = { 0 };
	struct wp_error err = { 0 };

	if (import_bufs(bufs, count, &options, &fixture_bounds, &set, &err))
		wp_buf_printf(&text, "%s %s", err.code, err.message);
	for (size_t i = 0; set && i < set->diags.count; i++)
		wp_buf_printf(&text, "%s: %s\n", set->diags.items[i].code, set->diags.items[i].summary);
	if (set)
		wp_buf_printf(&text, "%s %zu\n", set->id, set->count);
	for (size_t i = 0; set && i < set->count; i++) {
		const struct wp_record *record = &set->records[i];
		struct wp_buf document = { 0 };
		json_t *back = NULL;

		cr_expect_eq(!record->json, spill != NULL);
		cr_expect_eq(wp_record_text(set, i, &document, &err), WP_OK, "%s", err.message);
		cr_expect_eq(wp_json_parse(document.data, document.length, "record", &back, &err), WP_OK, "%s", err.message);
		json_decref(back);
		wp_buf_puts(&text, document.data);
		wp_buf_free(&document);
		wp_buf_printf(&text, " %s %d %d %d %s\n", record->package_id, (int)record->class,
			      record->image_property_state == WP_FETCHED_NOT,
			      record->image_property_state == WP_FETCHED_NOT ? (int)record->images.count : -1,
			      record->source_version.known ? "known" : "unknown");
	}
	return text;
}

/* All that a brief says of a record, whether it was read from one or not. */
static void add_brief(struct wp_buf *text, const struct wp_record *record)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_buf bytes __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_record copy = *record;
	char property[WP_HASH_TEXT], all[WP_HASH_TEXT];

	wp_record_digest(record, property);
	copy.images = wp_record_images(arena, record);
	copy.image_property = "";
	wp_record_shorten(&copy, &bytes);
	wp_sha256_text(bytes.data, bytes.length, all);
	wp_buf_printf(text, "%s %s %s\n", record->package_id, property, all);
}

/* The same as outcome() of what a plan is made from. @spill NULL: from whole records. */
static struct wp_buf outcome_for_plan(const struct wp_buf *bufs, size_t count, unsigned int threads, struct wp_spill *spill)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_import_options options = { .site_code = "P01", .threads = threads, .spill = spill, .briefs = spill };
	const bool briefs = spill;
	struct wp_buf text = { 0 };
	struct wp_error err = { 0 };

	if (import_bufs(bufs, count, &options, &fixture_bounds, &set, &err))
		wp_buf_printf(&text, "%s %s", err.code, err.message);
	/* It is of no use any more. */
	wp_spill_free(spill);
	for (size_t i = 0; set && i < set->diags.count; i++)
		wp_buf_printf(&text, "%s: %s\n", set->diags.items[i].code, set->diags.items[i].summary);
	if (set)
		wp_buf_printf(&text, "%s %zu\n", set->id, set->count);
	for (size_t i = 0; set && i < set->count; i++) {
		cr_expect_eq(set->records[i].brief.bytes != NULL, briefs);
		add_brief(&text, &set->records[i]);
	}
	return text;
}

/* The names of the files are numbers of descriptors, which are the same each time. */
static void same_in_any_case(const char *folder, const struct wp_buf *bufs, size_t count, const char *words)
{
	static const unsigned int threads[] = { 1, 2, 3, 16 };
	struct wp_buf alone __attribute__((cleanup(wp_buf_free))) = outcome(bufs, count, 1, NULL);
	char path[TEMPORARY_SIZE + 32];

	struct wp_buf whole __attribute__((cleanup(wp_buf_free))) = outcome_for_plan(bufs, count, 1, NULL);

	cr_expect(strstr(wp_buf_text(&alone), words), "%s", wp_buf_text(&alone));
	for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
		struct wp_spill *spill __attribute__((cleanup(wp_spill_freep))) = NULL;
		struct wp_buf text __attribute__((cleanup(wp_buf_free))) = outcome(bufs, count, threads[i], NULL);
		struct wp_buf kept = { 0 };

		cr_expect_str_eq(wp_buf_text(&text), wp_buf_text(&alone), "%u threads", threads[i]);
		/* All in a file, some of it, and nothing. */
		snprintf(path, sizeof path, "%s/new/cache.db", folder);
		spill = wp_spill_new(path, i == 1 ? (size_t)1 << 30 : i * 3000);
		kept = outcome(bufs, count, threads[i], spill);
		cr_expect_str_eq(wp_buf_text(&kept), wp_buf_text(&alone), "%u threads, kept outside", threads[i]);
		wp_buf_free(&kept);
		kept = outcome_for_plan(bufs, count, threads[i], wp_spill_new(path, i * 3000));
		cr_expect_str_eq(wp_buf_text(&kept), wp_buf_text(&whole), "%u threads, for a plan", threads[i]);
		wp_buf_free(&kept);
	}
}

/* Lists whose lazy properties come by key, images that cannot be read, a class that only the second row says, no class at all. */
static void write_briefs(struct wp_buf *buf)
{
	static const char *const images[] = { "", "<WIM><IMAGE INDEX='1'/></WIM>", "<WIM", "no XML" };

	wp_buf_puts(buf, "[");
	for (int i = 0; i < 200; i++)
		wp_buf_printf(buf, "{\"PackageID\":\"P01%05X\",\"PkgFlags\":%s,\"__LAZYPROPERTIES\":[\"ImageProperty\",\"ISVData\","
			      "\"New%d\"],\"ImageProperty\":\"\",\"Real\":1e0,\"Big\":-1.5e20,\"Priority\":[1e19],\"List\":[1.0,{\"b\":2.50,\"a\":null}]},", i, i % 2 ? "0" : "0.0",
			      i % 5);
	for (int i = 0; i < 150; i++)
		wp_buf_printf(buf, "{\"PackageID\":\"P01%05X\",\"PackageType\":%d,\"PkgFlags\":0,\"SourceVersion\":%d,\"Real\":1,"
			      "\"List\":[1,{\"a\":null,\"b\":2.5}],\"SourceSite\":\"P01\"%s%s%s},", i, 257 + i % 3, i,
			      i % 4 ? ",\"ImageProperty\":\"" : "", i % 4 ? images[i % 4] : "", i % 4 ? "\"" : "");
	for (int i = 150; i < 200; i++)
		wp_buf_printf(buf, "{\"PackageID\":\"P01%05X\",\"PackageType\":\"258\",\"PkgFlags\":\"0\",\"Real\":\"1.0\"},", i);
	for (int i = 0; i < 300; i++)
		wp_buf_printf(buf, "{\"__CLASS\":\"SMS_ImageInformation\",\"PackageID\":\"P01%05X\",%s\"OSVersion\":\"10.%d\"},", i / 2 * 4 % 200,
			      i % 20 < 15 ? "" : i % 2 ? "\"Index\":1," : "\"Index\":2,", i % 100);
	for (int i = 0; i < 300; i++)
		wp_buf_printf(buf, "{\"__CLASS\":\"SMS_ObjectContentExtraInfo\",\"ObjectID\":\"P01%05X\",\"Targeted\":%d,\"SourceSize\":5,"
			      "\"NumberSuccess\":1,\"NumberInProgress\":0,\"NumberErrors\":0,\"NumberUnknown\":0,"
			      "\"LastUpdateDate\":\"2026-01-%02dT00:00:00Z\"}%s", i % 250, i / 250 ? 2 : i % 3, 1 + i % 20, i < 299 ? "," : "]");
}

Test(site, rows_are_joined_in_their_order_by_any_number_of_threads_wherever_they_are_kept)
{
	char folder[TEMPORARY_SIZE];
	static const struct {
		void (*write)(struct wp_buf *buf);
		const char *words;
	} cases[] = {
		{ write_json, "Priority of 8 rows is no whole number" },
		{ write_csv, "Priority of 8 rows is no whole number" },
		{ write_clixml, "Priority of 8 rows is no whole number" },
		{ write_contradiction, "record 601 (line 601)" },
		{ write_damage, "line 651" },
		{ write_briefs, "ImageProperty cannot be read" },
		{ write_late, "rows of SMS_ObjectContentExtraInfo left out" },
		{ write_late_contradiction_joined, "Y is 0 in" },
		{ write_late_contradiction_damaged, "record 5 (line 5)" },
		{ write_late_counts, "3 rows of SMS_ObjectContentExtraInfo left out" },
	};

	temporary_make(folder);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

		cases[i].write(&buf);
		same_in_any_case(folder, &buf, 1, cases[i].words);
	}
	temporary_remove(folder);
}

/* A job of the belt below. */
struct sum {
	unsigned int number;
	unsigned int result;
};

static void add_up(void *job)
{
	struct sum *sum = job;

	/* Some take long, so that those behind them are done first. */
	for (volatile unsigned int i = 0; i < (sum->number % 10 ? 10 : 100000); i++)
		sum->result++;
}

Test(system, a_belt_gives_jobs_back_in_the_order_in_which_they_were_put_on_it)
{
	for (unsigned int threads = 1; threads < 5; threads++) {
		struct wp_belt *belt = wp_belt_new(threads, 4 * (size_t)threads, add_up);
		struct sum sums[300] = { 0 }, *sum;
		unsigned int taken = 0;

		cr_expect_null(wp_belt_take(belt));
		for (unsigned int i = 0; i < 300; i++) {
			if (wp_belt_is_full(belt)) {
				sum = wp_belt_take(belt);
				cr_assert_eq(sum->number, taken++);
				cr_assert_neq(sum->result, 0);
			}
			sums[i].number = i;
			wp_belt_put(belt, &sums[i]);
		}
		while ((sum = wp_belt_take(belt))) {
			cr_assert_eq(sum->number, taken++);
			cr_assert_neq(sum->result, 0);
		}
		cr_expect_eq(taken, 300);
		wp_belt_free(belt);
	}
	wp_belt_free(NULL);
}

Test(system, a_spill_gives_back_what_it_was_given_and_leaves_no_file)
{
	char folder[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 32];
	struct wp_spill *spill;
	struct wp_span spans[100];
	struct wp_buf text = { 0 }, back = { 0 };
	struct wp_error err;

	temporary_make(folder);
	snprintf(path, sizeof path, "%s/cache.db", folder);
	spill = wp_spill_new(path, 1000);
	for (size_t i = 0; i < 100; i++) {
		wp_buf_clear(&text);
		/* Some are longer than what stays in memory, one is nothing. */
		wp_buf_pad(&text, (char)('A' + i % 26), i * i % 3000);
		cr_assert_eq(wp_spill_add(spill, wp_buf_text(&text), text.length, &spans[i], &err), WP_OK, "%s", err.message);
	}
	for (size_t i = 100; i--;) {
		wp_buf_clear(&back);
		wp_buf_puts(&back, "before ");
		cr_assert_eq(wp_spill_read(spill, spans[i], &back, &err), WP_OK, "%s", err.message);
		cr_expect_eq(back.length, 7 + i * i % 3000);
		for (size_t k = 7; k < back.length; k++)
			cr_assert_eq(back.data[k], (char)('A' + i % 26), "text %zu", i);
	}
	wp_spill_free(spill);
	/* Only an empty folder can be taken away so. */
	cr_expect_eq(rmdir(folder), 0);
	wp_spill_free(NULL);
	/* A folder that cannot be made. */
	spill = wp_spill_new("/proc/self/none/cache.db", 10);
	cr_expect_eq(wp_spill_add(spill, "0123456789", 10, spans, &err), WP_OK);
	cr_expect_eq(wp_spill_add(spill, "0123456789", 10, spans + 1, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "unwritable");
	cr_expect(strstr(err.message, "/proc/self/none/"), "%s", err.message);
	wp_buf_clear(&back);
	cr_expect_eq(wp_spill_read(spill, spans[0], &back, &err), WP_OK);
	cr_expect_str_eq(back.data, "0123456789");
	wp_spill_free(spill);
	/* One that need not be. */
	spill = wp_spill_new_in("/proc/self/none", 10);
	for (size_t i = 0; i < 3; i++)
		cr_expect_eq(wp_spill_add(spill, "0123456789", 10, spans + i, &err), WP_OK);
	wp_buf_clear(&back);
	for (size_t i = 0; i < 3; i++)
		cr_expect_eq(wp_spill_read(spill, spans[i], &back, &err), WP_OK);
	cr_expect_str_eq(back.data, "012345678901234567890123456789");
	wp_spill_free(spill);
	wp_buf_free(&text);
	wp_buf_free(&back);
}
