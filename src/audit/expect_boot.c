/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What starts the images: under which certificate, with which SVN; and what cannot be right, whatever is expected: a program without a
 * signature, one that is not what was signed, and two that no one machine may accept.
 */
#include "judging.h"

#include "wimplan/text.h"

/* A finding that is about one path, or one reason why something is not known, with the images that have it. */
struct finding {
	enum wp_note_kind kind;
	const char *path; /* or the reason */
	bool found; /* there is something in the place of what is expected */
	struct wp_judged group;
};

struct findings {
	struct finding *items;
	size_t count;
};

/* What starts image @i of those that are asked for; NULL where nobody looked, or nobody could. */
static const struct wp_boot_image *starts_of(const struct wp_expecting *judge, size_t i)
{
	const struct wp_expect_subject *subject = judge->subject;
	const struct wp_boot_image *all = subject->found.starts;
	const struct wp_boot_image *starts = all ? &all[judge->images[i] - subject->metadata->images] : NULL;

	return starts && starts->known ? starts : NULL;
}

static void find(struct wp_expecting *judge, struct findings *findings, enum wp_note_kind kind, const char *path,
		 const struct wp_wim_image *image, const char *found)
{
	struct finding *finding = NULL;

	for (size_t i = 0; i < findings->count && !finding; i++)
		if (findings->items[i].kind == kind && findings->items[i].found == (found != NULL) &&
		    wp_text_equal_nocase(findings->items[i].path, path))
			finding = &findings->items[i];
	if (!finding) {
		finding = WP_PUSH(judge->arena, findings->items, findings->count);
		*finding = (struct finding){ .kind = kind, .path = path, .found = found };
	}
	wp_judged_add(judge, &finding->group, image, found);
}

/* It is about another program than this one. */
static bool is_of_another(const struct wp_boot_signature *signature)
{
	return !signature->nested && signature->digest_known && !signature->digest_agrees;
}

/* Under which certificates the program is signed: those of its signatures that are asked for; "" for none. */
static const char *issuers_of(const struct wp_expecting *judge, const struct wp_boot_file *file,
			      bool (*asked)(const struct wp_boot_signature *signature))
{
	const struct wp_boot_program *program = file ? file->program : NULL;
	const char **names = NULL;
	size_t count = 0;

	for (size_t i = 0; program && i < program->signature_count; i++)
		if (asked(&program->signatures[i]))
			*WP_PUSH(judge->arena, names, count) = wp_boot_issuer(judge->arena, &program->signatures[i]);
	return wp_text_names(judge->arena, names, count, WP_JUDGED_NAMES);
}

static bool is_altered(const struct wp_boot_program *program)
{
	for (size_t i = 0; i < program->signature_count; i++)
		if (is_of_another(&program->signatures[i]))
			return true;
	return false;
}

/* What is wrong with the files themselves. */
static void look_at_files(struct wp_expecting *judge, struct findings *findings, const struct wp_wim_image *image,
			  const struct wp_boot_image *starts)
{
	for (size_t i = 0; i < starts->count; i++) {
		const struct wp_boot_file *file = &starts->files[i];
		const struct wp_boot_program *program = file->program;

		if (!program || !wp_boot_is_started(file->role))
			continue;
		if (wp_boot_is_unsigned(program))
			find(judge, findings, WP_NOTE_BOOT_UNSIGNED, file->path, image, NULL);
		if (is_altered(program))
			find(judge, findings, WP_NOTE_BOOT_DIGEST, file->path, image, issuers_of(judge, file, is_of_another));
	}
}

/* An SVN that is less than what is expected, or none in a boot manager of Windows. */
static void look_at_svns(struct wp_expecting *judge, struct findings *findings, const struct wp_wim_image *image,
			 const struct wp_boot_image *starts)
{
	for (size_t i = 0; judge->expect->svn.known && i < starts->count; i++) {
		const struct wp_boot_file *file = &starts->files[i];
		const struct wp_boot_program *program = file->program;
		bool windows = file->role == WP_BOOT_MANAGER || file->role == WP_BOOT_MANAGER_EX;

		/* Those on media for a later use are not among the programs that are read for a plan. */
		if (!program || !program->readable || !wp_boot_is_manager(file->role) || !wp_boot_is_started(file->role))
			continue;
		if (program->has_svn ? wp_boot_svn_is_below(program, judge->expect->svn)
				     : windows && !(wp_boot_signed_by(file) & WP_BOOT_BY_OTHERS))
			find(judge, findings, WP_NOTE_BELOW_EXPECTED, file->path, image, wp_boot_svn_text(judge->arena, program));
	}
}

/* Why it cannot be told under which certificate @file is signed, where that is not a finding of its own; NULL where it can. */
static const char *why_unproven(const struct wp_expecting *judge, const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file->program;

	if (file->not_read)
		return wp_arena_printf(judge->arena, "%s was not read: %s", file->path, file->not_read);
	if (!program)
		return NULL;
	if (!program->readable)
		return wp_arena_printf(judge->arena, "%s is no program that can be read", file->path);
	if (judge->expect->boot && wp_boot_is_unproven(file) && !wp_boot_is_unsigned(program) && !(wp_boot_signed_by(file) & WP_BOOT_BY_2023) &&
	    (wp_boot_is_doubtful(file) || !is_altered(program)))
		return wp_arena_printf(judge->arena, "who signed %s is not proven", file->path);
	return NULL;
}

/* Why it cannot be told whether an image starts as is expected; NULL where it can. */
static const char *why_unknown(const struct wp_expecting *judge, const struct wp_boot_image *starts)
{
	const struct wp_boot_file *manager = starts ? wp_boot_find(starts, WP_BOOT_MANAGER) : NULL;
	const struct wp_boot_file *ex = starts ? wp_boot_find(starts, WP_BOOT_MANAGER_EX) : NULL;
	const char *why = manager ? why_unproven(judge, manager) : NULL;

	if (!starts)
		return "it was not read";
	if (why)
		return why;
	if (ex && ex->not_read && (judge->expect->svn.known || judge->expect->boot == WP_EXPECT_BOOT_2023_BESIDE))
		return wp_arena_printf(judge->arena, "%s was not read: %s", ex->path, ex->not_read);
	return NULL;
}

/* Whether what starts the image is what boot = … asks for, as far as that can be told. */
static bool starts_as_expected(const struct wp_expecting *judge, const struct wp_boot_image *starts)
{
	const struct wp_boot_file *manager = wp_boot_find(starts, WP_BOOT_MANAGER), *ex = wp_boot_find(starts, WP_BOOT_MANAGER_EX);

	return (wp_boot_signed_by(manager) & WP_BOOT_BY_2023) ||
	       (judge->expect->boot == WP_EXPECT_BOOT_2023_BESIDE && (wp_boot_signed_by(ex) & WP_BOOT_BY_2023));
}

static const char *expected_words(const struct wp_expecting *judge)
{
	return judge->expect->boot == WP_EXPECT_BOOT_2023_BESIDE ? "2023-beside" : "2023";
}

/* One note for each path, and for each reason why something is not known. */
static void tell(struct wp_expecting *judge, const struct finding *finding)
{
	const struct wp_judged *group = &finding->group;
	const char *images = wp_judged_words(judge, group), *found = finding->found ? wp_judged_found(judge, group) : NULL, *least;
	json_t *facts;

	if (finding->kind == WP_NOTE_EXPECT_UNKNOWN) {
		wp_expect_note(judge, finding->kind, group, wp_judged_facts(group, "boot", json_null()),
			       wp_arena_printf(judge->arena, "whether %s start%s as is expected is not known: %s", images,
					       group->count == 1 ? "s" : "", finding->path));
		return;
	}
	if (finding->kind == WP_NOTE_BELOW_EXPECTED) {
		least = wp_arena_printf(judge->arena, "%u.%u", judge->expect->svn.major, judge->expect->svn.minor);
		facts = wp_judged_facts(group, "svn", wp_json_text(least));
		wp_json_set(facts, "path", wp_json_text(finding->path));
		wp_expect_note(judge, finding->kind, group, facts,
			       wp_arena_printf(judge->arena, "%s of %s has %s, where the SVN %s is the least that is expected",
					       finding->path, images,
					       found ? wp_arena_printf(judge->arena, "the SVN %s", found) : "no SVN", least));
		return;
	}
	facts = wp_judged_facts(group, "boot", json_null());
	wp_json_set(facts, "path", wp_json_text(finding->path));
	wp_expect_note(judge, finding->kind, group, facts,
		       finding->kind == WP_NOTE_BOOT_UNSIGNED ?
			       wp_arena_printf(judge->arena, "%s of %s has no signature, which firmware with Secure Boot asks for",
					       finding->path, images) :
			       wp_arena_printf(judge->arena, "%s of %s is not what was signed under %s: its digest is another one",
					       finding->path, images, found));
}

/* How the images that are asked for start, where that is not as it should be. */
enum verdict { OLD, JOINT, OTHERS, NO_MANAGER, MIXED, VERDICTS };

/* What is said of them: text, which images they are, text, what was found, text. */
static const struct {
	enum wp_note_kind kind;
	bool expected; /* it is held against what boot = … asks for */
	const char *before, *behind, *end; /* the last two are NULL where nothing was found */
} sentences[VERDICTS] = {
	[OLD] = { WP_NOTE_BOOT_2011_ONLY, true, "the boot manager of ", " is signed under the certificate of 2011 alone (",
		  "): it does not start where that one is revoked or was never trusted" },
	[JOINT] = { WP_NOTE_BOOT_2011_ONLY, true, "the boot manager of ",
		    " is signed under the certificate of 2011 and by somebody else, and not under that of 2023 (",
		    "): it does not start where the certificate of 2011 is revoked, or where neither signer is trusted" },
	[OTHERS] = { WP_NOTE_LACKS, true, "the boot manager of ", " is not signed under the certificate of 2023, but under ", "" },
	[NO_MANAGER] = { WP_NOTE_LACKS, true, "there is no \\Windows\\Boot\\EFI\\bootmgfw.efi in ", NULL, NULL },
	[MIXED] = { WP_NOTE_BOOT_MIXED, false, "", ": a start from a disc and one from the network are signed under different certificates (",
		    "), so that where one starts the other may not" },
};

static void tell_verdicts(struct wp_expecting *judge, const struct wp_judged groups[VERDICTS])
{
	for (size_t i = 0; i < VERDICTS; i++) {
		const struct wp_judged *group = &groups[i];
		const char *behind = sentences[i].behind ? sentences[i].behind : "";

		if (!group->count)
			continue;
		wp_expect_note(judge, sentences[i].kind, group,
			       wp_judged_facts(group, "boot", sentences[i].expected ? wp_json_text(expected_words(judge)) : json_null()),
			       wp_arena_printf(judge->arena, "%s%s%s%s%s", sentences[i].before, wp_judged_words(judge, group), behind,
					       *behind ? wp_judged_found(judge, group) : "", *behind ? sentences[i].end : ""));
	}
}

void wp_expect_judge_boot(struct wp_expecting *judge)
{
	struct wp_judged groups[VERDICTS] = { 0 };
	struct findings findings = { 0 };

	for (size_t i = 0; i < judge->image_count; i++) {
		const struct wp_boot_image *starts = starts_of(judge, i);
		const struct wp_wim_image *image = judge->images[i];
		const char *why = wp_expect_boots(judge->expect) ? why_unknown(judge, starts) : NULL;
		const struct wp_boot_file *manager, *network;
		unsigned int by;

		if (why)
			find(judge, &findings, WP_NOTE_EXPECT_UNKNOWN, why, image, NULL);
		if (!starts)
			continue;
		manager = wp_boot_find(starts, WP_BOOT_MANAGER);
		by = wp_boot_signed_by(manager);
		look_at_files(judge, &findings, image, starts);
		look_at_svns(judge, &findings, image, starts);
		if (starts->verdict == WP_BOOT_MIXED)
			wp_judged_add(judge, &groups[MIXED], image,
				      wp_arena_printf(judge->arena, "%s, and %s", issuers_of(judge, manager, wp_boot_is_proven),
						      issuers_of(judge, wp_boot_find(starts, WP_BOOT_NETWORK), wp_boot_is_proven)));
		if (!judge->expect->boot || why)
			continue;
		if (starts_as_expected(judge, starts)) {
			network = wp_boot_find(starts, WP_BOOT_NETWORK);
			why = network ? why_unproven(judge, network) : NULL;
			if (why)
				find(judge, &findings, WP_NOTE_EXPECT_UNKNOWN, why, image, NULL);
			continue;
		}
		if (starts->verdict == WP_BOOT_NO_MANAGER && judge->subject->boot)
			wp_judged_add(judge, &groups[NO_MANAGER], image, NULL);
		/* Only where it is proven that the certificate of 2011 is the one. */
		else if (by & WP_BOOT_BY_2011)
			wp_judged_add(judge, &groups[by & WP_BOOT_BY_OTHERS ? JOINT : OLD], image, wp_boot_verdict_name(starts->verdict));
		else if (by && starts->verdict != WP_BOOT_UNPROVEN)
			wp_judged_add(judge, &groups[OTHERS], image, issuers_of(judge, manager, wp_boot_is_proven));
	}
	for (size_t i = 0; i < findings.count; i++)
		tell(judge, &findings.items[i]);
	tell_verdicts(judge, groups);
}
