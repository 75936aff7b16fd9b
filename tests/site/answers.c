/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of answers: JSON, OData errors with the provider's SMS_ExtendedStatus, and what a proxy in between says. */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *site_context(const struct site *site, const char *fragment)
{
	char *text;

	if (asprintf(&text, "%s://cm01.contoso.com/AdminService/wmi/$metadata#%s", site->https ? "https" : "http",
		     fragment) < 0)
		abort();
	return text;
}

void site_answer_json(struct answer *answer, unsigned int status, json_t *json)
{
	free(answer->text);
	answer->status = status;
	answer->type = "application/json; odata.metadata=minimal; odata.streaming=true";
	answer->text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
}

void site_answer_error(struct answer *answer, unsigned int status, const char *code, const char *message)
{
	site_answer_json(answer, status, json_pack("{s:{s:s,s:s}}", "error", "code", code, "message", message));
}

void site_answer_html(struct answer *answer, unsigned int status)
{
	free(answer->text);
	answer->status = status;
	answer->type = "text/html; charset=utf-8";
	if (asprintf(&answer->text,
		     "<!DOCTYPE html>\n<html><head><title>%u - The gateway could not answer</title></head>\n"
		     "<body><h1>Gateway error</h1><p>The appliance in front of this host had no answer in time. "
		     "Reference &lt;4711&gt;.</p></body></html>\n",
		     status) < 0)
		abort();
}

void site_answer_extended(struct answer *answer, uint32_t error_code, const char *description, int sql_status,
			  const char *operation, const char *class, bool text_shape)
{
	json_t *extended, *error;
	char *text;

	if (text_shape) {
		/* The managed exception's text, which holds the instance as MOF. */
		if (asprintf(&text,
			     "Generic failure \r\ninstance of SMS_ExtendedStatus\r\n{\r\n\tDescription = "
			     "\"%s\";\r\n\tErrorCode = %u;\r\n"
			     "\tOperation = \"%s\";\r\n\tProviderName = \"ExtnProv\";\r\n\tSQLStatus = "
			     "%d;\r\n\tStatusCode = 2147749889;\r\n};",
			     description, error_code, operation, sql_status) < 0)
			abort();
		site_answer_error(answer, 500, "", text);
		free(text);
		return;
	}
	extended = json_pack("{s:s,s:s,s:s,s:I,s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:I}", "__CLASS",
			     "SMS_ExtendedStatus", "CauseInfo", "", "Description", description, "ErrorCode",
			     (json_int_t)error_code, "File", "sspobjectlock.cpp", "Line", 540, "ObjectInfo", class,
			     "Operation", operation, "ParameterInfo", "", "ProviderName", "ExtnProv", "SQLMessage",
			     sql_status ? description : "", "SQLSeverity", sql_status ? 13 : 0, "SQLStatus", sql_status,
			     "StatusCode", (json_int_t)2147749889);
	error = json_pack("{s:{s:s,s:s,s:{s:s,s:s,s:o}}}", "error", "code", "", "message", "An error has occurred.",
			  "innererror", "message", "Generic failure ", "type", "System.Management.ManagementException",
			  "SMS_ExtendedStatus", extended);
	site_answer_json(answer, 500, error);
}
