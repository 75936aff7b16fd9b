/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an account may do, without doing it: SMS_Admin names the roles of an administrative user, and SMS_Role has in Operations
 * (SMS_ARoleOperation) a mask for each type of objects: 1 Read, 2 Modify, 8 Copy to Distribution Point. Which of them the two
 * methods need is documented nowhere; wimplan-provider(7) says what is taken for it.
 */
#include "check.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"

#include <string.h>

#define READ 1u
#define MODIFY 2u
#define COPY 8u

/* ObjectTypeID of each class (SMS_ImageInformation's ObjectType has the same). */
static const unsigned int object_types[WP_CHECK_CLASSES] = { [WP_CLASS_IMAGE] = 18, [WP_CLASS_INSTALL] = 14, [WP_CLASS_BOOT] = 19 };

struct admins {
	const char *account;
	json_t *found; /* the account's own row; NULL: none */
};

/* The user of "DOMAIN\user" or "user@realm". */
static const char *user_of(const char *account, size_t *ret_length)
{
	const char *slash = strrchr(account, '\\'), *user = slash ? slash + 1 : account, *at = strchr(user, '@');

	*ret_length = at ? (size_t)(at - user) : strlen(user);
	return user;
}

/* A name with a realm is not the one that the site has, which is of a domain: then the user alone tells. */
static bool is_account(const char *logon, const char *account)
{
	size_t a, b;
	const char *x = user_of(logon, &a), *y = user_of(account, &b);

	if (strchr(account, '\\'))
		return wp_ascii_same(logon, account);
	for (size_t i = 0; a == b && i < a; i++)
		if (wp_ascii_lower(x[i]) != wp_ascii_lower(y[i]))
			return false;
	return a == b && a;
}

static int take_admin(void *context, json_t *row, struct wp_error *err)
{
	struct admins *admins = context;
	const char *logon = wp_json_get_text(row, "LogonName");

	(void)err;
	if (!logon || !is_account(logon, admins->account) || json_is_true(json_object_get(row, "IsGroup")))
		return WP_OK;
	json_decref(admins->found);
	admins->found = json_incref(row);
	return WP_OK;
}

static int take_role(void *context, json_t *row, struct wp_error *err)
{
	const char *id = wp_json_get_text(row, "RoleID"), *name = wp_json_get_text(row, "RoleName");

	(void)err;
	if (id && name && *name)
		wp_json_set(context, name, wp_json_text(id));
	return WP_OK;
}

/* Adds what a role grants for each class. */
static void add_operations(const json_t *role, unsigned int *granted)
{
	const json_t *operation;
	size_t i;

	json_array_foreach(json_object_get(role, "Operations"), i, operation)
		for (size_t class = 0; class < WP_CHECK_CLASSES; class++) {
			uint64_t type, mask;

			if (wp_json_get_u64(operation, "ObjectTypeID", &type) && type == object_types[class] &&
			    wp_json_get_u64(operation, "GrantedOperations", &mask))
				granted[class] |= (unsigned int)mask;
		}
}

/* Reads the roles of a row of SMS_Admin; *@ret_read is "yes" only when all of them could be. */
static int read_roles(struct wp_check *check, const json_t *admin, const json_t *ids, unsigned int *granted, size_t *ret_count,
		      const char **ret_read, struct wp_error *err)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(admin, "RoleNames"), i, name) {
		json_t *role __attribute__((cleanup(wp_json_freep))) = NULL;
		const char *id = json_is_string(name) ? wp_json_get_text(ids, json_string_value(name)) : NULL, *read = "failed";
		int status = WP_OK;

		if (id) {
			check->session->denied = false;
			status = wp_check_took(check, wp_session_object(check->session, "SMS_Role", id, &role, err), &read, err);
		}
		if (status)
			return status;
		if (!role || !json_is_array(json_object_get(role, "Operations")))
			*ret_read = "failed";
		add_operations(role, granted);
		++*ret_count;
	}
	return WP_OK;
}

static json_t *describe(const char *found, size_t roles, const unsigned int *granted)
{
	json_t *list = wp_json_must(json_array());

	for (int class = 0; granted && class < WP_CHECK_CLASSES; class++)
		wp_json_push(list, wp_json_object("class", wp_json_text(wp_class_name((enum wp_class)class)), "read",
						  json_boolean(granted[class] & READ), "modify", json_boolean(granted[class] & MODIFY),
						  "copy", json_boolean(granted[class] & COPY), NULL));
	return wp_json_object("found", wp_json_text(found), "roles", wp_json_u64(roles), "rights", list, NULL);
}

int wp_check_account(struct wp_check *check, const char *account, struct wp_error *err)
{
	json_t *ids __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_object());
	struct admins admins = { .account = account };
	unsigned int granted[WP_CHECK_CLASSES] = { 0 };
	const char *read = "yes", *roles_read = "yes";
	size_t roles = 0;
	int status = WP_OK;

	if (account)
		status = wp_check_list(check, "SMS_Admin", NULL, take_admin, &admins, &read, err);
	if (!status && admins.found)
		status = wp_check_list(check, "SMS_Role", NULL, take_role, ids, &roles_read, err);
	if (!status && admins.found && !strcmp(roles_read, "yes"))
		status = read_roles(check, admins.found, ids, granted, &roles, &roles_read, err);
	if (!account)
		check->account = describe("not-named", 0, NULL);
	else if (strcmp(read, "yes") != 0)
		check->account = describe("unreadable", 0, NULL);
	else if (!admins.found)
		check->account = describe("not-found", 0, NULL);
	else if (strcmp(roles_read, "yes") != 0)
		check->account = describe("roles-unreadable", roles, NULL);
	else
		check->account = describe("yes", roles, granted);
	json_decref(admins.found);
	return status;
}
