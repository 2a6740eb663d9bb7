/* Eigenvalues of symmetric matrices, which LAPACK finds where the program was built with it. */
#ifndef IB_CLI_EIGENVALUES_H
#define IB_CLI_EIGENVALUES_H

#include <libib/renyi.h>

/* An ib_eigenvalues_fn; NULL: there is no LAPACK. */
ib_eigenvalues_fn eigenvalues_function(void);

#endif
