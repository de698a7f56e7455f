#ifndef SCRIPT_PRINT_H
#define SCRIPT_PRINT_H

#include "base/buf.h"
#include "base/embedded.h"
#include "script/case.h"
#include "script/parse.h"

/* A case file in canonical form: remarks and blank lines kept, indentation, spacing and the order
 * of options made regular. Formatting twice changes nothing; what it means is unchanged.
 * False: it does not parse (diags) or no memory. */
NODISCARD bool script_format(struct bytes text, struct buf *out, struct diagnostics *diags);

/* One instance as a case of its own, values filled in, implied steps left out: parses to the same
 * steps. */
NODISCARD bool script_print_case(const struct script_case *c, struct buf *out);

/* What `expect model` stands for, each behind a remark that says in which line; nothing in a case
 * without. Of a sweep: in its first round. */
NODISCARD bool script_print_models(const struct script_case *c, struct buf *out);

/* One step as it would be written, without its block: "send text \"Hello\" fin=0". */
NODISCARD bool script_print_step(const struct step *step, struct buf *out);

#endif
