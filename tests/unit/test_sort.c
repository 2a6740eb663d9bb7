/* Sorting gives what qsort() gives, for things of any size. */
#include "support.h"

#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

/* 12 bytes, of which only the first few decide. */
typedef struct thing {
    uint32_t key, other, last;
} thing;

static int by_key(const void *a, const void *b)
{
    const uint32_t x = ((const thing *)a)->key, y = ((const thing *)b)->key;
    return (x > y) - (x < y);
}

/* With few different keys and with many; each key keeps what belongs to it. */
static void as_qsort(void **state)
{
    (void)state;
    enum { MOST = 300 };
    thing ours[MOST], theirs[MOST];
    for (size_t n = 0; n < MOST; n++) {
        const uint64_t keys = n % 3 == 0 ? 3 : n % 3 == 1 ? n : 1u << 30;
        for (size_t i = 0; i < n; i++) {
            const uint32_t key = (uint32_t)test_random_below(keys);
            ours[i] = (thing){.key = key, .other = ~key, .last = key * 7};
        }
        memcpy(theirs, ours, n * sizeof *ours);
        ib_i_sort(ours, n, sizeof *ours, by_key);
        qsort(theirs, n, sizeof *theirs, by_key);
        if (n > 0)
            assert_memory_equal(ours, theirs, n * sizeof *ours);
    }
}

static int by_byte(const void *a, const void *b)
{
    return *(const unsigned char *)a - *(const unsigned char *)b;
}

static void by_hand(void **state)
{
    (void)state;
    char letters[] = "sortedandunsorted";
    ib_i_sort(letters, strlen(letters), 1, by_byte);
    assert_string_equal(letters, "adddeennoorrssttu");
    ib_i_sort(NULL, 0, 8, by_byte);
    ib_i_sort(letters, 1, 1, by_byte);
    assert_int_equal(letters[0], 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_qsort), cmocka_unit_test(by_hand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
