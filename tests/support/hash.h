/* Hashes of results, to tell them apart. Needs no CMocka: what cannot be hashed ends the program. */
#ifndef LIBIB_TESTS_HASH_H
#define LIBIB_TESTS_HASH_H

#include <libib/libib.h>

/* Ends the program with the message of the context unless a call returned IB_OK. */
void test_require(const ib_context *context, ib_status status);

/* FNV-1a with 64 bits. */
#define TEST_HASH_START 0xcbf29ce484222325u
uint64_t test_hash(uint64_t hash, const void *data, size_t size);
/* Of all weights and biases of a network. */
uint64_t test_hash_weights(uint64_t hash, const ib_network *network);
/* Of all points of a plane, member by member. */
uint64_t test_hash_points(uint64_t hash, const ib_plane *plane);

/* Whether dense layers of this context fuse multiply and add. */
int test_fused(const ib_context *context);

#endif
