/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shapes of XML exports, told apart by the root. */
#include "xml_rows.h"

#include <string.h>

static bool find_shape(struct wp_xml_rows *xml, const struct wp_xml_element *element)
{
	const char *root = element->name;

	if (strcmp(root, "Objs") == 0) {
		xml->shape = &wp_clixml_shape;
	} else if (strcmp(root, "INSTANCE") == 0 || strcmp(root, "INSTANCES") == 0 || strcmp(root, "CIM") == 0 ||
		   strncmp(root, "VALUE.", 6) == 0 || strcmp(root, "COMMAND") == 0) {
		/* COMMAND: wmic … /format:rawxml. */
		xml->shape = &wp_cimxml_shape;
	} else if (strcmp(root, "ArrayOfString") == 0) {
		xml->shape = &wp_cimxml_texts_shape;
	} else if (strcmp(root, "row") == 0 || wp_xml_find(element, "PackageID")) {
		wp_fail(xml->err, WP_E_FAILED, "export-unknown-shape", xml->input->name,
			"%s: this is XML of a SQL query (FOR XML, <%.40s>); leave FOR XML out and save the result as "
			"CSV with headers, see wimplan-records(5)",
			xml->input->name, root);
		return false;
	} else {
		wp_fail(xml->err, WP_E_FAILED, "export-unknown-shape", xml->input->name,
			"%s: XML of an unknown kind (<%.40s>); Export-Clixml (<Objs>) and the console's export "
			"(<INSTANCE>) are read, see wimplan-records(5)", xml->input->name, root);
		return false;
	}
	return true;
}

int wp_xml_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	return wp_xml_rows_read(input, assembler, find_shape, err);
}
