/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The PowerShell script of a plan: data stays data, whatever it is. */
#include "report_fixture.h"

#include "wimplan/hash.h"

/* The package's name as the script has it: what stands behind "Name = ", up to the end of the line. */
static char *name_in_script(const struct report_fixture *f)
{
	static const char key[] = "            Name                = ";
	char *text = report_of(wp_report_plan_powershell, &f->plan, 80, false, false), *at = strstr(text, key), *name;

	cr_assert(at, "the script has no name:\n%s", text);
	at += sizeof key - 1;
	name = strndup(at, strcspn(at, "\n"));
	free(text);
	return name;
}

Test(report, powershell_quotes_every_text)
{
	static const struct {
		const char *name, *expression;
	} cases[] = {
		{ "Windows 11", "'Windows 11'" },
		{ "", "''" },
		{ "it's", "'it''s'" },
		{ "''", "''''''" },
		{ "$(Remove-Item C:\\) `n $x \"y\"", "'$(Remove-Item C:\\) `n $x \"y\"'" },
		{ "a\nb", "(-join ('a', [char]0x000A, 'b'))" },
		{ "\r\n", "(-join ([char]0x000D, [char]0x000A))" },
		{ "a\x1b[0m", "(-join ('a', [char]0x001B, '[0m'))" },
		{ "\x7f", "(-join ([char]0x007F))" },
		/* U+2018..U+201B end a text in single quotes as ' does. */
		{ "\u2018\u2019\u201a\u201b", "(-join ([char]0x2018, [char]0x2019, [char]0x201A, [char]0x201B))" },
		{ "a\u2019; exit #", "(-join ('a', [char]0x2019, '; exit #'))" },
		{ "\u201cx\u201d", "(-join ([char]0x201C, 'x', [char]0x201D))" },
		/* In Windows-1252 the second byte of this letter is U+2018. */
		{ "\u0451", "(-join ([char]0x0451))" },
		{ "\u202ex", "(-join ([char]0x202E, 'x'))" },
		{ "\U0001f600!", "(-join ([char]0xD83D, [char]0xDE00, '!'))" },
		{ "\u00dcber 'alles'", "(-join ([char]0x00DC, 'ber ''alles'''))" },
	};
	struct report_fixture f;

	report_fixture_init(&f);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *name;

		f.entries[FIXTURE_CHANGE].name = cases[i].name;
		name = name_in_script(&f);
		cr_expect_str_eq(name, cases[i].expression, "%zu: %s", i, name);
		free(name);
	}
}

static void add_utf8(struct wp_buf *buf, uint32_t c)
{
	char bytes[4];
	size_t length;

	if (c < 0x80)
		length = 1, bytes[0] = (char)c;
	else if (c < 0x800)
		length = 2, bytes[0] = (char)(0xC0 | c >> 6), bytes[1] = (char)(0x80 | (c & 63));
	else if (c < 0x10000)
		length = 3, bytes[0] = (char)(0xE0 | c >> 12), bytes[1] = (char)(0x80 | (c >> 6 & 63)),
		bytes[2] = (char)(0x80 | (c & 63));
	else
		length = 4, bytes[0] = (char)(0xF0 | c >> 18), bytes[1] = (char)(0x80 | (c >> 12 & 63)),
		bytes[2] = (char)(0x80 | (c >> 6 & 63)), bytes[3] = (char)(0x80 | (c & 63));
	wp_buf_add(buf, bytes, length);
}

/* Reads an expression as PowerShell would; false when there is anything in it but texts and characters. */
static bool evaluate(const char *at, struct wp_buf *ret)
{
	bool joined = !strncmp(at, "(-join (", 8);
	uint32_t high = 0;

	at += joined ? 8 : 0;
	for (;;) {
		unsigned int code;

		if (*at == '\'') {
			for (at++; *at != '\'' || at[1] == '\''; at++) {
				if (*at < ' ' || *at > '~')
					return false;
				at += *at == '\'';
				wp_buf_putc(ret, *at);
			}
			at++;
		} else if (joined && sscanf(at, "[char]0x%4X", &code) == 1) {
			at += strlen("[char]0x0000");
			if (code >= 0xD800 && code < 0xDC00)
				high = code;
			else
				add_utf8(ret, code >= 0xDC00 && code < 0xE000 ?
						      0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) :
						      code);
		} else {
			return false;
		}
		if (!joined || strncmp(at, ", ", 2))
			break;
		at += 2;
	}
	return !strcmp(at, joined ? "))" : "");
}

Test(report, powershell_gives_every_character_back)
{
	struct report_fixture f;
	struct wp_buf text = { 0 }, back = { 0 };

	report_fixture_init(&f);
	for (uint32_t c = 1; c < 0x10FFFF; c = c < 0x3100 ? c + 1 : c + 251) {
		char *name;

		if (c >= 0xD800 && c < 0xE000)
			continue;
		text.length = back.length = 0;
		wp_buf_puts(&text, "'");
		add_utf8(&text, c);
		wp_buf_puts(&text, "$a");
		add_utf8(&text, c);
		wp_buf_puts(&back, "");
		f.entries[FIXTURE_CHANGE].name = wp_buf_text(&text);
		name = name_in_script(&f);
		cr_expect(evaluate(name, &back), "U+%04X: %s", c, name);
		cr_expect_str_eq(wp_buf_text(&back), wp_buf_text(&text), "U+%04X: %s", c, name);
		free(name);
	}
	wp_buf_free(&text);
	wp_buf_free(&back);
}

Test(report, powershell_takes_the_preconditions_along)
{
	static struct wp_expected_image images[] = {
		{ 1, "Pro", "10.0.22631.3007", { true, 9 }, "en-US" },
		{ 2, NULL, NULL, { false, 0 }, NULL },
	};
	struct report_fixture f;
	struct wp_entry *entry = &f.entries[FIXTURE_CHANGE];
	char *text;

	report_fixture_init(&f);
	entry->expected = images;
	entry->expected_count = 2;
	entry->preconditions.sedo_object_version = "0BB5D9C1-0001-4C11-9D0B-5A2C11D7F0A1";
	entry->preconditions.source_path = "\\\\srv\\src$\\w11\\install.wim";
	entry->preconditions.source_site = "P01";
	wp_sha256_text("x", 1, entry->preconditions.image_property_sha256);
	f.change[1].field = "description";
	f.entries[FIXTURE_SAME].status = WP_ENTRY_UNPROVEN;
	text = report_of(wp_report_plan_powershell, &f.plan, 80, false, false);
	cr_expect_contains(text, "    Id                  = "
				 "'sha256:7c1f2a900000000000000000000000000000000000000000000000000000000'\n");
	cr_expect_contains(text, "            PackageId           = 'P0100123'\n"
				 "            Class               = 'SMS_ImagePackage'\n");
	cr_expect_contains(text, "            Reload              = $true\n            Refresh             = $true\n"
				 "            SourceVersion       = 12\n"
				 "            SedoObjectVersion   = '0BB5D9C1-0001-4C11-9D0B-5A2C11D7F0A1'\n"
				 "            PkgSourcePath       = '\\\\srv\\src$\\w11\\install.wim'\n"
				 "            SourceSite          = 'P01'\n            ImagePropertySha256 = 'sha256:2d711642");
	cr_expect_contains(text, "            NeverLoaded         = $false\n            ContentId           = $null\n");
	cr_expect_contains(text, "@{ Index = 1; Name = 'Pro'; Description = $null; OSVersion = '10.0.22631.3007'; "
				 "Architecture = 9; Language = 'en-US' }\n");
	cr_expect_contains(text, "@{ Index = 2; Name = $null; Description = 'Pro N'; OSVersion = $null; "
				 "Architecture = $null; Language = $null }\n");
	/* Neither what is blocked, nor what is only reported, nor what is for a person to say. */
	cr_expect_lacks(text, "P0100140");
	cr_expect_lacks(text, "P0100005");
	cr_expect_lacks(text, f.entries[FIXTURE_SAME].package_id);
	/* It supports -WhatIf and never calls the cmdlets whose -Reload rebuilds a boot image. */
	cr_expect_contains(text, "SupportsShouldProcess = $true");
	cr_expect_lacks(text, "Set-CM");
	cr_expect_lacks(text, "Update-CM");
	/* powershell.exe -File passes texts alone: neither -Confirm:$false nor a list. */
	cr_expect_contains(text, "    [switch] $Yes,\n");
	cr_expect_contains(text, "$_ -split ','");
	/* What the site is still at work on is not called again, and a commit that a former run missed is made up for. */
	cr_expect_contains(text, "-Name 'ActionInProgress') -ne 0");
	cr_expect_contains(text, "        if ($Step.Action -eq $reload -and $Step.Answered) {\n"
				 "            Save-Record -Step $Step\n");
	for (const char *at = text; *at; at++)
		cr_expect(*at == '\n' || (*at >= ' ' && *at <= '~'), "a byte that is not ASCII at: %.40s", at);
	free(text);
}
