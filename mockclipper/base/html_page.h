/* The pages of the HTML reports. Each is one file that needs nothing else; it has the report in it as JSON, and draws
 * itself from that with its script.
 *
 * What a container says is hostile until it is text on a screen. In the file it is inside JSON strings without "<", so
 * that it cannot end the element that it stands in; the scripts make text nodes of it, never markup; and the page's
 * policy allows no other script, and no network. */
#ifndef MOCKCLIPPER_BASE_HTML_PAGE_H
#define MOCKCLIPPER_BASE_HTML_PAGE_H

#include "base/json_out.h"

#include <stdio.h>

/* The pages, built in by html/page_to_c.py: the pieces before the data, NULL, the pieces after it, NULL. */
extern const char *const html_page_report[];
extern const char *const html_page_bench[];

/* Writes a page with DATA in it, and frees DATA. */
void html_page_write(const char *const page[], json_out *data, FILE *out);

#endif
