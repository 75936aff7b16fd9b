/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a recipe that make mkwim write an image's metadata itself. */
#include "parse.h"

#include "wimplan/time.h"

#include <string.h>

static bool take_words(struct mk_parser *parser, struct mk_tweak *tweak)
{
	switch (tweak->kind) {
	case MK_TWEAK_LINK:
	case MK_TWEAK_LIST:
	case MK_TWEAK_SECURITY:
		tweak->text = mk_word(parser, 2);
		return true;
	case MK_TWEAK_STREAM:
		tweak->text = mk_word(parser, 2);
		tweak->value = mk_word(parser, 3);
		return true;
	case MK_TWEAK_ATTRIBUTES:
	case MK_TWEAK_REPARSE:
	case MK_TWEAK_LONG_NAME:
	case MK_TWEAK_NEST:
	case MK_TWEAK_STREAMS:
		tweak->number = mk_number(parser, mk_word(parser, 2));
		return true;
	case MK_TWEAK_NAME:
	case MK_TWEAK_SHA1:
		tweak->bytes = mk_hex_bytes(parser, mk_word(parser, 2));
		return true;
	case MK_TWEAK_WRITTEN: {
		struct wp_time time = wp_time_parse(mk_word(parser, 2));

		tweak->number = (uint64_t)time.ticks;
		return time.known;
	}
	default:
		return true;
	}
}

bool mk_parse_tweak(struct mk_parser *parser, struct mk_image *image)
{
	static const char *const keys[] = {
		[MK_TWEAK_LINK] = "link",           [MK_TWEAK_ATTRIBUTES] = "attributes", [MK_TWEAK_WRITTEN] = "written",
		[MK_TWEAK_SECURITY] = "security",   [MK_TWEAK_STREAM] = "stream",         [MK_TWEAK_REPARSE] = "reparse",
		[MK_TWEAK_NAME] = "raw-name",       [MK_TWEAK_LIST] = "list",             [MK_TWEAK_SHA1] = "sha1",
		[MK_TWEAK_LONG_NAME] = "long-name", [MK_TWEAK_NEST] = "nest",             [MK_TWEAK_STREAMS] = "streams",
		[MK_TWEAK_DAMAGE] = "damaged",
	};
	struct mk_tweak tweak = { 0 };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(parser->words[0], keys[i]) != 0)
			continue;
		tweak.kind = (enum mk_tweak_kind)i;
		tweak.path = tweak.kind == MK_TWEAK_DAMAGE ? "/" : mk_word(parser, 1);
		if (tweak.path[0] != '/')
			mk_parse_fail(parser, "the path \"%s\" does not begin with /", tweak.path);
		if (!take_words(parser, &tweak))
			mk_parse_fail(parser, "\"%s\" is no ISO 8601 date", parser->words[2]);
		*WP_PUSH(parser->arena, image->tweaks, image->tweak_count) = tweak;
		return true;
	}
	return false;
}
