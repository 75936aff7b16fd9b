/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between the versions of libxml2 that are supported. */
#ifndef WIMPLAN_WIM_LIBXML_H
#define WIMPLAN_WIM_LIBXML_H

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

/* What a handler of structured errors gets: const since 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError wp_xml_error;
#else
typedef xmlError wp_xml_error;
#endif

#endif
