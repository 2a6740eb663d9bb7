#include <libib/dataset.h>

#define VERTICES 12
#define EDGES 30
#define AXES 6

/* Vertex j carries input j. The numbering is that of the published table of labels, which fixes all 30 edges. */
static const unsigned char edges[EDGES][2] = {
    {0, 1},  {0, 3},  {0, 5}, {0, 10}, {0, 11}, {1, 2}, {1, 3}, {1, 4},  {1, 11}, {2, 3},
    {2, 4},  {2, 8},  {2, 9}, {3, 8},  {3, 10}, {4, 6}, {4, 9}, {4, 11}, {5, 6},  {5, 7},
    {5, 10}, {5, 11}, {6, 7}, {6, 9},  {6, 11}, {7, 8}, {7, 9}, {7, 10}, {8, 9},  {8, 10},
};

static const unsigned char antipodes[AXES][2] = {{0, 9}, {1, 7}, {2, 5}, {3, 6}, {4, 10}, {8, 11}};

static int is_active(uint32_t pattern, int vertex)
{
    return (int)(pattern >> (VERTICES - 1 - vertex) & 1);
}

static int count_active_pairs(uint32_t pattern, const unsigned char (*pairs)[2], int n)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        count += is_active(pattern, pairs[i][0]) & is_active(pattern, pairs[i][1]);
    return count;
}

/* The threshold on a rotation-invariant quadratic form that dataset.h states. */
static int32_t label(uint32_t pattern, uint32_t bits, uint32_t *out, void *user_data)
{
    (void)bits, (void)user_data;
    int k = 0;
    for (int vertex = 0; vertex < VERTICES; vertex++)
        k += is_active(pattern, vertex);
    int e = count_active_pairs(pattern, edges, EDGES);
    int d = count_active_pairs(pattern, antipodes, AXES);
    *out = 7 * e - 4 * d + 31 * k - 3 * k * k >= 119;
    return 0;
}

ib_status ib_dataset_create_icosahedron(ib_context *context, ib_dataset **out)
{
    return ib_dataset_create_patterns(context, VERTICES, 2, label, NULL, out);
}
