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

static void work_is_counted(void **state)
{
    (void)state;
    progress p;
    progress_begin(&p, 3, 10, 1);
    progress_epochs(&p, 14);
    progress_run(&p);
    progress_epochs(&p, 10);
    assert_int_equal(p.epochs_done, 10);
    assert_int_equal(p.runs_done, 1);
    progress_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(times_in_words), cmocka_unit_test(work_is_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
