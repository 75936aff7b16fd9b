/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knows the shapes of exports, and what is often given in their place. */
#include "shape.h"
#include "assembler.h"

#include "wimplan/ascii.h"

#include <string.h>

/* What of the text is there to be looked at; the first piece of a file has 512 bytes or all of it. */
static const char *rest(const struct wp_input *input, size_t *ret_length)
{
	*ret_length = input->length - input->at;
	return input->text + input->at;
}

static bool begins(const struct wp_input *input, const char *with)
{
	size_t length;
	const char *text = rest(input, &length);

	for (; *with; with++, text++, length--)
		if (!length || wp_ascii_lower(*text) != wp_ascii_lower(*with))
			return false;
	return true;
}

/* The line that is next, without its end; what of it is there. */
static size_t line_length(const struct wp_input *input)
{
	size_t length, i;
	const char *text = rest(input, &length);

	for (i = 0; i < length && text[i] != '\n' && text[i] != '\r'; i++)
		;
	return i;
}

static void skip_line(struct wp_input *input)
{
	int c;

	do
		c = wp_input_get(input);
	while (c >= 0 && c != '\n');
	wp_input_mark(input);
}

/* "(2 rows affected)", in the language of the server. */
static bool is_row_count(const struct wp_input *input)
{
	size_t length = line_length(input), i = 1;
	const char *text = input->text + input->at;

	if (length < 4 || text[0] != '(' || !wp_ascii_digit(text[1]) || text[length - 1] != ')')
		return false;
	while (wp_ascii_digit(text[i]))
		i++;
	return text[i] == ' ';
}

/* A warning that went into the file with the output: long ones have more lines, so up to what can begin an export. */
static void skip_warning(struct wp_input *input, struct wp_assembler *assembler)
{
	int length = (int)line_length(input);
	int c;

	wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, "captured-warning", input->name,
		    "line %zu is a warning that was written into the file (\"%.*s\"); send only the output there (not "
		    "*>), and mind what it says",
		    input->line, length < 100 ? length : 100, input->text + input->at);
	do {
		skip_line(input);
		c = wp_input_peek(input);
	} while (c >= 0 && c != '[' && c != '{' && c != '<' && c != '"' && c != '#' && !begins(input, "PackageID"));
}

bool wp_shape_skip(struct wp_input *input, struct wp_assembler *assembler)
{
	if (begins(input, "\xef\xbb\xbf")) {
		for (int i = 0; i < 3; i++)
			wp_input_get(input);
	} else if (is_row_count(input)) {
		skip_line(input);
	} else if (begins(input, "WARNING: ") || begins(input, "VERBOSE: ")) {
		skip_warning(input, assembler);
	} else {
		return false;
	}
	wp_input_mark(input);
	return true;
}

static int refuse(const struct wp_input *input, struct wp_error *err, const char *what)
{
	return wp_fail(err, WP_E_FAILED, "export-unknown-shape", input->name, "%s: %s", input->name, what);
}

/* The title of a web page, for the message. */
static int refuse_page(const struct wp_input *input, struct wp_error *err)
{
	size_t length;
	const char *text = rest(input, &length);
	const char *title = memmem(text, length, "<title>", 7);
	const char *end = title ? memmem(title, length - (size_t)(title - text), "</title>", 8) : NULL;
	int shown = end && end - title < 160 ? (int)(end - title - 7) : 0;

	return wp_fail(err, WP_E_FAILED, "export-unknown-shape", input->name,
		       "%s: this is a web page%s%.*s%s, not an export: the request was not answered with data; check "
		       "the address and the account, and export again",
		       input->name, shown ? " (\"" : "", shown, shown ? title + 7 : "", shown ? "\")" : "");
}

/* "Name      : value", as PowerShell shows an object. */
static bool is_format_list(const struct wp_input *input)
{
	size_t length = line_length(input), i = 0;
	const char *text = input->text + input->at;

	while (i < length && (wp_ascii_alnum(text[i]) || text[i] == '_'))
		i++;
	if (!i)
		return false;
	while (i < length && text[i] == ' ')
		i++;
	return i + 1 < length && text[i] == ':' && text[i + 1] == ' ' && text[i - 1] == ' ';
}

/* "PackageID=P0100001", as wmic … /format:list writes it. */
static bool is_assignment(const struct wp_input *input)
{
	size_t length = line_length(input), i = 0;
	const char *text = input->text + input->at;

	while (i < length && (wp_ascii_alnum(text[i]) || text[i] == '_'))
		i++;
	/* With "sep=" Excel is told what separates the cells of a CSV. */
	return i && i < length && text[i] == '=' && !memchr(text, ',', length) && !memchr(text, ';', length) && !begins(input, "sep=");
}

/* A second line of dashes and blanks alone: a table that is made for the eye. */
static bool is_table(const struct wp_input *input)
{
	size_t length, first = line_length(input), i, blanks = 0, dashes = 0;
	const char *text = rest(input, &length);

	if (memchr(text, ',', first) || memchr(text, ';', first) || memchr(text, '\t', first) ||
	    memchr(text, '"', first))
		return false;
	for (i = first; i < length && (text[i] == '\r' || text[i] == '\n'); i++)
		;
	for (; i < length && (text[i] == '-' || text[i] == ' '); i++) {
		dashes += text[i] == '-';
		blanks += text[i] == ' ';
	}
	return dashes > 1 && blanks && (i == length || text[i] == '\r' || text[i] == '\n');
}

/* Texts that are known and no export. WP_OK when it is none of them. */
static int check_known(const struct wp_input *input, struct wp_error *err)
{
	if (begins(input, "<!DOCTYPE html") || begins(input, "<html"))
		return refuse_page(input, err);
	if (begins(input, "instance of "))
		return refuse(input, err, "this is MOF, which WMI's tools write; export as JSON, CLIXML or CSV, see "
					  "wimplan-records(5)");
	if (is_format_list(input))
		return refuse(input, err,
			      "this is a Format-List text, which shows objects and leaves values out; export with "
			      "Export-Clixml or ConvertTo-Json in its place, see wimplan-records(5)");
	if (is_assignment(input))
		return refuse(input, err,
			      "this is a list of NAME=VALUE, as wmic /format:list writes it; export with "
			      "/format:rawxml, or as wimplan-records(5) has it");
	if (is_table(input))
		return refuse(input, err,
			      "this is a table for the eye, as Format-Table and sqlcmd without -s write it, in which "
			      "values are cut; export as CSV, CLIXML or JSON, see wimplan-records(5)");
	return WP_OK;
}

/* The header of a result that Management Studio saved, where SQL Server gave it no name: FOR JSON and FOR XML. */
static bool skip_sql_header(struct wp_input *input, struct wp_error *err)
{
	if (begins(input, "XML_F52E2B61-18A1-11d1-B105-00805F49916B")) {
		refuse(input, err,
		       "this is XML that Management Studio wrote (FOR XML); leave FOR XML out and save the result as "
		       "CSV with headers, see wimplan-records(5)");
		return false;
	}
	if (begins(input, "JSON_F52E2B61-18A1-11d1-B105-00805F49916B")) {
		skip_line(input);
		if (wp_input_peek(input) == '-')
			skip_line(input);
	}
	return true;
}

static void skip_space(struct wp_input *input)
{
	int c;

	while ((c = wp_input_peek(input)) == '\r' || c == '\n' || c == ' ' || c == '\t')
		wp_input_get(input);
	wp_input_mark(input);
}

/* A JSON string that holds JSON: a CSV's header may begin with a quote, too. */
static bool is_json_text(const struct wp_input *input)
{
	size_t length;
	const char *text = rest(input, &length);

	return length > 3 && text[0] == '"' && ((text[1] == '{' && strchr("\\ }", text[2])) ||
						(text[1] == '[' && strchr("{\\ ]", text[2])));
}

int wp_shape_find(struct wp_input *input, struct wp_assembler *assembler, enum wp_shape *ret, struct wp_error *err)
{
	struct wp_error local = { 0 };
	int c, status;

	err = err ? err : &local;
	/* White space in front says nothing of the shape, but a CSV has none. */
	do {
		skip_space(input);
		c = wp_input_peek(input);
	} while (c >= 0 && wp_shape_skip(input, assembler));
	if (c >= 0 && !skip_sql_header(input, err))
		return err->status;
	c = wp_input_peek(input);
	if (c == WP_INPUT_FAILED)
		return wp_input_error(input, err);
	if (c == WP_INPUT_END)
		return wp_fail(err, WP_E_FAILED, "export-invalid", input->name, "%s: the file is empty; export again",
			       input->name);
	status = check_known(input, err);
	*ret = c == '{' || c == '[' ? WP_SHAPE_JSON
	       : c == '<'           ? WP_SHAPE_XML
	       : is_json_text(input) ? WP_SHAPE_JSON_TEXT
				     : WP_SHAPE_CSV;
	return status;
}

const char *wp_shape_of_binary(const unsigned char *head, size_t length)
{
	static const struct {
		const char *magic;
		size_t length;
		const char *what;
	} known[] = {
		{ "MSWIM\0\0\0", 8,
		  "this is a .wim file, not an export of packages; look into it with `wimplan inspect`, and compare "
		  "the site's export with it by `wimplan plan --map`" },
		/* [MS-CFB]: Excel's workbooks before 2007. */
		{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8,
		  "this is an Excel workbook (.xls); save it as \"CSV UTF-8\", see "
		  "wimplan-records(5)" },
		{ "SQLite format 3", 16,
		  "this is a SQLite database, such as wimplan's cache is; give what the site exported" },
		{ "%PDF-", 5, "this is a PDF; give what the site exported, see wimplan-records(5)" },
		{ "\x1f\x8b", 2, "this is compressed with gzip; unpack it first" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (length >= known[i].length && memcmp(head, known[i].magic, known[i].length) == 0)
			return known[i].what;
	return NULL;
}

const char *wp_shape_of_document(const char *format)
{
	static const struct {
		const char *format, *what;
	} known[] = {
		{ "wimplan-plan", "this is a plan, not an export; wimplan show shows it" },
		{ "wimplan-receipt", "this is a receipt, not an export; wimplan record takes it in" },
		{ "wimplan-profile", "this is what was found out of a site, not an export; wimplan import --profile takes it in" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(format, known[i].format))
			return known[i].what;
	return NULL;
}
