#ifndef REPORT_BROWSER_H
#define REPORT_BROWSER_H

#include "base/bytes.h"

/* The page on which a browser tests itself against the case server: reports/browser.html, for as
 * long as the program lives. Served from the case server's own port it finds its way as it is;
 * from another one, who serves it puts the case server's port for {{port}} and "ws" or "wss" for
 * {{scheme}}. It links to /reports/?agent=NAME on the port that it came from. */
struct bytes report_browser_page(void);

#endif
