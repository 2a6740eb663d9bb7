#include "golden.h"

#include <stdio.h>
#include <stdlib.h>

json_t *golden_read(const char *name)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", GOLDEN_DIR, name);
    json_t *root = json_load_file(path, 0, &error);
    if (!root)
        fail_msg("%s: %s in line %d", path, error.text, error.line);
    return root;
}

json_t *golden_get(const json_t *object, const char *key)
{
    json_t *found = json_object_get(object, key);
    if (!found)
        fail_msg("\"%s\": not there", key);
    return found;
}

json_t *golden_at(const json_t *array, size_t i)
{
    json_t *found = json_array_get(array, i);
    if (!found)
        fail_msg("element %zu: not there", i);
    return found;
}

double golden_number(const json_t *object, const char *key)
{
    const json_t *found = golden_get(object, key);
    assert_true(json_is_number(found));
    return json_number_value(found);
}

float *golden_floats(const json_t *array, size_t n)
{
    assert_int_equal(json_array_size(array), n);
    float *values = test_zeros(n, sizeof *values);
    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, i);
        assert_true(json_is_number(value));
        values[i] = (float)json_number_value(value);
    }
    return values;
}

uint32_t *golden_integers(const json_t *array, size_t n)
{
    assert_int_equal(json_array_size(array), n);
    uint32_t *values = test_zeros(n, sizeof *values);
    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, i);
        assert_true(json_is_integer(value));
        values[i] = (uint32_t)json_integer_value(value);
    }
    return values;
}
