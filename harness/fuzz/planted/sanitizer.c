/* What AddressSanitizer asks for at the start, UndefinedBehaviorSanitizer with it; else nobody
 * does. ASAN_OPTIONS has the last word.
 *
 *   abort_on_error       a client that exits with 1 has not liked what it saw; a signal is no
 *                        such thing
 *   quarantine_size_mb   freed memory that is kept would look like a leak
 *   detect_leaks         a leak shows as growth; the search at the end needs rights that a
 *                        container may not give */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "abort_on_error=1:quarantine_size_mb=1:detect_leaks=0";
}
