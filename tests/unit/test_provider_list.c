/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists: their addresses, and where a page may lead. */
#include "../../src/provider/actions.h"
#include "../../src/provider/url.h"

#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(provider_list, filters_are_encoded)
{
	char *plain = wp_provider_list_path("SMS_Site", NULL);
	char *filtered = wp_provider_list_path("SMS_Site", "Name eq 'a&b#c'");

	cr_expect_str_eq(plain, "wmi/SMS_Site");
	cr_expect_str_eq(filtered, "wmi/SMS_Site?$filter=Name%20eq%20%27a%26b%23c%27");
	free(plain);
	free(filtered);
}

Test(provider_list, next_page)
{
	/* @path NULL: not followed. */
	static const struct {
		const char *link, *path;
	} links[] = {
		{ "https://cm01.contoso.com/AdminService/wmi/SMS_Site?$skip=10", "wmi/SMS_Site?$skip=10" },
		{ "https://elsewhere/x/wmi/y/wmi/SMS_Site?$skiptoken=a%20b", "wmi/SMS_Site?$skiptoken=a%20b" },
		{ "HTTP://CM01/ADMINSERVICE/WMI/sms_site?$skip=1", "wmi/SMS_Site?$skip=1" },
		{ "/AdminService/wmi/SMS_Site?$skip=1", "wmi/SMS_Site?$skip=1" },
		{ "wmi/SMS_Site?$skip=1", "wmi/SMS_Site?$skip=1" },
		{ "SMS_Site?$skip=1", "wmi/SMS_Site?$skip=1" },
		{ "SMS_Site?$filter=A eq 'b'\r\nX: y", "wmi/SMS_Site?$filter=A%20eq%20'b'%0D%0AX:%20y" },
		{ "SMS_Site?u=https://other/wmi/SMS_Other?x", "wmi/SMS_Site?u=https://other/wmi/SMS_Other?x" },
		{ "SMS_Site?a#b", NULL },
		{ "SMS_Site", NULL },
		{ "", NULL },
		{ "?", NULL },
		{ "SMS_SiteX?$skip=1", NULL },
		{ "SMS_Site/../SMS_Other?$skip=1", NULL },
		{ "https://cm01/AdminService/wmi/SMS_Other?$skip=1", NULL },
		{ "https://cm01/AdminService/wmi/SMS_Site.Method?x", NULL },
		{ "https://cm01/AdminService/wmi/SMS_Site('P01')/AdminService.Method?x", NULL },
		{ "https://cm01/SMS_Site?$skip=1", NULL },
	};

	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		char *path = wp_provider_next_path("SMS_Site", links[i].link);

		cr_expect_eq(!path, !links[i].path, "%s: %s", links[i].link, path ? path : "not followed");
		if (path && links[i].path)
			cr_expect_str_eq(path, links[i].path, "%s", links[i].link);
		free(path);
	}
}

/* On both sides of the limit. */
Test(provider_list, length_of_a_link)
{
	char *link = malloc(WP_LIMIT_LINK + 2), *path;

	memset(link, 'x', WP_LIMIT_LINK + 1);
	memcpy(link, "SMS_Site?", 9);
	link[WP_LIMIT_LINK + 1] = '\0';
	cr_expect_null(wp_provider_next_path("SMS_Site", link));
	link[WP_LIMIT_LINK] = '\0';
	path = wp_provider_next_path("SMS_Site", link);
	cr_expect(path && strlen(path) == WP_LIMIT_LINK + 4);
	free(path);
	free(link);
}

Test(provider_list, classes)
{
	static const char text[] =
		"<edmx:Edmx xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices><Schema>"
		"<EntityType Name=\"SMS_Site\"/><EntityType Name=\"SMS_Point\" BaseType=\"A.SMS_BaseClass\"/>"
		"<ComplexType Name=\"SMS_Embedded\"/><EntitySet Name=\"SMS_Set\"/></Schema></edmx:DataServices></edmx:Edmx>";
	const char *wrong;
	struct wp_actions *actions = wp_actions_read(text, strlen(text), NULL, 0, &wrong);

	cr_assert_null(wrong, "%s", wrong);
	cr_expect(wp_actions_has_class(actions, "SMS_Site"));
	cr_expect(wp_actions_has_class(actions, "sms_point"));
	cr_expect_not(wp_actions_has_class(actions, "SMS_BaseClass"));
	cr_expect_not(wp_actions_has_class(actions, "SMS_Embedded"));
	cr_expect_not(wp_actions_has_class(actions, "SMS_Set"));
	cr_expect_not(wp_actions_has_class(actions, "SMS_Sit"));
	wp_actions_free(actions);
}
