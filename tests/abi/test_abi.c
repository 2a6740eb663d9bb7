/* What a compiled program has in it of our headers: the values of enumerators, the places and sizes of members. They
 * never move. A release may add a line here, and raise the size of a struct that starts with struct_size; it changes no
 * other number. tests/abi/complete.sh sees to it that nothing public is missing. */
#include "support.h"

typedef struct pinned {
    const char *name;
    int64_t number, pinned_number; /* a value, or the offset of a member */
    size_t size, pinned_size;      /* of a struct or member */
} pinned;

#define VALUE(name, number) #name, name, number, 0, 0
#define SIZE(type, size) #type, 0, 0, sizeof(type), size
#define MEMBER(type, name, at, size) #type "." #name, offsetof(type, name), at, sizeof((type *)NULL)->name, size

static const pinned values[] = {
#include "pinned_values.inc"
};

/* As on all machines with pointers and size_t of 64 bits. */
static const pinned layout[] = {
#include "pinned_layout.inc"
};

/* Shows all that moved before it fails. */
static void assert_pinned(const pinned *table, size_t n)
{
    size_t moved = 0;
    for (const pinned *p = table; p < table + n; p++) {
        if (p->number == p->pinned_number && p->size == p->pinned_size)
            continue;
        print_error("%s: expected %lld of %zu bytes, got %lld of %zu\n", p->name, (long long)p->pinned_number,
                    p->pinned_size, (long long)p->number, p->size);
        moved++;
    }
    assert_int_equal(moved, 0);
}

static void enumerators(void **state)
{
    (void)state;
    assert_pinned(values, sizeof values / sizeof values[0]);
}

static void structs(void **state)
{
    (void)state;
    if (sizeof(void *) != 8 || sizeof(size_t) != 8)
        skip();
    assert_pinned(layout, sizeof layout / sizeof layout[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(enumerators), cmocka_unit_test(structs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
