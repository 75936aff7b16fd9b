/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration as a file that says the same, and where each value comes from. */
#include "config_keys.h"

#include "wimplan/text.h"

#include <string.h>

static void print_section(const struct wp_config *config, const char *section, struct wp_buf *buf)
{
	wp_buf_printf(buf, "%s[%s]\n", buf->length ? "\n" : "", section);
	for (size_t i = 0; i < config->setting_count; i++) {
		const struct wp_setting *setting = &config->settings[i];

		if (strcmp(setting->section, section) != 0)
			continue;
		if (!setting->value) {
			wp_buf_printf(buf, "# not set\n# %s =\n", setting->key);
			continue;
		}
		wp_buf_puts(buf, "# ");
		wp_text_escape(buf, setting->origin);
		wp_buf_printf(buf, "\n%s = %s\n", setting->key, setting->value);
	}
	if (!strcmp(section, "expect"))
		wp_config_print_builds(config, buf);
	if (strcmp(section, "window"))
		return;
	for (size_t i = 0; i < config->window.site_count; i++) {
		wp_buf_puts(buf, "# ");
		wp_text_escape(buf, config->window.sites[i].origin);
		wp_buf_printf(buf, "\nbandwidth %s = %s\n", config->window.sites[i].site, config->window.sites[i].value);
	}
}

void wp_config_print(const struct wp_config *config, struct wp_buf *buf)
{
	for (size_t i = 0; wp_config_sections[i]; i++)
		print_section(config, wp_config_sections[i], buf);
}
