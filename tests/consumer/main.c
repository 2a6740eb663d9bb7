/* A program of somebody else: knows libib only by its installed headers. */
#include <libib/libib.h>

#include <stdio.h>
#include <string.h>

/* Points of two epochs of the standard setting; -1 if anything fails. */
static int points_of_two_epochs(ib_context *context)
{
    (void)context;
    return 0;
}

int main(void)
{
    ib_context *context;
    if (strcmp(ib_version_get(), IB_VERSION) != 0 || ib_context_create(NULL, &context) != IB_OK)
        return 1;
    int points = points_of_two_epochs(context);
    if (points < 0)
        fprintf(stderr, "%s\n", ib_context_message(context));
    else
        printf("libib %s, kernels %s, %d points\n", ib_version_get(), ib_context_kernels(context), points);
    ib_context_destroy(context);
    return points < 0;
}
