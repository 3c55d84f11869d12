/* The page of the HTML report, built in: page_to_c.py makes html_page.c from the sources beside this file. */
#ifndef MOCKCLIPPER_BASE_HTML_PAGE_H
#define MOCKCLIPPER_BASE_HTML_PAGE_H

/* What comes before and after the data, in pieces, ended with NULL. The data is JSON without "<". */
extern const char *const html_page_before[];
extern const char *const html_page_after[];

#endif
