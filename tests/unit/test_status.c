#include "support.h"

/* The numbers are part of the ABI: they never move. */
static void numbers_and_names(void **state)
{
    (void)state;
    static const struct {
        ib_status status;
        int number;
        const char *name;
    } all[] = {
        {IB_OK, 0, "IB_OK"},
        {IB_STOPPED, 1, "IB_STOPPED"},
        {IB_ERR_ARG, -1, "IB_ERR_ARG"},
        {IB_ERR_SHAPE, -2, "IB_ERR_SHAPE"},
        {IB_ERR_STATE, -3, "IB_ERR_STATE"},
        {IB_ERR_NOMEM, -4, "IB_ERR_NOMEM"},
        {IB_ERR_OVERFLOW, -5, "IB_ERR_OVERFLOW"},
        {IB_ERR_RANGE, -6, "IB_ERR_RANGE"},
        {IB_ERR_NONFINITE, -7, "IB_ERR_NONFINITE"},
        {IB_ERR_CALLBACK, -8, "IB_ERR_CALLBACK"},
        {IB_ERR_IO, -9, "IB_ERR_IO"},
        {IB_ERR_UNSUPPORTED, -10, "IB_ERR_UNSUPPORTED"},
        {IB_ERR_INTERNAL, -11, "IB_ERR_INTERNAL"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_int_equal(all[i].status, all[i].number);
        assert_string_equal(ib_status_name(all[i].status), all[i].name);
    }
    assert_string_equal(ib_status_name(2), "unknown status");
    assert_string_equal(ib_status_name(-12), "unknown status");
    assert_string_equal(ib_status_name(INT32_MIN), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_and_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
