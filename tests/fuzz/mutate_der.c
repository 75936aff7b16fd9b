/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mutator for the signatures of a program: it changes one value of the DER in one entry of the certificate table, and makes the
 * lengths of all that is around it right again, which changed bytes seldom are. The program itself stays what was signed.
 */
#include "fuzz.h"

#include "wimplan/bytes.h"

#include <stdbool.h>
#include <string.h>

#define NODES 1024u
#define DEPTH 32u
#define ROOM 65536u
#define ENTRY_HEADER 8u
#define CONSTRUCTED 0x20u

/* A value; those within it, and the next one beside it. 0: none. */
struct node {
	size_t tag, content, end; /* where in the input */
	unsigned int first, next;
};

enum change { DROP, TWICE, REPLACE, TAG, CONTENT, LENGTH, INDEFINITE, WRAP, CHANGES };

static uint64_t state;

static struct {
	const uint8_t *bytes;
	struct node nodes[NODES];
	unsigned int count;
	unsigned int changed, other;
	enum change change;
} tree;

/* What is written, from its end to its beginning, so that each length is known when its turn comes. */
static struct {
	uint8_t bytes[ROOM];
	size_t at;
	bool full;
} out;

/* xorshift64; below @limit. */
static uint64_t chance(uint64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return limit ? state % limit : 0;
}

/* The first of the values from @at to @end; 0 when these bytes are none. */
static unsigned int parse(size_t at, size_t end, unsigned int depth)
{
	unsigned int first = 0, last = 0;

	while (end - at >= 2 && tree.count < NODES) {
		const uint8_t *bytes = tree.bytes + at;
		size_t header = 2, length = bytes[1];
		unsigned int number;

		if (length > 0x80) {
			header += length & 0x7f;
			if (header > 6 || header > end - at)
				return first;
			length = 0;
			for (size_t i = 2; i < header; i++)
				length = length << 8 | bytes[i];
		}
		if (length > end - at - header)
			return first;
		number = tree.count++;
		tree.nodes[number] = (struct node){ at, at + header, at + header + length, 0, 0 };
		if (last)
			tree.nodes[last].next = number;
		else
			first = number;
		last = number;
		/* A time stamp stands in an OCTET STRING. */
		if (depth < DEPTH && ((bytes[0] & CONSTRUCTED) || (bytes[0] == 4 && length > 2 && bytes[header] == 0x30)))
			tree.nodes[number].first = parse(at + header, at + header + length, depth + 1);
		at += header + length;
	}
	return first;
}

static void write_bytes(const uint8_t *bytes, size_t length)
{
	if (length > out.at) {
		out.full = true;
		return;
	}
	out.at -= length;
	memcpy(out.bytes + out.at, bytes, length);
}

static void write_head(uint8_t tag, size_t length, bool indefinite)
{
	uint8_t head[6] = { tag, (uint8_t)length };
	size_t size = 2;

	if (indefinite) {
		head[1] = 0x80;
	} else if (length >= 0x80) {
		while (size < 6 && length >> 8 * (size - 2))
			size++;
		head[1] = (uint8_t)(0x80 | (size - 2));
		for (size_t i = 2; i < size; i++)
			head[i] = (uint8_t)(length >> 8 * (size - 1 - i));
	}
	write_bytes(head, size);
}

static void write_changed_content(const struct node *node)
{
	static uint8_t content[ROOM];
	size_t length = node->end - node->content;

	length = length < sizeof content / 2 ? length : sizeof content / 2;
	memcpy(content, tree.bytes + node->content, length);
	write_bytes(content, LLVMFuzzerMutate(content, length, length + 64));
}

static void write_all(unsigned int first);

static void write_node(unsigned int number)
{
	static const uint8_t tags[] = { 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31, 0xa0, 0xa1 };
	const struct node *node = &tree.nodes[number];
	const uint8_t *bytes = tree.bytes;
	enum change change = number == tree.changed ? tree.change : CHANGES;
	uint8_t tag = bytes[node->tag];
	size_t end = out.at, length;

	if (change == DROP)
		return;
	if (change == REPLACE) {
		const struct node *other = &tree.nodes[tree.other];

		write_bytes(bytes + other->tag, other->end - other->tag);
		return;
	}
	if (change == TWICE)
		write_bytes(bytes + node->tag, node->end - node->tag);
	end = out.at;
	if (change == INDEFINITE)
		write_bytes((const uint8_t[]){ 0, 0 }, 2);
	if (change == CONTENT && !node->first)
		write_changed_content(node);
	else if (node->first)
		write_all(node->first);
	else
		write_bytes(bytes + node->content, node->end - node->content);
	length = end - out.at;
	if (change == LENGTH)
		length += chance(2) ? 1 + chance(8) : (size_t)1 << chance(32);
	write_head(change == TAG ? tags[chance(sizeof tags)] : tag, length, change == INDEFINITE);
	for (uint64_t i = change == WRAP ? 1 + chance(64) : 0; i; i--)
		write_head(tags[10 + chance(6)], end - out.at, false);
}

static void write_all(unsigned int first)
{
	unsigned int behind[NODES];
	size_t count = 0;

	for (unsigned int i = first; i; i = tree.nodes[i].next)
		behind[count++] = i;
	while (count)
		write_node(behind[--count]);
}

static void put32(uint8_t *to, size_t value)
{
	for (size_t i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* Where the headers of a program say of the certificate table where it is; 0: they say nothing that holds. */
static size_t find_table(const uint8_t *data, size_t size)
{
	size_t header = size >= 64 ? wp_get32(data + 0x3c) : size, at;

	if (header > size || size - header < 200)
		return 0;
	at = header + (wp_get16(data + header + 24) == 0x20b ? 168 : 152);
	return wp_get32(data + at) < size && wp_get32(data + at + 4) == size - wp_get32(data + at) ? at : 0;
}

/* Where the entry number @number of the table stands, or the last one. */
static size_t find_entry(const uint8_t *data, size_t size, size_t at, uint64_t number)
{
	for (;;) {
		size_t length = size - at >= ENTRY_HEADER ? wp_get32(data + at) : 0;

		length = (length + 7) & ~(size_t)7;
		if (!number-- || !length || length >= size - at)
			return at;
		at += length;
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t table, at, length, padded, rest, new_length;
	unsigned int first;

	state = seed + UINT64_C(0x9e3779b97f4a7c15);
	table = find_table(data, size);
	if (!table || !chance(4))
		return LLVMFuzzerMutate(data, size, max_size);
	at = find_entry(data, size, wp_get32(data + table), chance(4));
	length = size - at >= ENTRY_HEADER ? wp_get32(data + at) : 0;
	padded = (length + 7) & ~(size_t)7;
	if (length <= ENTRY_HEADER || padded > size - at || size - at - padded > ROOM / 2)
		return LLVMFuzzerMutate(data, size, max_size);
	tree.bytes = data;
	tree.count = 1;
	first = parse(at + ENTRY_HEADER, at + length, 0);
	if (!first)
		return LLVMFuzzerMutate(data, size, max_size);
	tree.changed = 1 + (unsigned int)chance(tree.count - 1);
	tree.other = 1 + (unsigned int)chance(tree.count - 1);
	tree.change = (enum change)chance(CHANGES);
	out.at = ROOM;
	out.full = false;
	rest = size - at - padded;
	write_bytes(data + at + padded, rest);
	write_all(first);
	new_length = ENTRY_HEADER + (ROOM - rest) - out.at;
	padded = (new_length + 7) & ~(size_t)7;
	if (out.full || at + padded + rest > max_size)
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(data + at + ENTRY_HEADER, out.bytes + out.at, new_length - ENTRY_HEADER);
	memset(data + at + new_length, 0, padded - new_length);
	memcpy(data + at + padded, out.bytes + ROOM - rest, rest);
	put32(data + at, new_length);
	size = at + padded + rest;
	put32(data + table + 4, size - wp_get32(data + table));
	return size;
}
