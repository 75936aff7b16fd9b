/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents that are written while they are made. */
#include "wimplan/json.h"

#include <stdlib.h>

/* Fewer bytes wait for more, so that a short item is no write of its own. */
#define PIECE 65536u

static void send(struct wp_json_stream *stream, size_t least)
{
	if (stream->text.length < least)
		return;
	stream->sink->add(stream->sink->context, wp_buf_text(&stream->text), stream->text.length);
	stream->sent += stream->text.length;
	wp_buf_clear(&stream->text);
}

static void begin_line(struct wp_json_stream *stream)
{
	wp_buf_putc(&stream->text, '\n');
	wp_buf_pad(&stream->text, ' ', (size_t)stream->depth * WP_JSON_INDENT);
}

/* What stands in front of a member, or of an item. */
static void begin_item(struct wp_json_stream *stream)
{
	if (!stream->depth)
		return;
	if (stream->open[stream->depth - 1].filled)
		wp_buf_putc(&stream->text, ',');
	stream->open[stream->depth - 1].filled = true;
	begin_line(stream);
}

static void begin_value(struct wp_json_stream *stream)
{
	if (!stream->keyed)
		begin_item(stream);
	stream->keyed = false;
}

void wp_json_stream_open(struct wp_json_stream *stream, char bracket)
{
	if (stream->depth == WP_JSON_STREAM_DEPTH)
		abort();
	begin_value(stream);
	wp_buf_putc(&stream->text, bracket);
	stream->open[stream->depth].end = bracket == '{' ? '}' : ']';
	stream->open[stream->depth++].filled = false;
}

void wp_json_stream_close(struct wp_json_stream *stream)
{
	if (stream->open[--stream->depth].filled)
		begin_line(stream);
	wp_buf_putc(&stream->text, stream->open[stream->depth].end);
}

void wp_json_stream_key(struct wp_json_stream *stream, const char *key)
{
	json_t *name __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_string(key));

	begin_item(stream);
	wp_json_pretty_at(&stream->text, name, 0);
	wp_buf_puts(&stream->text, ": ");
	stream->keyed = true;
}

void wp_json_stream_value(struct wp_json_stream *stream, const json_t *value)
{
	begin_value(stream);
	wp_json_pretty_at(&stream->text, value, stream->depth);
	send(stream, PIECE);
}

void wp_json_stream_text(struct wp_json_stream *stream, const struct wp_buf *text)
{
	begin_value(stream);
	wp_buf_add(&stream->text, wp_buf_text(text), text->length);
	send(stream, PIECE);
}

void wp_json_stream_end(struct wp_json_stream *stream)
{
	wp_buf_putc(&stream->text, '\n');
	send(stream, 0);
	wp_buf_free(&stream->text);
}
