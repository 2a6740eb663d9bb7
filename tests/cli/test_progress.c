/* How far the work is. */
#include "progress.h"
#include "support.h"

static void assert_time(double seconds, const char *expected)
{
    char text[32];
    progress_time(seconds, text, sizeof text);
    assert_string_equal(text, expected);
}

static void times_in_words(void **state)
{
    (void)state;
    assert_time(0, "0 s");
    assert_time(0.5, "1 s");
    assert_time(59.4, "59 s");
    assert_time(59.6, "1 min 00 s");
    assert_time(200, "3 min 20 s");
    assert_time(3599.4, "59 min 59 s");
    assert_time(3720, "1 h 02 min");
    assert_time(360000, "100 h 00 min");
}

static void assert_words(const progress *p, uint64_t runs_done, uint64_t epochs_done, double seconds,
                         const char *expected)
{
    char text[120];
    const ib_study_progress now = {
        .struct_size = sizeof now, .runs = 4, .runs_done = runs_done, .epochs = 400, .epochs_done = epochs_done};
    progress_describe(p, &now, seconds, text, sizeof text);
    assert_string_equal(text, expected);
}

static void work_in_words(void **state)
{
    (void)state;
    progress p;
    progress_begin(&p, 1);
    assert_words(&p, 0, 0, 5, "0%, 0 of 4 runs");
    assert_words(&p, 0, 40, 0.5, "10%, 0 of 4 runs"); /* too early to guess */
    assert_words(&p, 1, 100, 10, "25%, 1 of 4 runs, 30 s left");
    assert_words(&p, 4, 400, 10, "100%, 4 of 4 runs, 0 s left");
    progress_end(&p);
}

/* What was done before takes no time: it does not make the rest look short. */
static void work_that_goes_on(void **state)
{
    (void)state;
    progress p;
    const ib_study_progress first = {
        .struct_size = sizeof first, .runs = 4, .runs_done = 2, .epochs = 400, .epochs_done = 200};
    progress_begin(&p, 1);
    progress_show(&p, &first);
    assert_words(&p, 2, 200, 10, "50%, 2 of 4 runs");
    assert_words(&p, 3, 300, 10, "75%, 3 of 4 runs, 10 s left");
    assert_words(&p, 2, 190, 10, "48%, 2 of 4 runs"); /* a run was begun again */
    progress_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(times_in_words), cmocka_unit_test(work_in_words),
                                       cmocka_unit_test(work_that_goes_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
