#include "base/html_page.h"

#include "base/text.h"

void html_page_write(const char *const page[], json_out *data, FILE *out) {
    for (; *page != NULL; page++)
        fputs(*page, out);
    text_write(out, TEXT_JSON_IN_HTML, data->data, data->len);
    for (page++; *page != NULL; page++)
        fputs(*page, out);
    json_out_free(data);
}
