#ifndef FUZZ_CONVICT_CASE_H
#define FUZZ_CONVICT_CASE_H

#include "fuzz/trial/convict.h"

/* Inside of convict: the suspect's session as a case. */

/* Into the convict's `text`, in the form of its `trial`. `remark`: lines above the case; NULL:
 * none. False: no memory, or it cannot be written. */
NODISCARD bool convict_case_write(struct convict *c, const struct stand *stand,
                                  const struct fuzz_session *session, const char *remark);

/* The first case of that text; it lives in `a`. False: no memory, or it does not parse, which is
 * our fault (ERR_INTERNAL). */
NODISCARD bool convict_case_parse(const struct convict *c, struct arena *a,
                                  const struct script_case **out, struct err *err);

#endif
