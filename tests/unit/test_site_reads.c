/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The classes that an export reads are those that an import knows, each once. */
#include "wimplan/record.h"
#include "wimplan/site.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct wp_site_read *find(const char *class)
{
	for (size_t i = 0; i < wp_site_read_count; i++)
		if (!strcmp(wp_site_reads[i].class, class))
			return &wp_site_reads[i];
	return NULL;
}

Test(site_reads, all_kinds_of_rows_are_read)
{
	for (int kind = 0; kind < WP_SITE_KINDS; kind++)
		for (const char *const *class = wp_site_tables[kind].classes; *class; class++)
			cr_expect(find(*class), "%s is not read", *class);
	for (int class = WP_CLASS_IMAGE; class <= WP_CLASS_BOOT; class++)
		cr_expect(find(wp_class_name((enum wp_class)class)), "%s is not read", wp_class_name((enum wp_class)class));
}

Test(site_reads, all_that_is_read_is_known)
{
	for (size_t i = 0; i < wp_site_read_count; i++) {
		const struct wp_site_read *read = &wp_site_reads[i];
		enum wp_site_kind kind;
		enum wp_class class;
		bool package = wp_class_from_name(read->class, &class), row = wp_site_kind_of(read->class, &kind);

		cr_expect_eq(find(read->class), read, "%s stands twice", read->class);
		cr_expect_eq(package, read->part == WP_SITE_PART_PACKAGES, "%s", read->class);
		cr_expect(package || row || !strcmp(read->class, "SMS_ImageInformation") ||
				  !strcmp(read->class, "SMS_ObjectContentExtraInfo"),
			  "%s is read, and no import knows it", read->class);
		cr_expect(!package || read->key, "%s is not read by key", read->class);
		/* What a kind wants among the packages is sifted by the same column. */
		if (row && wp_site_tables[kind].package)
			cr_expect(read->package && !strcmp(read->package, wp_site_tables[kind].package), "%s", read->class);
	}
}
