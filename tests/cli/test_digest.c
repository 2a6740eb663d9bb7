/* SHA-256 of files: the examples of the standard, and lengths around blocks and pieces. */
#include "support.h"

#include "digest.h"
#include "scratch.h"

#include <string.h>

/* Whether a file of a text, so many times, has these digits. */
static void assert_digest(const char *text, size_t times, const char *expected)
{
    char path[128], digits[DIGEST_DIGITS + 1];
    scratch s;
    scratch_make(&s);
    scratch_path(&s, "file", path, sizeof path);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    for (size_t i = 0; i < times; i++)
        fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(digest_file(path, digits), 0);
    assert_string_equal(digits, expected);
    assert_true(digest_is(digits));
    remove(path);
    scratch_remove(&s);
}

/* FIPS 180-4, as NIST publishes its examples. */
static void examples_of_the_standard(void **state)
{
    (void)state;
    assert_digest("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_digest("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Of letters a, as sha256sum has it. */
static void around_blocks(void **state)
{
    (void)state;
    assert_digest("a", 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    assert_digest("a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    assert_digest("a", 119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb");
    assert_digest("a", 65536, "bf718b6f653bebc184e1479f1935b8da974d701b893afcf49e701f3e2f9f9c5a");
    assert_digest("a", 65600, "37cf0c2899f6b7cb3301a47c814706afcac015cb681c1fe9b2d0e2b8852da654");
}

static void what_is_no_digest(void **state)
{
    (void)state;
    char digits[DIGEST_DIGITS + 1] = "as it was", text[DIGEST_DIGITS + 2];
    assert_int_equal(digest_file("/no/such/file", digits), -1);
    assert_int_equal(digest_file("/", digits), -1);
    assert_string_equal(digits, "as it was");
    memset(text, 'a', sizeof text);
    text[DIGEST_DIGITS] = '\0';
    assert_true(digest_is(text));
    text[DIGEST_DIGITS - 1] = 'A';
    assert_false(digest_is(text));
    text[DIGEST_DIGITS - 1] = '\0';
    assert_false(digest_is(text));
    memset(text, 'a', sizeof text);
    text[DIGEST_DIGITS + 1] = '\0';
    assert_false(digest_is(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_standard),
        cmocka_unit_test(around_blocks),
        cmocka_unit_test(what_is_no_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
