/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $metadata: what it offers, and what it costs when it was written to cost. */
#include "../../src/provider/actions.h"

#include "wimplan/buf.h"
#include "wimplan/clock.h"
#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct wp_method methods[] = {
	{ WP_CLASS_IMAGE, "RefreshPkgSource" },
	{ WP_CLASS_BOOT, "RefreshPkgSource" },
	{ WP_CLASS_IMAGE, "ReloadImageProperties" },
};

#define EDMX "<edmx:Edmx xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices><Schema>"
#define END "</Schema></edmx:DataServices></edmx:Edmx>"

static const struct description {
	const char *name, *text;
	bool good;
	enum wp_offer image, boot; /* how RefreshPkgSource is offered for the two classes */
} descriptions[] = {
	{ "own",
	  EDMX "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" "
	       "Type=\"AdminService.SMS_ImagePackage\"/>"
	       "<Parameter Name=\"c\" Type=\"AdminService.SMS_BootImagePackage\"/></Action>" END,
	  true, WP_OFFER_CLASS, WP_OFFER_NONE },
	{ "inherited",
	  EDMX "<EntityType Name=\"SMS_ImagePackage\" BaseType=\"AdminService.SMS_PackageBaseclass\"/>"
	       "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" "
	       "Type=\"AdminService.SMS_PackageBaseclass\"/></Action>" END,
	  true, WP_OFFER_INHERITED, WP_OFFER_NONE },
	{ "bound to nothing that it says", EDMX "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"/>" END, true, WP_OFFER_BOUND, WP_OFFER_BOUND },
	{ "not bound",
	  EDMX "<Action Name=\"RefreshPkgSource\"><Parameter Name=\"b\" "
	       "Type=\"AdminService.SMS_ImagePackage\"/></Action>" END,
	  true, WP_OFFER_UNBOUND, WP_OFFER_UNBOUND },
	{ "bound to a list",
	  EDMX "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" "
	       "Type=\"Collection(AdminService.SMS_ImagePackage)\"/></Action>" END,
	  true, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "classes that derive from each other",
	  EDMX "<EntityType Name=\"SMS_ImagePackage\" BaseType=\"A.B\"/><EntityType Name=\"B\" "
	       "BaseType=\"A.SMS_ImagePackage\"/>"
	       "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" Type=\"A.C\"/></Action>" END,
	  true, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "names and bases that are none",
	  EDMX "<EntityType Name=\"Odd(Name\" BaseType=\"A.B\"/><EntityType Name=\"C\" BaseType=\"Collection(A.B)\"/>"
	       "<EntityType Name=\"SMS_ImagePackage\" BaseType=\"A.C\"/>"
	       "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" Type=\"A.C\"/></Action>" END,
	  true, WP_OFFER_INHERITED, WP_OFFER_NONE },
	{ "two bases",
	  EDMX "<EntityType Name=\"SMS_ImagePackage\" BaseType=\"A.B\"/><EntityType Name=\"sms_imagepackage\" BaseType=\"A.C\"/>"
	       "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" Type=\"A.C\"/></Action>" END,
	  true, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "comments, instructions and CDATA with the marks of tags",
	  "<?odd '<=>=\"?><!-- it's <a = \"-->" EDMX "<![CDATA['<=\"]]>"
	  "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"/><!----><!-- > -->" END,
	  true, WP_OFFER_BOUND, WP_OFFER_BOUND },
	{ "another encoding", "<?xml version=\"1.0\" encoding=\"UTF-7\"?>" EDMX END, true, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "a page", "<html><body/></html>", false, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "no XML", "{\"value\":[]}", false, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "cut", EDMX, false, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "a DTD", "<!DOCTYPE x [<!ENTITY a \"b\">]>" EDMX END, false, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "a mark", "\xef\xbb\xbf" EDMX END, true, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "other bytes", EDMX "<a b=\"\xff\"/>" END, false, WP_OFFER_NONE, WP_OFFER_NONE },
	{ "empty", "", false, WP_OFFER_NONE, WP_OFFER_NONE },
};

Test(provider_actions, who_offers_what)
{
	for (size_t i = 0; i < sizeof descriptions / sizeof *descriptions; i++) {
		const struct description *description = &descriptions[i];
		const char *wrong;
		struct wp_actions *actions =
			wp_actions_read(description->text, strlen(description->text), methods, 3, &wrong);

		cr_expect_eq(!wrong, description->good, "%s: %s", description->name, wrong ? wrong : "");
		if (!wrong) {
			cr_expect_eq(wp_actions_offer(actions, &methods[0]), description->image, "%s",
				     description->name);
			cr_expect_eq(wp_actions_offer(actions, &methods[1]), description->boot, "%s",
				     description->name);
			cr_expect_eq(wp_actions_offer(actions, &methods[2]), WP_OFFER_NONE, "%s", description->name);
		}
		wp_actions_free(actions);
	}
}

/* A document with @count pieces, each with its number twice. */
static struct wp_buf make(const char *before, const char *piece, size_t count, const char *after)
{
	struct wp_buf buf = { 0 };

	wp_buf_puts(&buf, before);
	for (size_t i = 0; i < count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		wp_buf_printf(&buf, piece, i, i + 1);
#pragma GCC diagnostic pop
	}
	wp_buf_puts(&buf, after);
	return buf;
}

/* On both sides of each limit. */
Test(provider_actions, limits)
{
	static const struct {
		const char *name, *before, *piece, *after;
		size_t good; /* pieces */
		const char *wrong;
	} cases[] = {
		{ "classes", EDMX, "<EntityType Name='C%zu' BaseType='A.C%zu'/>", END, WP_LIMIT_METADATA_NAMES, "classes" },
		{ "bindings", EDMX, "<Action Name='RefreshPkgSource' IsBound='true'><Parameter Type='A.C%zu'/></Action>", END,
		  WP_LIMIT_METADATA_NAMES, "binds" },
		{ "attributes", EDMX "<a ", "a%zu='%zu' ", "/>" END, WP_LIMIT_XML_ATTRIBUTES, "attributes" },
		{ "elements", EDMX, "<a/>", END, WP_LIMIT_METADATA_ELEMENTS - 3, "elements" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t more = 0; more < 2; more++) {
			struct wp_buf document = make(cases[i].before, cases[i].piece, cases[i].good + more, cases[i].after);
			const char *wrong;
			struct wp_actions *actions =
				wp_actions_read(document.data, document.length, methods, 3, &wrong);

			cr_expect_eq(!!wrong, more, "%s: %s", cases[i].name, wrong ? wrong : "nothing is wrong");
			cr_expect(!wrong || strstr(wrong, cases[i].wrong), "%s: %s", cases[i].name, wrong);
			wp_actions_free(actions);
			wp_buf_free(&document);
		}
	}
}

/* As many classes and bindings as are allowed, none of which is looked for: the time is that of reading them. */
Test(provider_actions, takes_no_longer_than_it_is_long)
{
	struct wp_buf document = make(EDMX, "<EntityType Name='C%zu' BaseType='A.C%zu'/>", WP_LIMIT_METADATA_NAMES, "");
	struct wp_buf bindings = make("", "<Action Name='RefreshPkgSource' IsBound='true'><Parameter Type='A.D%zu'/></Action>",
				      WP_LIMIT_METADATA_NAMES, END);
	int64_t began = wp_clock_ms();
	struct wp_actions *actions;
	const char *wrong;

	wp_buf_add(&document, bindings.data, bindings.length);
	actions = wp_actions_read(document.data, document.length, methods, 3, &wrong);
	cr_expect_null(wrong, "%s", wrong);
	for (size_t i = 0; i < 3; i++)
		cr_expect_eq(wp_actions_offer(actions, &methods[i]), WP_OFFER_NONE);
	/* It took minutes; 10 s are for a machine that has other things to do. */
	cr_expect_lt(wp_clock_ms() - began, 10000);
	wp_actions_free(actions);
	wp_buf_free(&bindings);
	wp_buf_free(&document);
}
