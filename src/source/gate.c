/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of gates, and which findings of a file's reader come to one. */
#include "wimplan/gate.h"

#include <string.h>

static const struct wp_gate_info gates[WP_GATE_COUNT] = {
	[WP_GATE_NO_SOURCE] = { "no-source", WP_SEVERITY_ERROR, true, "the package has no source",
				"Set PkgSourcePath on the site, or leave the package out with --exclude." },
	[WP_GATE_OTHER_SITE] = { "other-site", WP_SEVERITY_ERROR, true, "the package belongs to another site",
				 "Plan it with an export of the site that it belongs to." },
	[WP_GATE_ACTION_IN_PROGRESS] = { "action-in-progress", WP_SEVERITY_ERROR, true, "the site is working on the package",
					 "Wait until the site has finished, export again and plan again." },
	[WP_GATE_NO_INSTALL_WIM] = { "no-install-wim", WP_SEVERITY_ERROR, true, "the folder has no sources\\install.wim",
				     "Put an install.wim there: Configuration Manager is documented for no other "
				     "name." },
	[WP_GATE_SPLIT] = { "source-split", WP_SEVERITY_ERROR, true, "the source is one part of a split WIM",
			    "Join the parts into one .wim file." },
	[WP_GATE_ENCRYPTED] = { "source-encrypted", WP_SEVERITY_ERROR, true, "the source is encrypted",
				"Replace it with a .wim file that is not encrypted." },
	[WP_GATE_INCOMPLETE] = { "source-incomplete", WP_SEVERITY_ERROR, true,
				 "data of the source's files stands in another file",
				 "Export the images into one .wim file that has all of their data." },
	[WP_GATE_PIPABLE] = { "source-pipable", WP_SEVERITY_ERROR, true, "Microsoft's tools do not read a pipable WIM",
			      "Write it anew as an ordinary .wim file: wimlib-imagex optimize --not-pipable FILE." },
	[WP_GATE_SOLID] = { "source-solid", WP_SEVERITY_WARNING, true,
			    "the source is solid, as an .esd is, where an ordinary .wim file belongs",
			    "Export the images into a .wim file that is not solid, or choose another solid_sources "
			    "(wimplan.conf(5))." },
	[WP_GATE_RECORD_INCOMPLETE] = { "record-incomplete", WP_SEVERITY_ERROR, false,
					"the export lacks properties that arrive only by key",
					"Export again with the script that reads each package by key "
					"(wimplan-records(5))." },
	[WP_GATE_NOT_MAPPED] = { "source-not-mapped", WP_SEVERITY_ERROR, false,
				 "no --map says where the path is on this machine",
				 "Correct PkgSourcePath: maps lead to shares and drives alone." },
	[WP_GATE_MISSING] = { "source-missing", WP_SEVERITY_ERROR, false, "nothing stands at the path",
			      "Put the source back, or correct PkgSourcePath or the map." },
	[WP_GATE_AMBIGUOUS] = { "source-ambiguous", WP_SEVERITY_ERROR, false, "two names differ only in case",
				"Rename or remove one of the two." },
	[WP_GATE_UNREADABLE] = { "source-unreadable", WP_SEVERITY_ERROR, false, "the source cannot be read",
				 "Give this user permission to read it, look at the mount, or map the folder that a "
				"link leads to." },
	[WP_GATE_NOT_WIM] = { "source-not-wim", WP_SEVERITY_ERROR, false, "the source is no WIM file",
			      "Look at what stands there: wimplan inspect FILE." },
	[WP_GATE_DAMAGED] = { "source-damaged", WP_SEVERITY_ERROR, false, "the source is damaged",
			      "Look at it with wimplan inspect FILE and copy it anew." },
	[WP_GATE_BUSY] = { "source-busy", WP_SEVERITY_ERROR, false, "the source was being written",
			   "Plan again when the writing has ended; if nothing writes it any more, copy it anew." },
	[WP_GATE_CONTENT_UNKNOWN] = { "content-unknown", WP_SEVERITY_WARNING, false, "nothing tells what was distributed",
				      "State it with wimplan baseline adopt, or choose another on_unknown "
				      "(wimplan.conf(5))." },
	[WP_GATE_CONTENT_UNPROVEN] = { "content-unproven", WP_SEVERITY_WARNING, true,
				       "an old date alone does not prove that the content was distributed",
				       "Look whether it is what was distributed: wimplan baseline adopt says so, a "
				       "refresh distributes it, and an export with sizes may settle it "
				       "(wimplan-plan(1))." },
};

const struct wp_gate_info *wp_gate_info(enum wp_gate gate)
{
	return &gates[gate];
}

enum wp_gate wp_gate_find(const char *code)
{
	enum wp_gate gate = WP_GATE_NONE + 1;

	while (gate < WP_GATE_COUNT && strcmp(gates[gate].code, code) != 0)
		gate++;
	return gate < WP_GATE_COUNT ? gate : WP_GATE_NONE;
}

enum wp_gate wp_gate_of_finding(const struct wp_diag *finding)
{
	static const struct {
		const char *code;
		enum wp_gate gate;
		bool always; /* whatever its severity: the file can be read and must not be acted on */
	} codes[] = {
		{ "not-wim", WP_GATE_NOT_WIM, false },
		{ "too-small", WP_GATE_NOT_WIM, false },
		{ "not-regular-file", WP_GATE_NOT_WIM, false },
		{ "not-found", WP_GATE_MISSING, false },
		{ "unreadable", WP_GATE_UNREADABLE, false },
		{ "split-part", WP_GATE_SPLIT, true },
		{ "encrypted", WP_GATE_ENCRYPTED, true },
		{ "write-in-progress", WP_GATE_BUSY, true },
		{ "changed-while-reading", WP_GATE_BUSY, true },
	};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (!strcmp(codes[i].code, finding->code))
			return codes[i].always || finding->severity == WP_SEVERITY_ERROR ? codes[i].gate : WP_GATE_NONE;
	return finding->severity == WP_SEVERITY_ERROR ? WP_GATE_DAMAGED : WP_GATE_NONE;
}
