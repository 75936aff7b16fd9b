/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect as JSON and as text, of files that exist only here. */
#include "wimplan/json.h"
#include "wimplan/report.h"
#include "wimplan/text.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NUMBER(n)                                                                                                      \
	{                                                                                                              \
		true, (n)                                                                                              \
	}

struct file {
	const char *languages[2];
	struct wp_wim_fallback fallback;
	struct wp_wim_servicing servicing;
	struct wp_wim_windows windows;
	struct wp_wim_other other, file_other;
	struct wp_wim_image images[2];
	struct wp_wim_metadata metadata;
	struct wp_diag diag;
	struct wp_wim wim;
	struct wp_wim_content content;
	struct wp_inspection inspection;
};

static void init(struct file *f)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	*f = (struct file){
		.languages = { "en-US", "de-DE" },
		.fallback = { "zh-CN", "en-US" },
		.servicing = { "0", "10.0.1;2016-01-01T00:00:00Z", NULL },
		.windows = {
			.architecture = NUMBER(9), .product_name = "Windows", .edition_id = "Enterprise",
			.installation_type = "Client", .product_type = "WinNT", .product_suite = "",
			.system_root = "WINDOWS", .language_count = 2, .default_language = "en-US", .fallback_count = 1,
			.version = "10.0.22631.2861", .major = NUMBER(10), .minor = NUMBER(0), .build = NUMBER(22631),
			.service_pack_build = NUMBER(2861), .service_pack_level = NUMBER(0), .branch = "ni_release",
		},
		.other = { "NOTES", "see below" },
		.file_other = { "@x", "1" },
		.diag = { WP_SEVERITY_WARNING, "bad-value", "WIMBOOT is no number", "maybe", "a.wim" },
		.wim = {
			.path = "a.wim", .grade = WP_GRADE_WARNING, .opened = true, .size = UINT64_C(9007199254740993),
			.modified = { true, true, INT64_C(133497216000000000) }, .have_header = true,
			.header = {
				.version = 0xe00, .flags = 0x40000080 | WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_LZMS,
				.chunk_size = 131072, .guid = { 1, 2, 0xff }, .part = 1, .parts = 1, .image_count = 2,
				.boot_index = 2, .integrity = { .offset = 300 },
			},
			.xml_sha256 = DIGEST, .file_id = DIGEST,
		},
		.content = { .content_id = DIGEST, .blob_count = 3, .blob_bytes = 5000, .missing = { true, 2 },
			     .unreferenced = { true, 30 }, .trailing = { true, 10 } },
	};
	f->windows.languages = f->languages;
	f->windows.fallbacks = &f->fallback;
	f->windows.servicing = &f->servicing;
	f->images[0] = (struct wp_wim_image){
		.index = 1,
		.name = "Windows 11",
		.description = "",
		.total_bytes = NUMBER(UINT64_C(8230200012)),
		.creation_time = { true, true, 1 },
		.wimboot = NUMBER(0),
		.windows = &f->windows,
		.other = &f->other,
		.other_count = 1,
	};
	f->images[1] = (struct wp_wim_image){ .index = 3 };
	f->metadata = (struct wp_wim_metadata){
		.total_bytes = NUMBER(77),
		.images = f->images,
		.image_count = 2,
		.other = &f->file_other,
		.other_count = 1,
	};
	f->wim.metadata = &f->metadata;
	f->wim.diags = (struct wp_diags){ &f->diag, 1 };
	f->inspection = (struct wp_inspection){ .wim = &f->wim, .content = &f->content };
}

/* The document on one line, in its own order of keys. */
static char *json_of(const struct file *f)
{
	json_t *head = wp_report_inspect_head_json(), *file = NULL;
	struct wp_buf spaced = { 0 };
	struct wp_json_out out = { .buf = &spaced };
	struct wp_error err;
	char *text;

	wp_report_inspect_file_json(&f->inspection, &out);
	cr_assert_eq(wp_json_parse(spaced.data, spaced.length, "test", &file, &err), WP_OK);
	text = json_dumps(file, JSON_COMPACT);

	cr_expect_str_eq(wp_json_get_text(head, "format"), "wimplan-inspect");
	cr_expect_str_eq(wp_json_get_text(head, "format_version"), "1.4");
	wp_buf_free(&spaced);
	json_decref(head);
	json_decref(file);
	return text;
}

Test(report, inspect_json_in_the_order_of_the_contract)
{
	static const char expected[] =
		"{\"path\":\"a.wim\",\"status\":\"warning\",\"diagnostics\":[{\"severity\":\"warning\",\"code\":\"bad-"
		"value\","
		"\"summary\":\"WIMBOOT is no "
		"number\",\"detail\":\"maybe\",\"subject\":\"a.wim\"}],\"size\":\"9007199254740993\","
		"\"modified_at\":\"2024-01-14T16:00:00Z\",\"file_id\":\"" DIGEST "\",\"content_id\":\"" DIGEST "\","
		"\"blobs\":{\"count\":3,\"bytes\":5000,\"stored_bytes\":null},"
		"\"missing_data\":2,\"unreferenced_bytes\":30,\"trailing_bytes\":10,"
		"\"header\":{\"wim_version\":\"0xe00\",\"guid\":\"0102ff00000000000000000000000000\",\"part\":1,"
		"\"parts\":1,"
		"\"image_count\":2,\"boot_index\":2,\"compression\":\"LZMS\",\"chunk_size\":131072,"
		"\"flags\":[\"RP_FIX\",\"0x40000000\"],\"pipable\":false,\"solid\":true,\"integrity_table\":true},"
		"\"xml_sha256\":\"" DIGEST "\",\"total_bytes\":77,\"other\":[{\"path\":\"@x\",\"value\":\"1\"}],"
		"\"images\":[{\"index\":1,\"name\":\"Windows 11\",\"description\":\"\",\"display_name\":null,"
		"\"display_description\":null,\"flags\":null,\"dir_count\":null,\"file_count\":null,\"total_bytes\":"
		"8230200012,"
		"\"hard_link_bytes\":null,\"creation_time\":\"1601-01-01T00:00:00.0000001Z\",\"last_modification_"
		"time\":null,"
		"\"wimboot\":false,\"windows\":{\"architecture\":\"x64\",\"architecture_code\":9,\"product_name\":"
		"\"Windows\","
		"\"edition_id\":\"Enterprise\",\"installation_type\":\"Client\",\"product_type\":\"WinNT\",\"product_"
		"suite\":\"\","
		"\"hal\":null,\"system_root\":\"WINDOWS\",\"languages\":[\"en-US\",\"de-DE\"],\"default_language\":"
		"\"en-US\","
		"\"fallback_languages\":[{\"language\":\"zh-CN\",\"fallback\":\"en-US\"}],\"version\":\"10.0.22631."
		"2861\","
		"\"major\":10,\"minor\":0,\"build\":22631,\"service_pack_build\":2861,\"service_pack_level\":0,"
		"\"branch\":\"ni_release\",\"servicing\":{\"gdr_du_revision\":\"0\","
		"\"pkey_config_version\":\"10.0.1;2016-01-01T00:00:00Z\",\"image_state\":null}},"
		"\"other\":[{\"path\":\"NOTES\",\"value\":\"see below\"}]},"
		"{\"index\":3,\"name\":null,\"description\":null,\"display_name\":null,\"display_description\":null,"
		"\"flags\":null,\"dir_count\":null,\"file_count\":null,\"total_bytes\":null,\"hard_link_bytes\":null,"
		"\"creation_time\":null,\"last_modification_time\":null,\"wimboot\":null,\"windows\":null,\"other\":[]}"
		"]}";
	struct file f;
	char *text;

	init(&f);
	text = json_of(&f);
	cr_expect_str_eq(text, expected);
	free(text);
}

Test(report, inspect_json_of_what_could_not_be_read)
{
	struct file f;
	char *text;

	init(&f);
	f.wim = (struct wp_wim){ .path = "b\xff.wim", .grade = WP_GRADE_ERROR };
	f.inspection.content = NULL;
	text = json_of(&f);
	cr_expect_str_eq(
		text,
		"{\"path\":\"b\xef\xbf\xbd.wim\",\"path_bytes\":\"62ff2e77696d\",\"status\":\"error\","
		"\"diagnostics\":[],\"size\":null,\"modified_at\":null,\"file_id\":null,\"content_id\":null,"
		"\"blobs\":null,\"missing_data\":null,\"unreferenced_bytes\":null,\"trailing_bytes\":null,"
		"\"header\":null,\"xml_sha256\":null,\"total_bytes\":null,\"other\":[],\"images\":[]}");
	free(text);
}

Test(report, inspect_json_of_one_image)
{
	struct file f;
	char *text;

	init(&f);
	f.inspection.only_image = 3;
	f.windows.architecture.value = 77;
	text = json_of(&f);
	cr_expect(strstr(text, "\"images\":[{\"index\":3,"), "%s", text);
	free(text);
	f.inspection.only_image = 1;
	text = json_of(&f);
	cr_expect(strstr(text, "\"architecture\":null,\"architecture_code\":77,"), "%s", text);
	free(text);
}

static char *text_of(const struct wp_inspection *files, size_t count, unsigned int columns)
{
	struct wp_report_options options = { .columns = columns };
	struct wp_buf buf = { 0 };
	char *text;

	wp_report_inspect_text(files, count, &options, &buf);
	text = strdup(wp_buf_text(&buf));
	wp_buf_free(&buf);
	return text;
}

Test(report, inspect_text_in_blocks_and_in_a_table)
{
	struct file f;
	char *text;

	init(&f);
	text = text_of(&f.inspection, 1, 80);
	cr_expect_str_eq(text, "a.wim: warning\n"
			       "Size     8.00 PiB (9,007,199,254,740,993 bytes), modified 2024-01-14 16:00Z\n"
			       "Format   WIM 0xe00, LZMS in chunks of 128 KiB, solid, integrity table, RP_FIX,\n"
			       "         0x40000000\n"
			       "Holds    2 images, image 2 boots\n"
			       "GUID     0102ff00000000000000000000000000\n"
			       "File id  " DIGEST "\n"
			       "Content  " DIGEST "\n"
			       "Blobs    3 with 4.88 KiB (5,000 bytes), stored size not known (solid)\n"
		"Missing  the data of 2 files or streams stands in another file (delta)\n"
		"Unused   30 bytes that nothing refers to, 10 of them behind the end\n"
			       "\n"
			       "1  Windows 11\n"
			       "   10.0.22631.2861, x64, Enterprise, Client, en-US, de-DE\n"
			       "   7.66 GiB, created 1601-01-01 00:00Z\n"
			       "3  (no name)\n"
			       "\n"
			       "Outside of the images\n"
			       "  @x = 1\n"
			       "\n"
			       "warning bad-value: WIMBOOT is no number (maybe)\n");
	free(text);
	/* No image has MODIFIED; BYTES goes where there is no room. */
	text = text_of(&f.inspection, 1, 114);
	cr_expect(strstr(text,
			 "\n#  NAME        VERSION          ARCH  EDITION     TYPE    LANGUAGES         SIZE          BYTES  "
			 "CREATED\n"
			 "1  Windows 11  10.0.22631.2861  x64   Enterprise  Client  en-US, de-DE  7.66 GiB  8,230,200,012  "
			 "1601-01-01 00:00Z\n"
			 "3  -           -                -     -           -       -                    -              -  "
			 "-\n"),
		  "%s", text);
	free(text);
	text = text_of(&f.inspection, 1, 113);
	cr_expect(strstr(text,
			 "\n#  NAME        VERSION          ARCH  EDITION     TYPE    LANGUAGES         SIZE  CREATED\n"),
		  "%s", text);
	free(text);
}

Test(report, inspect_text_of_one_image_has_everything)
{
	static const char *const parts[] = { "Image 1\n  Name          Windows 11\n  Description   (empty)\n",
					     "  Languages     en-US, de-DE (default en-US)\n",
					     "  Fallbacks     en-US for zh-CN\n",
					     "  Suite         (empty)\n",
					     "  WIMBoot       no\n",
					     "  Files         not known, in 1 folder\n",
					     "  Other         NOTES = see below\n" };
	struct file f;
	char *text;

	init(&f);
	f.inspection.only_image = 1;
	f.images[0].dir_count = (struct wp_number)NUMBER(1);
	text = text_of(&f.inspection, 1, 80);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		cr_expect(strstr(text, parts[i]), "\"%s\" is not in:\n%s", parts[i], text);
	free(text);
}

Test(report, inspect_text_is_safe_and_separated)
{
	struct wp_inspection files[2];
	struct file f;
	char *text;

	init(&f);
	f.wim.path = "x\033[2J\xff.wim";
	f.images[0].name = "n\033[1m";
	f.other.value = "v\a";
	f.diag.summary = "s\033]0;t\a";
	files[0] = files[1] = f.inspection;
	text = text_of(files, 2, 80);
	for (const char *at = text; *at; at++)
		cr_expect((unsigned char)*at >= 0x20 || *at == '\n', "control character 0x%02x", *at);
	cr_expect(strstr(text, "(maybe)\n\nx\\x1b[2J\xef\xbf\xbd.wim: warning\n"), "%s", text);
	free(text);
}
