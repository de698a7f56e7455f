#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include "base/buf.h"

/* Text for other languages, whatever bytes it holds: what is no UTF-8 becomes U+FFFD, a byte each.
 * No quotes around it. False: no memory, or the ceiling of `out`. */

/* Inside a JSON string (and a double-quoted YAML one). */
NODISCARD bool report_escape_json(struct bytes in, struct buf *out);

/* The same in ASCII alone, as Python writes it: all else is \u00e4, past U+FFFF two of them. */
NODISCARD bool report_escape_json_ascii(struct bytes in, struct buf *out);

/* Inside an XML element or a quoted attribute; what XML 1.0 cannot hold becomes U+FFFD. */
NODISCARD bool report_escape_xml(struct bytes in, struct buf *out);
NODISCARD bool report_escape_xml_attribute(struct bytes in, struct buf *out);

/* Inside an HTML element or a quoted attribute. Characters that cannot be seen, or that turn the
 * direction of the text around them, are shown as \u{202e}. */
NODISCARD bool report_escape_html(struct bytes in, struct buf *out);

/* Inside an HTML element, never in an attribute, where the lines are ours: those of `in` behind its
 * first are empty or begin with two blanks. Shorter, and quicker to read. */
NODISCARD bool report_escape_html_lines(struct bytes in, struct buf *out);

/* Inside a TAP description: one line, in which "#" would begin a directive. TAP 13 and 14. */
NODISCARD bool report_escape_tap(struct bytes in, struct buf *out);

/* Behind the colons of a GitHub workflow command, and as the value of one of its properties.
 * Controls but line breaks become blanks. */
NODISCARD bool report_escape_github(struct bytes in, struct buf *out);
NODISCARD bool report_escape_github_property(struct bytes in, struct buf *out);

/* Inside one line of Markdown, table cells and HTML elements included: every sign that could mean
 * something is a character reference. */
NODISCARD bool report_escape_markdown(struct bytes in, struct buf *out);

/* A file's path as a relative URI reference: all but letters, digits, "/" and "-._~" as %41. */
NODISCARD bool report_escape_path(struct bytes in, struct buf *out);

/* The first character of `in` (not empty) and how many bytes it takes; a byte that is no part of
 * UTF-8 is taken alone as U+FFFD. */
size_t report_escape_next(struct bytes in, uint32_t *character);

#endif
