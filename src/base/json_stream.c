/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents that are written while they are made. */
#include "wimplan/json.h"

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

static struct wp_json_out *out_of(struct wp_json_stream *stream)
{
	stream->out.buf = &stream->text;
	stream->out.form = WP_JSON_FORM_PRETTY;
	return &stream->out;
}

void wp_json_stream_open(struct wp_json_stream *stream, char bracket)
{
	wp_json_out_open(out_of(stream), bracket);
}

void wp_json_stream_close(struct wp_json_stream *stream)
{
	wp_json_out_close(out_of(stream));
}

void wp_json_stream_key(struct wp_json_stream *stream, const char *key)
{
	wp_json_out_key(out_of(stream), key);
}

void wp_json_stream_value(struct wp_json_stream *stream, const json_t *value)
{
	wp_json_out_value(out_of(stream), value);
	send(stream, PIECE);
}

void wp_json_stream_text(struct wp_json_stream *stream, const struct wp_buf *text)
{
	wp_json_out_raw(out_of(stream), text);
	send(stream, PIECE);
}

void wp_json_stream_end(struct wp_json_stream *stream)
{
	wp_buf_putc(&stream->text, '\n');
	send(stream, 0);
	wp_buf_free(&stream->text);
}
