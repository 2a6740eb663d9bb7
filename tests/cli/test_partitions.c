/* Temporary files of a spool: what is appended comes back, also after it was read. */
#include "partitions.h"
#include "support.h"

#include <string.h>

static void assert_gives(partitions *p, uint32_t partition, const char *expected)
{
    char all[64] = "";
    size_t count, at = 0;
    do {
        assert_int_equal(partitions_read(partition, at, all + at, 3, &count, p), 0);
        assert_true(count <= 3);
        at += count;
    } while (count > 0);
    assert_int_equal(at, strlen(expected));
    assert_string_equal(all, expected);
}

static void read_and_appended(void **state)
{
    (void)state;
    partitions p = {0};
    assert_int_equal(partitions_write(0, "some bytes", 10, &p), 0);
    assert_int_equal(partitions_write(PARTITIONS - 1, "others", 6, &p), 0);
    assert_int_equal(partitions_write(0, ", more", 6, &p), 0);
    assert_gives(&p, 0, "some bytes, more");
    assert_gives(&p, PARTITIONS - 1, "others");
    assert_gives(&p, 0, "some bytes, more"); /* from the beginning */
    char start[5] = "";
    size_t count;
    assert_int_equal(partitions_read(0, 0, start, 4, &count, &p), 0);
    assert_string_equal(start, "some");
    assert_int_equal(partitions_write(0, " still", 6, &p), 0); /* behind all, not where it was read */
    assert_gives(&p, 0, "some bytes, more still");
    partitions_close(&p);
    for (size_t i = 0; i < PARTITIONS; i++)
        assert_null(p.files[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(read_and_appended)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
