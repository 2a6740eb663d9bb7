#include "hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_require(const ib_context *context, ib_status status)
{
    if (status == IB_OK)
        return;
    fprintf(stderr, "%s: %s\n", ib_status_name(status), ib_context_message(context));
    abort();
}

uint64_t test_hash(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

uint64_t test_hash_weights(uint64_t hash, const ib_network *network)
{
    ib_context *context = NULL;
    test_require(context, ib_context_create(NULL, &context));
    for (size_t layer = 1; layer <= ib_network_layers(network); layer++) {
        const size_t shape[] = {ib_network_width(network, layer - 1), ib_network_width(network, layer)};
        ib_tensor *kernel = NULL, *bias = NULL;
        test_require(context, ib_tensor_create(context, 2, shape, &kernel));
        test_require(context, ib_tensor_create(context, 1, shape + 1, &bias));
        test_require(context, ib_network_get_weights(network, layer, kernel, bias));
        hash = test_hash(hash, ib_tensor_read(kernel), shape[0] * shape[1] * sizeof(float));
        hash = test_hash(hash, ib_tensor_read(bias), shape[1] * sizeof(float));
        ib_tensor_destroy(kernel);
        ib_tensor_destroy(bias);
    }
    ib_context_destroy(context);
    return hash;
}

uint64_t test_hash_points(uint64_t hash, const ib_plane *plane)
{
    const ib_point *points = ib_plane_points(plane);
    for (size_t i = 0; i < ib_plane_count(plane); i++) {
        uint64_t members[5] = {points[i].epoch, (uint64_t)points[i].layer << 32 | points[i].measure, points[i].states};
        memcpy(&members[3], &points[i].i_xt, sizeof members[3]);
        memcpy(&members[4], &points[i].i_ty, sizeof members[4]);
        hash = test_hash(hash, members, sizeof members);
    }
    return hash;
}

int test_fused(const ib_context *context)
{
#if defined(__aarch64__) || defined(__FMA__) /* then the portable kernels have it, too */
    (void)context;
    return 1;
#else
    return strcmp(ib_context_kernels(context), "portable") != 0;
#endif
}
