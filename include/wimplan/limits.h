/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every bound that wimplan sets on its input, in one place; tests stand on both sides of each. */
#ifndef WIMPLAN_LIMITS_H
#define WIMPLAN_LIMITS_H

#include <stdint.h>

/* Images in one WIM. Retail media hold about a dozen; wimlib itself allows INT_MAX - 1 and allocates for them. */
#define WP_LIMIT_IMAGES 4096u
/* Bytes of the XML resource as it is stored (UTF-16LE). Real ones are 1 to 30 KB; 7-Zip stops at the same 16 MiB. */
#define WP_LIMIT_XML_BYTES (16u << 20)
/* Elements and attributes in the XML of one WIM: 4096 images with 64 of them each. */
#define WP_LIMIT_XML_ELEMENTS (4096u * 64u)
/*
 * Elements and attributes among them that the model has no place for; real files have a
 * handful, ICD packages a dozen.
 */
#define WP_LIMIT_XML_OTHER 65536u
/*
 * Bytes of UTF-8 that are kept of the XML of one WIM: values, and the paths of what the model has no place for; what can
 * be repeated counts a number of bytes more each time. Also of one element's text. Real ones are 1 to 30 KB; what is kept
 * is copied several times until it is shown, and takes up to 64 MiB then.
 */
#define WP_LIMIT_XML_KEPT (2u << 20)
#define WP_XML_ENTRY 28u    /* an unknown element or attribute: some 800 bytes as JSON */
#define WP_XML_LANGUAGE 32u /* a language or fallback */
#define WP_XML_IMAGE 450u   /* an image: some 9,000 bytes as JSON */
/* Attributes of one element in any XML, and namespaces that are declared in one place; real ones have few of both. */
#define WP_LIMIT_XML_ATTRIBUTES 64u
/* Bytes of one tag or processing instruction in any XML, which libxml2 keeps whole. */
#define WP_LIMIT_XML_MARKUP (1u << 20)
/* Depth of elements or of JSON values, in any document that is read. */
#define WP_LIMIT_NESTING 128u
/* The same of a JSON export: a record, which is read again, has a row up to two levels deeper (src/import/record_documents.c). */
#define WP_LIMIT_EXPORT_NESTING 126u
/* Bytes of one record of an export. */
#define WP_LIMIT_RECORD_BYTES (64u << 20)
/* Places in one task sequence that name a package; real ones have dozens. */
#define WP_LIMIT_SEQUENCE_USES 65536u
/* Bytes of a step's name, which stands at each of them; what is longer is cut. The console's have some tens of letters. */
#define WP_LIMIT_STEP_NAME 256u
/* Task sequences that run one another above one: the console allows a chain of some tens. */
#define WP_LIMIT_SEQUENCE_CALLERS 256u
/* Tokens of one schedule; the console keeps 15 for a deployment. */
#define WP_LIMIT_SCHEDULE_TOKENS 64u
/* Packages in one snapshot. */
#define WP_LIMIT_PACKAGES 1000000u
/* Rows of distribution points, task sequences and deployments in one export: 2,500 packages on 400 points. */
#define WP_LIMIT_SITE_ROWS 1000000u
/* UTF-16 code units of a path, as in Windows. */
#define WP_LIMIT_PATH_UNITS 32767u
/*
 * The $metadata of a provider. A site's has some 700 classes and several megabytes: bytes; elements and attributes;
 * classes that derive from another one, and bindings of a method.
 */
#define WP_LIMIT_METADATA_BYTES (32u << 20)
#define WP_LIMIT_METADATA_ELEMENTS 2000000u
#define WP_LIMIT_METADATA_NAMES 65536u
/* The header of an answer, in bytes; a real one has less than 1 KB. libcurl takes a line of 100 KB at most. */
#define WP_LIMIT_HEADER_BYTES (64u << 10)
/* Any other answer of a provider, which holds one package: bytes, and values in its JSON. A real one has some 20 KB. */
#define WP_LIMIT_ANSWER_BYTES (8u << 20)
#define WP_LIMIT_ANSWER_VALUES 262144u
/*
 * Bytes of one page of a list, which a provider may give without another one behind it: 1,000,000 rows of distribution
 * points. Pages of one list, and characters of the link from one to the next.
 */
#define WP_LIMIT_PAGE_BYTES (512u << 20)
#define WP_LIMIT_PAGES 100000u
#define WP_LIMIT_LINK 8192u
/* Bytes of one value in a database: a record of WP_LIMIT_RECORD_BYTES takes more as JSON with escapes. */
#define WP_LIMIT_VALUE_BYTES (256u << 20)
/* Bytes of the journal of a plan's runs. */
#define WP_LIMIT_JOURNAL_BYTES (1u << 30)
/* Bytes of a configuration file. */
#define WP_LIMIT_CONFIG_BYTES (1u << 20)
/* Names in a list of [expect], and releases that a build is expected of. */
#define WP_LIMIT_EXPECTED_NAMES 64u
/* Bytes of a plan or of a receipt. */
#define WP_LIMIT_DOCUMENT_BYTES (1u << 30)
/*
 * Bytes of a site's profile, values in its JSON, and packages that were looked at for it: a provider opens the .wim of each. A
 * usual one has nine of these, a thousand values and some 100 KB.
 */
#define WP_LIMIT_PROFILE_BYTES (64u << 20)
#define WP_LIMIT_PROFILE_VALUES 1000000u
#define WP_LIMIT_PROFILE_SAMPLES 1024u
/* Bytes of an image's metadata resource when decompressed; of a Windows image with 200,000 files they are 40 MB. */
#define WP_LIMIT_TREE_BYTES (512u << 20)
/* Security descriptors of one image, each of which is hashed; real images have hundreds. */
#define WP_LIMIT_TREE_DESCRIPTORS 1000000u
/* Files, folders and streams in one image, and bytes of their names as UTF-8; of such an image 10 MB. */
#define WP_LIMIT_TREE_NODES 4000000u
#define WP_LIMIT_TREE_TEXT (256u << 20)
/*
 * The same of the images of one file together, each read once or as often as it is compared: retail media with eleven
 * images have about half a million files. What is installed in them, counted in each image that names the same tree.
 */
#define WP_LIMIT_FILE_TREE_BYTES (2u << 30)
#define WP_LIMIT_FILE_NODES 16000000u
#define WP_LIMIT_FILE_TEXT (1u << 30)
#define WP_LIMIT_FILE_ITEMS 300000u
/*
 * Paths that are found in one file by those who look for them, each counted in each of its images, and bytes of them: all of them
 * stand in one document.
 */
#define WP_LIMIT_FOUND 100000u
#define WP_LIMIT_FOUND_TEXT (16u << 20)
/*
 * How much larger all metadata resources of a file may be than the file: names that are alike compress well, and wimlib
 * src/metadata_resource.c has the same bound for one resource.
 */
#define WP_LIMIT_TREE_GROWTH 512u
/* Parts of a split set that are looked for beside the first one: media have a handful, and a header may say 65,535. */
#define WP_LIMIT_PARTS 1000u
/* Solid resources of a WIM that is read inside of another file: an .esd has one or two. */
#define WP_LIMIT_SOLID 65536u
/* Blobs of a file or of a split set: a retail install.wim has 120,000; wimlib takes 312 bytes for each. */
#define WP_LIMIT_BLOBS 2000000u
/*
 * Bytes of a file inside of a WIM that is read into memory, and of a chunk, of which one is kept: an .esd has chunks of 64 MiB. Chunks of
 * one resource.
 */
#define WP_LIMIT_FILE_DATA (64u << 20)
#define WP_LIMIT_CHUNK (64u << 20)
#define WP_LIMIT_CHUNKS (1u << 20)
/*
 * Bytes that reading a file may take: wimlib decompresses a chunk at once, out of memory, so that the chunk and what it is stored in are
 * held together, then the chunk and what the file has in it; beside them what the file had in the chunk before, the table of chunks, and
 * the blob table as far as it has this many blobs. The program takes up to 15 MiB itself, which makes 128. A chunk of 64 MiB may be stored
 * in 48 then, and beside 200,000 blobs in 37.
 */
#define WP_LIMIT_FILE_HELD (112u << 20)
#define WP_LIMIT_FILE_HELD_BLOBS 200000u
/*
 * Bytes that are decompressed for files of one WIM and of all WIMs that stand in it, together: each file may ask for one chunk of 64 MiB
 * after the other, which takes half a second. One Winre.wim of an .esd takes 1 GiB or so. Bytes of a WIM in another one, and such WIMs
 * that are read of one file: a Winre.wim has 300 to 700 MB, and media have one or two.
 */
#define WP_LIMIT_UNPACKED (UINT64_C(4) << 30)
#define WP_LIMIT_INNER_WIM (UINT64_C(4) << 30)
#define WP_LIMIT_INNER_WIMS 8u
/*
 * Of a program that starts a computer: sections; entries of its certificate table, signatures within signatures, how deep they are, and
 * bytes, of all of one program together; certificates in one of them; entries of its resources, and bits of a key that is calculated
 * with. A real one has one or two entries of 10 KB with a handful of certificates of 2048 bits each; parsing costs a tenth of a second
 * for each MiB.
 */
#define WP_LIMIT_PE_SECTIONS 96u
#define WP_LIMIT_SIGNATURE_ENTRIES 16u
#define WP_LIMIT_SIGNATURES_NESTED 8u
#define WP_LIMIT_SIGNATURE_DEPTH 2u
#define WP_LIMIT_SIGNATURE_BYTES (128u << 10)
#define WP_LIMIT_CERTIFICATES 64u
#define WP_LIMIT_PE_RESOURCES 4096u
#define WP_LIMIT_KEY_BITS 8192u
/*
 * Such programs of one file that are read, in all WIMs that stand in it as well, and bytes of them: images share them, and each has about
 * a dozen of a few MB.
 */
#define WP_LIMIT_BOOT_PROGRAMS 1024u
#define WP_LIMIT_BOOT_BYTES (1u << 30)
/* Files at one place of an image, such as those of each language: Windows has some forty. */
#define WP_LIMIT_BOOT_AT_PLACE 64u
/* Such files of one file that are told of, each in each image that has it: an image has a dozen, and thousands of images may have one tree. */
#define WP_LIMIT_BOOT_FILES 65536u
/*
 * Bytes of what is remembered of one file's programs that firmware starts: one tree has five of them and takes 2 KB. Files of which the
 * cache remembers it.
 */
#define WP_LIMIT_BOOT_FACTS 65536u
#define WP_LIMIT_BOOT_KNOWN 20000u
/*
 * Bytes that a plan takes, about, to tell which of one package's boot files are other ones: one whose signer is another takes 1 KB,
 * however many images have it, and an image has at most five that are read.
 */
#define WP_LIMIT_PLAN_BOOT 32768u
/* Streams of one file. */
#define WP_LIMIT_STREAMS 1024u
/* Bytes of a reparse point's data: winnt.h, MAXIMUM_REPARSE_DATA_BUFFER_SIZE. */
#define WP_LIMIT_REPARSE_BYTES 16384u
/* Levels of folders that have totals of their own: each takes two of a path's units. */
#define WP_LIMIT_DEPTH (WP_LIMIT_PATH_UNITS / 2)
/* Bytes of the paths of an image's folders that have totals of their own; beyond it they count in those above them. */
#define WP_LIMIT_FOLDER_TEXT (16u << 20)
/* Bytes of text that a diff shows of what is in all of its images; of retail media with eleven they are 15 MB. */
#define WP_LIMIT_DIFF_TEXT (256u << 20)
/* The same of a Winre.wim in them, of which a diff may go into several. */
#define WP_LIMIT_INNER_DIFF_TEXT (16u << 20)
/* Bytes of a text in an image that is compared line by line. Answer files and .ini files have some kilobytes. */
#define WP_LIMIT_TEXT_DATA (1u << 20)
/*
 * Lines that two texts may differ in, and steps in search of them, before all between the first and the last of them is told as
 * gone and come: 17 MB and a tenth of a second.
 */
#define WP_LIMIT_TEXT_EDITS 2048
#define WP_LIMIT_TEXT_STEPS 20000000u
/* Files in the folder of one upgrade package, and names in any folder in which a source is looked for. */
#define WP_LIMIT_FOLDER_FILES 1000000u
/* File ids of which the cache keeps the content id; beyond it the ones that were not seen for longest are dropped. */
#define WP_LIMIT_IDENTITIES 200000u
/* Bytes of what is remembered of one file's contents; a retail install.wim takes about half of it. */
#define WP_LIMIT_SUMMARY_BYTES (4u << 20)
/* Trees of different images of such a file; media hold about a dozen. */
#define WP_LIMIT_SUMMARY_TREES 64u
/* Files of which the cache remembers the contents, and new files of which a plan's scans make a summary. */
#define WP_LIMIT_SUMMARIES 256u
#define WP_LIMIT_SCAN_SUMMARIES 128u
/*
 * Bytes of the list of a folder's files that is kept to name what changed; media have some thousand files of 60 bytes
 * each. Such lists that the cache keeps and that a plan's scans give, and files that a plan names of each kind of change.
 */
#define WP_LIMIT_MANIFEST_BYTES (4u << 20)
#define WP_LIMIT_MANIFESTS 256u
#define WP_LIMIT_SCAN_MANIFESTS 128u
#define WP_LIMIT_FOLDER_NAMES 10u
/* Plans of which the cache remembers the sources, and sources of all of them; of the newest it always does. */
#define WP_LIMIT_PLANS 64u
#define WP_LIMIT_PLAN_SOURCES 200000u
/* Events in the history of a cache, and packages that they name; the newest event stays with all that it names. */
#define WP_LIMIT_EVENTS 10000u
#define WP_LIMIT_EVENT_PACKAGES 500000u
/* Threads that scan sources. */
#define WP_LIMIT_JOBS 64u
/* Seconds between two calls of a run. */
#define WP_LIMIT_PAUSE 86400u
/* Seconds that one question to a provider, or one call, is put off for in all: what asks for more is asked again by another run. */
#define WP_LIMIT_WAIT_SECONDS 300u
/* Distribution points that a receipt names, of all its refreshes together: it stays a file that everybody can read. */
#define WP_LIMIT_RECEIPT_POINTS 100000u
/* Seconds for which content is watched: 31 days. */
#define WP_LIMIT_WATCH_SECONDS 2678400u

/*
 * Of an .iso: bytes of one folder that is gone through, of which sources has 80 KB; pieces of a file, and of a partition for metadata;
 * lists of pieces that lead from one to the next; descriptors of a volume; its partitions.
 */
#define WP_LIMIT_MEDIA_FOLDER (8u << 20)
#define WP_LIMIT_MEDIA_PIECES 65536u
#define WP_LIMIT_MEDIA_METADATA 1024u
#define WP_LIMIT_MEDIA_LISTS 1024u
#define WP_LIMIT_MEDIA_DESCRIPTORS 256u
#define WP_LIMIT_MEDIA_PARTITIONS 8u
/* Files of one kind in one folder of it that are named. */
#define WP_LIMIT_MEDIA_LISTED 64u
/* Folders of it that are gone into for one path, of which several may be the same but for their case. */
#define WP_LIMIT_MEDIA_ALIKE 16u

#endif
