#include "report/browser.h"

#include "report/web.h"

struct bytes report_browser_page(void)
{
    return web_file("browser.html");
}
